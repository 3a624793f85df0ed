//! The door to the database.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use crate::postgres::PostgresStore;
use crate::sqlite::SqliteStore;
use crate::{Config, Database, Engine, Retryable, StoreError, Tx, migrate, postgres};

/// A boxed future, as closures given to [`Store`] return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How often a transaction that met a conflict is run again.
pub(crate) const CONFLICT_RETRIES: usize = 10;

/// The database. Cheap to clone; all clones are the same database.
#[derive(Clone)]
pub struct Store {
    backend: Backend,
}

#[derive(Clone)]
enum Backend {
    Sqlite(Arc<SqliteStore>),
    Postgres(PostgresStore),
}

impl Store {
    /// Opens the database, creates it when absent, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`] without rights to the directory or file, [`StoreError::Full`] on a full disk,
    /// [`StoreError::NewerSchema`] after a newer program, [`StoreError::Unavailable`] without an answer.
    pub async fn open(config: &Config) -> Result<Store, StoreError> {
        Store::open_with(config, migrate::MIGRATIONS).await
    }

    pub(crate) async fn open_with(config: &Config, migrations: &[migrate::Migration]) -> Result<Store, StoreError> {
        let backend = match &config.database {
            Database::Sqlite { path } => {
                Backend::Sqlite(Arc::new(SqliteStore::open(path, config.read_connections.max(1), migrations).await?))
            }
            Database::Postgres { url } => {
                Backend::Postgres(postgres::open(url, config.postgres_connections.max(1), migrations).await?)
            }
        };
        Ok(Store { backend })
    }

    /// Which engine this is. For diagnostics and tests.
    pub fn engine(&self) -> Engine {
        match &self.backend {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a closure on a connection for reading. Each statement sees everything that was committed before it
    /// started; two statements of one closure may see different states.
    ///
    /// The closure waits for nothing but its statements. On SQLite it runs on the calling task, and waiting for
    /// anything else panics in debug builds and fails in release builds.
    pub async fn read<T, E, F>(&self, run: F) -> Result<T, E>
    where
        F: for<'a> FnOnce(&'a mut Tx) -> BoxFuture<'a, Result<T, E>> + Send,
        E: From<StoreError>,
        T: Send,
        E: Send,
    {
        match &self.backend {
            Backend::Sqlite(sqlite) => {
                let outcome = {
                    let mut reader = sqlite.reader().await?;
                    poll_once(run(reader.tx()))
                };
                outcome.unwrap_or_else(|| Err(waited_inside_a_transaction().into()))
            }
            Backend::Postgres(postgres) => {
                let mut tx = Tx::postgres(postgres.connect().await?, false);
                run(&mut tx).await
            }
        }
    }

    /// Runs a closure as one transaction: committed when it returns `Ok`, rolled back when it returns `Err` or
    /// panics. Returns `Ok` only after the commit is durable.
    ///
    /// A transaction that meets a conflict is rolled back and run again, up to 10 times, and on SQLite one whose group
    /// another transaction takes down with it runs again too; so the closure is `Fn` and does nothing outside the
    /// database. Dropping the returned future does not stop the transaction. The closure
    /// may run on another thread, outside the runtime, and waits for nothing but its statements: on SQLite anything
    /// else panics (debug builds) or fails (release builds).
    pub async fn write<T, E, F>(&self, run: F) -> Result<T, E>
    where
        F: for<'a> Fn(&'a mut Tx) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Retryable + Send + 'static,
    {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.write(run).await,
            Backend::Postgres(postgres) => postgres.write(run).await,
        }
    }

    /// Finishes the writes that were handed in, and closes the database. Later calls answer
    /// [`StoreError::Closed`]. SQLite: everything is in the one database file afterwards.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgres(postgres) => postgres.close().await,
        }
    }
}

/// The result of a future that never has to wait; none when it wanted to.
pub(crate) fn poll_once<T>(mut future: BoxFuture<'_, T>) -> Option<T> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => Some(value),
        std::task::Poll::Pending => None,
    }
}

/// Waiting while holding the one writer stops everybody else, so it is a bug wherever it happens.
pub(crate) fn waited_inside_a_transaction() -> StoreError {
    const MESSAGE: &str = "a SQLite transaction may not wait";
    if cfg!(debug_assertions) {
        panic!("{MESSAGE}");
    }
    StoreError::Database(MESSAGE.to_owned())
}

/// Turns a panic into an error with its message.
pub(crate) fn panic_error(payload: Box<dyn std::any::Any + Send>) -> StoreError {
    let message = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned());
    // The payload may be anything, even something that panics when dropped.
    let _ = std::panic::catch_unwind(AssertUnwindSafe(|| drop(payload)));
    StoreError::Database(format!("panic inside a transaction: {message}"))
}
