//! One transaction, or one read, on either engine.

use crate::postgres::PostgresConnection;
use crate::{Row, StoreError, Value, postgres, sqlite};

/// Which database serves a [`Tx`]. For diagnostics and tests; domain logic does not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite inside this process.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// The connection handed to a closure of [`crate::Store::read`] or [`crate::Store::write`].
///
/// After a statement has failed, the transaction can only be given up: every further statement answers with that
/// first error, and the transaction is rolled back even when the closure returns `Ok`.
pub struct Tx {
    connection: Connection,
    may_write: bool,
    failure: Option<StoreError>,
}

enum Connection {
    Sqlite(Box<rusqlite::Connection>),
    Postgres(Box<PostgresConnection>),
}

impl Tx {
    pub(crate) fn sqlite(connection: rusqlite::Connection, may_write: bool) -> Tx {
        Tx { connection: Connection::Sqlite(Box::new(connection)), may_write, failure: None }
    }

    pub(crate) fn postgres(connection: PostgresConnection, may_write: bool) -> Tx {
        Tx { connection: Connection::Postgres(Box::new(connection)), may_write, failure: None }
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.connection {
            Connection::Sqlite(_) => Engine::Sqlite,
            Connection::Postgres(_) => Engine::Postgres,
        }
    }

    /// All rows of a query, or of a statement with `returning`.
    pub async fn query(&mut self, sql: &str, params: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        self.refuse_after_failure()?;
        let result = match &mut self.connection {
            Connection::Sqlite(connection) => sqlite::statement::query(connection, sql, params),
            // Boxed, so that the futures of callers stay small on the engine that needs no waiting.
            Connection::Postgres(connection) => Box::pin(postgres::query(connection, sql, params)).await,
        };
        self.remember_failure(result)
    }

    /// The row of a query that finds one or none. More than one is [`StoreError::Corrupt`].
    pub async fn query_opt(&mut self, sql: &str, params: &[Value<'_>]) -> Result<Option<Row>, StoreError> {
        let mut rows = self.query(sql, params).await?;
        if rows.len() > 1 {
            return Err(StoreError::Corrupt(format!("{} rows where one is expected", rows.len())));
        }
        Ok(rows.pop())
    }

    /// Runs a statement without an answer; gives the number of rows it inserted, updated or deleted.
    /// An update counts the rows it matched, changed or not. Refused in [`crate::Store::read`].
    pub async fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        self.refuse_after_failure()?;
        let result = match &mut self.connection {
            _ if !self.may_write => Err(StoreError::Database("a statement that writes, inside a read".to_owned())),
            Connection::Sqlite(connection) => sqlite::statement::execute(connection, sql, params),
            Connection::Postgres(connection) => Box::pin(postgres::execute(connection, sql, params)).await,
        };
        self.remember_failure(result)
    }

    /// Runs several statements without parameters, as migrations have them.
    pub(crate) async fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.refuse_after_failure()?;
        let result = match &mut self.connection {
            Connection::Sqlite(connection) => connection.execute_batch(sql).map_err(sqlite::error::convert),
            Connection::Postgres(connection) => postgres::batch(connection, sql).await,
        };
        self.remember_failure(result)
    }

    /// The first error of a statement since the last [`Tx::reset`].
    pub(crate) fn failure(&self) -> Option<&StoreError> {
        self.failure.as_ref()
    }

    /// Makes this usable for the next transaction.
    pub(crate) fn reset(&mut self) {
        self.failure = None;
    }

    /// The SQLite connection below; none on PostgreSQL.
    pub(crate) fn sqlite_connection(&mut self) -> Option<&mut rusqlite::Connection> {
        match &mut self.connection {
            Connection::Sqlite(connection) => Some(connection),
            Connection::Postgres(_) => None,
        }
    }

    /// The PostgreSQL connection below; none on SQLite.
    pub(crate) fn postgres_connection(&mut self) -> Option<&mut PostgresConnection> {
        match &mut self.connection {
            Connection::Sqlite(_) => None,
            Connection::Postgres(connection) => Some(connection),
        }
    }

    /// Answers with the first error itself, so that a swallowed conflict still reads as a conflict.
    fn refuse_after_failure(&self) -> Result<(), StoreError> {
        self.failure.clone().map_or(Ok(()), Err)
    }

    fn remember_failure<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error) = &result {
            self.failure = Some(error.clone());
        }
        result
    }
}
