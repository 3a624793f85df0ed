//! Rows of answers.

use crate::StoreError;

/// A value as it came from the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Cell {
    fn kind(&self) -> &'static str {
        match self {
            Cell::Null => "null",
            Cell::Int(_) => "an integer",
            Cell::Text(_) => "text",
            Cell::Blob(_) => "bytes",
        }
    }
}

/// One row of an answer, owned. Columns are counted from 0.
///
/// Every getter fails with [`StoreError::Corrupt`] when the column is absent or of another type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    cells: Vec<Cell>,
}

impl Row {
    pub(crate) fn new(cells: Vec<Cell>) -> Row {
        Row { cells }
    }

    /// A `bigint` that is not null.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.int_opt(column)?.ok_or_else(|| unexpected_null(column))
    }

    /// A `bigint`, or null.
    pub fn int_opt(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.cell(column)? {
            Cell::Int(value) => Ok(Some(*value)),
            Cell::Null => Ok(None),
            other => Err(mismatch(column, "an integer", other)),
        }
    }

    /// A `text` that is not null.
    pub fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.text_opt(column)?.ok_or_else(|| unexpected_null(column))
    }

    /// A `text`, or null.
    pub fn text_opt(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.cell(column)? {
            Cell::Text(value) => Ok(Some(value)),
            Cell::Null => Ok(None),
            other => Err(mismatch(column, "text", other)),
        }
    }

    /// Moves a `text` that is not null out of the row; the column is null afterwards.
    pub fn take_text(&mut self, column: usize) -> Result<String, StoreError> {
        self.take_text_opt(column)?.ok_or_else(|| unexpected_null(column))
    }

    /// Moves a `text`, or null, out of the row; the column is null afterwards.
    pub fn take_text_opt(&mut self, column: usize) -> Result<Option<String>, StoreError> {
        self.text_opt(column)?;
        match std::mem::replace(&mut self.cells[column], Cell::Null) {
            Cell::Text(value) => Ok(Some(value)),
            _ => Ok(None),
        }
    }

    /// A `bytea` that is not null.
    pub fn blob(&self, column: usize) -> Result<&[u8], StoreError> {
        self.blob_opt(column)?.ok_or_else(|| unexpected_null(column))
    }

    /// A `bytea`, or null.
    pub fn blob_opt(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        match self.cell(column)? {
            Cell::Blob(value) => Ok(Some(value)),
            Cell::Null => Ok(None),
            other => Err(mismatch(column, "bytes", other)),
        }
    }

    /// Moves a `bytea` that is not null out of the row; the column is null afterwards.
    pub fn take_blob(&mut self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.blob(column)?;
        match std::mem::replace(&mut self.cells[column], Cell::Null) {
            Cell::Blob(value) => Ok(value),
            _ => Err(unexpected_null(column)),
        }
    }

    fn cell(&self, column: usize) -> Result<&Cell, StoreError> {
        self.cells.get(column).ok_or_else(|| StoreError::Corrupt(format!("no column {column} in a row of {}", self.cells.len())))
    }
}

fn unexpected_null(column: usize) -> StoreError {
    StoreError::Corrupt(format!("column {column} is null"))
}

fn mismatch(column: usize, expected: &str, found: &Cell) -> StoreError {
    StoreError::Corrupt(format!("column {column} is {}, expected {expected}", found.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn getters_tell_types_and_nulls_apart() {
        let mut row = Row::new(vec![Cell::Int(7), Cell::Text("seven".into()), Cell::Blob(vec![7]), Cell::Null]);
        assert_eq!(row.int(0), Ok(7));
        assert_eq!(row.text(1), Ok("seven"));
        assert_eq!(row.blob(2), Ok(&[7_u8][..]));
        assert_eq!(row.int_opt(3), Ok(None));
        assert_eq!(row.text_opt(3), Ok(None));
        assert_eq!(row.blob_opt(3), Ok(None));
        assert_eq!(row.int(1), Err(StoreError::Corrupt("column 1 is text, expected an integer".into())));
        assert_eq!(row.text(3), Err(StoreError::Corrupt("column 3 is null".into())));
        assert_eq!(row.int(4), Err(StoreError::Corrupt("no column 4 in a row of 4".into())));
        assert_eq!(row.take_text(1), Ok("seven".to_owned()));
        assert_eq!(row.take_text_opt(1), Ok(None));
        assert_eq!(row.take_blob(2), Ok(vec![7]));
        assert!(row.take_text(0).is_err());
        assert_eq!(row.int(0), Ok(7), "a failed take leaves the value in its place");
    }
}
