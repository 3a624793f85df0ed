//! The request log: every write and every refused request, for 30 days, without secrets. Reads that succeed are not logged,
//! so that reading never writes.

use std::sync::Arc;

use kernel::{ApiError, ApiResult, ApiVersion, Caller, Cx, RequestRef};
use store::Value;

use crate::App;
use crate::dispatch::Incoming;
use crate::idempotency::{self, Keyed};

/// Parameters longer than this are cut in the log.
const PARAMS_MAX: usize = 10_000;

/// A line of the log, before its outcome.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub request: RequestRef,
    key_id: String,
    method: String,
    path: String,
    version: String,
    params: String,
}

impl Entry {
    pub(crate) fn of(incoming: &Incoming, request: RequestRef, caller: &Caller, version: &ApiVersion, params: String) -> Self {
        let params = if params.len() > PARAMS_MAX { String::from("{\"note\":\"too long for the log\"}") } else { params };
        Entry {
            request,
            key_id: caller.key_id.clone(),
            method: incoming.method.as_str().to_owned(),
            path: incoming.path.chars().take(500).collect(),
            version: version.to_string(),
            params,
        }
    }
}

/// Names of parameters whose values never enter the log: secrets by their names or the ends of them, and what apps tell of
/// their people.
pub(crate) fn is_secret(name: &str) -> bool {
    const SECRET: [&str; 13] = [
        "account_number",
        // Of an ACH file, in which account numbers stand.
        "content",
        "routing_number",
        "number",
        "cvc",
        "frontend_events",
        "id_number",
        "ssn_last_4",
        "password",
        "secret",
        "token",
        "source",
        "key",
    ];
    SECRET.contains(&name) || name.ends_with("_secret") || name.ends_with("_token")
}

/// Writes a line in the present transaction.
pub(crate) async fn write(cx: &mut Cx<'_>, entry: &Entry, status: u16, error: Option<&str>) -> ApiResult<()> {
    let sql = "insert into request_log (tenant, id, created_real, key_id, method, path, status, api_version, idempotency_key, params, error) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let params = [
        Value::from(entry.request.id.as_str()),
        Value::from(cx.real_now()),
        Value::from(entry.key_id.as_str()),
        Value::from(entry.method.as_str()),
        Value::from(entry.path.as_str()),
        Value::from(i64::from(status)),
        Value::from(entry.version.as_str()),
        Value::from(entry.request.idempotency_key.as_deref()),
        Value::from(entry.params.as_str()),
        Value::from(error),
    ];
    cx.run(sql, &params).await?;
    Ok(())
}

/// The error as the log shows it: messages repeat values, and so say nothing where the value is a secret.
pub(crate) fn shown(error: &ApiError) -> serde_json::Value {
    let mut shown = error.to_log();
    let names = error.param().unwrap_or_default().split(['[', ']']);
    if names.into_iter().any(is_secret) {
        shown["error"]["message"] = "Not kept in the log: it may repeat a secret.".into();
    }
    shown
}

/// Writes the line of a write that failed, and its answer under the idempotency key if the key keeps it.
pub(crate) async fn write_failed_write(
    app: &App,
    caller: &Arc<Caller>,
    entry: Entry,
    keyed: Option<&Keyed>,
    error: &ApiError,
    body: &str,
) {
    if error.status() == 503 {
        // The database takes no writes; trying again would only fail again.
        return;
    }
    let shown = shown(error).to_string();
    let shared = Arc::new((entry, keyed.cloned(), error.status(), body.to_owned(), shown));
    let result = app
        .core
        .write(&caller.tenant, move |cx| {
            let shared = Arc::clone(&shared);
            Box::pin(async move {
                let (entry, keyed, status, body, shown) = &*shared;
                if let Some(keyed) = keyed {
                    idempotency::keep_failure(cx, keyed, &entry.request.id, *status, body).await?;
                }
                write(cx, entry, *status, Some(shown)).await
            })
        })
        .await;
    if let Err(error) = result {
        tracing::error!(?error, "a refused request could not be logged");
    }
}
