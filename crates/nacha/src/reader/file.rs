//! Checks of file header, file control and the file as a whole.

use crate::layout::{file_control as control, file_header as at, whole};
use crate::line::Line;
use crate::reader::Event;
use crate::reader::checker::Checker;
use crate::reader::sink::is_nothing;
use crate::{Date, FileControl, FileHeader, RoutingError, RoutingNumber, Rule, Totals, date};

/// What is known of the file so far.
#[derive(Default)]
pub(super) struct FileState {
    pub(super) first_kind: Option<u8>,
    /// Records without filler.
    pub(super) records: u64,
    pub(super) fillers: u64,
    pub(super) batches: u64,
    pub(super) last_batch_number: u64,
    pub(super) totals: Totals,
    /// Whether there are accounting advices, whose sums are wider.
    pub(super) advice: bool,
    header_line: u64,
    /// 0 if there was none.
    pub(super) control_line: u64,
}

impl Checker {
    pub(super) fn file_header(&mut self, line: &Line<'_>) {
        if self.file.header_line > 0 {
            let found = format!("a second file header, after that in line {}", self.file.header_line);
            self.misplaced(line, &found, "one file header");
        } else if self.file.first_kind != Some(b'1') {
            self.misplaced(line, "a file header after other records", "the file header as first record");
        }
        self.file.header_line = line.number;
        let sink = &mut self.sink;
        sink.exactly(Rule::PriorityCode, line, at::PRIORITY_CODE, "01");
        let destination = line.raw(at::DESTINATION).trim();
        match destination.parse::<RoutingNumber>() {
            Ok(number) if number.dfi() > 0 => {}
            Err(RoutingError::CheckDigit { expected, .. }) => {
                let expected = format!("a routing number, whose last digit would be {expected}");
                sink.wrong(Rule::Destination, line, at::DESTINATION, expected);
            }
            _ => sink.wrong(Rule::Destination, line, at::DESTINATION, "a blank and a routing number of nine digits"),
        }
        sink.filled(Rule::Origin, line, at::ORIGIN, "what the bank assigned, or a blank and a routing number");
        if Date::parse(line.raw(at::CREATION_DATE)).is_none() {
            sink.wrong(Rule::FileCreation, line, at::CREATION_DATE, "a day as YYMMDD");
        }
        if !line.is_blank(at::CREATION_TIME) && !date::is_time(line.raw(at::CREATION_TIME)) {
            sink.wrong(Rule::FileCreation, line, at::CREATION_TIME, "a time as HHMM, or blanks");
        }
        if !matches!(line.character(at::MODIFIER), 'A'..='Z' | '0'..='9') {
            sink.wrong(Rule::FileIdModifier, line, at::MODIFIER, "A to Z or 0 to 9");
        }
        sink.exactly(Rule::RecordSize, line, at::RECORD_SIZE, "094");
        sink.exactly(Rule::BlockingFactor, line, at::BLOCKING_FACTOR, "10");
        sink.exactly(Rule::FormatCode, line, at::FORMAT_CODE, "1");
        sink.push(Event::FileHeader(FileHeader::parse(line)));
    }

    pub(super) fn file_control(&mut self, line: &Line<'_>) {
        self.finish_entry();
        self.close_batch_without_control(line.number, "the file control");
        let advice = self.file.advice;
        let sink = &mut self.sink;
        let totals = self.file.totals;
        sink.sum(Rule::BatchCount, line, control::BATCH_COUNT, self.file.batches);
        sink.sum(Rule::BlockCount, line, control::BLOCK_COUNT, self.file.records.div_ceil(10));
        sink.sum(Rule::EntryCount, line, control::ENTRY_COUNT, totals.records);
        sink.sum(Rule::EntryHash, line, control::ENTRY_HASH, totals.hash);
        let (debit, credit, reserved) = if advice {
            (control::ADV_DEBIT, control::ADV_CREDIT, control::ADV_RESERVED)
        } else {
            (control::DEBIT, control::CREDIT, control::RESERVED)
        };
        sink.sum(Rule::DebitTotal, line, debit, totals.debit);
        sink.sum(Rule::CreditTotal, line, credit, totals.credit);
        if !line.is_blank(reserved) {
            sink.wrong(Rule::Reserved, line, reserved, "blanks");
        }
        self.file.control_line = line.number;
        sink.push(Event::FileControl(FileControl::parse(line, advice)));
    }

    pub(super) fn end_file(&mut self, last: u64) {
        let FileState { records, fillers, control_line, .. } = self.file;
        if self.file.header_line == 0 {
            let expected = "a file header (1) as first record";
            self.sink.report(Rule::MissingFileHeader, last.min(1), whole::RECORD, "no file header", expected);
        }
        if self.file.batches == 0 {
            self.sink.report(Rule::NoBatches, last, whole::RECORD, "no batch", "at least one batch (5 to 8)");
        }
        if control_line == 0 {
            let found = "the end of the file";
            self.sink.report(Rule::MissingFileControl, last, whole::RECORD, found, "a file control (9) before it");
            return;
        }
        let needed = records.next_multiple_of(10) - records;
        if fillers != needed {
            let found = format!("{records} records and {fillers} lines of filler");
            let expected = format!("{needed} lines of 9 as filler, which make {} lines", records + needed);
            self.sink.report(Rule::Blocking, last, whole::RECORD, found, expected);
        }
    }
}

/// Whether a number of a batch is one: seven digits, not all zero.
pub(super) fn is_batch_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && !is_nothing(text.as_bytes())
}
