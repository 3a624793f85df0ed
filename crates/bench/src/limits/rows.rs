//! The rows that one POST leaves behind, as a stencil: read once from a real database, stamped out with new ids.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OpenFlags};

/// The schema of the product, with all migrations.
const SCHEMA: &str = include_str!("../../../store/schema.sql");

/// The words that differ from one POST to the next. Each keeps its length.
#[derive(Debug, Clone)]
pub struct Words(pub Vec<String>);

/// A cell whose text has places that change.
#[derive(Debug, Clone)]
enum Cell {
    Fixed(Value),
    Text { bytes: Vec<u8>, places: Vec<(usize, usize)> },
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Cell::Fixed(value) => value.to_sql(),
            Cell::Text { bytes, .. } => Ok(ToSqlOutput::Borrowed(ValueRef::Text(bytes))),
        }
    }
}

#[derive(Debug, Clone)]
struct Stencil {
    table: String,
    columns: Vec<String>,
    insert: String,
    cells: Vec<Cell>,
}

/// The rows of one POST.
#[derive(Debug, Clone)]
pub struct Rows(Vec<Stencil>);

impl Rows {
    /// Reads the rows of a customer that was just made under an idempotency key, with the words in them that differ.
    ///
    /// # Errors
    /// In words, if a row is missing.
    pub fn read(database: &Path, customer: &str, idempotency_key: &str, email: &str) -> Result<(Rows, Words), String> {
        let failed = |error: rusqlite::Error| format!("{}: {error}", database.display());
        let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
        let event: String = connection
            .query_row("select id from events where idempotency_key = ?1", [idempotency_key], |row| row.get(0))
            .map_err(failed)?;
        let request: String = connection
            .query_row("select request_id from idempotency_keys where key = ?1", [idempotency_key], |row| row.get(0))
            .map_err(failed)?;
        let words = Words([customer, &event, &request, idempotency_key, email].map(str::to_owned).to_vec());
        let wanted = [
            ("objects", "id = ?1", customer),
            ("events", "id = ?1", event.as_str()),
            ("deliveries", "event = ?1", &event),
            ("jobs", "substr(key, 1, length(?1)) = ?1", &event),
            ("idempotency_keys", "key = ?1", idempotency_key),
            ("request_log", "id = ?1", &request),
        ];
        let stencils = wanted.map(|(table, condition, value)| {
            stencil(&connection, table, condition, value, &words)
                .map_err(|error| format!("no row of {table} for {value}: {error}"))
        });
        Ok((Rows(stencils.into_iter().collect::<Result<_, _>>()?), words))
    }

    /// Reads all rows of these tables that name one of the seeds, or something that such a row is about, with the words in them
    /// that differ. Parents come before what refers to them.
    ///
    /// # Errors
    /// In words, if there are none.
    pub fn related(database: &Path, tables: &[String], seeds: &[String]) -> Result<(Rows, Words), String> {
        let failed = |error: rusqlite::Error| format!("{}: {error}", database.display());
        let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
        let mut all = Vec::new();
        for table in tables {
            all.extend(rows_of(&connection, table).map_err(failed)?);
        }
        let mut words = Words(seeds.to_vec());
        loop {
            let known = words.0.len();
            for row in &all {
                let id = row.id().filter(|id| row.names(&words) && !words.0.iter().any(|word| word == id));
                words.0.extend(id.map(str::to_owned));
            }
            if words.0.len() == known {
                break;
            }
        }
        let found: Vec<Stencil> = all.iter().filter(|row| row.names(&words)).map(|row| row.stencil(&words)).collect();
        if found.is_empty() { Err(format!("no rows for {seeds:?}")) } else { Ok((Rows(found), words)) }
    }

    /// How many rows there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Without the rows of this table.
    #[must_use]
    pub fn without(mut self, table: &str) -> Rows {
        self.0.retain(|stencil| stencil.table != table);
        self
    }

    /// With this value in a column.
    #[must_use]
    pub fn with(mut self, table: &str, column: &str, value: &Value) -> Rows {
        for stencil in self.0.iter_mut().filter(|stencil| stencil.table == table) {
            for (cell, _) in stencil.cells.iter_mut().zip(&stencil.columns).filter(|(_, name)| *name == column) {
                *cell = Cell::Fixed(value.clone());
            }
        }
        self
    }

    /// Writes one set of rows with these words.
    ///
    /// # Errors
    /// Those of the database.
    pub fn write(&mut self, connection: &Connection, words: &Words) -> rusqlite::Result<()> {
        for stencil in &mut self.0 {
            for cell in &mut stencil.cells {
                if let Cell::Text { bytes, places } = cell {
                    for (at, word) in places {
                        let word = words.0[*word].as_bytes();
                        bytes[*at..*at + word.len()].copy_from_slice(word);
                    }
                }
            }
            let mut statement = connection.prepare_cached(&stencil.insert)?;
            for (index, cell) in stencil.cells.iter().enumerate() {
                statement.raw_bind_parameter(index + 1, cell)?;
            }
            statement.raw_execute()?;
        }
        Ok(())
    }
}

/// A row as it was found.
struct Found {
    table: String,
    columns: Vec<String>,
    values: Vec<Value>,
}

impl Found {
    fn names(&self, words: &Words) -> bool {
        let inside = |text: &String| words.0.iter().any(|word| text.contains(word.as_str()));
        self.values.iter().any(|value| matches!(value, Value::Text(text) if inside(text)))
    }

    fn id(&self) -> Option<&str> {
        match self.columns.iter().position(|name| name == "id").and_then(|at| self.values.get(at)) {
            Some(Value::Text(id)) => Some(id),
            _ => None,
        }
    }

    fn stencil(&self, words: &Words) -> Stencil {
        let cells = self.values.iter().map(|value| cell(value.clone(), words)).collect();
        Stencil { insert: insert(&self.table, &self.columns), table: self.table.clone(), columns: self.columns.clone(), cells }
    }
}

fn rows_of(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Found>> {
    let mut statement = connection.prepare(&format!("select * from {table}"))?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let found = statement.query_map([], |row| {
        let values = (0..columns.len()).map(|index| row.get(index)).collect::<rusqlite::Result<Vec<Value>>>()?;
        Ok(Found { table: table.to_owned(), columns: columns.clone(), values })
    })?;
    found.collect()
}

fn insert(table: &str, columns: &[String]) -> String {
    let places: Vec<String> = (1..=columns.len()).map(|number| format!("?{number}")).collect();
    format!("insert into {table} ({}) values ({})", columns.join(", "), places.join(", "))
}

fn stencil(connection: &Connection, table: &str, condition: &str, value: &str, words: &Words) -> rusqlite::Result<Stencil> {
    let mut statement = connection.prepare(&format!("select * from {table} where {condition}"))?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let cells = statement.query_row([value], |row| {
        (0..columns.len()).map(|index| Ok(cell(row.get(index)?, words))).collect::<rusqlite::Result<Vec<_>>>()
    })?;
    Ok(Stencil { insert: insert(table, &columns), table: table.to_owned(), columns, cells })
}

fn cell(value: Value, words: &Words) -> Cell {
    let Value::Text(text) = value else { return Cell::Fixed(value) };
    let places: Vec<(usize, usize)> = words
        .0
        .iter()
        .enumerate()
        .flat_map(|(index, word)| text.match_indices(word.as_str()).map(move |(at, _)| (at, index)))
        .collect();
    if places.is_empty() { Cell::Fixed(Value::Text(text)) } else { Cell::Text { bytes: text.into_bytes(), places } }
}

/// A database with the product's schema, made if it is not there, as durable as the product's: a write-ahead log and one `fsync` per commit.
///
/// # Errors
/// In words, if it cannot be made.
pub fn open(database: &Path) -> Result<Connection, String> {
    let open = || {
        let connection = Connection::open(database)?;
        let _mode: String = connection.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
        connection.execute_batch("pragma synchronous = full; pragma cache_size = -16384")?;
        if !connection.table_exists(None::<&str>, "objects")? {
            connection.execute_batch(SCHEMA)?;
        }
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    };
    open().map_err(|error: rusqlite::Error| format!("{}: {error}", database.display()))
}

/// Commits groups of so many sets until the time is over; sets per second.
///
/// # Errors
/// Those of the database.
pub fn commit_groups(
    connection: &Connection,
    rows: &mut Rows,
    words: &Words,
    group: u64,
    duration: Duration,
) -> rusqlite::Result<f64> {
    let mut words = words.clone();
    // After the rows of earlier rounds: the product's database grows through all of them too.
    let first: i64 = connection.query_row("select count(*) from objects", [], |row| row.get(0))?;
    let first = u64::try_from(first).unwrap_or(0);
    let mut number = first;
    let started = Instant::now();
    while started.elapsed() < duration {
        connection.prepare_cached("begin immediate")?.execute(())?;
        for _ in 0..group {
            number += 1;
            words.stamp(number, number);
            rows.write(connection, &words)?;
        }
        connection.prepare_cached("commit")?.execute(())?;
    }
    Ok((number - first) as f64 / started.elapsed().as_secs_f64())
}

impl Words {
    /// Makes these the words of one POST. Ids grow with `at`, as those of the product do with time (microseconds); the other
    /// words are scattered, a different one for each `serial` below 100 million.
    pub fn stamp(&mut self, at: u64, serial: u64) {
        const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        for word in &mut self.0 {
            let mut bytes = std::mem::take(word).into_bytes();
            let (place, base, mut rest) = match bytes.iter().position(|byte| *byte == b'_') {
                Some(underscore) => (underscore + 1..underscore + 10, 62, at),
                None => (0..8, 10, scattered(serial)),
            };
            for byte in bytes[place].iter_mut().rev() {
                *byte = ALPHABET[usize::try_from(rest % base).unwrap_or(0)];
                rest /= base;
            }
            *word = String::from_utf8(bytes).unwrap_or_default();
        }
    }
}

/// A number of eight digits that looks random; different numbers below 100 million give different ones.
#[must_use]
pub fn scattered(number: u64) -> u64 {
    number.wrapping_mul(61_803_399) % 100_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamped_words_keep_their_length_and_ids_grow() {
        let mut words = Words(vec!["cus_0aaaaaaaaXXXXX".to_owned(), "12345678@example.com".to_owned()]);
        words.stamp(7, 1);
        assert_eq!(words.0[0], "cus_000000007XXXXX");
        assert!(words.0[1].ends_with("@example.com") && words.0[1].len() == 20);
        let first = words.clone();
        words.stamp(63, 2);
        assert!(words.0[0] > first.0[0] && words.0[1] != first.0[1]);
    }
}
