//! The delivery of events to webhook endpoints and event destinations: one job for each, so that a slow endpoint delays no other.

use std::sync::Arc;

use delivery::schedule::{Mode, next_attempt};
use delivery::{Delivery, Outcome};
use form::Params;
use kernel::jobs::{Job, NewJob};
use kernel::{ApiError, ApiResult, ApiVersion, Cx, Page};
use serde_json::json;
use store::{Row, Value};

use super::event_destinations::{self, EventDestination};
use super::webhook_endpoints::{WebhookEndpoint, secret_of};
use super::{events, thin_events};
use crate::{App, Call, Nothing, Reply};

/// Deliveries to one endpoint that are under way at once.
pub(crate) const AT_ONCE: usize = 4;
/// An endpoint has this long to answer.
const TIMEOUT_MS: u64 = 10_000;

/// What one delivery needs.
struct Message {
    event: String,
    endpoint: String,
    url: String,
    secret: String,
    body: String,
    attempts: i64,
    now: i64,
}

/// Delivers an event to an endpoint, once.
pub(crate) async fn deliver(app: App, job: Job) -> ApiResult<()> {
    let Some((event, endpoint)) = job.key.split_once('/') else {
        return Err(ApiError::internal("a delivery's key names no event and endpoint"));
    };
    let (event, endpoint) = (event.to_owned(), endpoint.to_owned());
    let message = app.core.read(&job.tenant, |cx| Box::pin(async move { prepare(cx, &event, &endpoint).await })).await?;
    let Some(message) = message else { return abandon(&app, &job).await };
    let livemode = job.tenant.livemode();
    let policy = app.egress_policy(livemode);
    // Signatures carry real time: the receiver's clock knows nothing of a sandbox's.
    let timestamp = app.core.clock.now();
    let sent = Delivery {
        url: &message.url,
        secrets: &[&message.secret],
        timestamp,
        body: message.body.as_bytes(),
        headers: egress::HeaderMap::new(),
        timeout_ms: TIMEOUT_MS,
    };
    let attempt = delivery::deliver(&app.http, &policy, sent).await;
    let mode = if livemode { Mode::Live } else { Mode::Sandbox };
    let made = message.attempts + 1;
    let delivered = attempt.outcome == Outcome::Delivered;
    let wait = if delivered { None } else { next_attempt(mode, u32::try_from(made).unwrap_or(u32::MAX)) };
    let wait = wait.map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX));
    let shared = Arc::new((message, attempt, wait));
    app.core
        .write(&job.tenant, move |cx| {
            let shared = Arc::clone(&shared);
            Box::pin(async move { record(cx, &shared.0, &shared.1, shared.2, delivered).await })
        })
        .await
}

async fn prepare(cx: &mut Cx<'_>, event: &str, endpoint: &str) -> ApiResult<Option<Message>> {
    let sql = "select attempts from deliveries where tenant = $1 and event = $2 and endpoint = $3 and state = 'pending'";
    let Some(row) = cx.row(sql, &[Value::from(event), Value::from(endpoint)]).await? else { return Ok(None) };
    let attempts = row.int(0)?;
    let Some(target) = target(cx, endpoint).await? else { return Ok(None) };
    let (Some(body), Some(secret)) = (body(cx, event, &target.version).await?, secret_of(cx, endpoint).await?) else {
        return Ok(None);
    };
    let now = cx.now();
    Ok(Some(Message { event: event.into(), endpoint: endpoint.into(), url: target.url, secret, body, attempts, now }))
}

/// Where a delivery goes, and the version of the objects in it.
struct Target {
    url: String,
    version: ApiVersion,
}

/// The address behind the id of an endpoint or a destination; none if it is gone or switched off.
async fn target(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<Target>> {
    let (status, url, version) = if id.starts_with(event_destinations::PREFIX) {
        let Some(destination) = cx.find::<EventDestination>(id).await? else { return Ok(None) };
        let EventDestination { status, webhook_endpoint, snapshot_api_version, .. } = destination.value;
        (status, webhook_endpoint.url.unwrap_or_default(), snapshot_api_version)
    } else {
        let Some(endpoint) = cx.find::<WebhookEndpoint>(id).await? else { return Ok(None) };
        let WebhookEndpoint { status, url, api_version, .. } = endpoint.value;
        (status, url, api_version)
    };
    let version = version.as_deref().and_then(ApiVersion::parse).unwrap_or_else(ApiVersion::latest);
    Ok((status == "enabled").then_some(Target { url, version }))
}

/// What is sent of an event of either kind.
async fn body(cx: &mut Cx<'_>, event: &str, version: &ApiVersion) -> ApiResult<Option<String>> {
    let Some(mut stored) = events::stored(cx, event).await? else {
        let thin = thin_events::stored(cx, event).await?;
        return thin.map(|thin| thin_events::document(&thin, &cx.tenant)).transpose();
    };
    let (object, previous) = events::shown(&stored, version)?;
    stored.previous = previous;
    let pending = events::pending(cx, event).await?;
    stored.document(&object, version.as_str(), cx.tenant.livemode(), pending).map(Some)
}

async fn record(
    cx: &mut Cx<'_>,
    message: &Message,
    attempt: &delivery::Attempt,
    wait: Option<i64>,
    delivered: bool,
) -> ApiResult<()> {
    let made = message.attempts + 1;
    let next = wait.map(|seconds| message.now + seconds);
    let state = match (delivered, next) {
        (true, _) => "succeeded",
        (false, Some(_)) => "pending",
        (false, None) => "failed",
    };
    let key = [Value::from(message.event.as_str()), Value::from(message.endpoint.as_str())];
    let sql = "update deliveries set state = $4, attempts = $5, next_attempt_at = $6 where tenant = $1 and event = $2 and endpoint = $3";
    let mut params = key.to_vec();
    params.extend([Value::from(state), Value::from(made), Value::from(next)]);
    cx.run(sql, &params).await?;
    let sql = "insert into delivery_attempts (tenant, event, endpoint, attempt, attempted_at, status, error, excerpt, duration_ms) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (tenant, event, endpoint, attempt) do nothing";
    let mut params = key.to_vec();
    params.extend([
        Value::from(made),
        Value::from(message.now),
        Value::from(attempt.status.map(i64::from)),
        Value::from(attempt.error.as_deref()),
        Value::from(attempt.excerpt.as_str()),
        Value::from(i64::try_from(attempt.duration_ms).unwrap_or(i64::MAX)),
    ]);
    cx.run(sql, &params).await?;
    if let Some(next) = next {
        let job_key = format!("{}/{}", message.event, message.endpoint);
        let job = NewJob {
            kind: kernel::events::DELIVER,
            key: &job_key,
            lane: &message.endpoint,
            run_at_ms: next * 1_000,
            payload: "",
        };
        cx.enqueue(&job).await?;
    }
    Ok(())
}

/// The endpoint is gone or switched off: the delivery ends without a further attempt.
async fn abandon(app: &App, job: &Job) -> ApiResult<()> {
    let key = job.key.clone();
    app.core
        .write(&job.tenant, move |cx| {
            let key = key.clone();
            Box::pin(async move {
                let (event, endpoint) = key.split_once('/').unwrap_or((&key, ""));
                let sql = "update deliveries set state = 'failed', next_attempt_at = null \
                           where tenant = $1 and event = $2 and endpoint = $3 and state = 'pending'";
                cx.run(sql, &[Value::from(event), Value::from(endpoint)]).await?;
                Ok(())
            })
        })
        .await
}

/// `GET /drawbridge/v1/deliveries`.
#[derive(Debug, Clone, Params)]
pub struct List {
    /// The event whose deliveries to show.
    pub event: String,
}

/// Shows the deliveries of an event with their attempts.
///
/// # Errors
/// 404 if there is no such event.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let event = call.params.event;
    if events::stored(cx, &event).await?.is_none() && thin_events::stored(cx, &event).await?.is_none() {
        return Err(ApiError::missing("event", &event, "event"));
    }
    let sql =
        "select endpoint, state, attempts, next_attempt_at from deliveries where tenant = $1 and event = $2 order by endpoint";
    let mut docs = Vec::new();
    for row in cx.rows(sql, &[Value::from(event.as_str())]).await? {
        docs.push(document(cx, &event, &row).await?);
    }
    Ok(Reply::list("/drawbridge/v1/deliveries", &Page { rows: docs, has_more: false }))
}

/// Sends an event to an endpoint once more, whatever became of it before.
///
/// # Errors
/// 404 if there is no such delivery.
pub async fn resend(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let (event, endpoint) = (call.id().to_owned(), call.ids.get(1).cloned().unwrap_or_default());
    let sql = "update deliveries set state = 'pending', next_attempt_at = $4 where tenant = $1 and event = $2 and endpoint = $3";
    let params = [Value::from(event.as_str()), Value::from(endpoint.as_str()), Value::from(cx.now())];
    if cx.run(sql, &params).await? == 0 {
        return Err(ApiError::missing("delivery", &event, "id"));
    }
    let key = format!("{event}/{endpoint}");
    let run_at_ms = cx.now_ms();
    cx.enqueue(&NewJob { kind: kernel::events::DELIVER, key: &key, lane: &endpoint, run_at_ms, payload: "" }).await?;
    let sql =
        "select endpoint, state, attempts, next_attempt_at from deliveries where tenant = $1 and event = $2 and endpoint = $3";
    let row = cx.row(sql, &[Value::from(event.as_str()), Value::from(endpoint.as_str())]).await?;
    let row = row.ok_or_else(|| ApiError::internal("a delivery went away within its transaction"))?;
    Ok(Reply::text(document(cx, &event, &row).await?))
}

async fn document(cx: &mut Cx<'_>, event: &str, row: &Row) -> ApiResult<String> {
    let endpoint = row.text(0)?;
    let sql = "select attempt, attempted_at, status, error, excerpt, duration_ms from delivery_attempts \
               where tenant = $1 and event = $2 and endpoint = $3 order by attempt";
    let mut attempts = Vec::new();
    for attempt in cx.rows(sql, &[Value::from(event), Value::from(endpoint)]).await? {
        attempts.push(json!({
            "attempt": attempt.int(0)?,
            "attempted_at": attempt.int(1)?,
            "duration_ms": attempt.int(5)?,
            "error": attempt.text_opt(3)?,
            "response_excerpt": attempt.text(4)?,
            "response_status": attempt.int_opt(2)?,
        }));
    }
    let is_destination = endpoint.starts_with(event_destinations::PREFIX);
    Ok(json!({
        "object": "drawbridge.delivery",
        "id": format!("{event}/{endpoint}"),
        "event": event,
        "event_destination": is_destination.then_some(endpoint),
        "webhook_endpoint": (!is_destination).then_some(endpoint),
        "status": row.text(1)?,
        "next_attempt_at": row.int_opt(3)?,
        "attempts": attempts,
    })
    .to_string())
}
