//! One request document and its answer.

use ::ofx::{
    Answer, Ask, AskContent, ChallengeAnswer, Credentials as OfxCredentials, Document, Institution, Moment, Reading,
    Secret as OfxSecret, SignOnRequest, Status, StatusCode, WarningKind,
};
use egress::{HeaderValue, Method, Request, Url, header};
use serde::{Deserialize, Serialize};

use super::{Ofx, status};
use crate::connector::CallContext;
use crate::error::BankError;
use crate::secret::Secret;
use crate::transport::{self, random_uuid};

/// With what a person signs on, and what the bank gave to make it easier.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Credentials {
    /// `USERID`.
    pub(super) user: String,
    /// `USERPASS`.
    pub(super) password: Secret,
    /// `CLIENTUID`.
    pub(super) client_id: String,
    /// Spares further questions.
    pub(super) access_key: Option<Secret>,
    /// Stands for name and password.
    pub(super) user_key: Option<UserKey>,
}

/// What a bank gave in place of a password.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct UserKey {
    pub(super) key: Secret,
    /// When it ends, Unix seconds.
    pub(super) until: Option<i64>,
}

/// What proves a person beyond the password, in one step of a sign-in.
#[derive(Default)]
pub(super) struct Proof {
    pub(super) session_cookie: Option<Secret>,
    pub(super) auth_token: Option<Secret>,
    pub(super) challenge_answers: Vec<ChallengeAnswer>,
}

/// What came back.
pub(super) struct Exchange {
    reading: Reading<Document>,
    /// The transaction ids of what was asked, in order.
    ids: Vec<String>,
}

impl Exchange {
    pub(super) fn document(&self) -> &Document {
        &self.reading.value
    }

    pub(super) fn sign_on_status(&self) -> Option<&Status> {
        self.document().sign_on.as_ref().and_then(|sign_on| sign_on.status.as_ref())
    }

    /// The answer to the ask at a position. Banks that forget whose answer is whose give as many
    /// answers as there were asks, in their order.
    pub(super) fn answer(&self, position: usize) -> Option<&Answer> {
        let answers = &self.document().answers;
        let id = self.ids.get(position)?;
        let named = answers.iter().find(|answer| answer.transaction_id == *id);
        let by_place = || {
            let none_named = !answers.iter().any(|answer| self.ids.contains(&answer.transaction_id));
            let at_place = answers.get(position);
            at_place.filter(|_| none_named && answers.len() == self.ids.len())
        };
        named.or_else(by_place)
    }

    /// Whether the reader had to leave rows out.
    pub(super) fn lost_rows(&self) -> bool {
        let lost = |kind: &WarningKind| {
            matches!(kind, WarningKind::TransactionDropped | WarningKind::EndMissing | WarningKind::MoreLeftOut)
        };
        self.reading.warnings.iter().any(|warning| lost(&warning.kind))
    }
}

impl Ofx {
    /// Asks once: a code or an answer to a question must not be sent twice.
    pub(super) async fn ask_once(
        &self,
        ctx: &CallContext,
        credentials: &Credentials,
        proof: &Proof,
        contents: &[AskContent],
    ) -> Result<Exchange, BankError> {
        self.guard.once(ctx, self.send(ctx, credentials, proof, contents)).await
    }

    /// Asks for data, repeating it through short outages, and fails unless the bank signs us on.
    pub(super) async fn ask(
        &self,
        ctx: &CallContext,
        credentials: &Credentials,
        contents: &[AskContent],
    ) -> Result<Exchange, BankError> {
        let proof = Proof::default();
        let exchange = self.guard.repeat(ctx, || self.send(ctx, credentials, &proof, contents)).await?;
        match exchange.sign_on_status() {
            Some(status) if status.is_error() || status.code == StatusCode::CHALLENGE_NEEDED => {
                Err(status::of_session(status.code))
            }
            _ => Ok(exchange),
        }
    }

    async fn send(
        &self,
        ctx: &CallContext,
        credentials: &Credentials,
        proof: &Proof,
        contents: &[AskContent],
    ) -> Result<Exchange, BankError> {
        let url = Url::parse(&self.config.url).map_err(|_| BankError::Protocol("the bank's address is not a URL".to_owned()))?;
        // New ids for every attempt: banks refuse those that they have seen.
        let ids: Vec<String> = contents.iter().map(|_| random_uuid(ctx.entropy.as_ref())).collect();
        let asks = ids.iter().zip(contents).map(|(id, content)| Ask::new(id.clone(), content.clone())).collect();
        let sign_on = self.sign_on(ctx, credentials, proof)?;
        let mut request = Request::new(Method::POST, url);
        request.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ofx"));
        request.headers.insert(header::ACCEPT, HeaderValue::from_static("*/*, application/x-ofx"));
        request.body = ::ofx::write_request(&::ofx::Request { format: self.config.format(), sign_on, asks });
        let answer = transport::exchange(&self.http, ctx, request, self.config.timeout_ms).await?;
        if !(200..300).contains(&answer.status) {
            return Err(BankError::Protocol(format!("the request was answered with status {}", answer.status)));
        }
        let reading =
            ::ofx::read(&answer.body).map_err(|error| BankError::Protocol(format!("the answer cannot be read: {error}")))?;
        Ok(Exchange { reading, ids })
    }

    fn sign_on(&self, ctx: &CallContext, credentials: &Credentials, proof: &Proof) -> Result<SignOnRequest, BankError> {
        let secret = |secret: &Secret| OfxSecret::new(secret.expose());
        let now = Moment::from_unix_seconds(ctx.now).ok_or_else(|| BankError::Protocol("the time is none".to_owned()))?;
        let valid_key = credentials.user_key.as_ref().filter(|key| key.until.is_none_or(|until| until > ctx.now));
        let with = match valid_key {
            Some(user_key) => OfxCredentials::UserKey(secret(&user_key.key)),
            None => OfxCredentials::Password { user: credentials.user.clone(), password: secret(&credentials.password) },
        };
        let mut sign_on = SignOnRequest::new(now, with);
        sign_on.institution =
            self.config.org.as_ref().map(|org| Institution { organization: Some(org.clone()), id: self.config.fid.clone() });
        sign_on.application = self.config.app_id.clone();
        sign_on.application_version = self.config.app_version.clone();
        if self.config.has_client_id() {
            sign_on.client_id = Some(credentials.client_id.clone());
        }
        sign_on.access_key = credentials.access_key.as_ref().map(secret);
        sign_on.session_cookie = proof.session_cookie.as_ref().map(secret);
        sign_on.auth_token = proof.auth_token.as_ref().map(secret);
        sign_on.challenge_answers = proof.challenge_answers.clone();
        Ok(sign_on)
    }
}
