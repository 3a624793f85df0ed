//! Idempotency keys: a row in the transaction of the effect, holding the first answer.

use std::sync::Arc;

use aws_lc_rs::digest;
use http::HeaderMap;
use kernel::{ApiError, ApiResult, Caller, Cx};
use store::{Engine, StoreError, Value};

use crate::request_log::{self, Entry};
use crate::{App, v2};

/// A key of `/v1` holds for this long.
const HELD_SECONDS: i64 = 24 * 3_600;
/// A claim whose node died holds for this long.
const CLAIM_SECONDS: i64 = 900;
/// The status of a key whose request is still at work.
const CLAIMED: i64 = 0;

/// A key and what it was used for.
#[derive(Debug, Clone)]
pub(crate) struct Keyed {
    /// The caller's key.
    pub key: String,
    fingerprint: Vec<u8>,
    /// Keys of `/v2` hold longer, and keep no errors: a request that failed is tried again under its key.
    v2: bool,
}

impl Keyed {
    pub(crate) fn new(key: &str, method: &str, path: &str, form: &[u8]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in [method.as_bytes(), b" ", path.as_bytes(), b"\0", form] {
            context.update(part);
        }
        Keyed { key: key.to_owned(), fingerprint: context.finish().as_ref().to_vec(), v2: v2::is_v2(path) }
    }

    /// Whether the key keeps this answer.
    pub(crate) fn keeps(&self, error: &ApiError) -> bool {
        !self.v2 && error.is_kept()
    }

    /// Unix seconds of real time when the key ends, if not after the usual time.
    fn expires(&self, real_now: i64) -> Option<i64> {
        self.v2.then_some(real_now + v2::KEY_HELD_SECONDS)
    }
}

/// An answer that is or was given.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub status: u16,
    pub body: String,
    pub replayed: bool,
}

/// The key of a request.
///
/// # Errors
/// 400 if it is longer than 255 characters.
pub(crate) fn presented(headers: &HeaderMap) -> ApiResult<Option<String>> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok("") => Ok(None),
        Ok(key) if key.len() <= 255 => Ok(Some(key.to_owned())),
        _ => Err(ApiError::invalid("Idempotency keys must be at most 255 printable characters.").before_work()),
    }
}

/// The answer that was given under this key, if any. On PostgreSQL the key is claimed at once, so that another node waits
/// for this transaction and then finds its answer; on SQLite this process is the only one.
pub(crate) async fn find(cx: &mut Cx<'_>, keyed: &Keyed) -> ApiResult<Option<Kept>> {
    let found = read(cx, keyed).await?;
    if found.is_none() && cx.tx.engine() == Engine::Postgres {
        claim(cx, keyed).await?;
    }
    Ok(found)
}

async fn read(cx: &mut Cx<'_>, keyed: &Keyed) -> ApiResult<Option<Kept>> {
    let sql = "select fingerprint, status, body, created_real, expires_real from idempotency_keys where tenant = $1 and key = $2";
    let Some(row) = cx.row(sql, &[Value::from(keyed.key.as_str())]).await? else { return Ok(None) };
    let (status, created) = (row.int(1)?, row.int(3)?);
    let expires = row.int_opt(4)?.unwrap_or(created + HELD_SECONDS);
    if cx.real_now() >= expires || (status == CLAIMED && cx.real_now() - created >= CLAIM_SECONDS) {
        forget(cx, keyed).await?;
        return Ok(None);
    }
    if row.blob(0)? != keyed.fingerprint.as_slice() {
        return Err(ApiError::idempotency_mismatch(&keyed.key));
    }
    if status == CLAIMED {
        return Err(ApiError::idempotency_in_use(&keyed.key));
    }
    let body = cx.core.vault.open(&cx.tenant, &sealed_name(&keyed.key), row.blob(2)?);
    let body = body.map_err(|error| ApiError::internal(error.to_string()))?;
    let body = String::from_utf8(body).map_err(|_| ApiError::internal("a kept answer is not text"))?;
    Ok(Some(Kept { status: u16::try_from(status).unwrap_or(500), body, replayed: true }))
}

async fn claim(cx: &mut Cx<'_>, keyed: &Keyed) -> ApiResult<()> {
    let sql = "insert into idempotency_keys (tenant, key, created_real, fingerprint, request_id, status, body) \
               values ($1, $2, $3, $4, '', $5, $6)";
    let tenant = cx.tenant.key().to_owned();
    let params = [
        Value::from(tenant),
        Value::from(keyed.key.as_str()),
        Value::from(cx.real_now()),
        Value::from(keyed.fingerprint.as_slice()),
        Value::from(CLAIMED),
        Value::from(Vec::new()),
    ];
    match cx.tx.execute(sql, &params).await {
        Ok(_) => Ok(()),
        // Another node answered under this key meanwhile: start over and find its answer.
        Err(StoreError::Unique { .. }) => Err(StoreError::Conflict.into()),
        // Another node is still at work under it.
        Err(StoreError::LockTimeout) => Err(ApiError::idempotency_in_use(&keyed.key)),
        Err(error) => Err(error.into()),
    }
}

/// Keeps the answer, sealed: it may hold what is shown only once.
pub(crate) async fn keep(cx: &mut Cx<'_>, keyed: &Keyed, request_id: &str, status: u16, body: &str) -> ApiResult<()> {
    let sealed = cx.core.vault.seal(&cx.tenant, &sealed_name(&keyed.key), body.as_bytes());
    let sql = "insert into idempotency_keys (tenant, key, created_real, fingerprint, request_id, status, body, expires_real) \
               values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (tenant, key) do update set status = excluded.status, \
               body = excluded.body, request_id = excluded.request_id, expires_real = excluded.expires_real";
    let params = [
        Value::from(keyed.key.as_str()),
        Value::from(cx.real_now()),
        Value::from(keyed.fingerprint.as_slice()),
        Value::from(request_id),
        Value::from(i64::from(status)),
        Value::from(sealed),
        Value::from(keyed.expires(cx.real_now())),
    ];
    cx.run(sql, &params).await?;
    Ok(())
}

/// Keeps the answer of a request that failed, unless another node has kept one meanwhile.
pub(crate) async fn keep_failure(cx: &mut Cx<'_>, keyed: &Keyed, request_id: &str, status: u16, body: &str) -> ApiResult<()> {
    let sql = "select status from idempotency_keys where tenant = $1 and key = $2";
    let row = cx.row(sql, &[Value::from(keyed.key.as_str())]).await?;
    match row.map(|row| row.int(0)).transpose()? {
        None | Some(CLAIMED) => keep(cx, keyed, request_id, status, body).await,
        Some(_) => Ok(()),
    }
}

async fn forget(cx: &mut Cx<'_>, keyed: &Keyed) -> ApiResult<()> {
    cx.run("delete from idempotency_keys where tenant = $1 and key = $2", &[Value::from(keyed.key.as_str())]).await?;
    Ok(())
}

fn sealed_name(key: &str) -> String {
    format!("idempotency/{key}")
}

/// Finds the answer or claims the key, in a transaction of its own, for endpoints that have their own transactions.
pub(crate) async fn find_or_claim_now(app: &App, caller: &Caller, keyed: &Keyed) -> ApiResult<Option<Kept>> {
    let keyed = Arc::new(keyed.clone());
    app.core
        .write(&caller.tenant, move |cx| {
            let keyed = Arc::clone(&keyed);
            Box::pin(async move {
                let found = read(cx, &keyed).await?;
                if found.is_none() {
                    claim(cx, &keyed).await?;
                }
                Ok(found)
            })
        })
        .await
}

/// Gives a claimed key back: the request was refused before it did anything.
pub(crate) async fn release_now(app: &App, caller: &Caller, keyed: &Keyed) -> ApiResult<()> {
    let keyed = Arc::new(keyed.clone());
    app.core
        .write(&caller.tenant, move |cx| {
            let keyed = Arc::clone(&keyed);
            Box::pin(async move { forget(cx, &keyed).await })
        })
        .await
}

/// [`keep`] and the log entry in a transaction of their own, for endpoints that have their own transactions.
pub(crate) async fn keep_now(app: &App, caller: &Caller, keyed: Option<&Keyed>, entry: &Entry, kept: &Kept) -> ApiResult<()> {
    let shared = Arc::new((keyed.cloned(), entry.clone(), kept.clone()));
    app.core
        .write(&caller.tenant, move |cx| {
            let shared = Arc::clone(&shared);
            Box::pin(async move {
                let (keyed, entry, kept) = &*shared;
                if let Some(keyed) = keyed {
                    keep(cx, keyed, &entry.request.id, kept.status, &kept.body).await?;
                }
                request_log::write(cx, entry, kept.status, None).await
            })
        })
        .await
}
