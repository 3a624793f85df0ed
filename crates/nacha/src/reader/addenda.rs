//! Checks of addenda.

use crate::codes::entry_class::{EntryClass, Shape};
use crate::codes::transaction::Purpose;
use crate::layout::{addenda as at, entry};
use crate::line::Line;
use crate::reader::batch::OpenBatch;
use crate::reader::checker::Checker;
use crate::reader::entry::OpenEntry;
use crate::reader::sink::{Sink, quoted};
use crate::record::addenda::last_seven;
use crate::{Addenda, Date, EntryKind, Rule};

/// More addenda than any entry may have; others are counted, but not kept.
const MOST: usize = 9_999;

impl Checker {
    pub(super) fn addenda(&mut self, line: &Line<'_>) {
        let (Some(open), Some(batch)) = (&mut self.entry, &mut self.batch) else {
            return self.misplaced(line, "addenda without an entry", "an entry (6) before it");
        };
        let sink = &mut self.sink;
        batch.totals.records += 1;
        let addenda = Addenda::parse(line, batch.shape == Shape::International);
        match &addenda {
            Addenda::Remittance(_) => check_sequence(sink, line, open, 0, Rule::AddendaSequence),
            Addenda::IatRemittance(_) => check_sequence(sink, line, open, 1, Rule::IatAddenda),
            Addenda::IatCorrespondent(_) => check_sequence(sink, line, open, 2, Rule::IatAddenda),
            Addenda::Unknown(_) => check_unknown(sink, line),
            Addenda::Change(change) if change.correction().is_none() => {
                let meaning = change.code.meaning().unwrap_or("a code that is not assigned");
                sink.wrong(Rule::CorrectedData, line, at::CORRECTED_DATA, format!("what {} needs: {meaning}", change.code));
            }
            Addenda::Return(back) => {
                if back.code.reason().is_none() {
                    sink.wrong(Rule::ReturnDetail, line, at::CODE, "an assigned return reason code");
                }
                if matches!(back.code.number(), 14 | 15) && Date::parse(&back.date_of_death).is_none() {
                    sink.wrong(Rule::ReturnDetail, line, at::DATE_OF_DEATH, format!("a day as YYMMDD for {}", back.code));
                }
            }
            _ => {}
        }
        check_link(sink, line, open, &addenda);
        if open.entry.addenda.len() < MOST {
            open.entry.addenda.push(addenda);
        } else {
            open.dropped += 1;
        }
    }
}

fn check_unknown(sink: &mut Sink, line: &Line<'_>) {
    match line.raw(at::TYPE) {
        "98" => sink.wrong(Rule::ChangeCode, line, at::CODE, "C and two digits"),
        "99" => sink.wrong(Rule::ReturnCode, line, at::CODE, "R and two digits"),
        _ => sink.wrong(Rule::AddendaType, line, at::TYPE, "02, 05, 10 to 18, 98 or 99"),
    }
}

/// Checks that addenda of one type are numbered from 1.
fn check_sequence(sink: &mut Sink, line: &Line<'_>, open: &mut OpenEntry, which: usize, rule: Rule) {
    let Some(last) = open.sequences.get_mut(which) else { return };
    *last += 1;
    if line.number(at::SEQUENCE) != Some(*last) {
        sink.wrong(rule, line, at::SEQUENCE, format!("\"{:04}\"", *last));
    }
}

/// Checks that addenda name their entry.
fn check_link(sink: &mut Sink, line: &Line<'_>, open: &OpenEntry, addenda: &Addenda) {
    let trace = open.entry.trace.as_str();
    match addenda.kind() {
        "05" | "10" | "11" | "12" | "13" | "14" | "15" | "16" | "17" | "18" => {
            let expected = last_seven(trace);
            if line.raw(at::ENTRY_SEQUENCE).trim() != expected.trim() {
                let expected = format!("{}, the end of the trace number in line {}", quoted(expected), open.line);
                sink.wrong(Rule::AddendaTrace, line, at::ENTRY_SEQUENCE, expected);
            }
        }
        "02" | "98" | "99" if line.raw(at::TRACE).trim_end() != trace => {
            let expected = format!("{}, as in line {}", quoted(trace), open.line);
            sink.wrong(Rule::ReturnTrace, line, at::TRACE, expected);
        }
        _ => {}
    }
}

/// Checks type and number of addenda, now that all are there.
pub(super) fn check_count(sink: &mut Sink, open: &OpenEntry, batch: &OpenBatch, kind: EntryKind) {
    let list = &open.entry.addenda;
    let count = u64::try_from(list.len()).unwrap_or(u64::MAX).saturating_add(open.dropped);
    if matches!(open.indicator, '0' | '1') && (open.indicator == '1') != (count > 0) {
        let expected = if count > 0 { "1, because addenda follow" } else { "0, because no addenda follow" };
        let found = quoted(&open.indicator.to_string());
        sink.report(Rule::AddendaIndicator, open.line, entry::ADDENDA_INDICATOR, found, expected);
    }
    if let Some(declared) = open.declared.filter(|declared| *declared != count && kind == EntryKind::Payment) {
        let (rule, field) = if batch.shape == Shape::International {
            (Rule::IatAddenda, entry::IAT_ADDENDA_COUNT)
        } else {
            (Rule::AddendaCount, entry::ADDENDA_COUNT)
        };
        sink.report(rule, open.line, field, format!("{declared} declared"), format!("{count}, as counted"));
    }
    if kind != EntryKind::Payment {
        return check_answers(sink, open);
    }
    let class = batch.header.entry_class;
    if class == EntryClass::Iat {
        return check_international(sink, open);
    }
    let rules = class.rules();
    for addenda in list {
        let number: Option<u8> = addenda.kind().parse().ok();
        if rules.addenda_type != number && !matches!(addenda, Addenda::Unknown(_)) {
            let expected = match rules.addenda_type {
                Some(number) => format!("addenda {number:02} in {class}"),
                None => format!("no addenda in {class}"),
            };
            sink.report(Rule::AddendaType, open.line, entry::ADDENDA_INDICATOR, format!("addenda {}", addenda.kind()), expected);
            return;
        }
    }
    let prenote = open.entry.transaction_code.purpose() == Some(Purpose::Prenote);
    let (least, most) = match rules.addenda {
        (_, most) if prenote && rules.addenda_type == Some(5) && !matches!(class, EntryClass::Dne | EntryClass::Enr) => (0, most),
        limits => limits,
    };
    if !(u64::from(least)..=u64::from(most)).contains(&count) {
        let expected = if least == most { format!("{least} in {class}") } else { format!("{least} to {most} in {class}") };
        sink.report(Rule::AddendaCount, open.line, entry::ADDENDA_INDICATOR, format!("{count} addenda"), expected);
    }
}

/// Returns and changes have one addenda 98 or 99; others may stay.
fn check_answers(sink: &mut Sink, open: &OpenEntry) {
    let answers = open.entry.addenda.iter().filter(|addenda| addenda.entry_kind().is_some()).count();
    if answers > 1 {
        let found = format!("{answers} addenda 98 or 99");
        sink.report(Rule::ReturnDetail, open.line, entry::ADDENDA_INDICATOR, found, "one for each entry");
    }
}

/// An international payment has 10 to 16 once each, up to two 17 and up to five 18.
fn check_international(sink: &mut Sink, open: &OpenEntry) {
    for (kind, least, most) in [
        ("10", 1, 1),
        ("11", 1, 1),
        ("12", 1, 1),
        ("13", 1, 1),
        ("14", 1, 1),
        ("15", 1, 1),
        ("16", 1, 1),
        ("17", 0, 2),
        ("18", 0, 5),
    ] {
        let count = open.entry.addenda.iter().filter(|addenda| addenda.kind() == kind).count();
        if !(least..=most).contains(&count) {
            let expected = if least == most { format!("one addenda {kind}") } else { format!("at most {most} addenda {kind}") };
            sink.report(Rule::AddendaCount, open.line, entry::IAT_ADDENDA_COUNT, format!("{count} addenda {kind}"), expected);
        }
    }
    let other = open.entry.addenda.iter().find(|addenda| matches!(addenda.kind(), "02" | "05"));
    if let Some(addenda) = other {
        let found = format!("addenda {}", addenda.kind());
        sink.report(Rule::AddendaType, open.line, entry::IAT_ADDENDA_COUNT, found, "addenda 10 to 18 in IAT");
    }
}
