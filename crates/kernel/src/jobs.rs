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
/// Jobs read at once that became due since the last look.
const FRESH_MAX: i64 = 256;
/// Lanes looked at at once.
const LANES_MAX: usize = 32;
/// Everything that is due is looked at anew this often: leases of dead nodes end, clocks move.
const LOOK_ALL_MS: i64 = 10_000;
/// A transaction may take this long from reading the clock to its commit; what it enqueues is due from its beginning.
const SETTLE_MS: i64 = 100;
/// The end of a job is tried to be written down this often.
const FINISH_TRIES: u32 = 5;
/// How long to gather rings of the bell before a look.
const GATHER: Duration = Duration::from_millis(5);
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
    due_at_ms: i64,
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
    queue: Mutex<Queue>,
    finished: Notify,
}

#[derive(Default)]
struct Queue {
    /// Everything that was due by then was seen.
    seen_until_ms: i64,
    /// When everything was last looked at anew, whatever was seen.
    seen_all_at_ms: i64,
    /// Lanes where something may be due that was seen and had no room. A long queue behind a slow endpoint is one entry here,
    /// and its jobs are not read again and again.
    waiting: HashSet<String>,
}

/// What a look at the table showed.
struct Found {
    /// What became due since the last look.
    fresh: Vec<Job>,
    /// For lanes that waited: what is first in them, and how many were asked for.
    waiting: Vec<(String, Vec<Job>, usize)>,
    /// When the next job becomes due.
    next_ms: Option<i64>,
}

impl Queue {
    /// From when on to look, and at the head of which lanes, with their room.
    fn look(&mut self, now_ms: i64, room: &Room) -> (i64, Vec<(String, usize)>) {
        if now_ms - self.seen_all_at_ms >= LOOK_ALL_MS {
            self.seen_until_ms = 0;
            self.seen_all_at_ms = now_ms;
        }
        self.waiting.extend(room.full().0.into_iter().map(str::to_owned));
        let lanes = self.waiting.iter().filter_map(|lane| Some((lane.clone(), room.left_in(lane)?)));
        (self.seen_until_ms, lanes.take(LANES_MAX).collect())
    }

    /// Chooses what has room; what has none waits in its lane.
    fn choose(&mut self, now_ms: i64, found: &Found, mut room: Room) -> Vec<Job> {
        for (lane, jobs, asked) in &found.waiting {
            if jobs.len() < *asked {
                self.waiting.remove(lane);
            }
        }
        let mut chosen: Vec<Job> = Vec::new();
        let heads = found.waiting.iter().flat_map(|(_, jobs, _)| jobs);
        for job in heads.chain(&found.fresh) {
            if chosen.iter().any(|other| other.key == job.key && other.kind == job.kind && other.tenant == job.tenant) {
                continue;
            }
            if chosen.len() < TAKEN_MAX && room.enter(job) {
                chosen.push(job.clone());
            } else {
                self.waiting.insert(job.lane.clone());
            }
        }
        let whole = found.fresh.len() < usize::try_from(FRESH_MAX).unwrap_or(0);
        // What is left out because its kind is full shows again when there is room.
        if room.full().1.is_empty() {
            let last_ms = found.fresh.last().map_or(now_ms, |job| job.due_at_ms - 1);
            self.seen_until_ms = self.seen_until_ms.max(if whole { now_ms - SETTLE_MS } else { last_ms });
        }
        chosen
    }
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

    async fn find(&self, from_ms: i64, now_ms: i64, lanes: Vec<(String, usize)>, room: Room) -> ApiResult<Found> {
        self.core
            .store
            .read(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Found>> {
                Box::pin(async move {
                    let fresh = select_fresh(tx, from_ms, now_ms, &room).await?;
                    let mut waiting = Vec::with_capacity(lanes.len());
                    for (lane, width) in lanes {
                        waiting.push((lane.clone(), select_lane(tx, &lane, width, now_ms).await?, width));
                    }
                    let sql = "select due_at_ms from jobs where due_at_ms > $1 order by due_at_ms limit 1";
                    let next = tx.query_opt(sql, &[Value::from(now_ms)]).await?;
                    Ok(Found { fresh, waiting, next_ms: next.map(|row| row.int(0)).transpose()? })
                })
            })
            .await
    }

    /// Leases jobs that were found; what somebody else took meanwhile is left out.
    async fn take(&self, now_ms: i64, found: Vec<Job>) -> ApiResult<Vec<Job>> {
        let owners = self.new_owners(found.len());
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
                        if lease(tx, &mut job, now_ms).await? {
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
                    let sql = "select tenant, kind, key, lane, run_at_ms, attempts, payload, due_at_ms, lease_until_ms from jobs \
                               where tenant = $1 and run_at_ms <= $2 order by run_at_ms limit 100 for update";
                    let rows = tx.query(sql, &[Value::from(tenant.key()), Value::from(target_ms)]).await?;
                    let mut busy_at_ms = None;
                    for row in rows {
                        let run_at_ms = row.int(4)?;
                        if busy_at_ms.is_some_and(|busy_at_ms| busy_at_ms < run_at_ms) {
                            break;
                        }
                        if row.int(8)? > now_ms {
                            // At work elsewhere: what comes later waits for it, or time would run past it.
                            busy_at_ms = Some(run_at_ms);
                            continue;
                        }
                        let mut job = read_job(&row, &owner)?;
                        if lease(tx, &mut job, now_ms).await? {
                            return Ok(Next::Run(job));
                        }
                        busy_at_ms = Some(run_at_ms);
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
        self.queue().waiting.insert(job.lane.clone());
        self.finished.notify_waiters();
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// How many more jobs a lane takes; none if it is full.
    fn left_in(&self, lane: &str) -> Option<usize> {
        let used = self.lanes.get(lane).copied().unwrap_or(0);
        Some(self.widest().saturating_sub(used)).filter(|left| *left > 0)
    }

    fn widest(&self) -> usize {
        self.kinds.values().map(|(_, width)| *width).max().unwrap_or(1)
    }

    /// Lanes and kinds that take nothing now.
    fn full(&self) -> (Vec<&str>, Vec<&str>) {
        let lanes = self.lanes.iter().filter(|(_, used)| **used >= self.widest()).map(|(lane, _)| lane.as_str()).collect();
        let kinds = self.kinds.iter().filter(|(_, (left, _))| *left == 0).map(|(kind, _)| kind.as_str()).collect();
        (lanes, kinds)
    }
}

enum Next {
    Run(Job),
    Busy,
    Nothing,
}

/// What became due since the last look, but for what has no room now.
async fn select_fresh(tx: &mut Tx, from_ms: i64, now_ms: i64, room: &Room) -> ApiResult<Vec<Job>> {
    let mut sql = format!("{SELECT} where due_at_ms > $1 and due_at_ms <= $2 and lease_until_ms <= $2");
    let mut params = vec![Value::from(from_ms), Value::from(now_ms)];
    let (lanes, kinds) = room.full();
    for (column, names) in [("lane", lanes), ("kind", kinds)] {
        for name in names {
            params.push(Value::from(name));
            sql.push_str(&format!(" and {column} <> ${}", params.len()));
        }
    }
    params.push(Value::from(FRESH_MAX));
    sql.push_str(&format!(" order by due_at_ms limit ${}", params.len()));
    let rows = tx.query(&sql, &params).await?;
    rows.iter().map(|row| read_job(row, "")).collect()
}

/// What has waited longest in a lane.
async fn select_lane(tx: &mut Tx, lane: &str, width: usize, now_ms: i64) -> ApiResult<Vec<Job>> {
    let sql = format!("{SELECT} where lane = $1 and due_at_ms <= $2 and lease_until_ms <= $2 order by due_at_ms limit $3");
    let width = i64::try_from(width).unwrap_or(1);
    let rows = tx.query(&sql, &[Value::from(lane), Value::from(now_ms), Value::from(width)]).await?;
    rows.iter().map(|row| read_job(row, "")).collect()
}

const SELECT: &str = "select tenant, kind, key, lane, run_at_ms, attempts, payload, due_at_ms from jobs";

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
        due_at_ms: row.int(7)?,
        owner: owner.to_owned(),
    })
}

/// Takes a job; false if somebody else has it, or it is done.
async fn lease(tx: &mut Tx, job: &mut Job, now_ms: i64) -> ApiResult<bool> {
    let sql = "update jobs set lease_owner = $4, lease_until_ms = $5, attempts = $6 \
               where tenant = $1 and kind = $2 and key = $3 and lease_until_ms <= $7 and attempts = $8 and run_at_ms = $9";
    let params = [
        Value::from(job.tenant.key()),
        Value::from(job.kind.as_str()),
        Value::from(job.key.as_str()),
        Value::from(job.owner.as_str()),
        Value::from(now_ms + LEASE_MS),
        Value::from(job.attempts + 1),
        Value::from(now_ms),
        Value::from(job.attempts),
        Value::from(job.run_at_ms),
    ];
    job.attempts += 1;
    Ok(tx.execute(sql, &params).await? == 1)
}
