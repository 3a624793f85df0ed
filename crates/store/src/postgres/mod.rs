//! PostgreSQL: a pool of connections, transactions at read committed.

mod error;
mod value;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType};
use futures_util::{FutureExt, TryStreamExt};
use tokio::sync::RwLock;
use tokio_postgres::NoTls;

use crate::migrate::{Migration, migrate};
use crate::store::{CONFLICT_RETRIES, panic_error};
use crate::{BoxFuture, Retryable, Row, StoreError, Tx, Value};

/// How long a connection attempt may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request waits for a free connection of the pool.
const POOL_WAIT: Duration = Duration::from_secs(10);
/// Set on every connection: no request waits for a lock longer than 2 s or for a statement longer than 30 s, and
/// a node that died in the middle of a transaction frees its locks after a minute.
const SESSION_OPTIONS: &str = "-c lock_timeout=2000 -c statement_timeout=30000 \
     -c idle_in_transaction_session_timeout=60000";

/// A connection of the pool. Dropped with a transaction open, it is closed instead of reused, and so the server
/// rolls back.
pub(crate) struct PostgresConnection {
    client: Option<Object>,
    in_transaction: bool,
}

impl PostgresConnection {
    fn client(&self) -> Result<&Object, StoreError> {
        self.client.as_ref().ok_or(StoreError::Closed)
    }
}

impl Drop for PostgresConnection {
    fn drop(&mut self) {
        if let Some(client) = self.client.take_if(|_| self.in_transaction) {
            drop(Object::take(client));
        }
    }
}

/// The pool, and what must end before it closes.
#[derive(Clone)]
pub(crate) struct PostgresStore {
    pool: Pool,
    /// Held for reading by every write, and for writing to close.
    running: Arc<RwLock<()>>,
}

impl PostgresStore {
    /// A connection of the pool.
    pub(crate) async fn connect(&self) -> Result<PostgresConnection, StoreError> {
        connect(&self.pool).await
    }

    /// Runs a transaction in a task of its own, so that it ends even when nobody waits for it any more.
    pub(crate) async fn write<T, E, F>(&self, run: F) -> Result<T, E>
    where
        F: for<'a> Fn(&'a mut Tx) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Retryable + Send + 'static,
    {
        let running = Arc::clone(&self.running).read_owned().await;
        let pool = self.pool.clone();
        let task = tokio::spawn(async move {
            let _running = running;
            let mut retries = 0;
            loop {
                match attempt(&pool, &run).await {
                    Err(error) if error.is_conflict() && retries < CONFLICT_RETRIES => retries += 1,
                    outcome => return outcome,
                }
            }
        });
        match task.await {
            Ok(outcome) => outcome,
            Err(error) => Err(E::from(match error.try_into_panic() {
                Ok(payload) => panic_error(payload),
                Err(_) => StoreError::Closed,
            })),
        }
    }

    /// Waits for the running writes, then closes all connections.
    pub(crate) async fn close(&self) {
        let _alone = self.running.write().await;
        self.pool.close();
    }
}

/// Connects, migrates, and gives the pool.
pub(crate) async fn open(url: &str, connections: usize, migrations: &[Migration]) -> Result<PostgresStore, StoreError> {
    let mut config: tokio_postgres::Config =
        url.parse().map_err(|error| StoreError::Unavailable(format!("wrong PostgreSQL url: {error}")))?;
    // What the url says comes last and wins.
    let options = format!("{SESSION_OPTIONS} {}", config.get_options().unwrap_or_default());
    config.options(options);
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_application_name().is_none() {
        config.application_name("drawbridge");
    }
    let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
    let pool = Pool::builder(manager)
        .max_size(connections)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(POOL_WAIT))
        .create_timeout(Some(CONNECT_TIMEOUT))
        .build()
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let mut connection = connect(&pool).await?;
    // Until the last commit: what fails in between must not go back into the pool.
    connection.in_transaction = true;
    let mut tx = Tx::postgres(connection, true);
    migrate(&mut tx, migrations).await?;
    if let Some(connection) = tx.postgres_connection() {
        connection.in_transaction = false;
    }
    Ok(PostgresStore { pool, running: Arc::default() })
}

async fn connect(pool: &Pool) -> Result<PostgresConnection, StoreError> {
    let client = pool.get().await.map_err(|error| match error {
        PoolError::Backend(error) => error::convert(&error),
        PoolError::Closed => StoreError::Closed,
        PoolError::Timeout(TimeoutType::Wait) => StoreError::Unavailable("all connections to PostgreSQL are busy".to_owned()),
        other => StoreError::Unavailable(other.to_string()),
    })?;
    Ok(PostgresConnection { client: Some(client), in_transaction: false })
}

pub(crate) async fn query(connection: &PostgresConnection, sql: &str, params: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
    let client = connection.client()?;
    let statement = client.prepare_cached(sql).await.map_err(|error| error::convert(&error))?;
    check_count(statement.params().len(), params.len())?;
    let stream = client.query_raw(&statement, params.iter()).await.map_err(|error| error::convert(&error))?;
    stream.map_err(|error| error::convert(&error)).and_then(|row| std::future::ready(value::read_row(&row))).try_collect().await
}

pub(crate) async fn execute(connection: &PostgresConnection, sql: &str, params: &[Value<'_>]) -> Result<u64, StoreError> {
    let client = connection.client()?;
    let statement = client.prepare_cached(sql).await.map_err(|error| error::convert(&error))?;
    check_count(statement.params().len(), params.len())?;
    client.execute_raw(&statement, params.iter()).await.map_err(|error| error::convert(&error))
}

pub(crate) async fn batch(connection: &PostgresConnection, sql: &str) -> Result<(), StoreError> {
    connection.client()?.batch_execute(sql).await.map_err(|error| error::convert(&error))
}

async fn attempt<T, E, F>(pool: &Pool, run: &F) -> Result<T, E>
where
    F: for<'a> Fn(&'a mut Tx) -> BoxFuture<'a, Result<T, E>> + Send + Sync,
    E: From<StoreError> + Retryable,
{
    let mut connection = connect(pool).await?;
    connection.in_transaction = true;
    batch(&connection, "begin isolation level read committed").await?;
    let mut tx = Tx::postgres(connection, true);
    let outcome = AssertUnwindSafe(async { run(&mut tx).await }).catch_unwind().await;
    let outcome = match outcome {
        Ok(Ok(value)) => match tx.failure() {
            None => {
                finish(&mut tx, "commit").await?;
                return Ok(value);
            }
            // The closure swallowed an error; the server would answer a commit with a silent rollback.
            Some(error) => Err(error.clone().into()),
        },
        // A conflict that the closure turned into something else is still a reason to try again.
        Ok(Err(_)) if tx.failure().is_some_and(Retryable::is_conflict) => Err(StoreError::Conflict.into()),
        Ok(Err(error)) => Err(error),
        Err(payload) => Err(panic_error(payload).into()),
    };
    if let Err(error) = finish(&mut tx, "rollback").await {
        tracing::debug!(%error, "rollback failed, the connection is given up");
    }
    outcome
}

/// Ends the transaction; after an error the connection is not used again.
async fn finish(tx: &mut Tx, sql: &str) -> Result<(), StoreError> {
    tx.reset();
    tx.batch(sql).await?;
    if let Some(connection) = tx.postgres_connection() {
        connection.in_transaction = false;
    }
    Ok(())
}

/// The driver would panic or answer less clearly.
fn check_count(expected: usize, given: usize) -> Result<(), StoreError> {
    if expected == given {
        return Ok(());
    }
    Err(StoreError::Database(format!("the statement has {expected} parameters, {given} were given")))
}
