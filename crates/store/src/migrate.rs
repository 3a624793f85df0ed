//! Brings a database to the schema that this program knows.
//!
//! A migration is a file that never changes once released. It works with the version of the program that runs
//! beside it during an upgrade: first expand, then move, then (in a later release) contract.

use std::borrow::Cow;

use crate::{Engine, StoreError, Tx};

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    pub(crate) version: i64,
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

/// All steps, in the order of their versions.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "initial", sql: include_str!("../migrations/0001_initial.sql") },
    Migration { version: 2, name: "thin_events", sql: include_str!("../migrations/0002_thin_events.sql") },
    Migration { version: 3, name: "ach", sql: include_str!("../migrations/0003_ach.sql") },
    Migration { version: 4, name: "ledger", sql: include_str!("../migrations/0004_ledger.sql") },
];

const CREATE_TABLE: &str = "create table if not exists schema_migrations (\
     version bigint not null, name text not null, checksum text not null, primary key (version))";

/// Runs what is missing, each migration in its own transaction, one process at a time.
///
/// # Errors
/// [`StoreError::NewerSchema`] when the database knows a version that this program does not, and
/// [`StoreError::Corrupt`] when an applied migration is not the one of this program.
pub(crate) async fn migrate(tx: &mut Tx, migrations: &[Migration]) -> Result<(), StoreError> {
    loop {
        begin(tx).await?;
        let step = run_next(tx, migrations).await;
        tx.reset();
        match step {
            Ok(None) => return tx.batch("commit").await,
            Ok(Some(migration)) => {
                tx.batch("commit").await?;
                tracing::info!(version = migration.version, name = migration.name, "migrated");
            }
            Err(error) => {
                // The first error is the one to tell; a failing rollback only follows from it.
                let _ = tx.batch("rollback").await;
                return Err(error);
            }
        }
    }
}

async fn begin(tx: &mut Tx) -> Result<(), StoreError> {
    tx.batch(match tx.engine() {
        Engine::Sqlite => "begin immediate",
        // Nodes that start at once take turns, each as long as it needs, on this schema only.
        Engine::Postgres => {
            "begin; set local lock_timeout = 0; set local statement_timeout = 0; \
             set local client_min_messages = warning; \
             select pg_advisory_xact_lock(hashtext('schema_migrations ' || current_schema()))"
        }
    })
    .await
}

/// Applies the first migration that the database lacks; none when it has all.
async fn run_next<'m>(tx: &mut Tx, migrations: &'m [Migration]) -> Result<Option<&'m Migration>, StoreError> {
    tx.batch(&for_engine(tx.engine(), CREATE_TABLE)).await?;
    let applied = tx.query("select version, checksum from schema_migrations order by version", &[]).await?;
    let known = migrations.last().map_or(0, |last| last.version);
    if let Some(last) = applied.last()
        && last.int(0)? > known
    {
        return Err(StoreError::NewerSchema { found: last.int(0)?, known });
    }
    for migration in migrations {
        let found = applied.iter().find(|row| row.int(0) == Ok(migration.version));
        let checksum = checksum(migration.sql);
        match found {
            Some(row) if row.text(1)? == checksum => {}
            Some(_) => {
                return Err(StoreError::Corrupt(format!(
                    "migration {} ({}) was applied with another text than this program has",
                    migration.version, migration.name
                )));
            }
            None => {
                tx.batch(&for_engine(tx.engine(), migration.sql)).await?;
                tx.execute(
                    "insert into schema_migrations (version, name, checksum) values ($1, $2, $3)",
                    &[migration.version.into(), migration.name.into(), checksum.into()],
                )
                .await?;
                return Ok(Some(migration));
            }
        }
    }
    Ok(None)
}

/// On PostgreSQL every `text` column compares bytes, as SQLite does: otherwise the locale of the database would
/// decide the order of ids, and lists would page differently there.
fn for_engine(engine: Engine, sql: &str) -> Cow<'_, str> {
    if engine == Engine::Sqlite {
        return Cow::Borrowed(sql);
    }
    let mut rewritten = String::with_capacity(sql.len() * 2);
    for line in sql.split_inclusive('\n') {
        if line.trim_start().starts_with("--") {
            continue;
        }
        for word in line.split_inclusive(|c: char| c.is_whitespace() || c == ',' || c == ')') {
            match word.strip_prefix("text") {
                Some(rest) if rest.chars().count() <= 1 && !rest.starts_with(char::is_alphanumeric) => {
                    rewritten.push_str("text collate \"C\"");
                    rewritten.push_str(rest);
                }
                _ => rewritten.push_str(word),
            }
        }
    }
    Cow::Owned(rewritten)
}

/// FNV-1a with 64 bits: notices an edited migration, protects against nobody.
fn checksum(sql: &str) -> String {
    let hash = sql.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests;
