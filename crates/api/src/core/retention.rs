//! What is forgotten, and when. Swept in batches, across tenants: the one place that does not start from one, because age is
//! all it asks for.

use kernel::{ApiResult, Core};
use store::{Tx, Value};

/// Days that requests and events are kept, as the API promises.
const LOG_DAYS: i64 = 30;
/// Rows in one batch.
const BATCH: i64 = 500;

/// Deletes what is too old; answers how many rows went.
///
/// # Errors
/// Those of the database.
pub async fn sweep(core: &Core) -> ApiResult<u64> {
    let now = core.clock.now();
    let rules: [(&'static str, i64); 3] = [
        (
            "delete from idempotency_keys where (tenant, key) in (select tenant, key from idempotency_keys where created_real < $1 order by created_real limit $2)",
            now - 2 * 86_400,
        ),
        (
            "delete from request_log where (tenant, id) in (select tenant, id from request_log where created_real < $1 order by created_real limit $2)",
            now - LOG_DAYS * 86_400,
        ),
        ("delete from doors where hash in (select hash from doors where expires_at < $1 order by expires_at limit $2)", now - 86_400),
    ];
    let mut gone = 0;
    for (sql, before) in rules {
        loop {
            let count = core
                .store
                .write(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<u64>> {
                    Box::pin(async move { Ok(tx.execute(sql, &[Value::from(before), Value::from(BATCH)]).await?) })
                })
                .await?;
            gone += count;
            if count < u64::try_from(BATCH).unwrap_or(0) {
                break;
            }
        }
    }
    Ok(gone)
}
