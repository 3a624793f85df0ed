//! Errors of SQLite as errors of the store.

use rusqlite::ffi::{self, ErrorCode};

use crate::StoreError;

pub(crate) fn convert(error: rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::SqliteFailure(failure, message) => {
            convert_failure(failure, message.unwrap_or_else(|| failure.to_string()))
        }
        rusqlite::Error::SqlInputError { error, msg, .. } => convert_failure(error, msg),
        other => StoreError::Database(format!("SQLite: {other}")),
    }
}

fn convert_failure(failure: ffi::Error, message: String) -> StoreError {
    let text = format!("{message} (SQLite {})", failure.extended_code);
    match (failure.extended_code, failure.code) {
        (ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID, _) => {
            StoreError::Unique { constraint: violated_columns(&message) }
        }
        (ffi::SQLITE_BUSY_SNAPSHOT, _) => StoreError::Conflict,
        // The index of the log could not grow: no space, though SQLite calls it an I/O error.
        (ffi::SQLITE_IOERR_SHMSIZE, _) | (_, ErrorCode::DiskFull) => StoreError::Full,
        (_, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::LockTimeout,
        (
            _,
            ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::AuthorizationForStatementDenied,
        ) => StoreError::ReadOnly(text),
        (_, ErrorCode::SystemIoFailure | ErrorCode::FileLockingProtocolFailed) => StoreError::Unavailable(text),
        (_, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt(text),
        _ => StoreError::Database(text),
    }
}

/// `UNIQUE constraint failed: t.a, t.b`, or `UNIQUE constraint failed: index 'name'`.
fn violated_columns(message: &str) -> String {
    let violated = message.split_once(": ").map_or(message, |(_, violated)| violated);
    violated.strip_prefix("index '").and_then(|rest| rest.strip_suffix('\'')).unwrap_or(violated).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_their_errors() {
        let convert = |code| convert_failure(ffi::Error::new(code), "x: t.a, t.b".to_owned());
        assert_eq!(convert(ffi::SQLITE_FULL), StoreError::Full);
        assert_eq!(convert(ffi::SQLITE_IOERR_SHMSIZE), StoreError::Full);
        assert_eq!(convert(ffi::SQLITE_BUSY), StoreError::LockTimeout);
        assert_eq!(convert(ffi::SQLITE_BUSY_SNAPSHOT), StoreError::Conflict);
        assert!(matches!(convert(ffi::SQLITE_READONLY_DIRECTORY), StoreError::ReadOnly(_)));
        assert!(matches!(convert(ffi::SQLITE_CANTOPEN), StoreError::ReadOnly(_)));
        assert!(matches!(convert(ffi::SQLITE_IOERR_FSYNC), StoreError::Unavailable(_)));
        assert!(matches!(convert(ffi::SQLITE_NOTADB), StoreError::Corrupt(_)));
        assert!(matches!(convert(ffi::SQLITE_CONSTRAINT_CHECK), StoreError::Database(_)));
        assert_eq!(convert(ffi::SQLITE_CONSTRAINT_UNIQUE), StoreError::Unique { constraint: "t.a, t.b".into() });
        assert_eq!(violated_columns("UNIQUE constraint failed: index 'by_name'"), "by_name");
    }
}
