//! Background work: rows written in the transaction that causes them, run by whichever node takes them first.
//!
//! A job's time is on its tenant's clock. Moving a sandbox's clock runs what became due, in order.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use store::{Tx, Value};
use tokio::sync::Notify;

use crate::{ApiError, ApiResult, BoxFuture, Core, Cx, Tenant};

/// How long a node keeps a job without renewing its lease; then another one may take it.
const LEASE_MS: i64 = 60_000;
/// Leases are renewed this often.
const RENEW: Duration = Duration::from_secs(20);
/// The longest wait between two tries of a job that fails, in milliseconds.
const BACKOFF_MS_MAX: i64 = 3_600_000;
/// Jobs at work at once in this process.
const RUNNING_MAX: usize = 64;
/// How often other nodes' work is looked for.
const POLL: Duration = Duration::from_secs(1);

/// A job to write down. Its key makes it one: enqueued again, it runs once more after the present run.
#[derive(Debug, Clone, Copy)]
pub struct NewJob<'a> {
    /// Which handler runs it.
    pub kind: &'a str,
    /// Unique within tenant and kind.
    pub key: &'a str,
    /// Jobs of one lane share its width, so that a slow one delays no other lane.
    pub lane: &'a str,
    /// When, on the tenant's clock.
    pub run_at_ms: i64,
    /// What the handler needs beyond the key.
    pub payload: &'a str,
}

/// A job at work.
#[derive(Debug, Clone)]
pub struct Job {
    /// Whose.
    pub tenant: Tenant,
    /// Its kind.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// Its lane.
    pub lane: String,
    /// When it was due, on the tenant's clock.
    pub run_at_ms: i64,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// What was enqueued with it.
    pub payload: String,
    owner: String,
}

/// Runs the jobs of one kind. It must be safe to run twice: it looks at what is and what should be.
pub trait Handler: Send + Sync {
    /// The kind.
    fn kind(&self) -> &'static str;
    /// How many jobs of one lane run at once in this process.
    fn lane_width(&self) -> usize {
        1
    }
    /// Does the work. An error means: try again later.
    fn run(&self, job: Job) -> BoxFuture<'static, ApiResult<()>>;
}

impl Cx<'_> {
    /// Writes a job down.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn enqueue(&mut self, job: &NewJob<'_>) -> ApiResult<()> {
        // A job at work keeps its lease; attempts = 0 tells its node, at the end, that it is due again.
        let sql = "insert into jobs (tenant, kind, key, lane, run_at_ms, due_at_ms, attempts, lease_owner, lease_until_ms, payload) \
                   values ($1, $2, $3, $4, $5, $6, 0, null, 0, $7) \
                   on conflict (tenant, kind, key) do update set lane = excluded.lane, run_at_ms = excluded.run_at_ms, \
                   due_at_ms = excluded.due_at_ms, attempts = 0, payload = excluded.payload";
        let params = [
            Value::from(job.kind),
            Value::from(job.key),
            Value::from(job.lane),
            Value::from(job.run_at_ms),
            Value::from(job.run_at_ms - self.offset_ms()),
            Value::from(job.payload),
        ];
        self.run(sql, &params).await?;
        Ok(())
    }

    /// Takes a job back.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn dequeue(&mut self, kind: &str, key: &str) -> ApiResult<()> {
        let sql = "delete from jobs where tenant = $1 and kind = $2 and key = $3";
        self.run(sql, &[Value::from(kind), Value::from(key)]).await?;
        Ok(())
    }
}

/// Takes due jobs and runs them.
pub struct Runner {
    core: Arc<Core>,
    handlers: HashMap<&'static str, Arc<dyn Handler>>,
    node: String,
    busy: Mutex<Busy>,
    finished: Notify,
}

#[derive(Default)]
struct Busy {
    lanes: HashMap<String, usize>,
    running: usize,
    leases: u64,
}

impl Runner {
    /// A runner with the given handlers.
    #[must_use]
    pub fn new(core: Arc<Core>, handlers: Vec<Arc<dyn Handler>>) -> Arc<Self> {
        let node = core.ids().secret("node_", 16);
        let handlers = handlers.into_iter().map(|handler| (handler.kind(), handler)).collect();
        Arc::new(Runner { core, handlers, node, busy: Mutex::default(), finished: Notify::new() })
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
        self.core
            .store
            .write(|tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<()>> {
                Box::pin(async move {
                    tx.execute("update jobs set lease_until_ms = 0 where lease_until_ms > 0", &[]).await?;
                    Ok(())
                })
            })
            .await
    }

    /// Runs everything that is due now, in order, until nothing is. For tests and for a clock that moved.
    ///
    /// # Errors
    /// Those of the database; a job's own errors only put it off.
    pub async fn run_due(self: &Arc<Self>) -> ApiResult<usize> {
        let mut count = 0;
        loop {
            let now_ms = self.core.clock.now_ms();
            let taken = self.take(Take::Due { now_ms, limit: 1 }).await?;
            let Some(job) = taken.into_iter().next() else { return Ok(count) };
            self.perform(job).await;
            count += 1;
        }
    }

    /// Moves a sandbox's clock to `target_ms`, running on the way what becomes due, at its time and in order.
    ///
    /// # Errors
    /// If the clock would go back, and those of the database.
    pub async fn advance(self: &Arc<Self>, tenant: &Tenant, target_ms: i64) -> ApiResult<()> {
        loop {
            let finished = self.finished.notified();
            tokio::pin!(finished);
            finished.as_mut().enable();
            match self.take_next(tenant, target_ms).await? {
                Next::Run(job) => {
                    self.set_clock(tenant, job.run_at_ms).await?;
                    self.perform(job).await;
                }
                // Another worker has it; it ends or its lease does.
                Next::Busy => tokio::select! {
                    () = finished => {}
                    () = tokio::time::sleep(Duration::from_millis(20)) => {}
                },
                Next::Nothing => return self.set_clock(tenant, target_ms).await,
            }
        }
    }

    /// Waits until nothing of the tenant that is due is left undone. For tests.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn settle(self: &Arc<Self>, tenant: &Tenant) -> ApiResult<()> {
        let now = self.core.read(tenant, |cx| Box::pin(async move { Ok(cx.now_ms()) })).await?;
        self.advance(tenant, now).await
    }

    async fn start_due(this: &Arc<Self>) -> ApiResult<Duration> {
        let now_ms = this.core.clock.now_ms();
        let Some(next) = this.next_due().await? else { return Ok(POLL) };
        if next > now_ms {
            return Ok(Duration::from_millis(u64::try_from(next - now_ms).unwrap_or(0)).min(POLL));
        }
        let room = RUNNING_MAX.saturating_sub(this.busy().running);
        if room == 0 {
            return Ok(POLL);
        }
        let jobs = this.take(Take::Due { now_ms, limit: room }).await?;
        let none = jobs.is_empty();
        for job in jobs {
            let runner = Arc::clone(this);
            tokio::spawn(async move { runner.perform(job).await });
        }
        Ok(if none { POLL } else { Duration::ZERO })
    }

    async fn next_due(&self) -> ApiResult<Option<i64>> {
        let now_ms = self.core.clock.now_ms();
        self.core
            .store
            .read(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Option<i64>>> {
                Box::pin(async move {
                    let sql = "select due_at_ms from jobs where lease_until_ms <= $1 order by due_at_ms limit 1";
                    let row = tx.query_opt(sql, &[Value::from(now_ms)]).await?;
                    Ok(row.map(|row| row.int(0)).transpose()?)
                })
            })
            .await
    }

    async fn take(&self, what: Take) -> ApiResult<Vec<Job>> {
        let Take::Due { now_ms, limit } = what;
        let full = self.full_lanes();
        let widths: HashMap<String, usize> =
            self.handlers.iter().map(|(kind, handler)| ((*kind).to_owned(), handler.lane_width())).collect();
        let lanes = self.busy().lanes.clone();
        let owner = self.new_owner();
        let taken = self
            .core
            .store
            .write(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Vec<Job>>> {
                let (full, widths, owner) = (full.clone(), widths.clone(), owner.clone());
                let mut lanes = lanes.clone();
                Box::pin(async move {
                    let candidates = select_due(tx, now_ms, &full).await?;
                    let mut taken = Vec::new();
                    for mut job in candidates {
                        let used = lanes.entry(job.lane.clone()).or_default();
                        let width = widths.get(&job.kind).copied().unwrap_or(0);
                        if *used >= width || taken.len() >= limit {
                            continue;
                        }
                        *used += 1;
                        job.owner.clone_from(&owner);
                        lease(tx, &mut job, now_ms).await?;
                        taken.push(job);
                    }
                    Ok(taken)
                })
            })
            .await?;
        self.enter(&taken);
        Ok(taken)
    }

    async fn take_next(&self, tenant: &Tenant, target_ms: i64) -> ApiResult<Next> {
        let now_ms = self.core.clock.now_ms();
        let owner = self.new_owner();
        let tenant = tenant.clone();
        let next = self
            .core
            .store
            .write(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Next>> {
                let (tenant, owner) = (tenant.clone(), owner.clone());
                Box::pin(async move {
                    let sql = "select tenant, kind, key, lane, run_at_ms, attempts, payload, lease_until_ms from jobs \
                               where tenant = $1 and run_at_ms <= $2 order by run_at_ms limit 100 for update";
                    let rows = tx.query(sql, &[Value::from(tenant.key()), Value::from(target_ms)]).await?;
                    let mut busy_at_ms = None;
                    for row in rows {
                        let run_at_ms = row.int(4)?;
                        if busy_at_ms.is_some_and(|busy_at_ms| busy_at_ms < run_at_ms) {
                            break;
                        }
                        if row.int(7)? > now_ms {
                            // At work elsewhere: what comes later waits for it, or time would run past it.
                            busy_at_ms = Some(run_at_ms);
                            continue;
                        }
                        let mut job = read_job(&row, &owner)?;
                        lease(tx, &mut job, now_ms).await?;
                        return Ok(Next::Run(job));
                    }
                    Ok(if busy_at_ms.is_some() { Next::Busy } else { Next::Nothing })
                })
            })
            .await?;
        if let Next::Run(job) = &next {
            self.enter(std::slice::from_ref(job));
        }
        Ok(next)
    }

    /// Runs a taken job and writes down how it ended.
    async fn perform(&self, job: Job) {
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
        if let Err(error) = self.finish(&job, outcome.is_ok()).await {
            tracing::error!(
                job.kind,
                job.key,
                ?error,
                "a job's end could not be written down; it runs again when its lease ends"
            );
        }
        self.leave(&job);
    }

    async fn finish(&self, job: &Job, done: bool) -> ApiResult<()> {
        let job = job.clone();
        let backoff_ms = (1_000_i64 << job.attempts.clamp(0, 20)).min(BACKOFF_MS_MAX);
        let tenant = job.tenant.clone();
        self.core_write(&tenant, move |cx| {
            let job = job.clone();
            Box::pin(async move {
                let key = [Value::from(job.kind.as_str()), Value::from(job.key.as_str()), Value::from(job.owner.as_str())];
                if done {
                    let sql = "delete from jobs where tenant = $1 and kind = $2 and key = $3 and lease_owner = $4 and attempts = $5";
                    let mut params = key.to_vec();
                    params.push(Value::from(job.attempts));
                    if cx.run(sql, &params).await? == 1 {
                        return Ok(());
                    }
                } else {
                    let sql = "update jobs set run_at_ms = $5, due_at_ms = $6, lease_owner = null, lease_until_ms = 0 \
                               where tenant = $1 and kind = $2 and key = $3 and lease_owner = $4 and attempts > 0";
                    let run_at_ms = cx.now_ms() + backoff_ms;
                    let mut params = key.to_vec();
                    params.extend([Value::from(run_at_ms), Value::from(run_at_ms - cx.offset_ms())]);
                    cx.run(sql, &params).await?;
                }
                // Enqueued again while it ran: free it for the next run.
                let sql = "update jobs set lease_owner = null, lease_until_ms = 0 where tenant = $1 and kind = $2 and key = $3 and lease_owner = $4";
                cx.run(sql, &key).await?;
                Ok(())
            })
        })
        .await
    }

    async fn core_write<F>(&self, tenant: &Tenant, work: F) -> ApiResult<()>
    where
        F: for<'a, 'b> Fn(&'a mut Cx<'b>) -> store::BoxFuture<'a, ApiResult<()>> + Send + Sync + 'static,
    {
        self.core.write(tenant, work).await
    }

    async fn set_clock(&self, tenant: &Tenant, target_ms: i64) -> ApiResult<()> {
        let offset = self
            .core
            .write(tenant, move |cx| {
                Box::pin(async move {
                    let step = target_ms - cx.now_ms();
                    if step <= 0 {
                        return Ok(cx.offset_ms());
                    }
                    let offset = cx.offset_ms() + step;
                    let sql = "insert into sandbox_clocks (tenant, offset_ms, version) values ($1, $2, 1) \
                               on conflict (tenant) do update set offset_ms = excluded.offset_ms, version = sandbox_clocks.version + 1";
                    cx.run(sql, &[Value::from(offset)]).await?;
                    cx.run("update jobs set due_at_ms = run_at_ms - $2 where tenant = $1", &[Value::from(offset)]).await?;
                    Ok(offset)
                })
            })
            .await?;
        self.core.remember_offset(tenant, offset);
        Ok(())
    }

    async fn renew_leases(&self) {
        if self.busy().running == 0 {
            return;
        }
        let until = self.core.clock.now_ms() + LEASE_MS;
        let prefix = self.node.clone();
        let renewed = self
            .core
            .store
            .write(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<u64>> {
                let (from, to) = (format!("{prefix}."), format!("{prefix}/"));
                Box::pin(async move {
                    let sql =
                        "update jobs set lease_until_ms = $1 where lease_owner > $2 and lease_owner < $3 and lease_until_ms > 0";
                    Ok(tx.execute(sql, &[Value::from(until), Value::from(from), Value::from(to)]).await?)
                })
            })
            .await;
        if let Err(error) = renewed {
            tracing::error!(?error, "leases could not be renewed");
        }
    }

    fn new_owner(&self) -> String {
        let mut busy = self.busy();
        busy.leases += 1;
        format!("{}.{}", self.node, busy.leases)
    }

    fn full_lanes(&self) -> HashSet<String> {
        let widest = self.handlers.values().map(|handler| handler.lane_width()).max().unwrap_or(1);
        self.busy().lanes.iter().filter(|(_, used)| **used >= widest).map(|(lane, _)| lane.clone()).collect()
    }

    fn enter(&self, jobs: &[Job]) {
        let mut busy = self.busy();
        for job in jobs {
            *busy.lanes.entry(job.lane.clone()).or_default() += 1;
            busy.running += 1;
        }
    }

    fn leave(&self, job: &Job) {
        let mut busy = self.busy();
        busy.running = busy.running.saturating_sub(1);
        if let Some(used) = busy.lanes.get_mut(&job.lane) {
            *used -= 1;
            if *used == 0 {
                busy.lanes.remove(&job.lane);
            }
        }
        drop(busy);
        self.finished.notify_waiters();
    }

    fn busy(&self) -> std::sync::MutexGuard<'_, Busy> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Take {
    Due { now_ms: i64, limit: usize },
}

enum Next {
    Run(Job),
    Busy,
    Nothing,
}

async fn select_due(tx: &mut Tx, now_ms: i64, full: &HashSet<String>) -> ApiResult<Vec<Job>> {
    let mut sql = String::from(
        "select tenant, kind, key, lane, run_at_ms, attempts, payload from jobs where due_at_ms <= $1 and lease_until_ms <= $1",
    );
    let mut params = vec![Value::from(now_ms)];
    for lane in full {
        params.push(Value::from(lane.as_str()));
        sql.push_str(&format!(" and lane <> ${}", params.len()));
    }
    sql.push_str(" order by due_at_ms limit 256 for update skip locked");
    let rows = tx.query(&sql, &params).await?;
    rows.iter().map(|row| read_job(row, "")).collect()
}

fn read_job(row: &store::Row, owner: &str) -> ApiResult<Job> {
    let tenant = Tenant::from_key(row.text(0)?).ok_or_else(|| ApiError::internal("a job's tenant does not read"))?;
    Ok(Job {
        tenant,
        kind: row.text(1)?.to_owned(),
        key: row.text(2)?.to_owned(),
        lane: row.text(3)?.to_owned(),
        run_at_ms: row.int(4)?,
        attempts: row.int(5)?,
        payload: row.text(6)?.to_owned(),
        owner: owner.to_owned(),
    })
}

async fn lease(tx: &mut Tx, job: &mut Job, now_ms: i64) -> ApiResult<()> {
    job.attempts += 1;
    let sql = "update jobs set lease_owner = $4, lease_until_ms = $5, attempts = $6 where tenant = $1 and kind = $2 and key = $3";
    let params = [
        Value::from(job.tenant.key()),
        Value::from(job.kind.as_str()),
        Value::from(job.key.as_str()),
        Value::from(job.owner.as_str()),
        Value::from(now_ms + LEASE_MS),
        Value::from(job.attempts),
    ];
    tx.execute(sql, &params).await?;
    Ok(())
}
