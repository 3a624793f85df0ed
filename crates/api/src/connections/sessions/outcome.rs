//! How a session ends, as preview versions see it: `pending` -> `succeeded`, `failed` or `cancelled`.

use kernel::events::changed;
use kernel::jobs::NewJob;
use kernel::{ApiResult, Cx};
use serde_json::Value as Json;

use super::object::{Cancelled, RelinkResult, Session, SessionDetails};
use super::ops::{LIFE_SECONDS, with_accounts};
use crate::connections::linking;

/// The job that ends a session whose time is over.
pub(crate) const EXPIRE: &str = "expire_session";

/// How a flow ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The person was done, or closed it.
    Closed,
    /// Its time was over.
    Expired,
}

/// What came of a flow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Collected {
    /// Accounts were linked, or numbers typed.
    pub anything: bool,
    /// The bank took the person's sign-in.
    pub signed_in: bool,
}

/// Has a session ended when its time is over.
pub(super) async fn schedule_end(cx: &mut Cx<'_>, session: &Session) -> ApiResult<()> {
    let run_at_ms = (session.created + LIFE_SECONDS) * 1_000;
    cx.enqueue(&NewJob { kind: EXPIRE, key: &session.id, lane: &session.id, run_at_ms, payload: "" }).await
}

/// Ends a session whose time is over.
pub(crate) async fn expire(cx: &mut Cx<'_>, id: String) -> ApiResult<()> {
    let collected = linking::collected_in(cx, &id).await?;
    conclude(cx, &id, End::Expired, collected).await
}

/// Writes down how a session ended, unless it ended before, and tells of it.
pub(crate) async fn conclude(cx: &mut Cx<'_>, id: &str, end: End, collected: Collected) -> ApiResult<()> {
    let Some(mut session) = cx.find::<Session>(id).await?.filter(|session| session.status == "pending") else { return Ok(()) };
    let before = serde_json::to_value(&session.value)?;
    if session.relink_options.is_some() && session.relink_result.is_none() {
        let reason = failure_reason(end, collected);
        session.relink_result = Some(RelinkResult { failure_reason: Some(reason.into()), ..RelinkResult::default() });
    }
    session.status = status(&session, end, collected).into();
    if session.status == "cancelled" {
        session.status_details = Some(SessionDetails { cancelled: Cancelled { reason: "other".into() } });
    }
    session.url = None;
    cx.update(&mut session).await?;
    let mut previous = changed(&before, &serde_json::to_value(&session.value)?);
    if let Some(Json::Object(previous)) = &mut previous {
        // An address that no longer leads anywhere says nothing.
        previous.shift_remove("url");
    }
    let mut shown = with_accounts(cx, &session).await?;
    shown["client_secret"] = Json::Null;
    cx.emit_preview("financial_connections.session.updated", &shown.to_string(), previous.as_ref()).await?;
    cx.dequeue(EXPIRE, id).await
}

/// A cancelled session is opened once more.
pub(crate) async fn resume(cx: &mut Cx<'_>, id: &str) -> ApiResult<()> {
    let Some(mut session) = cx.find::<Session>(id).await?.filter(|session| session.status == "cancelled") else { return Ok(()) };
    session.status = "pending".into();
    (session.status_details, session.relink_result) = (None, None);
    schedule_end(cx, &session).await?;
    cx.update(&mut session).await?;
    Ok(())
}

fn status(session: &Session, end: End, collected: Collected) -> &'static str {
    let relinked = session.relink_result.as_ref().map(|result| result.failure_reason.is_none());
    match (relinked.unwrap_or(collected.anything), end) {
        (true, _) => "succeeded",
        (false, End::Closed) if !collected.anything => "cancelled",
        (false, _) => "failed",
    }
}

fn failure_reason(end: End, collected: Collected) -> &'static str {
    match end {
        End::Closed | End::Expired if collected.signed_in || collected.anything => "no_account",
        End::Closed => "no_authorization",
        End::Expired => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_linking_again_failed() {
        let cases = [
            (End::Closed, false, false, "no_authorization"),
            (End::Closed, false, true, "no_account"),
            (End::Closed, true, true, "no_account"),
            (End::Expired, false, true, "no_account"),
            (End::Expired, false, false, "other"),
        ];
        for (end, anything, signed_in, expected) in cases {
            assert_eq!(failure_reason(end, Collected { anything, signed_in }), expected, "{end:?} {anything} {signed_in}");
        }
    }
}
