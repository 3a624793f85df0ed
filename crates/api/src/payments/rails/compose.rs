//! How entries become a file. Pure: what goes in decides what comes out, down to the last byte.

use std::collections::BTreeMap;

use jiff::civil::Date;
use nacha::{
    Batch, BatchHeader, Entry, EntryClass, File, FileHeader, Finding, Options, ServiceClass, Severity, TransactionCode, printable,
};

use super::Direction;
use super::originator::{Limits, Originator};
use super::schedule::short_date;

/// An entry with the numbers it goes to.
#[derive(Debug, Clone)]
pub(super) struct Ready {
    pub direction: Direction,
    pub amount: i64,
    pub class: EntryClass,
    pub savings: bool,
    pub description: String,
    pub name: String,
    pub descriptor: String,
    pub routing: String,
    pub account: String,
}

/// What the header of a file says beside the originator.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    /// `YYMMDD` and `HHMM` in the east.
    pub date: String,
    pub time: String,
    /// Tells files of one day apart.
    pub modifier: char,
    pub company_name: String,
    pub effective: Date,
}

/// Which entries go together: batches have one class, one description and one direction.
type Together = (&'static str, String, Direction);

/// What fits into a file and what does not, by the positions in `amounts`, in the order in which they wait. One that does not
/// fit lets smaller ones behind it go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Packed {
    pub taken: Vec<usize>,
    /// For the next file of the same day.
    pub next_file: Vec<usize>,
    /// The day's limit is reached.
    pub next_day: Vec<usize>,
    /// More than one entry, file or day may move: for ever too much.
    pub too_much: Vec<usize>,
}

/// Divides what waits among this file, the next one, and later days. `spent` was moved on this day already.
pub(super) fn pack(amounts: &[i64], limits: Limits, spent: i64, most: usize) -> Packed {
    let (mut packed, mut file, mut day) = (Packed::default(), 0_i64, spent);
    let entry_max = limits.entry.min(limits.file).min(limits.day);
    for (position, amount) in amounts.iter().enumerate() {
        if *amount > entry_max {
            packed.too_much.push(position);
        } else if day.saturating_add(*amount) > limits.day {
            packed.next_day.push(position);
        } else if file.saturating_add(*amount) > limits.file || packed.taken.len() >= most {
            packed.next_file.push(position);
        } else {
            file += amount;
            day += amount;
            packed.taken.push(position);
        }
    }
    packed
}

/// The positions of entries batch by batch, in the order in which they get their trace numbers.
pub(super) fn batches(entries: &[Ready]) -> Vec<Vec<usize>> {
    let mut together: BTreeMap<Together, Vec<usize>> = BTreeMap::new();
    for (position, entry) in entries.iter().enumerate() {
        let key = (entry.class.code(), entry.description.clone(), entry.direction);
        together.entry(key).or_default().push(position);
    }
    together.into_values().collect()
}

/// The file of `entries`, whose trace numbers are in `traces` by position.
pub(super) fn compose(originator: &Originator, heading: &Heading, entries: &[Ready], traces: &[String]) -> File {
    let mut file = File::new(FileHeader {
        destination: originator.destination.as_str().into(),
        origin: originator.origin.as_str().into(),
        creation_date: heading.date.as_str().into(),
        creation_time: heading.time.as_str().into(),
        modifier: heading.modifier,
        destination_name: printable(&originator.destination_name, 23),
        origin_name: printable(&originator.origin_name, 23),
        ..FileHeader::default()
    });
    for positions in batches(entries) {
        let pairs = positions.iter().filter_map(|position| Some((entries.get(*position)?, traces.get(*position)?)));
        let pairs: Vec<(&Ready, &String)> = pairs.collect();
        let Some((first, _)) = pairs.first() else { continue };
        let mut batch = Batch::new(header(originator, heading, first));
        batch.entries = pairs.iter().map(|(ready, trace)| entry(ready, trace)).collect();
        file.push(batch);
    }
    file
}

fn header(originator: &Originator, heading: &Heading, first: &Ready) -> BatchHeader {
    BatchHeader {
        service_class: match first.direction {
            Direction::Debit => ServiceClass::Debits,
            Direction::Credit => ServiceClass::Credits,
        },
        company_name: company(originator, &heading.company_name),
        company_identification: originator.company_identification.as_str().into(),
        entry_class: first.class,
        entry_description: printable(&first.description, 10),
        effective_date: short_date(heading.effective).into(),
        odfi: format!("{:08}", originator.odfi.dfi()).into(),
        ..BatchHeader::default()
    }
}

fn entry(ready: &Ready, trace: &str) -> Entry {
    let code = match (ready.direction, ready.savings) {
        (Direction::Debit, false) => TransactionCode::CHECKING_DEBIT,
        (Direction::Debit, true) => TransactionCode::SAVINGS_DEBIT,
        (Direction::Credit, false) => TransactionCode::CHECKING_CREDIT,
        (Direction::Credit, true) => TransactionCode::SAVINGS_CREDIT,
    };
    let says_type = matches!(ready.class, EntryClass::Web | EntryClass::Tel);
    Entry {
        transaction_code: code,
        routing: ready.routing.as_str().into(),
        account: ready.account.as_str().into(),
        amount: u64::try_from(ready.amount).unwrap_or_default(),
        identification: printable(&ready.descriptor, 15),
        name: receiver(&ready.name),
        // A single payment: each is authorized or confirmed on its own.
        discretionary: if says_type { "S".into() } else { nacha::Text::default() },
        trace: trace.into(),
        ..Entry::default()
    }
}

/// A receiver's name as a file can hold it; banks refuse entries without one.
fn receiver(name: &str) -> nacha::Text {
    readable(name, 22).unwrap_or_else(|| "ACCOUNT HOLDER".into())
}

/// The business's name, or who sends its files where a file cannot hold it: banks refuse batches without one.
fn company(originator: &Originator, name: &str) -> nacha::Text {
    readable(name, 16).unwrap_or_else(|| printable(&originator.origin_name, 16))
}

/// A name as a file can hold it, if anything of it is left that can be read.
fn readable(name: &str, width: usize) -> Option<nacha::Text> {
    // What has no plain spelling becomes a blank, also at the beginning.
    let printed = printable(printable(name, name.len().saturating_mul(2)).as_str(), width);
    printed.bytes().any(|byte| byte.is_ascii_alphanumeric()).then_some(printed)
}

/// The bytes of a file as the bank gets them, read again as strictly as the bank reads them.
///
/// # Errors
/// What is wrong with it, for the operator; values of fields are not repeated.
pub(super) fn written(file: &File, originator: &Originator) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    file.write(&mut bytes, originator.line_end).map_err(|error| error.to_string())?;
    let (read, findings) = File::read(bytes.as_slice(), &Options::strict()).map_err(|error| error.to_string())?;
    let wrong: Vec<String> = findings.iter().filter(|own| own.severity == Severity::Error).map(told).collect();
    if !wrong.is_empty() {
        return Err(wrong.join("; "));
    }
    if read != *file {
        return Err("the file reads otherwise than it was written".into());
    }
    Ok(bytes)
}

/// A finding without the value that was found, which may be an account number.
pub(super) fn told(finding: &Finding) -> String {
    let Finding { line, record, field, rule, expected, .. } = finding;
    format!("line {line}, {record}, {field}: should be {expected} [{rule}]")
}

#[cfg(test)]
mod tests;
