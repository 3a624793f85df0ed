//! One HTTP call to a bank, and what its failures mean.

use egress::{HeaderMap, HeaderName, HeaderValue, Method, Request, Url, header};

use super::{DataCall, Fdx};
use crate::connector::CallContext;
use crate::error::BankError;
use crate::json::Object;
use crate::transport::{self, Answer, random_uuid};

const INTERACTION_ID: HeaderName = HeaderName::from_static("x-fapi-interaction-id");
const ACTOR_TYPE: HeaderName = HeaderName::from_static("fdx-api-actor-type");

/// What to send.
pub(super) struct Call {
    method: Method,
    url: Url,
    content_type: Option<&'static str>,
    body: Vec<u8>,
    bearer: Option<String>,
}

impl Call {
    pub(super) fn get(url: Url) -> Self {
        Call { method: Method::GET, url, content_type: None, body: Vec::new(), bearer: None }
    }

    pub(super) fn form(url: Url, body: String) -> Self {
        Call {
            method: Method::POST,
            content_type: Some("application/x-www-form-urlencoded"),
            body: body.into_bytes(),
            ..Call::get(url)
        }
    }

    pub(super) fn json(method: Method, url: Url, body: &serde_json::Value) -> Self {
        Call { method, content_type: Some("application/json"), body: body.to_string().into_bytes(), ..Call::get(url) }
    }

    pub(super) fn with_bearer(mut self, token: &str) -> Self {
        self.bearer = Some(format!("Bearer {token}"));
        self
    }

    fn headers(&self, ctx: &CallContext) -> Result<HeaderMap, BankError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let actor = if ctx.user_present { "USER" } else { "BATCH" };
        headers.insert(ACTOR_TYPE, HeaderValue::from_static(actor));
        let id = random_uuid(ctx.entropy.as_ref());
        let unsendable = |_| BankError::Protocol("a token cannot be sent in a header".to_owned());
        headers.insert(INTERACTION_ID, HeaderValue::from_str(&id).map_err(unsendable)?);
        if let Some(content_type) = self.content_type {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        if let Some(bearer) = &self.bearer {
            let mut value = HeaderValue::from_str(bearer).map_err(unsendable)?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        Ok(headers)
    }
}

impl Answer {
    /// An answer that the protocol does not foresee here. The body stays out of it.
    pub(super) fn refusal(&self, step: &str) -> BankError {
        let code = Object::parse(&self.body).and_then(|body| body.first_text(&["error", "code"]));
        let code = code.map(|code| safe_code(&code)).unwrap_or_default();
        BankError::Protocol(format!("{step} was answered with status {} {code}", self.status))
    }

    /// The digits of an FDX error.
    pub(super) fn fdx_code(&self) -> Option<String> {
        Object::parse(&self.body)?.text("code").map(|code| safe_code(&code))
    }
}

/// An error code that is safe to log: short, and of harmless characters only.
pub(super) fn safe_code(raw: &str) -> String {
    let harmless = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    raw.chars().filter(harmless).take(40).collect()
}

/// A data answer.
pub(super) enum Read {
    /// An object; `partial` for status 206.
    Found { object: Object, bytes: usize, partial: bool },
    /// The bank has no data for this question, which is an answer.
    Nothing,
    /// The bank does not offer this resource for this account.
    Unsupported,
}

impl Fdx {
    /// Makes a call once.
    pub(super) async fn once(&self, ctx: &CallContext, call: Call) -> Result<Answer, BankError> {
        self.guard.once(ctx, self.send(ctx, &call)).await
    }

    /// Makes a safe call, repeating it through short outages.
    pub(super) async fn repeat(&self, ctx: &CallContext, call: Call) -> Result<Answer, BankError> {
        self.guard.repeat(ctx, || self.send(ctx, &call)).await
    }

    async fn send(&self, ctx: &CallContext, call: &Call) -> Result<Answer, BankError> {
        let mut request = Request::new(call.method.clone(), call.url.clone());
        request.headers = call.headers(ctx)?;
        request.body = call.body.clone();
        transport::exchange(&self.http, ctx, request, self.config.timeout_ms).await
    }

    /// Reads a data resource and sorts its failures.
    pub(super) async fn read(&self, call: DataCall<'_>, url: Url) -> Result<Read, BankError> {
        let token = call.tokens.access_token.expose();
        let answer = self.repeat(call.ctx, Call::get(url).with_bearer(token)).await?;
        match answer.status {
            200 | 206 => {
                let object = Object::parse(&answer.body)
                    .ok_or_else(|| BankError::Protocol("the answer is not a JSON object".to_owned()))?;
                let partial = answer.status == 206;
                Ok(Read::Found { object, bytes: answer.body.len(), partial })
            }
            204 => Ok(Read::Nothing),
            _ => self.sort_failure(call, &answer).await,
        }
    }

    /// Status first, because banks disagree about codes.
    async fn sort_failure(&self, call: DataCall<'_>, answer: &Answer) -> Result<Read, BankError> {
        let code = answer.fdx_code();
        let code = code.as_deref().unwrap_or_default();
        match (answer.status, code) {
            (401, _) => Err(BankError::TokenExpired),
            (403, "706") | (423, _) => Err(BankError::AccountLocked),
            (403 | 409 | 410, "705") => Err(BankError::AccountClosed),
            (403, code) => Err(self.why_denied(call, code).await),
            (404, "1107") => Ok(Read::Nothing),
            (404 | 410, _) => Err(BankError::NotFound),
            (422 | 501, _) => Ok(Read::Unsupported),
            _ => Err(answer.refusal("a data call")),
        }
    }

    /// A bank answers 403 both when the consent is gone and when it does not cover the data. The
    /// consent itself tells which, where the bank shows it; else what was granted.
    async fn why_denied(&self, call: DataCall<'_>, code: &str) -> BankError {
        let not_permitted = BankError::NotPermitted(call.kind);
        let Some(grant_id) = call.tokens.grant_id.as_deref() else {
            let granted = call.tokens.scope.split(' ').any(|scope| scope == call.kind.scope());
            return if granted && code == "602" { BankError::GrantRevoked } else { not_permitted };
        };
        match self.show_consent(call.ctx, call.tokens, grant_id).await {
            Ok(consent) if consent.active => not_permitted,
            Ok(_) => BankError::GrantRevoked,
            // The consent cannot be read: say nothing final about it.
            Err(BankError::Protocol(_) | BankError::NotFound) => not_permitted,
            Err(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::safe_code;

    #[test]
    fn codes_carry_no_text() {
        assert_eq!(safe_code("invalid_grant"), "invalid_grant");
        assert_eq!(safe_code("<b>tok en\n"), "btoken");
        assert_eq!(safe_code(&"a".repeat(100)).len(), 40);
    }
}
