//! Errors of the OAuth endpoints, as RFC 6749 section 5.2 writes them.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use crate::shelf::ShelfError;
use crate::site::Refusal;

/// An error answer: status, registered code, text for developers.
#[derive(Debug)]
pub struct OAuthError {
    status: StatusCode,
    code: &'static str,
    description: String,
    /// What is answered in its place, when the whole institution is down.
    outage: Option<Box<Response>>,
}

impl OAuthError {
    /// A 400 with this code.
    pub fn bad(code: &'static str, description: impl Into<String>) -> OAuthError {
        OAuthError { status: StatusCode::BAD_REQUEST, code, description: description.into(), outage: None }
    }

    /// A request that is not well formed.
    pub fn request(description: impl Into<String>) -> OAuthError {
        OAuthError::bad("invalid_request", description)
    }

    /// The client could not be authenticated.
    pub fn client(description: impl Into<String>) -> OAuthError {
        let (code, description) = ("invalid_client", description.into());
        OAuthError { status: StatusCode::UNAUTHORIZED, code, description, outage: None }
    }

    /// The code or refresh token is not good.
    pub fn grant(description: impl Into<String>) -> OAuthError {
        OAuthError::bad("invalid_grant", description)
    }

    /// A registration that cannot be accepted.
    pub fn registration(description: impl Into<String>) -> OAuthError {
        OAuthError::bad("invalid_client_metadata", description)
    }

    /// The registration access token is not good.
    pub fn registration_token() -> OAuthError {
        OAuthError {
            status: StatusCode::UNAUTHORIZED,
            code: "invalid_token",
            description: "the registration access token is not valid for this client".to_owned(),
            outage: None,
        }
    }
}

impl From<ShelfError> for OAuthError {
    fn from(error: ShelfError) -> OAuthError {
        tracing::error!(%error, "the bank's storage failed");
        OAuthError {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "server_error",
            description: "the bank's storage failed".to_owned(),
            outage: None,
        }
    }
}

impl From<Refusal> for OAuthError {
    fn from(refusal: Refusal) -> OAuthError {
        match refusal {
            Refusal::Storage(error) => error.into(),
            Refusal::Outage(response) => {
                OAuthError { outage: Some(Box::new(response)), ..OAuthError::bad("temporarily_unavailable", "") }
            }
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        if let Some(outage) = self.outage {
            return *outage;
        }
        let body = serde_json::json!({"error": self.code, "error_description": self.description});
        json(self.status, &body)
    }
}

/// A JSON answer that nobody may keep.
pub fn json<T: serde::Serialize>(status: StatusCode, body: &T) -> Response {
    let bytes = serde_json::to_vec(body).expect("answers are plain data");
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, bytes).into_response()
}
