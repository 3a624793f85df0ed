use kernel::jobs::{Handler, Job};
use kernel::{ApiResult, BoxFuture, Cx};

use crate::App;

/// A job that talks to others, and so opens its own transactions.
pub(crate) type Beside = fn(App, Job) -> BoxFuture<'static, ApiResult<()>>;
/// A job that is one transaction about the object whose id is the job's key.
pub(crate) type Within = for<'a, 'b> fn(&'a mut Cx<'b>, String) -> BoxFuture<'a, ApiResult<()>>;

#[derive(Clone, Copy)]
enum Work {
    Beside(Beside),
    Within(Within),
}

/// A line of the table of background jobs: a kind, what it does, and how many of it run at once.
pub(crate) struct Task {
    app: App,
    kind: &'static str,
    work: Work,
    lane_width: usize,
    at_once: usize,
    side_by_side: bool,
}

impl Task {
    pub(crate) fn beside(app: &App, kind: &'static str, work: Beside) -> Self {
        Task { app: app.clone(), kind, work: Work::Beside(work), lane_width: 1, at_once: 64, side_by_side: false }
    }

    pub(crate) fn within(app: &App, kind: &'static str, work: Within) -> Self {
        Task { app: app.clone(), kind, work: Work::Within(work), lane_width: 1, at_once: 64, side_by_side: false }
    }

    /// So many of one lane run at once.
    pub(crate) fn lane_width(self, lane_width: usize) -> Self {
        Task { lane_width, ..self }
    }

    /// So many run at once, and those due at the same time side by side even while a clock is moved.
    pub(crate) fn mostly_waiting(self, at_once: usize) -> Self {
        Task { at_once, side_by_side: true, ..self }
    }
}

impl Handler for Task {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn lane_width(&self) -> usize {
        self.lane_width
    }

    fn at_once(&self) -> usize {
        self.at_once
    }

    fn side_by_side(&self) -> bool {
        self.side_by_side
    }

    fn run(&self, job: Job) -> BoxFuture<'static, ApiResult<()>> {
        let app = self.app.clone();
        match self.work {
            Work::Beside(work) => work(app, job),
            Work::Within(work) => Box::pin(async move {
                let key = job.key.clone();
                app.core.write(&job.tenant, move |cx| work(cx, key.clone())).await
            }),
        }
    }
}
