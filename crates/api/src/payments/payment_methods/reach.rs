//! What keys that apps and pages hold reach of payment methods, and see of them.

use kernel::{Access, ApiError, ApiResult, Resource};

use super::object::PaymentMethod;

/// An ephemeral key asks for what belongs to its own customer.
///
/// # Errors
/// 403 for another customer, or none.
pub(super) fn check(access: &Access, customer: Option<&str>) -> ApiResult<()> {
    match access {
        Access::Ephemeral(own) if customer != Some(own.as_str()) => {
            let message = "An ephemeral key reaches the payment methods of its customer and nothing else.";
            Err(ApiError::forbidden(None, message).with_param("customer"))
        }
        _ => Ok(()),
    }
}

/// An ephemeral key names a payment method of its own customer.
///
/// # Errors
/// 404 for another's, as if it were not there.
pub(super) fn check_owner(access: &Access, method: &PaymentMethod) -> ApiResult<()> {
    match access {
        Access::Ephemeral(own) if method.customer.as_ref() != Some(own) => {
            Err(ApiError::missing(PaymentMethod::NOUN, &method.id, "payment_method"))
        }
        _ => Ok(()),
    }
}

/// A payment method as the caller may see it: whether and why its account is blocked is for servers alone.
pub(super) fn shown(access: &Access, doc: String) -> ApiResult<String> {
    if matches!(access, Access::Secret | Access::Restricted(_)) {
        return Ok(doc);
    }
    let mut method: PaymentMethod = serde_json::from_str(&doc)?;
    method.us_bank_account.status_details = None;
    Ok(serde_json::to_string(&method)?)
}
