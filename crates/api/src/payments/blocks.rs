//! Bank accounts that a return or a second dispute has blocked, for all payment methods of the account.

use kernel::{ApiError, ApiResult, Cx};

use super::payment_methods::Blocked;

/// Why a bank account is blocked, if it is.
pub(crate) async fn find(_cx: &mut Cx<'_>, _fingerprint: &str) -> ApiResult<Option<Blocked>> {
    Ok(None)
}

/// Blocks a bank account: shown on all its payment methods, with `payment_method.automatically_updated`.
pub(crate) async fn block(_cx: &mut Cx<'_>, _fingerprint: &str, _how: Blocked) -> ApiResult<()> {
    Err(ApiError::internal("not built"))
}
