use std::borrow::Cow;
use std::fmt;

use form::FormError;
use serde_json::{Map, Value, json};
use store::{Retryable, StoreError};

/// The result of everything that answers a caller.
pub type ApiResult<T> = Result<T, ApiError>;

/// The closed set of `error.type` that the API sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorType {
    /// Ours to fix.
    Api,
    /// The request is wrong.
    InvalidRequest,
    /// An idempotency key was used for another request.
    Idempotency,
    /// The request is right, but a payment was refused.
    Card,
}

impl ErrorType {
    fn as_str(self) -> &'static str {
        match self {
            ErrorType::Api => "api_error",
            ErrorType::InvalidRequest => "invalid_request_error",
            ErrorType::Idempotency => "idempotency_error",
            ErrorType::Card => "card_error",
        }
    }
}

/// An error as a caller sees it, and apart from it what we know: the second text is logged once and never sent.
#[derive(Clone)]
pub struct ApiError(Box<Inner>);

#[derive(Clone)]
struct Inner {
    status: u16,
    kind: ErrorType,
    code: Option<Cow<'static, str>>,
    param: Option<String>,
    message: String,
    internal: Option<String>,
    conflict: bool,
    before_work: bool,
    extra_fields: Option<Map<String, Value>>,
    about: Map<String, Value>,
}

impl ApiError {
    fn new(status: u16, kind: ErrorType, code: Option<&'static str>, message: impl Into<String>) -> Self {
        ApiError(Box::new(Inner {
            status,
            kind,
            code: code.map(Cow::Borrowed),
            param: None,
            message: message.into(),
            internal: None,
            conflict: false,
            before_work: false,
            extra_fields: None,
            about: Map::new(),
        }))
    }

    /// 400: the request cannot be done as it stands.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, ErrorType::InvalidRequest, None, message)
    }

    /// 400 that names a parameter.
    #[must_use]
    pub fn invalid_param(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(message).with_param(param)
    }

    /// 400 with a code of the API's list.
    #[must_use]
    pub fn coded(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(400, ErrorType::InvalidRequest, Some(code), message)
    }

    /// 202: what is asked for is not there yet; the caller asks again.
    #[must_use]
    pub fn not_yet(message: impl Into<String>) -> Self {
        Self::new(202, ErrorType::InvalidRequest, None, message).before_work()
    }

    /// 404: no such object. `what` is the object's name as people read it, e.g. `customer`.
    #[must_use]
    pub fn missing(what: &str, id: &str, param: &str) -> Self {
        let message = format!("No such {what}: '{id}'");
        Self::new(404, ErrorType::InvalidRequest, Some("resource_missing"), message).with_param(param)
    }

    /// 404 for an object that exists in the other mode.
    #[must_use]
    pub fn missing_here(what: &str, id: &str, param: &str, livemode: bool) -> Self {
        let (there, key) = if livemode { ("test", "live") } else { ("live", "test") };
        let message = format!(
            "No such {what}: '{id}'; a similar object exists in {there} mode, but a {key} mode key was used to make this request."
        );
        Self::new(404, ErrorType::InvalidRequest, Some("resource_missing"), message).with_param(param)
    }

    /// 404: no such address.
    #[must_use]
    pub fn unknown_url(method: &str, path: &str) -> Self {
        let path: String = path.chars().take(500).collect();
        let message =
            format!("Unrecognized request URL ({method}: {path}). The endpoints are listed in this server's documentation.");
        Self::new(404, ErrorType::InvalidRequest, None, message).before_work()
    }

    /// 401: no key, or one that is not known.
    #[must_use]
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(401, ErrorType::InvalidRequest, None, message).before_work()
    }

    /// 401: the key's time is over.
    #[must_use]
    pub fn key_expired() -> Self {
        Self::new(401, ErrorType::InvalidRequest, Some("api_key_expired"), "Expired API key provided.").before_work()
    }

    /// 401: a publishable key where a secret one is needed.
    #[must_use]
    pub fn secret_key_required(message: impl Into<String>) -> Self {
        Self::new(401, ErrorType::InvalidRequest, Some("secret_key_required"), message).before_work()
    }

    /// 403: the key is known and may not do this.
    #[must_use]
    pub fn forbidden(code: Option<&'static str>, message: impl Into<String>) -> Self {
        Self::new(403, ErrorType::InvalidRequest, code, message).before_work()
    }

    /// 409: the same idempotency key is at work.
    #[must_use]
    pub fn idempotency_in_use(key: &str) -> Self {
        let message = format!("Another request with the idempotency key {key} is still being worked on. Please try again later.");
        Self::new(409, ErrorType::Idempotency, Some("idempotency_key_in_use"), message).before_work()
    }

    /// 400: the idempotency key belongs to another request.
    #[must_use]
    pub fn idempotency_mismatch(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same endpoint and parameters they were first used with. Use another key than '{key}' for a different request."
        );
        Self::new(400, ErrorType::Idempotency, None, message).before_work()
    }

    /// 413 and its kin: the request is larger than this server takes.
    #[must_use]
    pub fn too_large(message: impl Into<String>) -> Self {
        Self::new(413, ErrorType::InvalidRequest, None, message).before_work()
    }

    /// 500: our fault. `internal` is for the log only.
    #[must_use]
    pub fn internal(internal: impl Into<String>) -> Self {
        let mut error =
            Self::new(500, ErrorType::Api, None, "Something went wrong on this server. The request was not carried out.");
        error.0.internal = Some(internal.into());
        error
    }

    /// 402: the request is right, but what it asked for was refused, by a bank or by a check before it.
    #[must_use]
    pub fn declined(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(402, ErrorType::Card, Some(code), message)
    }

    /// 503: the database or its disk cannot take the write now.
    #[must_use]
    pub fn unavailable(internal: impl Into<String>) -> Self {
        let message =
            "This server cannot store data right now. Please try again later, with the same idempotency key if you gave one.";
        let mut error = Self::new(503, ErrorType::Api, None, message);
        error.0.internal = Some(internal.into());
        error.before_work()
    }

    /// The same error as a 400: what is missing is not the address but something that a parameter names.
    #[must_use]
    pub fn as_bad_request(mut self) -> Self {
        self.0.status = 400;
        self
    }

    /// Names the parameter.
    #[must_use]
    pub fn with_param(mut self, param: impl Into<String>) -> Self {
        self.0.param = Some(param.into());
        self
    }

    /// Adds what programs read beside code and message.
    #[must_use]
    pub fn with_extra_fields(mut self, fields: Map<String, Value>) -> Self {
        self.0.extra_fields = (!fields.is_empty()).then_some(fields);
        self
    }

    /// Adds what the error is about, such as `payment_intent`, in full, or an id such as `charge`. The request log leaves it
    /// out.
    #[must_use]
    pub fn about(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.about.insert(name.to_owned(), value.into());
        self
    }

    /// Marks an error found before any work was done: an idempotency key does not keep it.
    #[must_use]
    pub fn before_work(mut self) -> Self {
        self.0.before_work = true;
        self
    }

    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The code, if any.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The parameter, if any.
    #[must_use]
    pub fn param(&self) -> Option<&str> {
        self.0.param.as_deref()
    }

    /// What the caller reads.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What only the log gets.
    #[must_use]
    pub fn internal_text(&self) -> Option<&str> {
        self.0.internal.as_deref()
    }

    /// True if an idempotency key must keep this answer.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        !self.0.before_work && !self.0.conflict
    }

    /// The body: `{"error": {…}}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut body = self.to_log();
        if let Some(error) = body["error"].as_object_mut() {
            error.extend(self.0.about.clone());
        }
        body
    }

    /// The body without the objects that the error is about, which may hold client secrets.
    #[must_use]
    pub fn to_log(&self) -> Value {
        let mut error = Map::new();
        error.insert("type".into(), json!(self.0.kind.as_str()));
        if let Some(code) = &self.0.code {
            error.insert("code".into(), json!(code));
            // Codes of our own have no page there.
            if !code.starts_with("session_") {
                let page = code.replace('_', "-");
                error.insert("doc_url".into(), json!(format!("https://stripe.com/docs/error-codes/{page}")));
            }
        }
        error.insert("message".into(), json!(self.0.message));
        if let Some(param) = &self.0.param {
            error.insert("param".into(), json!(param));
        }
        if let Some(fields) = &self.0.extra_fields {
            error.insert("extra_fields".into(), json!(fields));
        }
        json!({ "error": error })
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {:?} {}", self.0.status, self.0.code, self.0.param, self.0.message)?;
        self.0.internal.as_ref().map_or(Ok(()), |internal| write!(f, " [{internal}]"))
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for ApiError {}

impl From<FormError> for ApiError {
    fn from(error: FormError) -> Self {
        let mut out = ApiError::invalid(error.message).before_work();
        out.0.code = error.code.map(Cow::Borrowed);
        out.0.param = error.param;
        out
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let text = error.to_string();
        match error {
            StoreError::Conflict => {
                let message = "This object cannot be accessed right now because another request is currently working on it. Please try again.";
                let mut out = ApiError::new(429, ErrorType::InvalidRequest, Some("lock_timeout"), message).before_work();
                out.0.conflict = true;
                out
            }
            StoreError::LockTimeout => {
                let message = "This object cannot be accessed right now because another request is currently working on it. Please try again.";
                ApiError::new(429, ErrorType::InvalidRequest, Some("lock_timeout"), message).before_work()
            }
            StoreError::Corrupt(_) | StoreError::Database(_) | StoreError::Unique { .. } => ApiError::internal(text),
            _ => ApiError::unavailable(text),
        }
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        ApiError::internal(format!("a stored document does not read: {error}"))
    }
}

impl Retryable for ApiError {
    fn is_conflict(&self) -> bool {
        self.0.conflict
    }
}
