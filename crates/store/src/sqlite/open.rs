//! Opening connections, with the settings of each role.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::error::convert;
use crate::StoreError;

/// How long another process (a backup, a shell) may hold the file before a write fails.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Prepared statements kept per connection; more than the program has texts, so that none is prepared twice.
const STATEMENTS: usize = 256;

/// The connection that writes, and the number of pages that its log holds after the last commit.
///
/// Checkpoints are left to [`super::checkpoint`]. Savepoints keep their undo pages in memory, because a temporary
/// file per group costs more than a small request. The cache is no larger than what is written again and again: SQLite
/// looks through all of it at the end of each transaction that split a page.
pub(super) fn writer(path: &Path) -> Result<(Connection, Arc<AtomicU32>), StoreError> {
    create_directory(path)?;
    let mut connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    let named = |error| at_path(path, convert(error));
    let mode: String = connection.query_row("pragma journal_mode = wal", [], |row| row.get(0)).map_err(named)?;
    if mode != "wal" {
        return Err(StoreError::Unavailable(format!(
            "the file system of {} does not support a write-ahead log (journal mode is {mode})",
            path.display()
        )));
    }
    connection
        .execute_batch(
            "pragma synchronous = full; pragma foreign_keys = on; pragma cache_size = -32768; \
             pragma temp_store = memory; pragma wal_autocheckpoint = 0; \
             pragma journal_size_limit = 67108864",
        )
        .map_err(named)?;
    let log_pages = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&log_pages);
    connection
        .wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages: std::ffi::c_int| {
            seen.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))
        .map_err(named)?;
    Ok((connection, log_pages))
}

/// A connection that cannot write.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection
        .execute_batch("pragma query_only = on; pragma cache_size = -8192")
        .map_err(|error| at_path(path, convert(error)))?;
    Ok(connection)
}

/// A connection that moves pages from the log into the database file.
pub(super) fn checkpointer(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection
        .execute_batch("pragma synchronous = full; pragma wal_autocheckpoint = 0; pragma cache_size = -256")
        .map_err(|error| at_path(path, convert(error)))?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| at_path(path, convert(error)))?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(convert)?;
    connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(convert)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Only the owner may look into a directory that is made here: it holds the data of bank accounts.
fn create_directory(path: &Path) -> Result<(), StoreError> {
    let Some(directory) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) else {
        return Ok(());
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).map_err(|error| {
        let message = format!("cannot create the directory {}: {error}", directory.display());
        match error.kind() {
            ErrorKind::StorageFull => StoreError::Full,
            _ => StoreError::ReadOnly(message),
        }
    })
}

/// Says which file it is about.
fn at_path(path: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::ReadOnly(message) => {
            StoreError::ReadOnly(format!("{}: {message}; the file and its directory must be writable", path.display()))
        }
        StoreError::Corrupt(message) => StoreError::Corrupt(format!("{}: {message}", path.display())),
        StoreError::Unavailable(message) => StoreError::Unavailable(format!("{}: {message}", path.display())),
        other => other,
    }
}
