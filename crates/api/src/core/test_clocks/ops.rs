use kernel::jobs::NewJob;
use kernel::{ApiError, ApiResult, Cx, Filter, Stored};
use store::Value;

use super::jobs;
use super::object::{Advancing, Status, StatusDetails, TestClock};
use super::params::{Advance, Create, List};
use crate::core::clock::LATEST;
use crate::core::customers;
use crate::{Call, Nothing, Reply};

const PREFIX: &str = "clock_";
/// A clock is deleted this long after it was made.
const LIFE_SECONDS: i64 = 30 * 86_400;
/// One advance goes at most this far when nothing shorter is on the clock.
const STEP_SECONDS_MAX: i64 = 2 * 366 * 86_400;
/// Customers on one clock.
const CUSTOMERS_MAX: i64 = 3;

/// Creates a clock.
///
/// # Errors
/// 400 in live mode or for a time that is none.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    refuse_live(cx)?;
    let p = call.params;
    let clock = TestClock {
        id: cx.id(PREFIX, 24),
        object: "test_helpers.test_clock".into(),
        created: cx.now(),
        deletes_after: cx.now() + LIFE_SECONDS,
        frozen_time: checked_time(p.frozen_time)?,
        livemode: false,
        name: p.name,
        status: Status::Ready,
        status_details: StatusDetails::default(),
    };
    let doc = cx.insert(&clock).await?;
    cx.emit("test_helpers.test_clock.created", &doc, None).await?;
    let run_at_ms = clock.deletes_after * 1_000;
    cx.enqueue(&NewJob { kind: jobs::EXPIRE, key: &clock.id, lane: &clock.id, run_at_ms, payload: "" }).await?;
    Ok(Reply::text(doc))
}

/// Shows a clock.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    Ok(Reply::text(cx.raw_or_missing::<TestClock>(call.id(), "id").await?))
}

/// Lists clocks, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let page = cx.list::<TestClock>(PREFIX, &Filter::default(), &call.params.page).await?;
    Ok(Reply::list("/v1/test_helpers/test_clocks", &page))
}

/// Starts to move a clock; a job arrives, and the clock is `ready` again.
///
/// # Errors
/// 400 for a way back, too far, or a clock that is on its way.
pub async fn advance(cx: &mut Cx<'_>, call: Call<Advance>) -> ApiResult<Reply> {
    let mut clock = cx.get::<TestClock>(call.id(), "id").await?;
    let target = checked_time(call.params.frozen_time)?;
    if clock.status != Status::Ready {
        let message = "The test clock is still advancing; it can be advanced again when its status is ready.";
        return Err(ApiError::invalid(message));
    }
    if target <= clock.frozen_time {
        let message = format!("A test clock only moves forward; it shows {} now.", clock.frozen_time);
        return Err(ApiError::invalid_param("frozen_time", message));
    }
    if target - clock.frozen_time > STEP_SECONDS_MAX {
        return Err(ApiError::invalid_param("frozen_time", "One advance moves a test clock by at most two years."));
    }
    clock.status = Status::Advancing;
    clock.status_details = StatusDetails { advancing: Some(Advancing { target_frozen_time: target }) };
    let doc = cx.update(&mut clock).await?;
    cx.emit("test_helpers.test_clock.advancing", &doc, None).await?;
    let run_at_ms = cx.now_ms();
    cx.enqueue(&NewJob { kind: jobs::ADVANCE, key: &clock.id, lane: &clock.id, run_at_ms, payload: "" }).await?;
    Ok(Reply::text(doc))
}

/// Deletes a clock and the customers on it.
///
/// # Errors
/// 404 if there is none.
pub async fn delete(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let clock = cx.get::<TestClock>(call.id(), "id").await?;
    remove(cx, &clock).await?;
    cx.dequeue(jobs::EXPIRE, &clock.id).await?;
    Ok(Reply::deleted(&clock.id, "test_helpers.test_clock"))
}

/// Removes a clock and the customers on it.
pub(super) async fn remove(cx: &mut Cx<'_>, clock: &Stored<TestClock>) -> ApiResult<()> {
    customers::remove_all_on_clock(cx, clock).await?;
    cx.remove(clock).await?;
    let last = serde_json::to_string(&clock.value)?;
    cx.emit("test_helpers.test_clock.deleted", &last, None).await
}

/// Puts one more customer on a clock; answers the clock's time, which becomes the customer's `created`.
pub(crate) async fn join(cx: &mut Cx<'_>, id: &str) -> ApiResult<i64> {
    let clock = match cx.find::<TestClock>(id).await? {
        Some(clock) => clock,
        None => {
            let error = cx.missing::<TestClock>(id, "test_clock").await?;
            return Err(ApiError::coded("resource_missing", error.message()).with_param("test_clock"));
        }
    };
    let sql = "select count(*) from objects where tenant = $1 and kind = 'customer' and f2 = $2 and deleted = 0";
    let row = cx.row(sql, &[Value::from(id)]).await?;
    if row.map(|row| row.int(0)).transpose()?.unwrap_or(0) >= CUSTOMERS_MAX {
        return Err(ApiError::invalid_param("test_clock", format!("A test clock holds at most {CUSTOMERS_MAX} customers.")));
    }
    Ok(clock.frozen_time)
}

fn refuse_live(cx: &Cx<'_>) -> ApiResult<()> {
    if cx.tenant.livemode() {
        return Err(ApiError::coded("livemode_mismatch", "Test clocks exist in test mode only."));
    }
    Ok(())
}

fn checked_time(time: i64) -> ApiResult<i64> {
    if (1..=LATEST).contains(&time) {
        return Ok(time);
    }
    Err(ApiError::invalid_param("frozen_time", "Invalid timestamp: must be whole unix seconds after 1970."))
}
