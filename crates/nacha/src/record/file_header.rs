//! Record 1.

use serde::{Deserialize, Serialize};

use crate::layout::file_header as at;
use crate::line::Line;
use crate::row::{Row, WriteError};
use crate::{Date, Text};

/// File header: from whom to whom, and when.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileHeader {
    /// Routing number of the operator or bank that the file goes to; at most 10 characters.
    pub destination: Text,
    /// Who sends the file: a routing number, or what the bank assigned; at most 10 characters.
    pub origin: Text,
    /// `YYMMDD`.
    pub creation_date: Text,
    /// `HHMM`, or empty.
    pub creation_time: Text,
    /// A to Z or 0 to 9, to tell files of one day apart.
    pub modifier: char,
    /// At most 23 characters.
    pub destination_name: Text,
    /// At most 23 characters.
    pub origin_name: Text,
    /// Free; at most 8 characters.
    pub reference: Text,
}

impl Default for FileHeader {
    /// Everything empty, with modifier A.
    fn default() -> FileHeader {
        FileHeader {
            destination: Text::default(),
            origin: Text::default(),
            creation_date: Text::default(),
            creation_time: Text::default(),
            modifier: 'A',
            destination_name: Text::default(),
            origin_name: Text::default(),
            reference: Text::default(),
        }
    }
}

impl FileHeader {
    /// The day the file was made, if there is such a day.
    pub fn created(&self) -> Option<Date> {
        Date::parse(&self.creation_date)
    }

    pub(crate) fn parse(line: &Line<'_>) -> FileHeader {
        FileHeader {
            destination: Text::new(line.text(at::DESTINATION).trim_start()),
            origin: Text::new(line.text(at::ORIGIN).trim_start()),
            creation_date: line.text(at::CREATION_DATE),
            creation_time: line.text(at::CREATION_TIME),
            modifier: line.character(at::MODIFIER),
            destination_name: line.text(at::DESTINATION_NAME),
            origin_name: line.text(at::ORIGIN_NAME),
            reference: line.text(at::REFERENCE),
        }
    }

    pub(crate) fn row(&self) -> Result<Row, WriteError> {
        let mut row = Row::new(b'1');
        row.number(at::PRIORITY_CODE, 1)?;
        row.right(at::DESTINATION, &self.destination)?;
        row.right(at::ORIGIN, &self.origin)?;
        row.text(at::CREATION_DATE, &self.creation_date)?;
        row.text(at::CREATION_TIME, &self.creation_time)?;
        row.text(at::MODIFIER, self.modifier.encode_utf8(&mut [0; 4]))?;
        row.number(at::RECORD_SIZE, 94)?;
        row.number(at::BLOCKING_FACTOR, 10)?;
        row.number(at::FORMAT_CODE, 1)?;
        row.text(at::DESTINATION_NAME, &self.destination_name)?;
        row.text(at::ORIGIN_NAME, &self.origin_name)?;
        row.text(at::REFERENCE, &self.reference)?;
        Ok(row)
    }
}
