//! Moving pages from the write-ahead log into the database file, out of the way of requests.
//!
//! A checkpoint costs two `fsync` and many writes. A second thread with its own connection does the bulk of it while
//! the writer goes on. Under constant load it never catches the end of the log, which could then not start anew; so
//! once the log is long and little is left to move, the writer itself moves the rest between two groups.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::StoreError;

/// Pages (of 4 KiB) in the log, not yet moved, that are worth a pass. The same few pages are written by most commits, and
/// a pass moves each of them once, so that fewer passes move fewer pages.
const WORTH_A_PASS: u32 = 6000;
/// Pages in the log from where on it should start anew. Opening after a crash reads all of the log, so its length
/// is a part of the time to start. Below the limit that the log is cut to (`journal_size_limit`).
const LONG_LOG: u32 = 12_000;

/// Decides after each commit whether to checkpoint.
pub(super) struct Checkpoints {
    /// Pages in the log after the last commit.
    log_pages: Arc<AtomicU32>,
    /// What the thread has done.
    progress: Arc<Progress>,
    /// Asks the thread for a pass; absent once closed.
    requests: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// The log when it was last looked at: a shorter one has started anew.
    pages_before: u32,
    /// The log at the last attempt of the writer itself, so that a long reader does not make it try at each commit.
    pages_at_own_pass: u32,
}

#[derive(Default)]
struct Progress {
    running: AtomicBool,
    /// Pages of the log that are in the database file.
    moved: AtomicU32,
}

impl Checkpoints {
    /// `connection` is for the thread alone.
    pub(super) fn start(connection: Connection, log_pages: Arc<AtomicU32>) -> Result<Checkpoints, StoreError> {
        let progress = Arc::new(Progress::default());
        let (requests, received) = channel();
        let shared = Arc::clone(&progress);
        let thread = std::thread::Builder::new()
            .name("sqlite-checkpoint".to_owned())
            .spawn(move || run(&connection, &received, &shared))
            .map_err(|error| StoreError::Unavailable(format!("no checkpoint thread: {error}")))?;
        Ok(Checkpoints {
            log_pages,
            progress,
            requests: Some(requests),
            thread: Some(thread),
            pages_before: 0,
            pages_at_own_pass: 0,
        })
    }

    /// Called by the writer between two groups, when nobody waits for an answer.
    pub(super) fn after_commit(&mut self, writer: &Connection) {
        let pages = self.log_pages.load(Ordering::Relaxed);
        if self.progress.running.load(Ordering::Acquire) {
            return;
        }
        if pages < self.pages_before {
            self.progress.moved.store(0, Ordering::Relaxed);
            self.pages_at_own_pass = 0;
        }
        self.pages_before = pages;
        let left = pages.saturating_sub(self.progress.moved.load(Ordering::Relaxed));
        if left >= WORTH_A_PASS {
            self.progress.running.store(true, Ordering::Relaxed);
            if let Some(requests) = &self.requests {
                // The thread ends only after this sender.
                let _ = requests.send(());
            }
        } else if pages >= LONG_LOG && pages - self.pages_at_own_pass >= WORTH_A_PASS / 4 {
            self.pages_at_own_pass = pages;
            pass(writer, &self.progress);
        }
    }

    /// Moves everything and empties the log.
    pub(super) fn close(&mut self, writer: &Connection) {
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            // A panic there loses nothing: the log still has every page.
            let _ = thread.join();
        }
        if let Err(error) = writer.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())) {
            tracing::warn!(%error, "the last checkpoint failed; the log keeps the data");
        }
    }
}

fn run(connection: &Connection, requests: &Receiver<()>, progress: &Progress) {
    while requests.recv().is_ok() {
        pass(connection, progress);
        progress.running.store(false, Ordering::Release);
    }
}

/// Moves what it can without waiting for anybody.
fn pass(connection: &Connection, progress: &Progress) {
    let moved = connection.query_row("pragma wal_checkpoint(passive)", [], |row| row.get::<_, i64>(2));
    match moved {
        Ok(pages) => progress.moved.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed),
        // Full disk or the like: the log grows, the next pass tries again.
        Err(error) => tracing::warn!(%error, "checkpoint failed"),
    }
}
