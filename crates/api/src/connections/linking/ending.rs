//! What a flow forgets when it ends: the person is done, closes it, lets its time run out, or has an account's data deleted.

use kernel::jobs::NewJob;
use kernel::{ApiResult, Cx};

use super::ops::leave_bank;
use super::state::{Flow, Stage};

/// The job that ends a flow whose time is over.
pub(crate) const EXPIRE: &str = "expire_flow";

/// Has a flow ended when its time is over, if nobody ends it before.
pub(super) async fn schedule(cx: &mut Cx<'_>, flow: &Flow) -> ApiResult<()> {
    let run_at_ms = flow.expires_at * 1_000;
    cx.enqueue(&NewJob { kind: EXPIRE, key: &flow.id, lane: &flow.id, run_at_ms, payload: "" }).await
}

/// Forgets what a bank offered or asked. What was linked stays linked.
pub(super) async fn end(cx: &mut Cx<'_>, flow: &mut Flow) -> ApiResult<()> {
    leave_bank(cx, flow).await?;
    cx.dequeue(EXPIRE, &flow.id).await
}

/// The time of a flow is over.
pub(crate) async fn expire(cx: &mut Cx<'_>, id: String) -> ApiResult<()> {
    let Some(mut flow) = cx.find::<Flow>(&id).await?.filter(|flow| flow.expires_at <= cx.now()) else { return Ok(()) };
    leave_bank(cx, &mut flow).await?;
    if matches!(flow.stage, Stage::SignIn { .. } | Stage::Accounts { .. }) {
        flow.stage = Stage::Picker;
    }
    cx.update(&mut flow).await.map(|_| ())
}

/// Takes out of a flow what it knows of an account whose person had its data deleted. That it was linked stays.
pub(crate) async fn erase_from(cx: &mut Cx<'_>, id: &str, account: &str) -> ApiResult<()> {
    let Some(mut flow) = cx.find::<Flow>(id).await? else { return Ok(()) };
    flow.offers.clear();
    for linked in flow.linked.iter_mut().filter(|linked| linked.id == account) {
        linked.bank_account.clear();
    }
    cx.update(&mut flow).await.map(|_| ())
}
