//! The bank is asked for files: returns, corrections, and whatever else it sends.

use std::sync::Arc;

use kernel::jobs::{Job, NewJob};
use kernel::{ApiError, ApiResult, Cx, Tenant};
use store::Value;

use super::inbound;
use super::transport::{Pace, TransportError};
use super::{cut, schedule};
use crate::App;
use crate::core::settings;

/// The job that asks the bank.
pub(crate) const COLLECT: &str = "collect_ach_files";
/// The key of the one that comes again.
const REGULAR: &str = "regular";

/// Has the bank asked from now on, as long as something can come back. Times are those of a grid, so that sending often does
/// not put it off.
pub(super) async fn plan_regular(cx: &mut Cx<'_>, pace: Pace) -> ApiResult<()> {
    let at = schedule::next_collection(pace, cx.tenant.livemode(), cx.now());
    plan(cx, REGULAR, at).await
}

/// Has the bank asked once more, after a file has settled.
pub(super) async fn plan_once(cx: &mut Cx<'_>, file: &str, at: i64) -> ApiResult<()> {
    plan(cx, file, at).await
}

async fn plan(cx: &mut Cx<'_>, key: &str, at: i64) -> ApiResult<()> {
    let lane = cut::lane(cx);
    cx.enqueue(&NewJob { kind: COLLECT, key, lane: &lane, run_at_ms: at * 1_000, payload: "" }).await
}

/// Asks the bank, and plans to ask again while entries are young enough to come back.
///
/// # Errors
/// Those of the database, and a bank that does not answer now.
pub(crate) async fn run(app: App, job: Job) -> ApiResult<()> {
    all(&app, &job.tenant).await?;
    if job.key != REGULAR {
        return Ok(());
    }
    app.core.write(&job.tenant, |cx| Box::pin(async move { again(cx).await })).await
}

async fn again(cx: &mut Cx<'_>) -> ApiResult<()> {
    let young = "select 1 from ach_entries where tenant = $1 and settles_at > $2 limit 1";
    let young = cx.row(young, &[Value::from(cx.now() - schedule::RETURNS_END)]).await?;
    // A bank that is looked into as a directory may send what no entry of ours causes.
    if young.is_none() && !cx.tenant.livemode() {
        return Ok(());
    }
    let pace = settings::of_tenant(cx).await?.pace();
    let at = schedule::next_collection(pace, cx.tenant.livemode(), cx.now());
    plan(cx, REGULAR, at).await
}

/// Takes over everything that the bank has for a tenant, file by file in the order in which it has them.
pub(super) async fn all(app: &App, tenant: &Tenant) -> ApiResult<()> {
    // What a crash left half done takes effect before anything newer.
    for id in app.core.read(tenant, |cx| Box::pin(async move { inbound::unfinished(cx).await })).await? {
        inbound::apply(app, tenant, &id).await?;
    }
    let Some(originator) = app.originators.of(tenant) else { return Ok(()) };
    let after = app.core.read(tenant, |cx| Box::pin(async move { inbound::last_name(cx).await })).await?;
    let names = originator.transport.list(tenant, after.as_deref()).await.map_err(not_now)?;
    for name in names {
        let content = originator.transport.fetch(tenant, &name).await.map_err(not_now)?;
        let shared = Arc::new((name, content));
        let own = Arc::clone(&shared);
        let id = app.core.write(tenant, move |cx| {
            let shared = Arc::clone(&own);
            Box::pin(async move { inbound::receive(cx, &shared.0, &shared.1, false).await })
        });
        let id = id.await?;
        // Kept here; should a crash come before the bank hears of it, the same file under the same name is known.
        originator.transport.taken(tenant, &shared.0).await.map_err(not_now)?;
        inbound::mark_taken(app, tenant, &id).await?;
        inbound::apply(app, tenant, &id).await?;
    }
    Ok(())
}

fn not_now(error: TransportError) -> ApiError {
    let (TransportError::Refused(text) | TransportError::Later(text)) = error;
    ApiError::internal(format!("the bank's ACH files could not be collected: {text}"))
}
