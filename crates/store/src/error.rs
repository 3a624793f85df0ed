//! What can go wrong in the database, the same for both engines.

/// An error of the store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another transaction changed what this one relied on: run it again. [`crate::Store::write`] does so itself.
    #[error("another transaction changed the same rows; run this one again")]
    Conflict,
    /// A row with this key exists.
    #[error("a row with the same {constraint} exists")]
    Unique {
        /// The columns, as `table.column, table.column`; the name of the index when it is on expressions.
        constraint: String,
    },
    /// A row, or the whole SQLite file, stayed locked by someone else for too long.
    #[error("the rows stayed locked by another transaction for too long")]
    LockTimeout,
    /// No space is left for the data.
    #[error("the disk of the database is full")]
    Full,
    /// The data may not be written or not be opened by this user; the text names the path or the object.
    #[error("no right to the database: {0}")]
    ReadOnly(String),
    /// A newer version of the program has used this database.
    #[error(
        "the database has schema version {found}, this program knows only up to {known}: \
         use the newer program, or a copy of the data from before the upgrade"
    )]
    NewerSchema {
        /// The highest version found in the database.
        found: i64,
        /// The highest version that this program knows.
        known: i64,
    },
    /// The database cannot be reached, or was lost on the way. What a lost commit did is unknown.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// Stored data is not what the program expects.
    #[error("unexpected data in the database: {0}")]
    Corrupt(String),
    /// Any other error: wrong SQL, a violated check, a panic inside a transaction.
    #[error("database error: {0}")]
    Database(String),
    /// The store was closed.
    #[error("the database is closed")]
    Closed,
}

/// Tells [`crate::Store::write`] which errors of a transaction are worth another attempt.
pub trait Retryable {
    /// True when running the same transaction again can succeed.
    fn is_conflict(&self) -> bool;
}

impl Retryable for StoreError {
    fn is_conflict(&self) -> bool {
        matches!(self, StoreError::Conflict)
    }
}
