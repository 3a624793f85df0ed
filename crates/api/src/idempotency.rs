//! Idempotency keys: a row in the transaction of the effect, holding the first answer.

use std::sync::Arc;

use aws_lc_rs::digest;
use http::HeaderMap;
use kernel::{ApiError, ApiResult, Caller, Cx};
use store::{StoreError, Value};

use crate::App;
use crate::request_log::{self, Entry};

/// A key holds for this long.
const HELD_SECONDS: i64 = 24 * 3_600;

/// A key and what it was used for.
#[derive(Debug, Clone)]
pub(crate) struct Keyed {
    /// The caller's key.
    pub key: String,
    fingerprint: Vec<u8>,
}

impl Keyed {
    pub(crate) fn new(key: &str, method: &str, path: &str, form: &[u8]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in [method.as_bytes(), b" ", path.as_bytes(), b"\0", form] {
            context.update(part);
        }
        Keyed { key: key.to_owned(), fingerprint: context.finish().as_ref().to_vec() }
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

/// The answer that was given under this key, if any.
pub(crate) async fn find(cx: &mut Cx<'_>, keyed: &Keyed) -> ApiResult<Option<Kept>> {
    let sql = "select fingerprint, status, body, created_real from idempotency_keys where tenant = $1 and key = $2";
    let Some(row) = cx.row(sql, &[Value::from(keyed.key.as_str())]).await? else { return Ok(None) };
    if cx.real_now() - row.int(3)? >= HELD_SECONDS {
        let sql = "delete from idempotency_keys where tenant = $1 and key = $2";
        cx.run(sql, &[Value::from(keyed.key.as_str())]).await?;
        return Ok(None);
    }
    if row.blob(0)? != keyed.fingerprint.as_slice() {
        return Err(ApiError::idempotency_mismatch(&keyed.key));
    }
    let status = u16::try_from(row.int(1)?).unwrap_or(500);
    Ok(Some(Kept { status, body: row.text(2)?.to_owned(), replayed: true }))
}

/// Keeps the answer.
pub(crate) async fn keep(cx: &mut Cx<'_>, keyed: &Keyed, request_id: &str, status: u16, body: &str) -> ApiResult<()> {
    let sql = "insert into idempotency_keys (tenant, key, created_real, fingerprint, request_id, status, body) \
               values ($1, $2, $3, $4, $5, $6, $7)";
    let params = [
        Value::from(keyed.key.as_str()),
        Value::from(cx.real_now()),
        Value::from(keyed.fingerprint.as_slice()),
        Value::from(request_id),
        Value::from(i64::from(status)),
        Value::from(body),
    ];
    let tenant = cx.tenant.key().to_owned();
    let mut all = vec![Value::from(tenant.as_str())];
    all.extend(params);
    match cx.tx.execute(sql, &all).await {
        Ok(_) => Ok(()),
        // Another node answered under this key meanwhile: start over and find its answer.
        Err(StoreError::Unique { .. }) => Err(StoreError::Conflict.into()),
        // Another node is still at work under it.
        Err(StoreError::LockTimeout) => Err(ApiError::idempotency_in_use(&keyed.key)),
        Err(error) => Err(error.into()),
    }
}

/// [`find`] in a transaction of its own.
pub(crate) async fn find_now(app: &App, caller: &Caller, keyed: &Keyed) -> ApiResult<Option<Kept>> {
    let keyed = Arc::new(keyed.clone());
    app.core
        .write(&caller.tenant, move |cx| {
            let keyed = Arc::clone(&keyed);
            Box::pin(async move { find(cx, &keyed).await })
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
