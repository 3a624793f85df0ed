use kernel::ApiResult;
use serde::Serialize;
use serde_json::value::RawValue;
use store::Row;

use crate::payments::rails::entries::StoredEntry;
use crate::payments::rails::inbound::Outcome;
use crate::payments::rails::kept::{AchFile, Way};
use crate::payments::rails::state::{EntryState, FileState};
use crate::payments::rails::transport::Pace;
use crate::payments::rails::{Direction, Purpose};

/// A file, as shown.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    id: String,
    /// `drawbridge.ach_file`
    object: &'static str,
    created: i64,
    /// In cents.
    credit_total: i64,
    /// In cents.
    debit_total: i64,
    direction: Way,
    /// The file that said the same before.
    duplicate_of: Option<String>,
    /// `YYYY-MM-DD`
    effective_date: Option<String>,
    entry_count: i64,
    /// Why the bank did not take it, or what is wrong with it.
    error: Option<String>,
    /// What is wrong with it, line by line.
    findings: Option<Box<RawValue>>,
    livemode: bool,
    name: String,
    batch_count: i64,
    /// Unix seconds: when the bank had it.
    sent_at: Option<i64>,
    settlement: Pace,
    status: FileState,
}

impl Shown {
    pub(super) fn of(file: AchFile, livemode: bool) -> ApiResult<Shown> {
        Ok(Shown {
            id: file.id,
            object: "drawbridge.ach_file",
            created: file.created,
            credit_total: file.credit,
            debit_total: file.debit,
            direction: file.way,
            duplicate_of: file.original,
            effective_date: file.effective_date,
            entry_count: file.entries,
            error: file.error,
            findings: file.findings.map(RawValue::from_string).transpose()?,
            livemode,
            name: file.name,
            batch_count: file.batches,
            sent_at: file.handed_at.filter(|_| file.way == Way::Out),
            settlement: file.pace,
            status: file.state,
        })
    }
}

/// An entry of a file to the bank, as shown.
#[derive(Debug, Serialize)]
pub(super) struct ShownEntry {
    id: String,
    /// `drawbridge.ach_entry`
    object: &'static str,
    amount: i64,
    created: i64,
    description: String,
    direction: Direction,
    effective_date: Option<String>,
    entry_class: &'static str,
    file: Option<String>,
    identification: String,
    purpose: Purpose,
    /// The id of what it is made for.
    source: String,
    r#return: Option<ShownReturn>,
    settled_at: Option<i64>,
    settles_at: Option<i64>,
    status: EntryState,
    trace_number: Option<String>,
}

/// How it came back, or why it was not sent.
#[derive(Debug, Serialize)]
struct ShownReturn {
    code: Option<String>,
    created: i64,
    information: Option<String>,
}

impl ShownEntry {
    pub(super) fn of(stored: StoredEntry) -> ShownEntry {
        let StoredEntry { entry, return_code, return_information, .. } = stored;
        let back = stored.returned_at.map(|created| ShownReturn {
            code: return_code,
            created,
            information: return_information.filter(|text| !text.is_empty()),
        });
        ShownEntry {
            id: entry.id,
            object: "drawbridge.ach_entry",
            amount: entry.amount,
            created: stored.created,
            description: stored.description,
            direction: entry.direction,
            effective_date: entry.effective_date,
            entry_class: stored.class.code(),
            file: stored.file,
            identification: stored.descriptor,
            purpose: entry.purpose,
            source: entry.object,
            r#return: back,
            settled_at: stored.settled_at,
            settles_at: entry.settles_at,
            status: entry.state,
            trace_number: entry.trace,
        }
    }
}

/// An entry of a file from the bank, as shown.
#[derive(Debug, Serialize)]
pub(super) struct ShownItem {
    id: String,
    /// `drawbridge.ach_item`
    object: &'static str,
    amount: i64,
    /// Return or change code.
    code: Option<String>,
    /// The entry of ours that it answers.
    entry: Option<String>,
    file: String,
    information: Option<String>,
    original_trace_number: Option<String>,
    outcome: Outcome,
    /// From 1, in the order of the file.
    position: i64,
    /// The id of what the entry was made for.
    source: Option<String>,
    trace_number: String,
    r#type: String,
}

/// The columns that [`ShownItem::read`] reads, of items `i` beside their entries `e`.
pub(super) const ITEM_COLUMNS: &str = "i.id, i.amount, i.code, i.entry, i.file, i.information, i.original_trace, i.outcome, \
                                       i.position, e.object, i.trace, i.kind";

impl ShownItem {
    pub(super) fn read(row: &Row) -> ApiResult<ShownItem> {
        let text = |column| row.text(column).map(str::to_owned);
        let text_opt = |column| row.text_opt(column).map(|found| found.map(str::to_owned));
        Ok(ShownItem {
            id: text(0)?,
            object: "drawbridge.ach_item",
            amount: row.int(1)?,
            code: text_opt(2)?,
            entry: text_opt(3)?,
            file: text(4)?,
            information: text_opt(5)?,
            original_trace_number: text_opt(6)?,
            outcome: Outcome::read(row.text(7)?)?,
            position: row.int(8)?,
            source: text_opt(9)?,
            trace_number: text(10)?,
            r#type: text(11)?,
        })
    }
}
