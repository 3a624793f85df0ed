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

/// The connection that writes, one group after the other.
pub(super) struct Groups {
    tx: Tx,
    checkpoints: Checkpoints,
    /// The requests of the running group, to be answered.
    jobs: Vec<Box<dyn Job>>,
}

impl Groups {
    pub(super) fn new(tx: Tx, checkpoints: Checkpoints) -> Groups {
        Groups { tx, checkpoints, jobs: Vec::with_capacity(GROUP_SIZE) }
    }

    /// Runs a group that begins with `first` and goes on with what `next` gives, commits, answers.
    pub(super) fn run(&mut self, first: Box<dyn Job>, next: impl FnMut() -> Option<Box<dyn Job>>) {
        let outcome = self.fill(first, next).and_then(|kept| {
            // Without changes there is nothing to make durable.
            self.statement(if kept > 0 { "commit" } else { "rollback" })
        });
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
            let outcome = match begun {
                Ok(()) if kept == 0 => self.run_alone(job.as_mut()),
                Ok(()) => self.run_in_savepoint(job.as_mut()),
                Err(error) => Err(error),
            };
            self.jobs.push(job);
            kept += usize::from(outcome?);
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

    /// With nothing else in the transaction, undoing a request is undoing the transaction: no savepoint needed.
    fn run_alone(&mut self, job: &mut dyn Job) -> Result<bool, StoreError> {
        for attempt in 0..=CONFLICT_RETRIES {
            self.tx.reset();
            let verdict = job.run(&mut self.tx);
            if verdict == Verdict::Keep {
                return Ok(true);
            }
            self.abandon();
            self.statement("begin immediate")?;
            if verdict == Verdict::Undo || attempt == CONFLICT_RETRIES {
                break;
            }
        }
        Ok(false)
    }

    fn run_in_savepoint(&mut self, job: &mut dyn Job) -> Result<bool, StoreError> {
        for attempt in 0..=CONFLICT_RETRIES {
            self.statement("savepoint request")?;
            self.tx.reset();
            let verdict = job.run(&mut self.tx);
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
