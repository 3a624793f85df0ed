//! Objects that a parameter names and whose type is not needed there.

use kernel::{ApiError, ApiResult, Cx};

/// Whether there is a payment intent of this id.
///
/// # Errors
/// 400 if there is none.
pub(crate) async fn payment_intent(cx: &mut Cx<'_>, id: &str) -> ApiResult<()> {
    if cx.raw("payment_intent", id).await?.is_some() {
        return Ok(());
    }
    let shown: String = id.chars().take(100).collect();
    Err(ApiError::missing("payment_intent", &shown, "payment_intent").as_bad_request())
}
