use kernel::{ApiResult, Cx};

use super::object::{Status, StatusDetails, TestClock};
use super::ops;

/// The job that ends an advance.
pub(crate) const ADVANCE: &str = "advance_test_clock";
/// The job that deletes a clock whose time is over.
pub(crate) const EXPIRE: &str = "expire_test_clock";

/// Finishes the advance of a clock. Nothing runs on test clocks yet but the clock itself.
pub(crate) async fn advance(cx: &mut Cx<'_>, id: String) -> ApiResult<()> {
    let Some(mut clock) = cx.find::<TestClock>(&id).await? else { return Ok(()) };
    let Some(advancing) = clock.status_details.advancing.take() else { return Ok(()) };
    clock.frozen_time = advancing.target_frozen_time;
    clock.status = Status::Ready;
    clock.status_details = StatusDetails::default();
    let doc = cx.update(&mut clock).await?;
    cx.emit("test_helpers.test_clock.ready", &doc, None).await
}

/// Deletes a clock whose time is over, with the customers on it.
pub(crate) async fn expire(cx: &mut Cx<'_>, id: String) -> ApiResult<()> {
    match cx.find::<TestClock>(&id).await? {
        Some(clock) => ops::remove(cx, &clock).await,
        None => Ok(()),
    }
}
