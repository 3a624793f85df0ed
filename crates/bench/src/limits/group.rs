//! Group commit in its simplest form: a thread, a queue, one row for each request, an answer after the commit.

use std::path::Path;
use std::sync::mpsc::{Sender, channel};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::rows::{open, scattered};

/// The way to the thread that writes.
#[derive(Clone)]
pub struct GroupWriter(Sender<oneshot::Sender<()>>);

impl GroupWriter {
    /// Starts the thread on a new database; every row holds the given document.
    ///
    /// # Errors
    /// In words, if the database cannot be made.
    pub fn start(database: &Path, doc: &str) -> Result<GroupWriter, String> {
        let connection = open(database)?;
        let doc = doc.to_owned();
        let (sender, requests) = channel::<oneshot::Sender<()>>();
        std::thread::spawn(move || {
            let mut number = 0;
            while let Ok(first) = requests.recv() {
                let mut group = vec![first];
                // A failed write ends the thread, and with it the measurement.
                if write_group(&connection, &doc, &mut number, &mut group, || requests.try_recv().ok()).is_err() {
                    return;
                }
                for answer in group {
                    let _ = answer.send(());
                }
            }
        });
        Ok(GroupWriter(sender))
    }

    /// Returns after the commit.
    pub async fn insert(&self) {
        let (answer, committed) = oneshot::channel();
        if self.0.send(answer).is_ok() {
            let _ = committed.await;
        }
    }
}

fn write_group(
    connection: &Connection,
    doc: &str,
    number: &mut i64,
    group: &mut Vec<oneshot::Sender<()>>,
    mut next: impl FnMut() -> Option<oneshot::Sender<()>>,
) -> rusqlite::Result<()> {
    connection.prepare_cached("begin immediate")?.execute(())?;
    let sql = "insert into objects (tenant, kind, id, version, deleted, f1, doc) values ('acct_0123456789abcdef:test', 'customer', ?1, 1, 0, ?2, ?3)";
    let mut statement = connection.prepare_cached(sql)?;
    let mut written = 0;
    while written < group.len() {
        *number += 1;
        // Scattered as real addresses are, and of the same length.
        let email = format!("{:08}@example.com", scattered(u64::try_from(*number).unwrap_or(0)));
        statement.execute((format!("cus_{:014}", *number), email, doc))?;
        written += 1;
        group.extend(next());
    }
    drop(statement);
    connection.prepare_cached("commit")?.execute(())?;
    Ok(())
}
