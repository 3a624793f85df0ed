//! `/v1/mandates`: what payers agreed to.

pub mod wording;

use kernel::{ApiError, ApiResult, Cx};

/// Ends the active mandates of a payment method, with `mandate.updated`.
pub(crate) async fn end_all_of(_cx: &mut Cx<'_>, _payment_method: &str) -> ApiResult<()> {
    Err(ApiError::internal("not built"))
}
