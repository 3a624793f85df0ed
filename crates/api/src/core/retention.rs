//! What is forgotten, and when. Swept in batches, across tenants: the one place that does not start from one, because age is
//! all it asks for.

use kernel::{ApiResult, Core, Tenant, created_bounds};
use store::{Tx, Value};

use crate::connections::linking;

/// Days that requests and events are kept, as the API promises.
const LOG_DAYS: i64 = 30;
/// Days that records of ACH entries are kept: the network's rules ask for six years.
const ACH_DAYS: i64 = 6 * 366;
/// Rows in one batch.
const BATCH: i64 = 500;

/// Deletes what is too old; answers how many rows went.
///
/// # Errors
/// Those of the database.
pub async fn sweep(core: &Core) -> ApiResult<u64> {
    let now = core.clock.now();
    let rules: [(&'static str, i64); 5] = [
        (
            "delete from idempotency_keys where (tenant, key) in (select tenant, key from idempotency_keys where created_real < $1 and (expires_real is null or expires_real < $1) order by created_real limit $2)",
            now - 2 * 86_400,
        ),
        (
            "delete from request_log where (tenant, id) in (select tenant, id from request_log where created_real < $1 order by created_real limit $2)",
            now - LOG_DAYS * 86_400,
        ),
        (
            "delete from doors where hash in (select hash from doors where expires_at < $1 order by expires_at limit $2)",
            now - 86_400,
        ),
        (
            "delete from api_keys where hash in (select hash from api_keys where kind = 'ephemeral' and expires_at < $1 limit $2)",
            now - 86_400,
        ),
        ("delete from bank_shelf where name in (select name from bank_shelf where expires_at < $1 limit $2)", now - 86_400),
    ];
    let mut gone = sweep_events(core, now - LOG_DAYS * 86_400).await?;
    gone += sweep_logins(core, now - 86_400).await?;
    gone += sweep_ach(core, now - ACH_DAYS * 86_400).await?;
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

/// Deletes events of both kinds that are too old, with their deliveries. An event's id begins with its time, so age is a range
/// of ids within each tenant.
async fn sweep_events(core: &Core, before: i64) -> ApiResult<u64> {
    let (_, bound) = created_bounds(&form::Range::Between { gt: None, gte: None, lt: Some(before), lte: None });
    let bound = format!("evt_{}", bound.unwrap_or_default());
    let mut gone = 0;
    for tenant in tenants(core).await? {
        for table in ["events", "thin_events"] {
            loop {
                let count = sweep_batch(core, table, tenant.key().to_owned(), bound.clone()).await?;
                gone += count;
                if count == 0 {
                    break;
                }
            }
        }
    }
    Ok(gone)
}

async fn sweep_batch(core: &Core, table: &'static str, tenant: String, bound: String) -> ApiResult<u64> {
    let old_ids = format!("select id from {table} where tenant = $1 and id < $2 order by id limit {BATCH}");
    let (sql, old) = (old_ids.clone(), (tenant.clone(), bound.clone()));
    let any = core
        .store
        .read(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<bool>> {
            Box::pin(async move { Ok(!tx.query(&sql, &[Value::from(old.0), Value::from(old.1)]).await?.is_empty()) })
        })
        .await?;
    if !any {
        return Ok(0);
    }
    core.store
        .write(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<u64>> {
            let (params, old_ids) = ([Value::from(tenant.clone()), Value::from(bound.clone())], old_ids.clone());
            Box::pin(async move {
                for deliveries in ["delivery_attempts", "deliveries"] {
                    let sql = format!("delete from {deliveries} where tenant = $1 and event in ({old_ids})");
                    tx.execute(&sql, &params).await?;
                }
                Ok(tx.execute(&format!("delete from {table} where tenant = $1 and id in ({old_ids})"), &params).await?)
            })
        })
        .await
}

/// Forgets what old ACH files say, and the names in their entries; that there were such files and entries is kept, as the
/// books refer to them.
async fn sweep_ach(core: &Core, before: i64) -> ApiResult<u64> {
    let mut gone = 0;
    for tenant in tenants(core).await? {
        loop {
            let key = tenant.key().to_owned();
            let count = core
                .store
                .write(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<u64>> {
                    let key = key.clone();
                    Box::pin(async move { sweep_ach_batch(tx, &key, before).await })
                })
                .await?;
            gone += count;
            if count == 0 {
                break;
            }
        }
    }
    Ok(gone)
}

async fn sweep_ach_batch(tx: &mut Tx, tenant: &str, before: i64) -> ApiResult<u64> {
    let params = [Value::from(tenant), Value::from(before), Value::from(BATCH)];
    let files = "delete from vault where tenant = $1 and name in (select 'ach/' || f.id from ach_files f join vault v \
                 on v.tenant = f.tenant and v.name = 'ach/' || f.id where f.tenant = $1 and f.created < $2 limit $3)";
    let names = "update ach_entries set name = '' where tenant = $1 and id in (select id from ach_entries \
                 where tenant = $1 and created < $2 and name <> '' limit $3)";
    Ok(tx.execute(files, &params).await? + tx.execute(names, &params).await?)
}

/// Forgets the secrets of logins that were begun and never ended, before their doors go.
async fn sweep_logins(core: &Core, before: i64) -> ApiResult<u64> {
    core.store
        .write(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<u64>> {
            Box::pin(async move {
                let sql = "select tenant, hash, kind, target from doors where kind in ('login', 'sign_in') and expires_at < $1 \
                     order by expires_at limit 1000";
                let rows = tx.query(sql, &[Value::from(before)]).await?;
                let mut gone = 0;
                for row in rows {
                    let name = match row.text(2)? {
                        "login" => linking::login_name(row.blob(1)?),
                        _ => linking::state_name(row.text(3)?),
                    };
                    let params = [Value::from(row.text(0)?), Value::from(name)];
                    gone += tx.execute("delete from vault where tenant = $1 and name = $2", &params).await?;
                }
                Ok(gone)
            })
        })
        .await
}

async fn tenants(core: &Core) -> ApiResult<Vec<Tenant>> {
    let rows = core
        .store
        .read(|tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Vec<store::Row>>> {
            Box::pin(async move { Ok(tx.query("select distinct tenant from api_keys", &[]).await?) })
        })
        .await?;
    Ok(rows.iter().filter_map(|row| Tenant::from_key(row.text(0).ok()?)).collect())
}
