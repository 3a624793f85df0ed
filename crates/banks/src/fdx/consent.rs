//! The consent behind a grant: whether it stands, and until when.

use super::transport::Call;
use super::{Fdx, Tokens};
use crate::clean;
use crate::connector::{CallContext, Consent};
use crate::error::BankError;
use crate::json::Object;

impl Fdx {
    /// The consent of a grant. A bank that does not name it says nothing about it.
    pub(super) async fn read_consent(&self, ctx: &CallContext, tokens: &Tokens) -> Result<Consent, BankError> {
        let unknown = Consent { active: true, ends_at: None };
        let Some(grant_id) = tokens.grant_id.as_deref() else { return Ok(unknown) };
        match self.show_consent(ctx, tokens, grant_id).await {
            Err(BankError::GrantRevoked) => Ok(Consent { active: false, ends_at: None }),
            Err(BankError::NotFound | BankError::Protocol(_)) => Ok(unknown),
            other => other,
        }
    }

    pub(super) async fn show_consent(&self, ctx: &CallContext, tokens: &Tokens, grant_id: &str) -> Result<Consent, BankError> {
        let url = self.resource(&["consents", grant_id])?;
        let answer = self.repeat(ctx, Call::get(url).with_bearer(tokens.access_token.expose())).await?;
        match answer.status {
            200 => consent(&answer.body).ok_or_else(|| BankError::Protocol("the consent has no status".to_owned())),
            401 => Err(BankError::TokenExpired),
            404 => Err(BankError::NotFound),
            _ if answer.fdx_code().as_deref() == Some("602") => Err(BankError::GrantRevoked),
            _ => Err(answer.refusal("reading the consent")),
        }
    }
}

fn consent(body: &[u8]) -> Option<Consent> {
    let object = Object::parse(body)?;
    let active = match object.text("status")?.as_str() {
        "ACTIVE" => true,
        "REVOKED" | "EXPIRED" => false,
        _ => return None,
    };
    Some(Consent { active, ends_at: object.text("expirationTime").and_then(|text| clean::time(&text)) })
}

#[cfg(test)]
mod tests {
    use super::consent;
    use crate::connector::Consent;

    #[test]
    fn consents_are_read() {
        let read = |text: &str| consent(text.as_bytes());
        let ends_at = Some(1_767_323_045);
        let full = r#"{"status":"ACTIVE","expirationTime":"2026-01-02T03:04:05Z"}"#;
        assert_eq!(read(full), Some(Consent { active: true, ends_at }));
        assert_eq!(read(r#"{"status":"EXPIRED"}"#), Some(Consent { active: false, ends_at: None }));
        assert_eq!(read(r#"{"status":"REVOKED"}"#), Some(Consent { active: false, ends_at: None }));
        assert_eq!(read(r#"{"status":"WAITING"}"#), None);
        assert_eq!(read("[]"), None);
    }
}
