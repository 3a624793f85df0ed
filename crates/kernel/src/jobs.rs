//! Background work: rows written in the transaction that causes them, run by whichever node takes them first.
//!
//! A job's time is on its tenant's clock. Moving a sandbox's clock runs what became due, in order.

mod advance;
mod queue;
mod room;
mod rows;
mod runner;

use store::Value;

use crate::{ApiResult, BoxFuture, Cx, Tenant};

pub use runner::Runner;

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

#[cfg(test)]
impl Job {
    /// A job as a look at the table finds it: not yet leased.
    fn found(kind: &str, key: &str, lane: &str, due_at_ms: i64) -> Job {
        Job {
            tenant: Tenant::new("acct_1", false),
            kind: kind.to_owned(),
            key: key.to_owned(),
            lane: lane.to_owned(),
            run_at_ms: due_at_ms,
            attempts: 0,
            payload: String::new(),
            due_at_ms,
            owner: String::new(),
        }
    }
}
