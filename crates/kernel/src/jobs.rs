//! Background work: rows written in the transaction that causes them, run by whichever node takes them first.
//!
//! A job's time is on its tenant's clock. Moving a sandbox's clock runs what became due, in order.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use store::{Engine, Tx, Value};
use tokio::sync::Notify;

use crate::{ApiError, ApiResult, BoxFuture, Core, Cx, Tenant};

/// How long a node keeps a job without renewing its lease; then another one may take it.
const LEASE_MS: i64 = 60_000;
/// Leases are renewed this often.
const RENEW: Duration = Duration::from_secs(20);
/// The longest wait between two tries of a job that fails, in milliseconds.
const BACKOFF_MS_MAX: i64 = 3_600_000;
/// Jobs taken at once.
const TAKEN_MAX: usize = 64;
/// The end of a job is tried to be written down this often.
const FINISH_TRIES: u32 = 5;
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
    /// How many jobs of this kind run at once in this process.
    fn at_once(&self) -> usize {
        64
    }
    /// Whether jobs that are due at the same time may run side by side while a clock is moved.
    fn side_by_side(&self) -> bool {
        false
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
    kinds: HashMap<String, usize>,
    owners: HashSet<String>,
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
            let taken = self.take(now_ms, 1).await?;
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
                    if self.handlers.get(job.kind.as_str()).is_some_and(|handler| handler.side_by_side()) {
                        let runner = Arc::clone(self);
                        tokio::spawn(async move { runner.perform(job).await });
                    } else {
                        self.perform(job).await;
                    }
                }
                // It is at work: it ends, or on another node its lease does.
                Next::Busy => tokio::select! {
                    () = finished => {}
                    () = tokio::time::sleep(Duration::from_millis(100)) => {}
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
        let jobs = this.take(now_ms, TAKEN_MAX).await?;
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

    async fn take(&self, now_ms: i64, limit: usize) -> ApiResult<Vec<Job>> {
        let room = self.room();
        let owners = self.new_owners(limit);
        let taken = self
            .core
            .store
            .write(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Vec<Job>>> {
                let (mut room, owners) = (room.clone(), owners.clone());
                Box::pin(async move {
                    let mut taken = Vec::new();
                    for mut job in select_due(tx, now_ms, &room).await? {
                        if taken.len() >= limit {
                            break;
                        }
                        if room.enter(&job) {
                            job.owner.clone_from(&owners[taken.len()]);
                            lease(tx, &mut job, now_ms).await?;
                            taken.push(job);
                        }
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
        let owner = self.new_owners(1).swap_remove(0);
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
        let changed = self
            .core
            .write(tenant, move |cx| {
                Box::pin(async move {
                    let step = target_ms - cx.now_ms();
                    if step <= 0 {
                        return Ok(None);
                    }
                    let offset = cx.offset_ms() + step;
                    let sql = "insert into sandbox_clocks (tenant, offset_ms, version) values ($1, $2, 1) \
                               on conflict (tenant) do update set offset_ms = excluded.offset_ms, version = sandbox_clocks.version + 1";
                    cx.run(sql, &[Value::from(offset)]).await?;
                    cx.run(SHIFT, &[Value::from(offset)]).await?;
                    if cx.tx.engine() == Engine::Sqlite {
                        cx.core.remember_offset(&cx.tenant, offset);
                    }
                    Ok(Some(offset))
                })
            })
            .await
            .inspect_err(|_| self.core.forget_offset(tenant))?;
        // Transactions that began before the clock moved may have written jobs by the old one meanwhile.
        if let Some(offset) = changed
            && self.core.store.engine() == Engine::Postgres
        {
            self.core
                .write(tenant, move |cx| Box::pin(async move { cx.run(SHIFT, &[Value::from(offset)]).await.map(|_| ()) }))
                .await?;
        }
        Ok(())
    }

    async fn renew_leases(&self) {
        let until = self.core.clock.now_ms() + LEASE_MS;
        let owners: Vec<String> = self.busy().owners.iter().cloned().collect();
        for owners in owners.chunks(100) {
            let owners = owners.to_vec();
            let renewed = self
                .core
                .store
                .write(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<u64>> {
                    let owners = owners.clone();
                    Box::pin(async move {
                        let places: Vec<String> = (0..owners.len()).map(|index| format!("${}", index + 2)).collect();
                        let sql = format!(
                            "update jobs set lease_until_ms = $1 where lease_until_ms > 0 and lease_owner in ({})",
                            places.join(", ")
                        );
                        let mut params = vec![Value::from(until)];
                        params.extend(owners.into_iter().map(Value::from));
                        Ok(tx.execute(&sql, &params).await?)
                    })
                })
                .await;
            if let Err(error) = renewed {
                tracing::error!(?error, "leases could not be renewed");
            }
        }
    }

    /// Names for leases; each is used once, so that a lease whose end was lost is renewed by nobody.
    fn new_owners(&self, count: usize) -> Vec<String> {
        let mut busy = self.busy();
        let first = busy.leases;
        busy.leases += u64::try_from(count).unwrap_or(0);
        (first..busy.leases).map(|number| format!("{}.{number}", self.node)).collect()
    }

    /// How much room there is now.
    fn room(&self) -> Room {
        let busy = self.busy();
        let kinds = self.handlers.iter().map(|(kind, handler)| {
            let used = busy.kinds.get(*kind).copied().unwrap_or(0);
            ((*kind).to_owned(), (handler.at_once().saturating_sub(used), handler.lane_width()))
        });
        Room { kinds: kinds.collect(), lanes: busy.lanes.clone() }
    }

    fn enter(&self, jobs: &[Job]) {
        let mut busy = self.busy();
        for job in jobs {
            *busy.lanes.entry(job.lane.clone()).or_default() += 1;
            *busy.kinds.entry(job.kind.clone()).or_default() += 1;
            busy.owners.insert(job.owner.clone());
        }
    }

    fn leave(&self, job: &Job) {
        let mut busy = self.busy();
        let Busy { lanes, kinds, owners, .. } = &mut *busy;
        owners.remove(&job.owner);
        for (counts, name) in [(lanes, &job.lane), (kinds, &job.kind)] {
            if let Some(used) = counts.get_mut(name) {
                *used -= 1;
                if *used == 0 {
                    counts.remove(name);
                }
            }
        }
        drop(busy);
        self.finished.notify_waiters();
    }

    fn busy(&self) -> std::sync::MutexGuard<'_, Busy> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a clock that moved does to its tenant's jobs.
const SHIFT: &str = "update jobs set due_at_ms = run_at_ms - $2 where tenant = $1";

/// How many more jobs may start, by kind and lane.
#[derive(Clone)]
struct Room {
    /// For each kind: how many more, and how wide its lanes are.
    kinds: HashMap<String, (usize, usize)>,
    /// For each lane: how many are at work.
    lanes: HashMap<String, usize>,
}

impl Room {
    /// Takes a place for a job; false if there is none.
    fn enter(&mut self, job: &Job) -> bool {
        let Some((left, width)) = self.kinds.get_mut(&job.kind) else { return false };
        let used = self.lanes.entry(job.lane.clone()).or_default();
        if *left == 0 || *used >= *width {
            return false;
        }
        *left -= 1;
        *used += 1;
        true
    }

    /// Lanes and kinds that take nothing now.
    fn full(&self) -> (Vec<&str>, Vec<&str>) {
        let widest = self.kinds.values().map(|(_, width)| *width).max().unwrap_or(1);
        let lanes = self.lanes.iter().filter(|(_, used)| **used >= widest).map(|(lane, _)| lane.as_str()).collect();
        let kinds = self.kinds.iter().filter(|(_, (left, _))| *left == 0).map(|(kind, _)| kind.as_str()).collect();
        (lanes, kinds)
    }
}

enum Next {
    Run(Job),
    Busy,
    Nothing,
}

async fn select_due(tx: &mut Tx, now_ms: i64, room: &Room) -> ApiResult<Vec<Job>> {
    let mut sql = String::from(
        "select tenant, kind, key, lane, run_at_ms, attempts, payload from jobs where due_at_ms <= $1 and lease_until_ms <= $1",
    );
    let mut params = vec![Value::from(now_ms)];
    let (lanes, kinds) = room.full();
    for (column, names) in [("lane", lanes), ("kind", kinds)] {
        for name in names {
            params.push(Value::from(name));
            sql.push_str(&format!(" and {column} <> ${}", params.len()));
        }
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
