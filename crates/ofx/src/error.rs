//! What reading can end with, and what it repairs on the way.

use std::fmt;

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {kind}")]
pub struct Error {
    /// The line, counted from 1.
    pub line: u32,
    /// What is wrong there.
    pub kind: ErrorKind,
}

/// What is wrong with a file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No bytes, or white space only.
    #[error("the file is empty")]
    Empty,
    /// Neither an `<OFX>` tag nor one of the aggregates that stand inside of it.
    #[error("this is not OFX: there is no <OFX> tag")]
    NotOfx,
    /// More tags inside of one another than any OFX file has.
    #[error("tags are nested more than {limit} deep")]
    TooDeep {
        /// The greatest depth that is read.
        limit: usize,
    },
    /// OFX without anything that this crate knows.
    #[error("there is nothing inside of <OFX> that can be read")]
    NoMessages,
    /// A client's file was handed to the reader of answers.
    #[error("these are requests to a bank, not answers of a bank")]
    IsRequest,
    /// A bank's file was handed to the reader of requests.
    #[error("these are answers of a bank, not requests to a bank")]
    IsAnswer,
    /// Something without which the rest has no meaning.
    #[error("<{element}> is missing")]
    Missing {
        /// The tag.
        element: &'static str,
    },
}

/// Something that was repaired or left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The line, counted from 1.
    pub line: u32,
    /// What was done.
    pub kind: WarningKind,
}

impl fmt::Display for Warning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: {}", self.line, self.kind)
    }
}

/// What was repaired or left out. Texts taken from the file are cut after 40 characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WarningKind {
    /// No header with a version: the oldest common one is taken.
    #[error("there is no OFX header")]
    HeaderMissing,
    /// No `<OFX>` tag around the aggregates.
    #[error("there is no <OFX> tag")]
    RootMissing,
    /// The bytes are in another character set than the header says.
    #[error("the header says {declared}, the characters are {actual}")]
    CharsetFalse {
        /// What the header says.
        declared: &'static str,
        /// What was used.
        actual: &'static str,
    },
    /// Some bytes are no characters and became U+FFFD.
    #[error("some characters could not be read")]
    CharactersLost,
    /// The file stops before `</OFX>`. A last value that may be cut off is left out.
    #[error("the file ends too early")]
    EndMissing,
    /// An aggregate has no end tag.
    #[error("<{name}> has no end tag")]
    Unclosed {
        /// The aggregate.
        name: String,
    },
    /// An end tag that ends nothing.
    #[error("</{name}> ends nothing")]
    UnmatchedEnd {
        /// The tag.
        name: String,
    },
    /// Text between tags where none may be.
    #[error("text outside of any value")]
    StrayText,
    /// A bare `<` or `&`, taken as it stands.
    #[error("a bare {character:?} in a value")]
    BareCharacter {
        /// `<` or `&`.
        character: char,
    },
    /// An aggregate that belongs around the others is not there.
    #[error("<{name}> is missing")]
    AggregateMissing {
        /// The aggregate.
        name: &'static str,
    },
    /// A value that belongs there is absent or empty.
    #[error("<{name}> has no value")]
    ValueMissing {
        /// The tag.
        name: &'static str,
    },
    /// A value that cannot be understood; it counts as absent.
    #[error("<{name}> cannot be read: {text:?}")]
    ValueMalformed {
        /// The tag.
        name: &'static str,
        /// What stands there.
        text: String,
    },
    /// A part of a date, such as its zone, was not understood; the rest is used.
    #[error("<{name}> was read in part: {text:?}")]
    DateInPart {
        /// The tag.
        name: &'static str,
        /// What stands there.
        text: String,
    },
    /// A comma before three digits, taken for a thousands separator.
    #[error("the comma in {text:?} was taken for a thousands separator")]
    AmountAmbiguous {
        /// What stands there.
        text: String,
    },
    /// A transaction without an amount was left out.
    #[error("a transaction without an amount was left out")]
    TransactionDropped,
    /// The same transaction stood there twice; the second was left out.
    #[error("the transaction {id:?} was repeated and left out")]
    RepeatDropped {
        /// Its FITID.
        id: String,
    },
    /// Two different transactions have the same FITID; both are kept.
    #[error("the id {id:?} stands at different transactions")]
    IdReused {
        /// The FITID.
        id: String,
    },
    /// There were more warnings than are kept.
    #[error("further warnings are left out")]
    MoreLeftOut,
}

/// What was read, and what was repaired to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading<T> {
    /// What was read.
    pub value: T,
    /// What was repaired or left out, at most 1000 entries, roughly in the order of the file.
    pub warnings: Vec<Warning>,
}

/// Collects warnings, up to a limit so that a broken large file costs no memory twice.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    warnings: Vec<Warning>,
}

impl Notes {
    const LIMIT: usize = 1_000;

    pub(crate) fn add(&mut self, line: u32, kind: WarningKind) {
        if self.warnings.len() + 1 < Self::LIMIT {
            self.warnings.push(Warning { line, kind });
        } else if self.warnings.len() < Self::LIMIT {
            self.warnings.push(Warning { line, kind: WarningKind::MoreLeftOut });
        }
    }

    pub(crate) fn into_reading<T>(self, value: T) -> Reading<T> {
        Reading { value, warnings: self.warnings }
    }
}

/// A text of the file for a warning: short, so that warnings stay readable.
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}
