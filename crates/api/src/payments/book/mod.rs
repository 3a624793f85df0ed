//! The books: every movement of money as an entry of the ledger, and the holder's balance as their sum.

use kernel::{ApiError, ApiResult, Cx};
use ledger::Entry;
use ledger::movement::Movement;

/// What a line of the balance says beside its amounts.
#[derive(Debug, Clone)]
pub(crate) struct Line<'a> {
    /// The id of the charge, refund, dispute … that it belongs to.
    pub source: &'a str,
    pub description: Option<&'a str>,
    /// Unix seconds on the tenant's clock; the present for what is taken.
    pub available_on: i64,
}

/// Writes a movement of the holder's balance; answers the balance transaction's id, `txn_…`.
pub(crate) async fn post(_cx: &mut Cx<'_>, _movement: &Movement, _line: &Line<'_>) -> ApiResult<String> {
    Err(ApiError::internal("the books are not built"))
}

/// Writes an entry that does not touch the holder's balance.
pub(crate) async fn move_between(_cx: &mut Cx<'_>, _entry: &Entry, _source: &str) -> ApiResult<()> {
    Err(ApiError::internal("the books are not built"))
}
