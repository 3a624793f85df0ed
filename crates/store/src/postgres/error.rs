//! Errors of PostgreSQL as errors of the store.

use tokio_postgres::error::{DbError, SqlState};

use crate::StoreError;

pub(super) fn convert(error: &tokio_postgres::Error) -> StoreError {
    match error.as_db_error() {
        Some(answer) => convert_answer(answer),
        None if error.is_closed() => StoreError::Unavailable("the connection to PostgreSQL was lost".to_owned()),
        None => match std::error::Error::source(error) {
            Some(cause) if cause.is::<std::io::Error>() => StoreError::Unavailable(format!("PostgreSQL: {error}: {cause}")),
            Some(cause) => StoreError::Database(format!("PostgreSQL: {error}: {cause}")),
            None => StoreError::Unavailable(format!("PostgreSQL: {error}")),
        },
    }
}

fn convert_answer(answer: &DbError) -> StoreError {
    let text = || format!("{} ({})", answer.message(), answer.code().code());
    let code = answer.code();
    if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        StoreError::Conflict
    } else if *code == SqlState::UNIQUE_VIOLATION {
        StoreError::Unique { constraint: violated_columns(answer) }
    } else if *code == SqlState::LOCK_NOT_AVAILABLE {
        StoreError::LockTimeout
    } else if *code == SqlState::DISK_FULL {
        StoreError::Full
    } else if *code == SqlState::INSUFFICIENT_PRIVILEGE || *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        StoreError::ReadOnly(text())
    } else if is_unavailable(code.code()) {
        StoreError::Unavailable(text())
    } else {
        StoreError::Database(text())
    }
}

/// Connection errors (08), wrong login (28), no such database (3D), lack of resources (53), and the operator or a
/// timeout stepping in (57).
fn is_unavailable(code: &str) -> bool {
    ["08", "28", "3D", "53", "57"].iter().any(|class| code.starts_with(class))
}

/// `table.column, table.column`, as SQLite says it. PostgreSQL has the columns only in its detail,
/// `Key (a, b)=(1, 2) already exists.`, in the language of the server but always in this shape.
fn violated_columns(answer: &DbError) -> String {
    let name = answer.constraint().unwrap_or("unique constraint");
    columns_of_detail(answer.table(), answer.detail()).unwrap_or_else(|| name.to_owned())
}

fn columns_of_detail(table: Option<&str>, detail: Option<&str>) -> Option<String> {
    let table = table?;
    let (_, rest) = detail?.split_once('(')?;
    let (columns, _) = rest.split_once(")=(")?;
    let is_plain = |column: &str| column.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let columns: Vec<&str> = columns.split(", ").collect();
    columns
        .iter()
        .all(|column| is_plain(column))
        .then(|| columns.iter().map(|column| format!("{table}.{column}")).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::columns_of_detail;

    #[test]
    fn columns_are_read_from_the_detail() {
        let cases = [
            (Some("Key (a)=(1) already exists."), Some("t.a")),
            (Some("Key (a, b)=(x)=(y, 2) already exists."), Some("t.a, t.b")),
            (Some("Schlüssel »(a, b)=(1, 2)« existiert bereits."), Some("t.a, t.b")),
            (Some("Key (lower(a))=(x) already exists."), None),
            (Some("nothing of the kind"), None),
            (None, None),
        ];
        for (detail, expected) in cases {
            assert_eq!(columns_of_detail(Some("t"), detail).as_deref(), expected, "{detail:?}");
        }
    }
}
