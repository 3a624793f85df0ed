//! Why a call did not give an answer.

use std::error::Error as StdError;

use crate::resolver::ResolveError;

/// Why a call did not give an answer. Texts are safe to show to tenants: they name no resolved
/// address and carry nothing of the request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// The policy refuses this destination.
    #[error("destination refused: {reason}")]
    Forbidden {
        /// What was refused, without addresses learnt from DNS.
        reason: String,
    },
    /// The URL cannot be called at all.
    #[error("invalid URL: {0}")]
    InvalidUrl(&'static str),
    /// The host name does not resolve.
    #[error("the host name could not be resolved")]
    Dns,
    /// No connection could be made, or it broke before an answer.
    #[error("the connection failed")]
    Connect,
    /// The limit on connecting or on the whole call passed.
    #[error("the call timed out")]
    Timeout,
    /// The TLS handshake failed, for instance because of the certificate.
    #[error("the TLS handshake failed")]
    Tls,
    /// The answer is larger than allowed.
    #[error("the response body is too large")]
    BodyTooLarge,
    /// Anything else, such as an answer that is not HTTP.
    #[error("{0}")]
    Other(String),
}

impl From<reqwest::Error> for EgressError {
    fn from(error: reqwest::Error) -> Self {
        let mut cause: Option<&(dyn StdError + 'static)> = Some(&error);
        while let Some(current) = cause {
            if let Some(found) = known_cause(current) {
                return found;
            }
            cause = current.source();
        }
        if error.is_timeout() {
            EgressError::Timeout
        } else if error.is_connect() {
            EgressError::Connect
        } else if error.is_builder() {
            EgressError::Other("the request could not be built".to_owned())
        } else {
            // What is left broke in the middle: a closed connection or bytes that are not HTTP.
            EgressError::Other("the server did not answer with valid HTTP".to_owned())
        }
    }
}

/// Recognises one link of an error chain. `std::io::Error` hides what it wraps from `source()`, so
/// it is opened by hand.
fn known_cause(error: &(dyn StdError + 'static)) -> Option<EgressError> {
    if let Some(resolve) = error.downcast_ref::<ResolveError>() {
        return Some(resolve.into());
    }
    if error.is::<rustls::Error>() {
        return Some(EgressError::Tls);
    }
    let io = error.downcast_ref::<std::io::Error>()?;
    let inner: &(dyn StdError + 'static) = io.get_ref()?;
    known_cause(inner)
}
