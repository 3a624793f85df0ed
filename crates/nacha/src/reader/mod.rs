//! Reading: a stream of records and findings, with memory that does not grow with the file.

mod addenda;
mod batch;
mod checker;
mod entry;
mod file;
mod sink;

use std::io::{self, BufRead};

use crate::lines::Lines;
use crate::{BatchControl, BatchHeader, Entry, FileControl, FileHeader, Finding, Options};
use checker::Checker;

/// What a reader meets, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Record 1.
    FileHeader(FileHeader),
    /// Record 5.
    BatchHeader(BatchHeader),
    /// Record 6 with all records 7 that follow it.
    Entry(Entry),
    /// Record 8, as the file has it. Its sums are claims, compared with what was counted.
    BatchControl(BatchControl),
    /// Record 9, as the file has it.
    FileControl(FileControl),
    /// Something is wrong. Reading goes on.
    Finding(Finding),
}

/// Reads a file record by record and reports everything that is wrong with it.
///
/// At most one entry with its addenda is kept, so memory does not depend on the size of the file.
///
/// ```
/// use nacha::{Event, Options, Reader};
///
/// let bytes = b"not a file\n";
/// let mut findings = Vec::new();
/// for event in Reader::new(bytes.as_slice(), Options::strict()) {
///     if let Event::Finding(finding) = event? {
///         findings.push(finding.rule.name());
///     }
/// }
/// assert_eq!(findings, ["short-line", "unknown-record", "missing-file-header", "no-batches", "missing-file-control"]);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Reader<R> {
    lines: Lines<R>,
    checker: Checker,
    ended: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads from `source`, held to `options`.
    pub fn new(source: R, options: Options) -> Reader<R> {
        Reader { lines: Lines::new(source), checker: Checker::new(options), ended: false }
    }

    /// The line that was read last.
    pub fn line(&self) -> u64 {
        self.lines.number()
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    /// An error of the source ends the reading.
    type Item = io::Result<Event>;

    fn next(&mut self) -> Option<io::Result<Event>> {
        loop {
            if let Some(event) = self.checker.pop() {
                return Some(Ok(event));
            }
            if self.ended {
                return None;
            }
            match self.lines.next() {
                Ok(Some(line)) => self.checker.take(&line),
                Ok(None) => {
                    self.ended = true;
                    self.checker.end(self.lines.number());
                }
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
    }
}
