//! What a file does wrong, where, and what would be right.

use std::fmt;

use crate::{Rule, Severity};

/// Kinds of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// Record 1.
    FileHeader,
    /// Record 5.
    BatchHeader,
    /// Record 6.
    Entry,
    /// Record 7.
    Addenda,
    /// Record 8.
    BatchControl,
    /// Record 9.
    FileControl,
    /// A line or the file as a whole.
    File,
}

impl fmt::Display for RecordKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            RecordKind::FileHeader => "file header",
            RecordKind::BatchHeader => "batch header",
            RecordKind::Entry => "entry",
            RecordKind::Addenda => "addenda",
            RecordKind::BatchControl => "batch control",
            RecordKind::FileControl => "file control",
            RecordKind::File => "file",
        })
    }
}

/// One breach of a rule.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The line, from 1. In a file without line ends, the record. 0 for a file without any line.
    pub line: u64,
    /// What the record is.
    pub record: RecordKind,
    /// The field, or `record` for the whole line.
    pub field: &'static str,
    /// First and last column, from 1.
    pub columns: (usize, usize),
    /// The rule that is broken.
    pub rule: Rule,
    /// Whether a bank would refuse it.
    pub severity: Severity,
    /// What is there.
    pub found: String,
    /// What would be right.
    pub expected: String,
}

impl fmt::Display for Finding {
    /// One line: severity, place, what is there, what would be right, and the rule's name.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning | Severity::Ignored => "warning",
        };
        write!(formatter, "line {}", self.line)?;
        match self.columns {
            (1, 94) => {}
            (from, to) if from == to => write!(formatter, ", column {from}")?,
            (from, to) => write!(formatter, ", columns {from}-{to}")?,
        }
        let Finding { record, field, found, expected, rule, .. } = self;
        write!(formatter, ": {severity} in {record}, {field}: found {found}, should be {expected} [{rule}]")
    }
}
