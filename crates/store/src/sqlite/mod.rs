//! SQLite: one writer thread with group commit, and a few connections for reads.

mod checkpoint;
pub(crate) mod error;
mod open;
mod readers;
pub(crate) mod statement;
mod writer;

use std::path::Path;

use self::checkpoint::Checkpoints;
use self::readers::{Reader, Readers};
use self::writer::Writer;
use crate::migrate::{Migration, migrate};
use crate::{BoxFuture, Retryable, StoreError, Tx};

/// An open SQLite database.
pub(crate) struct SqliteStore {
    writer: Writer,
    readers: Readers,
}

impl SqliteStore {
    pub(crate) async fn open(path: &Path, read_connections: usize, migrations: &[Migration]) -> Result<SqliteStore, StoreError> {
        let (connection, log_pages) = open::writer(path)?;
        let mut tx = Tx::sqlite(connection, true);
        migrate(&mut tx, migrations).await?;
        let readers = Readers::new((0..read_connections).map(|_| open::reader(path)).collect::<Result<_, _>>()?);
        let checkpoints = Checkpoints::start(open::checkpointer(path)?, log_pages)?;
        let writer = Writer::start(tx, checkpoints)?;
        Ok(SqliteStore { writer, readers })
    }

    pub(crate) async fn reader(&self) -> Result<Reader<'_>, StoreError> {
        self.readers.acquire().await
    }

    pub(crate) async fn write<T, E, F>(&self, run: F) -> Result<T, E>
    where
        F: for<'a> Fn(&'a mut Tx) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Retryable + Send + 'static,
    {
        self.writer.write(run).await
    }

    pub(crate) async fn close(&self) {
        self.readers.close();
        self.writer.close().await;
    }
}
