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
