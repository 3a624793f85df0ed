//! The state between records, and which record goes where.

use crate::layout::whole;
use crate::line::{Length, Line};
use crate::reader::Event;
use crate::reader::batch::OpenBatch;
use crate::reader::entry::OpenEntry;
use crate::reader::file::FileState;
use crate::reader::sink::Sink;
use crate::{Options, Rule};

/// Checks one record after the other and turns them into events.
pub(super) struct Checker {
    pub(super) sink: Sink,
    pub(super) file: FileState,
    pub(super) batch: Option<OpenBatch>,
    /// The last entry, until a record comes that is no addenda.
    pub(super) entry: Option<OpenEntry>,
}

impl Checker {
    pub(super) fn new(options: Options) -> Checker {
        Checker { sink: Sink::new(options), file: FileState::default(), batch: None, entry: None }
    }

    pub(super) fn pop(&mut self) -> Option<Event> {
        self.sink.pop()
    }

    /// Takes the next record.
    pub(super) fn take(&mut self, line: &Line<'_>) {
        if line.length != Length::Right || !line.foreign.is_empty() {
            self.check_line(line);
        }
        if line.kind() == b'9' && line.is_filler() {
            return self.filler(line);
        }
        self.file.records += 1;
        let kind = line.kind();
        if !matches!(kind, b'1' | b'5'..=b'9') {
            let expected = "1, 5, 6, 7, 8 or 9 at the beginning of the line";
            return self.sink.wrong(Rule::UnknownRecord, line, whole::RECORD_TYPE, expected);
        }
        self.file.first_kind = self.file.first_kind.or(Some(kind));
        if self.file.control_line > 0 {
            let found = format!("a record {} after the file control in line {}", char::from(kind), self.file.control_line);
            self.sink.report(Rule::RecordOrder, line.number, whole::RECORD, found, "nothing but filler lines of 9");
        }
        match kind {
            b'1' => self.file_header(line),
            b'5' => self.batch_header(line),
            b'6' => self.entry(line),
            b'7' => self.addenda(line),
            b'8' => self.batch_control(line),
            _ => self.file_control(line),
        }
    }

    /// Takes the end of the stream, whose last line was `last`.
    pub(super) fn end(&mut self, last: u64) {
        self.finish_entry();
        self.close_batch_without_control(last, "the end of the file");
        self.end_file(last);
    }

    fn check_line(&mut self, line: &Line<'_>) {
        match line.length {
            Length::Right => {}
            Length::Short(length) => {
                let found = format!("{length} characters");
                self.sink.report(Rule::ShortLine, line.number, whole::RECORD, found, "94, filled up with blanks");
            }
            Length::Long(length) => {
                let found = format!("{length} characters or more");
                self.sink.report(Rule::LongLine, line.number, whole::RECORD, found, "94");
            }
        }
        for (index, character) in line.foreign {
            let mut field = whole::RECORD;
            (field.from, field.to, field.name) = (index + 1, index + 1, "character");
            let found = format!("{character:?} (U+{:04X})", u32::from(*character));
            self.sink.report(Rule::NonAscii, line.number, field, found, "a printable ASCII character");
        }
    }

    fn filler(&mut self, line: &Line<'_>) {
        self.file.fillers += 1;
        if self.file.control_line == 0 && self.file.fillers == 1 {
            let expected = "filler only after the file control (9)";
            self.sink.report(Rule::RecordOrder, line.number, whole::RECORD, "a filler line of 9", expected);
        }
    }

    /// Reports a record that may not stand here.
    pub(super) fn misplaced(&mut self, line: &Line<'_>, found: &str, expected: &str) {
        self.sink.report(Rule::RecordOrder, line.number, whole::RECORD, found, expected);
    }
}
