//! Steps that no bank asks for yet.

use super::FlowError;
use crate::App;

/// Answers to what the sign-in pane asks.
///
/// # Errors
/// [`FlowError::Wrong`]: no flow shows that pane.
pub async fn sign_in(_app: &App, _token: &str, _answers: Vec<(String, String)>) -> Result<(), FlowError> {
    Err(FlowError::Wrong)
}

/// Opens the pane on which the numbers are typed.
///
/// # Errors
/// [`FlowError::Wrong`]: no flow offers it.
pub async fn open_manual(_app: &App, _token: &str) -> Result<(), FlowError> {
    Err(FlowError::Wrong)
}

/// Routing and account number as typed.
///
/// # Errors
/// [`FlowError::Wrong`]: no flow shows that pane.
pub async fn manual_numbers(
    _app: &App,
    _token: &str,
    _routing: String,
    _account: String,
    _again: String,
) -> Result<(), FlowError> {
    Err(FlowError::Wrong)
}
