//! Files in CSV.
//!
//! Banks agree on nothing: what stands between the values, what stands before the table, what columns
//! are called, how dates and amounts are written. The header decides; a row that does not fit it ends
//! the reading with its line, because half a statement is worse than none. Rows without an amount are
//! headings, and rows whose date has no digit are totals: both are left out, and so is what is pending,
//! because a file never tells what became of it.

use std::collections::{HashMap, HashSet};

use csv::{ReaderBuilder, StringRecord};
use money::Currency;

use super::Unreadable;
use super::columns::{AmountColumns, Columns};
use super::dates::{Order, Written, order};
use super::snapshot::{FileAccount, FileRow, Snapshot};
use crate::account::{Balance, BankAccount, Category, Subcategory};
use crate::clean;
use crate::transport::fingerprint;

/// What may stand between values, the commonest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Lines before the table.
const HEADER_LINES: usize = 50;
/// Accounts in one file.
const ACCOUNTS_MAX: usize = 100;

/// A line behind the last one, which is read for itself unless a quote is open.
const END: &str = "end-of-file";

/// The table of a file.
struct Table {
    delimiter: char,
    columns: Columns,
    rows: Vec<(u32, StringRecord)>,
}

/// A row that was understood.
struct Row {
    account: String,
    id: Option<String>,
    amount_minor: i64,
    posted_at: i64,
    transacted_at: i64,
    description: String,
    currency: Currency,
    balance: Option<i64>,
}

/// Reads a file. `software_id` keeps the ids of one installation apart from those of others.
pub(super) fn read(text: &str, software_id: &str) -> Result<Snapshot, Unreadable> {
    let ended = format!("{text}\n{END}");
    let mut table = DELIMITERS.iter().find_map(|delimiter| find_table(&ended, *delimiter)).ok_or(Unreadable::at(1))?;
    check_quotes(&mut table)?;
    let rows = read_rows(&table)?;
    if rows.is_empty() {
        let last = table.rows.last().map_or(1, |(line, _)| *line);
        return Err(Unreadable::at(last));
    }
    // A file without numbers is recognised by its content only.
    let whole = fingerprint(&["csv", text, software_id]);
    // Some banks keep several currencies under one number: each is an account.
    let mut names: Vec<(String, Currency)> = Vec::new();
    let mut accounts: HashMap<(String, Currency), Vec<Row>> = HashMap::new();
    for row in rows {
        let name = (row.account.clone(), row.currency);
        if !accounts.contains_key(&name) {
            names.push(name.clone());
        }
        accounts.entry(name).or_default().push(row);
    }
    if names.len() > ACCOUNTS_MAX {
        return Err(Unreadable { line: None });
    }
    let account = |name: (String, Currency)| {
        let rows = accounts.remove(&name).unwrap_or_default();
        let (name, currency) = name;
        let known_by = if name.is_empty() { whole.as_str() } else { name.as_str() };
        build_account(&name, fingerprint(&["csv", known_by, currency.code(), software_id]), currency, rows)
    };
    Ok(Snapshot { accounts: names.into_iter().map(account).collect() })
}

/// The table, if there is one with this delimiter.
fn find_table(text: &str, delimiter: u8) -> Option<Table> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records().map_while(Result::ok);
    let columns = records.by_ref().take(HEADER_LINES).find_map(|record| Columns::find(record.iter()))?;
    let line = |record: &StringRecord| record.position().and_then(|position| u32::try_from(position.line()).ok()).unwrap_or(1);
    Some(Table { delimiter: char::from(delimiter), columns, rows: records.map(|record| (line(&record), record)).collect() })
}

/// A quote that is not closed swallows what comes after it: to the next quote, or to the end of the file.
fn check_quotes(table: &mut Table) -> Result<(), Unreadable> {
    match table.rows.pop() {
        Some((_, record)) if record.iter().eq([END]) => {}
        Some((line, _)) => return Err(Unreadable::at(line)),
        None => return Err(Unreadable::at(1)),
    }
    let is_row = |line: &str| {
        let date = line.split(table.delimiter).nth(table.columns.date).map(|text| text.trim_matches(['"', ' ', '\r']));
        date.and_then(Written::parse).is_some()
    };
    let swallows = |record: &StringRecord| record.iter().any(|cell| cell.split('\n').skip(1).any(is_row));
    match table.rows.iter().find(|(_, record)| swallows(record)) {
        Some((line, _)) => Err(Unreadable::at(*line)),
        None => Ok(()),
    }
}

fn read_rows(table: &Table) -> Result<Vec<Row>, Unreadable> {
    let columns = &table.columns;
    let amounts = Amounts::of(table);
    let is_row = |record: &StringRecord| {
        let date = cell(record, columns.date);
        let pending = columns.status.is_some_and(|column| cell(record, column).eq_ignore_ascii_case("pending"));
        date.contains(|character: char| character.is_ascii_digit()) && amounts.is_there(record) && !pending
    };
    let rows: Vec<&(u32, StringRecord)> = table.rows.iter().filter(|(_, record)| is_row(record)).collect();
    let mut dates = Vec::with_capacity(rows.len());
    for (line, record) in rows.iter().copied() {
        dates.push(Written::parse(cell(record, columns.date)).ok_or(Unreadable::at(*line))?);
    }
    // Dates that contradict each other: the first that is no day in the other order names the line.
    let order = order(dates.iter().copied()).unwrap_or(Order::MonthFirst);
    let mut read = Vec::with_capacity(rows.len());
    for ((line, record), date) in rows.into_iter().zip(dates) {
        read.push(read_row(record, columns, &amounts, date, order).ok_or(Unreadable::at(*line))?);
    }
    Ok(read)
}

fn read_row(record: &StringRecord, columns: &Columns, amounts: &Amounts, date: Written, order: Order) -> Option<Row> {
    let posted_at = date.seconds(order)?;
    let transacted = columns.transacted.and_then(|column| Written::parse(cell(record, column)));
    let currency = match columns.currency.map(|column| cell(record, column)).filter(|code| !code.is_empty()) {
        Some(code) => Currency::parse(code).ok()?,
        None => columns.named_currency.unwrap_or(Currency::USD),
    };
    let optional = |column: Option<usize>| column.map(|column| cell(record, column)).unwrap_or_default();
    let described = columns.description.iter().find_map(|column| clean::text(cell(record, *column), clean::TEXT_MAX));
    Some(Row {
        account: optional(columns.account).to_owned(),
        id: clean::identifier(optional(columns.id).to_owned()),
        amount_minor: amounts.read(record, currency)?,
        posted_at,
        transacted_at: transacted.and_then(|written| written.seconds(order)).unwrap_or(posted_at),
        description: described.unwrap_or_default(),
        currency,
        balance: minor(optional(columns.balance), currency),
    })
}

fn cell(record: &StringRecord, column: usize) -> &str {
    record.get(column).unwrap_or_default().trim()
}

/// How amounts of a file are read.
struct Amounts<'a> {
    columns: &'a AmountColumns,
    /// No amount has a sign, so the direction's column decides.
    unsigned: bool,
}

impl Amounts<'_> {
    fn of(table: &Table) -> Amounts<'_> {
        let columns = &table.columns.amount;
        let unsigned = match columns {
            AmountColumns::Signed { amount, direction: Some(direction) } => {
                let signed = |text: &str| text.contains(['-', '(', '\u{2212}']);
                let no_sign = !table.rows.iter().any(|(_, record)| signed(cell(record, *amount)));
                no_sign && table.rows.iter().any(|(_, record)| says_out(cell(record, *direction)) == Some(true))
            }
            _ => false,
        };
        Amounts { columns, unsigned }
    }

    fn is_there(&self, record: &StringRecord) -> bool {
        match self.columns {
            AmountColumns::Signed { amount, .. } => !cell(record, *amount).is_empty(),
            AmountColumns::Split { out, into } => !cell(record, *out).is_empty() || !cell(record, *into).is_empty(),
        }
    }

    fn read(&self, record: &StringRecord, currency: Currency) -> Option<i64> {
        match self.columns {
            AmountColumns::Signed { amount, direction } => {
                let value = minor(cell(record, *amount), currency)?;
                let out = direction.filter(|_| self.unsigned).and_then(|column| says_out(cell(record, column)));
                Some(if out == Some(true) { -value } else { value })
            }
            AmountColumns::Split { out, into } => {
                let side = |column: usize| match cell(record, column) {
                    "" => Some(0),
                    text => minor(text, currency).map(i64::abs),
                };
                // Both at once is no booking, but one of them may be a zero.
                let (out, into) = (side(*out)?, side(*into)?);
                (out == 0 || into == 0).then_some(into - out)
            }
        }
    }
}

/// Whether a word says that money went out; none for words that say neither.
fn says_out(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "debit" | "dr" | "d" | "dbit" | "withdrawal" | "out" => Some(true),
        "credit" | "cr" | "c" | "crdt" | "deposit" | "in" => Some(false),
        _ => None,
    }
}

/// An amount with either separator, a currency sign, a sign on either side, or CR and DR behind it.
fn minor(text: &str, currency: Currency) -> Option<i64> {
    let upper = text.trim().to_ascii_uppercase();
    let (number, out) = match (upper.strip_suffix("CR"), upper.strip_suffix("DR")) {
        (Some(number), _) => (number, false),
        (_, Some(number)) => (number, true),
        _ => (upper.as_str(), false),
    };
    let minor = clean::minor(&::ofx::Decimal::parse(number.trim())?.to_string(), currency)?;
    Some(if out { -minor } else { minor })
}

fn build_account(name: &str, bank_account_id: String, currency: Currency, rows: Vec<Row>) -> FileAccount {
    let account = BankAccount {
        bank_account_id,
        // A number is no name, and must not be shown.
        display_name: clean::text(name, clean::TEXT_MAX).filter(|text| !has_number(text)),
        last4: clean::last_four(name),
        // A table does not say what it is of; statements are of checking accounts as a rule, and an application may ask for no others.
        category: Category::Cash,
        subcategory: Subcategory::Checking,
        currency: currency.code().to_owned(),
        open: true,
        balance: newest(&rows).and_then(|row| {
            Some(Balance { as_of: row.posted_at, current_minor: row.balance?, available_minor: None, credit_used_minor: None })
        }),
    };
    let ids = identities(&rows);
    let row = |(row, id): (Row, String)| FileRow(id, row.amount_minor, row.posted_at, row.transacted_at, row.description, None);
    FileAccount { account, rows: rows.into_iter().zip(ids).map(row).collect() }
}

fn has_number(text: &str) -> bool {
    text.split(|character: char| !character.is_ascii_digit()).any(|digits| digits.len() > 4)
}

/// The row whose balance is the last one. Files run either way; within one day the balances tell.
fn newest(rows: &[Row]) -> Option<&Row> {
    let (first, last) = (rows.first()?, rows.last()?);
    let newest_first = match first.posted_at.cmp(&last.posted_at) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => rows.get(1).is_some_and(|second| {
            let step = |before: &Row, after: &Row| Some(before.balance?.checked_add(after.amount_minor)? == after.balance?);
            step(second, first) == Some(true) && step(first, second) != Some(true)
        }),
    };
    Some(if newest_first { first } else { last })
}

/// The bank's ids if they are ids: there at every row, each once. Otherwise day, amount and a hash of the
/// text, with a number for rows that are equal in all of these.
fn identities(rows: &[Row]) -> Vec<String> {
    let own: HashSet<&str> = rows.iter().filter_map(|row| row.id.as_deref()).collect();
    if own.len() == rows.len() {
        return rows.iter().filter_map(|row| row.id.clone()).collect();
    }
    let mut repeats: HashMap<String, usize> = HashMap::new();
    let identity = |row: &Row| {
        let texts = [row.description.as_str(), row.id.as_deref().unwrap_or_default()];
        let hash: String = fingerprint(&texts).chars().take(16).collect();
        let content = format!("row:{}:{}:{hash}", row.posted_at, row.amount_minor);
        let number = repeats.entry(content.clone()).or_default();
        *number += 1;
        format!("{content}:{number}")
    };
    rows.iter().map(identity).collect()
}

#[cfg(test)]
mod tests;
