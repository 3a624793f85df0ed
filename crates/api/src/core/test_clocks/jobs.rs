use std::sync::Arc;

use kernel::jobs::{Handler, Job};
use kernel::{ApiResult, BoxFuture, Cx};

use super::object::{Status, StatusDetails, TestClock};
use super::ops;
use crate::App;

/// Finishes the advance of a clock. Nothing runs on test clocks yet but the clock itself.
pub(crate) struct Advance(pub App);

impl Advance {
    pub(crate) const KIND: &'static str = "advance_test_clock";
}

impl Handler for Advance {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    fn run(&self, job: Job) -> BoxFuture<'static, ApiResult<()>> {
        let core = Arc::clone(&self.0.core);
        Box::pin(async move {
            let id = job.key.clone();
            core.write(&job.tenant, move |cx| {
                let id = id.clone();
                Box::pin(async move { finish(cx, &id).await })
            })
            .await
        })
    }
}

async fn finish(cx: &mut Cx<'_>, id: &str) -> ApiResult<()> {
    let Some(mut clock) = cx.find::<TestClock>(id).await? else { return Ok(()) };
    let Some(advancing) = clock.status_details.advancing.take() else { return Ok(()) };
    clock.frozen_time = advancing.target_frozen_time;
    clock.status = Status::Ready;
    clock.status_details = StatusDetails::default();
    let doc = cx.update(&mut clock).await?;
    cx.emit("test_helpers.test_clock.ready", &doc, None).await
}

/// Deletes a clock whose time is over.
pub(crate) struct Expire(pub App);

impl Expire {
    pub(crate) const KIND: &'static str = "expire_test_clock";
}

impl Handler for Expire {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    fn run(&self, job: Job) -> BoxFuture<'static, ApiResult<()>> {
        let core = Arc::clone(&self.0.core);
        Box::pin(async move {
            let id = job.key.clone();
            core.write(&job.tenant, move |cx| {
                let id = id.clone();
                Box::pin(async move {
                    match cx.find::<TestClock>(&id).await? {
                        Some(clock) => ops::remove(cx, &clock).await,
                        None => Ok(()),
                    }
                })
            })
            .await
        })
    }
}
