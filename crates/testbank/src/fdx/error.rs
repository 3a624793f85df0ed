//! Errors as FDX writes them: an HTTP status and a code of its own.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use crate::shelf::ShelfError;
use crate::site::Refusal;

/// An error answer.
#[derive(Debug)]
pub struct FdxError {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
    detail: String,
    /// What is answered in its place, when the whole institution is down.
    outage: Option<Box<Response>>,
}

impl FdxError {
    fn new(status: StatusCode, code: &'static str, message: &'static str, detail: impl Into<String>) -> FdxError {
        FdxError { status, code, message, detail: detail.into(), outage: None }
    }

    /// A parameter or body that cannot be read.
    pub fn input(detail: impl Into<String>) -> FdxError {
        FdxError::new(StatusCode::BAD_REQUEST, "401", "Invalid input", detail)
    }

    /// No valid token, or its consent has ended.
    pub fn authentication(detail: &str) -> FdxError {
        FdxError::new(StatusCode::UNAUTHORIZED, "603", "Authentication failed", detail)
    }

    /// The consent does not cover what was asked.
    pub fn not_authorised(detail: &str) -> FdxError {
        FdxError::new(StatusCode::FORBIDDEN, "602", "Customer not authorized", detail)
    }

    /// No such account in the consent.
    pub fn account_not_found() -> FdxError {
        FdxError::new(StatusCode::NOT_FOUND, "701", "Account not found", "")
    }

    /// A date that cannot be read.
    pub fn date(detail: String) -> FdxError {
        FdxError::new(StatusCode::BAD_REQUEST, "702", "Invalid start or end date", detail)
    }

    /// The end lies before the start.
    pub fn date_range() -> FdxError {
        FdxError::new(StatusCode::BAD_REQUEST, "703", "Invalid date range", "The end lies before the start")
    }

    /// The account is closed.
    pub fn account_closed() -> FdxError {
        FdxError::new(StatusCode::CONFLICT, "705", "Account is closed", "")
    }

    /// The account is blocked until the person speaks to the bank.
    pub fn account_locked() -> FdxError {
        FdxError::new(StatusCode::FORBIDDEN, "706", "Account requires customer action", "")
    }

    /// There is no such record.
    pub fn no_data(detail: &str) -> FdxError {
        FdxError::new(StatusCode::NOT_FOUND, "1107", "No data found", detail)
    }

    /// The consent was ended before.
    pub fn consent_ended() -> FdxError {
        FdxError::new(StatusCode::CONFLICT, "401", "Consent is not active", "It was revoked or has expired")
    }

    /// The bank failed in itself.
    pub fn internal() -> FdxError {
        FdxError::new(StatusCode::INTERNAL_SERVER_ERROR, "500", "Internal server error", "")
    }

    /// The bank does not answer for now.
    pub fn unavailable(message: &'static str) -> FdxError {
        FdxError::new(StatusCode::SERVICE_UNAVAILABLE, "503", message, "")
    }

    /// A part of FDX that this bank does not have.
    pub fn not_implemented() -> FdxError {
        FdxError::new(StatusCode::NOT_IMPLEMENTED, "501", "Capability not implemented", "")
    }

    /// The path exists, but not for this method.
    pub fn method() -> FdxError {
        FdxError::new(StatusCode::METHOD_NOT_ALLOWED, "1206", "Method not allowed", "")
    }
}

impl From<ShelfError> for FdxError {
    fn from(error: ShelfError) -> FdxError {
        tracing::error!(%error, "the bank's storage failed");
        FdxError::internal()
    }
}

impl From<Refusal> for FdxError {
    fn from(refusal: Refusal) -> FdxError {
        match refusal {
            Refusal::Storage(error) => error.into(),
            Refusal::Outage(response) => {
                FdxError { outage: Some(Box::new(response)), ..FdxError::unavailable("Service unavailable") }
            }
        }
    }
}

impl IntoResponse for FdxError {
    fn into_response(self) -> Response {
        if let Some(outage) = self.outage {
            return *outage;
        }
        let body = serde_json::json!({"code": self.code, "message": self.message, "debugMessage": self.detail});
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = http::HeaderValue::from_static("Bearer error=\"invalid_token\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
