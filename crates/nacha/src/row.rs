//! Putting fields into a record that is to be written.

use std::io;

use crate::RecordKind;
use crate::line::{Field, WIDTH};

/// Why something cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The output failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A text does not fit its columns.
    #[error("{record}, {field}: \"{text}\" has more than {width} characters")]
    TooLong {
        /// The record.
        record: RecordKind,
        /// The field.
        field: &'static str,
        /// What was to be written.
        text: String,
        /// How many characters there may be.
        width: usize,
    },
    /// A text has characters outside of printable ASCII; see [`printable`](crate::printable).
    #[error("{record}, {field}: \"{text}\" has characters outside of printable ASCII")]
    NotPrintable {
        /// The record.
        record: RecordKind,
        /// The field.
        field: &'static str,
        /// What was to be written.
        text: String,
    },
    /// A number has more digits than columns.
    #[error("{record}, {field}: {number} has more than {width} digits")]
    TooLarge {
        /// The record.
        record: RecordKind,
        /// The field.
        field: &'static str,
        /// What was to be written.
        number: u64,
        /// How many digits there may be.
        width: usize,
    },
    /// Records were handed to the writer in an order that makes no file.
    #[error("{0}")]
    Order(&'static str),
}

/// A record that is to be written; blank where nothing was put.
pub(crate) struct Row {
    bytes: [u8; WIDTH],
}

impl Row {
    pub(crate) fn new(kind: u8) -> Row {
        let mut bytes = [b' '; WIDTH];
        bytes[0] = kind;
        Row { bytes }
    }

    /// A line that only fills up a block.
    pub(crate) fn filler() -> Row {
        Row { bytes: [b'9'; WIDTH] }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Puts a text at the left of its columns.
    pub(crate) fn text(&mut self, field: Field, text: &str) -> Result<(), WriteError> {
        self.checked(field, text)?;
        self.put(field.from - 1, text);
        Ok(())
    }

    /// Puts a text at the right of its columns.
    pub(crate) fn right(&mut self, field: Field, text: &str) -> Result<(), WriteError> {
        self.checked(field, text)?;
        self.put(field.to - text.len(), text);
        Ok(())
    }

    /// Puts a number into its columns, zeros in front.
    pub(crate) fn number(&mut self, field: Field, number: u64) -> Result<(), WriteError> {
        let Field { record, name, from, to } = field;
        let mut rest = number;
        for place in self.bytes.get_mut(from - 1..to).into_iter().flatten().rev() {
            *place = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
        if rest == 0 { Ok(()) } else { Err(WriteError::TooLarge { record, field: name, number, width: field.width() }) }
    }

    fn put(&mut self, start: usize, text: &str) {
        if let Some(places) = self.bytes.get_mut(start..start + text.len()) {
            places.copy_from_slice(text.as_bytes());
        }
    }

    fn checked(&self, field: Field, text: &str) -> Result<(), WriteError> {
        let Field { record, name, .. } = field;
        if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(WriteError::NotPrintable { record, field: name, text: text.to_owned() });
        }
        if text.len() > field.width() {
            return Err(WriteError::TooLong { record, field: name, text: text.to_owned(), width: field.width() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::file_header as at;

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut row = Row::new(b'1');
        assert!(matches!(row.text(at::ORIGIN_NAME, &"x".repeat(24)), Err(WriteError::TooLong { width: 23, .. })));
        assert!(matches!(row.text(at::ORIGIN_NAME, "Müller"), Err(WriteError::NotPrintable { .. })));
        assert!(matches!(row.number(at::PRIORITY_CODE, 100), Err(WriteError::TooLarge { width: 2, .. })));
        assert!(row.right(at::DESTINATION, "091000019").is_ok() && row.number(at::PRIORITY_CODE, 1).is_ok());
        assert!(row.bytes().starts_with(b"101 091000019 "));
    }
}
