//! Where the data is, and how many connections may serve it.

use std::path::PathBuf;

/// What [`crate::Store::open`] needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// The database.
    pub database: Database,
    /// SQLite: connections for reads, each with at most 2 MiB of cache. At least 1.
    pub read_connections: usize,
    /// PostgreSQL: connections of the pool, for reads and writes together. At least 1.
    pub postgres_connections: usize,
}

/// The engine and the place of the data.
#[derive(Debug, Clone)]
pub enum Database {
    /// A file, created with its directory when absent. Its `-wal` and `-shm` files lie beside it.
    Sqlite {
        /// The path of the database file.
        path: PathBuf,
    },
    /// A PostgreSQL server, 12 or newer.
    Postgres {
        /// `postgres://user:password@host:port/database?option=value`
        url: String,
    },
}

impl Config {
    /// A configuration with 4 read connections (SQLite) or 16 connections (PostgreSQL).
    pub fn new(database: Database) -> Config {
        Config { database, read_connections: 4, postgres_connections: 16 }
    }
}
