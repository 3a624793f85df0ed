//! What an intent keeps of its last failure.

use kernel::{ApiError, ApiResult};
use serde_json::Value;

use crate::payments::payment_methods::PaymentMethod;

/// `last_setup_error` and `last_payment_error`: what the caller was told, and with which payment method.
///
/// # Errors
/// If the payment method does not serialise.
pub(crate) fn last_error(error: &ApiError, method: Option<&PaymentMethod>) -> ApiResult<Value> {
    let mut body = error.to_json();
    let mut kept = body["error"].take();
    if let Some(method) = method {
        kept["payment_method"] = serde_json::to_value(method)?;
    }
    Ok(kept)
}

/// A refusal with the intent that it is about, as the caller may see it, and the payment method that failed: the one that
/// the intent names in its last failure (`last_error`), if that is this one.
pub(crate) fn refusal(error: ApiError, noun: &'static str, shown: Value, last_error: &str) -> ApiError {
    let last = &shown[last_error];
    let is_this = last["code"].is_string() && last["code"] == error.to_json()["error"]["code"];
    let method = if is_this { last["payment_method"].clone() } else { Value::Null };
    let error = error.about(noun, shown);
    if method.is_null() { error } else { error.about("payment_method", method) }
}
