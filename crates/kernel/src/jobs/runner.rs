//! Takes what is due, runs it, and writes down how it ended.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use store::Tx;
use tokio::sync::Notify;

use super::queue::{FRESH_MAX, Found, Queue};
use super::room::{Busy, Room};
use super::{Handler, Job, rows};
use crate::{ApiError, ApiResult, Core};

/// Leases are renewed this often.
const RENEW: Duration = Duration::from_secs(20);
/// Leases renewed with one statement.
const RENEWED_MAX: usize = 100;
/// The end of a job is tried to be written down this often.
const FINISH_TRIES: u32 = 5;
/// How long to gather rings of the bell before a look.
const GATHER: Duration = Duration::from_millis(5);
/// How often other nodes' work is looked for.
const POLL: Duration = Duration::from_secs(1);

/// Takes due jobs and runs them.
pub struct Runner {
    pub(super) core: Arc<Core>,
    pub(super) handlers: HashMap<&'static str, Arc<dyn Handler>>,
    /// This process, in the names of its leases.
    pub(super) node: String,
    busy: Mutex<Busy>,
    queue: Mutex<Queue>,
    /// Rung when a job ended.
    pub(super) finished: Notify,
}

impl Runner {
    /// A runner with the given handlers.
    #[must_use]
    pub fn new(core: Arc<Core>, handlers: Vec<Arc<dyn Handler>>) -> Arc<Self> {
        let node = core.ids().secret("node_", 16);
        let handlers = handlers.into_iter().map(|handler| (handler.kind(), handler)).collect();
        Arc::new(Runner { core, handlers, node, busy: Mutex::default(), queue: Mutex::default(), finished: Notify::new() })
    }

    /// Takes jobs as they become due, for as long as the process lives.
    pub async fn work(self: Arc<Self>) {
        let mut renew = tokio::time::interval(RENEW);
        loop {
            let bell = self.core.bell.notified();
            let finished = self.finished.notified();
            tokio::pin!(bell, finished);
            bell.as_mut().enable();
            finished.as_mut().enable();
            // Commits ring often; what many of them wrote is found with one look.
            tokio::time::sleep(GATHER).await;
            let wait = match Self::start_due(&self).await {
                Ok(wait) => wait,
                Err(error) => {
                    tracing::error!(?error, "due jobs could not be taken");
                    POLL
                }
            };
            tokio::select! {
                () = &mut bell => {}
                () = &mut finished => {}
                () = tokio::time::sleep(wait) => {}
                _ = renew.tick() => self.renew_leases().await,
            }
        }
    }

    /// Frees what a process that no longer lives had taken. Only for a database that one process uses.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn take_over(&self) -> ApiResult<()> {
        self.core.store.write(|tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<()>> { Box::pin(rows::free_all(tx)) }).await
    }

    /// Runs everything that is due now, in order, until nothing is. For tests.
    ///
    /// # Errors
    /// Those of the database; a job's own errors only put it off.
    pub async fn run_due(self: &Arc<Self>) -> ApiResult<usize> {
        let mut count = 0;
        loop {
            let now_ms = self.core.clock.now_ms();
            let found = self.find(0, now_ms, Vec::new(), self.room()).await?;
            let Some(first) = found.fresh.into_iter().next() else { return Ok(count) };
            for job in self.take(now_ms, vec![first]).await? {
                self.perform(job).await;
                count += 1;
            }
        }
    }

    /// Starts what is due and has room; answers how long nothing more is.
    async fn start_due(this: &Arc<Self>) -> ApiResult<Duration> {
        let now_ms = this.core.clock.now_ms();
        let room = this.room();
        let (from_ms, lanes) = this.queue().look(now_ms, &room);
        let found = this.find(from_ms, now_ms, lanes, room.clone()).await?;
        let chosen = this.queue().choose(now_ms, &found, room);
        if chosen.is_empty() {
            let wait_ms = found.next_ms.map_or(i64::MAX, |next_ms| next_ms - now_ms);
            return Ok(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0)).min(POLL));
        }
        for job in this.take(now_ms, chosen).await? {
            let runner = Arc::clone(this);
            tokio::spawn(async move { runner.perform(job).await });
        }
        Ok(Duration::ZERO)
    }

    /// Looks at what became due after `from_ms`, and at the heads of the given lanes.
    async fn find(&self, from_ms: i64, now_ms: i64, lanes: Vec<(String, usize)>, room: Room) -> ApiResult<Found> {
        self.core
            .store
            .read(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Found>> {
                Box::pin(async move {
                    let limit = i64::try_from(FRESH_MAX).unwrap_or(i64::MAX);
                    let fresh = rows::select_fresh(tx, from_ms, now_ms, &room, limit).await?;
                    let mut waiting = Vec::with_capacity(lanes.len());
                    for (lane, width) in lanes {
                        let jobs = rows::select_lane(tx, &lane, width, now_ms).await?;
                        waiting.push((lane, jobs, width));
                    }
                    Ok(Found { fresh, waiting, next_ms: rows::select_next_ms(tx, now_ms).await? })
                })
            })
            .await
    }

    /// Leases jobs that were found; what somebody else took meanwhile is left out.
    async fn take(&self, now_ms: i64, found: Vec<Job>) -> ApiResult<Vec<Job>> {
        let owners = self.busy().new_owners(&self.node, found.len());
        let found = Arc::new(found);
        let taken = self
            .core
            .store
            .write(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Vec<Job>>> {
                let (found, owners) = (Arc::clone(&found), owners.clone());
                Box::pin(async move {
                    let mut taken = Vec::new();
                    for (job, owner) in found.iter().zip(owners) {
                        let mut job = Job { owner, ..job.clone() };
                        if rows::lease(tx, &mut job, now_ms).await? {
                            taken.push(job);
                        }
                    }
                    Ok(taken)
                })
            })
            .await?;
        let mut busy = self.busy();
        taken.iter().for_each(|job| busy.enter(job));
        drop(busy);
        Ok(taken)
    }

    /// Runs a taken job and writes down how it ended.
    pub(super) async fn perform(&self, job: Job) {
        let outcome = match self.handlers.get(job.kind.as_str()) {
            Some(handler) => {
                let run = std::panic::AssertUnwindSafe(handler.run(job.clone()));
                futures_util::FutureExt::catch_unwind(run)
                    .await
                    .unwrap_or_else(|_| Err(ApiError::internal("the job's handler panicked")))
            }
            None => Err(ApiError::internal("no handler for this kind of job")),
        };
        if let Err(error) = &outcome {
            tracing::warn!(job.kind, job.key, job.attempts, ?error, "a job failed and will be tried again");
        }
        for attempt in 1..=FINISH_TRIES {
            match self.finish(&job, outcome.is_ok()).await {
                Ok(()) => break,
                Err(error) if attempt == FINISH_TRIES => {
                    let note = "a job's end could not be written down; it runs again when its lease ends";
                    tracing::error!(job.kind, job.key, ?error, "{note}");
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(100 * u64::from(attempt))).await,
            }
        }
        self.busy().leave(&job);
        self.queue().wait_in(&job.lane);
        self.finished.notify_waiters();
    }

    async fn finish(&self, job: &Job, done: bool) -> ApiResult<()> {
        let written = job.clone();
        self.core
            .write(&job.tenant, move |cx| {
                let job = written.clone();
                Box::pin(async move { rows::finish(cx, &job, done).await })
            })
            .await
    }

    async fn renew_leases(&self) {
        let until_ms = self.core.clock.now_ms() + rows::LEASE_MS;
        let owners = self.busy().owners();
        for owners in owners.chunks(RENEWED_MAX) {
            let owners = owners.to_vec();
            let renewed = self
                .core
                .store
                .write(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<()>> {
                    let owners = owners.clone();
                    Box::pin(async move { rows::renew(tx, &owners, until_ms).await })
                })
                .await;
            if let Err(error) = renewed {
                tracing::error!(?error, "leases could not be renewed");
            }
        }
    }

    /// How much room there is now.
    fn room(&self) -> Room {
        let limits = self.handlers.iter().map(|(kind, handler)| (*kind, handler.at_once(), handler.lane_width()));
        self.busy().room(limits)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn busy(&self) -> MutexGuard<'_, Busy> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
