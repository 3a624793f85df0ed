//! Running requests together and committing them once.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::super::checkpoint::Checkpoints;
use super::super::error::convert;
use super::request::{Job, Verdict};
use crate::store::CONFLICT_RETRIES;
use crate::{StoreError, Tx};

/// Requests of one group.
const GROUP_SIZE: usize = 512;
/// A group takes in no further request after this time, so that the first one does not wait for all of a long queue.
const GROUP_TIME: Duration = Duration::from_millis(10);

/// Groups in which each request has a savepoint, after one failed that had not.
const CAREFUL_GROUPS: u32 = 64;

/// The connection that writes, one group after the other.
pub(super) struct Groups {
    tx: Tx,
    checkpoints: Checkpoints,
    /// The requests of the running group, to be answered.
    jobs: Vec<Box<dyn Job>>,
    /// A savepoint costs a small request a tenth of its time, and few requests fail once they write. So there are none until one
    /// fails; then for so many groups, because what made it fail may come again.
    careful: u32,
}

impl Groups {
    pub(super) fn new(tx: Tx, checkpoints: Checkpoints) -> Groups {
        Groups { tx, checkpoints, jobs: Vec::with_capacity(GROUP_SIZE), careful: 0 }
    }

    /// Runs a group that begins with `first` and goes on with what `next` gives, commits, answers.
    pub(super) fn run(&mut self, first: Box<dyn Job>, next: impl FnMut() -> Option<Box<dyn Job>>) {
        let outcome = self.fill(first, next).and_then(|kept| {
            // Without changes there is nothing to make durable.
            self.statement(if kept > 0 { "commit" } else { "rollback" })
        });
        self.careful = self.careful.saturating_sub(1);
        if let Err(error) = &outcome {
            tracing::error!(%error, requests = self.jobs.len(), "a group of writes was not committed");
            self.abandon();
        }
        for job in self.jobs.drain(..) {
            job.answer(outcome.clone());
        }
        if let Some(connection) = self.tx.sqlite_connection() {
            self.checkpoints.after_commit(connection);
        }
    }

    /// Leaves the whole database in its one file.
    pub(super) fn close(mut self) {
        if let Some(connection) = self.tx.sqlite_connection() {
            self.checkpoints.close(connection);
        }
    }

    /// Runs the requests; gives how many of them are in the open transaction. An error means that none is.
    fn fill(&mut self, first: Box<dyn Job>, mut next: impl FnMut() -> Option<Box<dyn Job>>) -> Result<usize, StoreError> {
        let started = now();
        let mut kept = 0;
        let mut job = first;
        let mut begun = self.statement("begin immediate");
        loop {
            self.jobs.push(job);
            begun?;
            kept = self.run_last(kept)?;
            if self.jobs.len() >= GROUP_SIZE || now() - started >= GROUP_TIME {
                return Ok(kept);
            }
            match next() {
                Some(another) => job = another,
                None => return Ok(kept),
            }
            begun = Ok(());
        }
    }

    /// Runs the request that came last; `kept` of those before it are in the transaction. Gives how many are after it.
    fn run_last(&mut self, kept: usize) -> Result<usize, StoreError> {
        let last = self.jobs.len() - 1;
        if self.careful > 0 {
            return Ok(kept + usize::from(self.run_in_savepoint(last)?));
        }
        self.tx.reset();
        let before = self.changes();
        let verdict = self.jobs[last].run(&mut self.tx);
        if verdict == Verdict::Keep {
            return Ok(kept + 1);
        }
        if verdict == Verdict::Undo && self.changes() == before && !self.is_rolled_back() {
            // Most that fail, fail before they write: an object that is not there, a state that forbids it.
            return Ok(kept);
        }
        self.abandon();
        self.statement("begin immediate")?;
        let again = match (kept, verdict) {
            (0, Verdict::Undo) => return Ok(0),
            (0, _) => last..=last,
            // Undone with it are those before it: they run again, each so that it can fail alone.
            _ => 0..=last,
        };
        self.careful = CAREFUL_GROUPS;
        let mut kept = 0;
        for index in again {
            kept += usize::from(self.run_in_savepoint(index)?);
        }
        Ok(kept)
    }

    fn run_in_savepoint(&mut self, index: usize) -> Result<bool, StoreError> {
        for attempt in 0..=CONFLICT_RETRIES {
            self.statement("savepoint request")?;
            self.tx.reset();
            let verdict = self.jobs[index].run(&mut self.tx);
            if verdict == Verdict::Keep {
                self.statement("release request")?;
                return Ok(true);
            }
            if self.is_rolled_back() {
                // A full disk, for one, rolls back everything, and so the work of the others too.
                return Err(self.tx.failure().cloned().unwrap_or_else(lost_transaction));
            }
            self.statement("rollback to request")?;
            self.statement("release request")?;
            if verdict == Verdict::Undo || attempt == CONFLICT_RETRIES {
                break;
            }
        }
        Ok(false)
    }

    /// Ends the transaction, if SQLite has not done so itself.
    fn abandon(&mut self) {
        if !self.is_rolled_back()
            && let Err(error) = self.statement("rollback")
        {
            tracing::error!(%error, "rollback failed");
        }
    }

    /// Rows changed since the connection was opened.
    fn changes(&mut self) -> u64 {
        self.tx.sqlite_connection().map_or(0, |connection| connection.total_changes())
    }

    fn is_rolled_back(&mut self) -> bool {
        self.tx.sqlite_connection().is_some_and(|connection| connection.is_autocommit())
    }

    fn statement(&mut self, sql: &str) -> Result<(), StoreError> {
        let run = |connection: &Connection| connection.prepare_cached(sql)?.raw_execute();
        match self.tx.sqlite_connection() {
            Some(connection) => run(connection).map(|_| ()).map_err(convert),
            None => Err(lost_transaction()),
        }
    }
}

fn lost_transaction() -> StoreError {
    StoreError::Database("SQLite gave the transaction up".to_owned())
}

/// Decides only how requests are grouped, never what they do: so the clock of the machine is right here.
#[allow(clippy::disallowed_methods)]
fn now() -> Instant {
    Instant::now()
}
