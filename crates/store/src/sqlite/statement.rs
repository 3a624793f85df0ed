//! Running one statement.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};

use super::error::convert;
use crate::row::Cell;
use crate::{Row, StoreError, Value};

pub(crate) fn query(connection: &Connection, sql: &str, params: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
    let mut statement = prepare(connection, sql, params)?;
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(convert)? {
        let cells =
            (0..columns).map(|column| read_cell(column, row.get_ref(column).map_err(convert)?)).collect::<Result<_, _>>()?;
        found.push(Row::new(cells));
    }
    Ok(found)
}

pub(crate) fn execute(connection: &Connection, sql: &str, params: &[Value<'_>]) -> Result<u64, StoreError> {
    let changed = prepare(connection, sql, params)?.raw_execute().map_err(convert)?;
    Ok(changed as u64)
}

fn prepare<'c>(connection: &'c Connection, sql: &str, params: &[Value<'_>]) -> Result<CachedStatement<'c>, StoreError> {
    let mut statement = connection.prepare_cached(without_lock(sql)).map_err(convert)?;
    bind(&mut statement, params)?;
    Ok(statement)
}

/// In SQLite `$2` is a name, and names are numbered as they appear. So every name is looked at, and gets the value
/// that it means; that costs no second text and no second cache.
fn bind(statement: &mut CachedStatement<'_>, params: &[Value<'_>]) -> Result<(), StoreError> {
    let mut highest = 0;
    for index in 1..=statement.parameter_count() {
        let name = statement.parameter_name(index);
        let number = name
            .and_then(parameter_number)
            .ok_or_else(|| StoreError::Database(format!("parameter {} is not of the form $1", name.unwrap_or("?"))))?;
        highest = highest.max(number);
        if let Some(value) = params.get(number - 1) {
            statement.raw_bind_parameter(index, value).map_err(convert)?;
        }
    }
    if highest != params.len() {
        return Err(StoreError::Database(format!("the statement has {highest} parameters, {} were given", params.len())));
    }
    Ok(())
}

fn parameter_number(name: &str) -> Option<usize> {
    name.strip_prefix('$')?.parse().ok().filter(|number| *number > 0)
}

/// The text without a locking clause at its end: SQLite has no such clause, and its one writer needs none.
fn without_lock(sql: &str) -> &str {
    let sql = sql.trim_end_matches(|c: char| c.is_whitespace() || c == ';');
    let shorter = strip_words(sql, &["skip", "locked"]).or_else(|| strip_words(sql, &["nowait"]));
    let base = shorter.unwrap_or(sql);
    [&["for", "update"][..], &["for", "no", "key", "update"], &["for", "share"]]
        .iter()
        .find_map(|clause| strip_words(base, clause))
        .unwrap_or(sql)
}

/// The text before these words, when it ends with them.
fn strip_words<'a>(sql: &'a str, words: &[&str]) -> Option<&'a str> {
    let mut rest = sql;
    for word in words.iter().rev() {
        let start = rest.len().checked_sub(word.len())?;
        let (before, last) = (rest.get(..start)?, rest.get(start..)?);
        if !last.eq_ignore_ascii_case(word) || !before.ends_with(char::is_whitespace) {
            return None;
        }
        rest = before.trim_end();
    }
    Some(rest)
}

fn read_cell(column: usize, value: ValueRef<'_>) -> Result<Cell, StoreError> {
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) => Cell::Int(value),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Cell::Text(text.to_owned()),
            Err(_) => return Err(StoreError::Corrupt(format!("column {column} is not UTF-8"))),
        },
        ValueRef::Blob(bytes) => Cell::Blob(bytes.to_vec()),
        ValueRef::Real(_) => {
            return Err(StoreError::Corrupt(format!("column {column} is a real number")));
        }
    })
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locking_clauses_are_left_away_at_the_end_only() {
        let cases = [
            ("select a from t for update", "select a from t"),
            ("select a from t\n  FOR  UPDATE\n ;\n", "select a from t"),
            ("select a from t limit $1 for update skip locked", "select a from t limit $1"),
            ("select a from t for update nowait", "select a from t"),
            ("select a from t for no key update", "select a from t"),
            ("select a from t for share", "select a from t"),
            ("select a from t;", "select a from t"),
            ("select 'x for update'", "select 'x for update'"),
            ("select a from t where b = ' for update skip locked'", "select a from t where b = ' for update skip locked'"),
            ("select 1 as \"for update\"", "select 1 as \"for update\""),
            ("select a from wait_for update", "select a from wait_for update"),
            ("select a as skip from locked", "select a as skip from locked"),
            ("é for update", "é"),
            ("update", "update"),
            ("", ""),
        ];
        for (sql, expected) in cases {
            assert_eq!(without_lock(sql), expected, "{sql:?}");
        }
    }

    #[test]
    fn only_numbers_from_one_are_parameters() {
        let cases = [("$1", Some(1)), ("$12", Some(12)), ("$0", None), ("$a", None), ("?1", None)];
        for (name, expected) in cases {
            assert_eq!(parameter_number(name), expected, "{name}");
        }
    }
}
