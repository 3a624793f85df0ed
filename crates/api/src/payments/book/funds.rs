//! Money that becomes the holder's to use.

use kernel::jobs::NewJob;
use kernel::{ApiResult, Cx};
use store::Value;

use super::balance;
use crate::payments::refunds;

/// The job that tells when money has become available.
pub(crate) const AVAILABLE: &str = "balance_available";

/// Tells, when the time has come, that money is available; once for each second.
pub(super) async fn announce(cx: &mut Cx<'_>, available_on: i64) -> ApiResult<()> {
    let at = available_on.max(cx.now());
    let key = at.to_string();
    cx.enqueue(&NewJob { kind: AVAILABLE, key: &key, lane: AVAILABLE, run_at_ms: at * 1_000, payload: "" }).await
}

/// Tells that money is available, and sends the refunds that waited for it.
///
/// # Errors
/// Those of the database.
pub(crate) async fn available(cx: &mut Cx<'_>) -> ApiResult<()> {
    let shown = balance::shown(cx).await?.to_string();
    cx.emit("balance.available", &shown, None).await?;
    refunds::funds_available(cx).await
}

/// Whether what has come in, less what has gone out, covers an amount of minor units. Fees do not count: else a payment could
/// never be refunded in full by those who have no other.
///
/// # Errors
/// Those of the database.
pub(crate) async fn cover(cx: &mut Cx<'_>, amount: i64) -> ApiResult<bool> {
    let sql = "select cast(coalesce(sum(amount), 0) as bigint) from balance_transactions \
               where tenant = $1 and available_on <= $2";
    let now = cx.now();
    let row = cx.row(sql, &[Value::from(now)]).await?;
    Ok(row.map(|row| row.int(0)).transpose()?.unwrap_or(0) >= amount)
}
