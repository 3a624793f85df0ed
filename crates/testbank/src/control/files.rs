//! Files of transactions: JSON, CSV and OFX.

use std::collections::HashSet;

use form::{Form, FormError, Limits, Params};
use money::Currency;
use ofx::{Moment, StatementKind, WarningKind};
use serde_json::Value;

use super::params::{FIRST_SECOND, FileFormat, LAST_SECOND, MOST_CENTS, RowParams, StatedStatus};
use super::rows;
use crate::world::{Day, Row, StatedAccount};

/// What is in a file.
#[derive(Debug)]
pub struct Contents {
    /// The transactions, in the file's order.
    pub rows: Vec<Row>,
    /// A balance that the file states, and when, in unix seconds.
    pub balance: Option<(i64, i64)>,
}

/// Reads a file for an account. Errors name the parameter `data`, and the line or the place in it.
pub fn read(format: FileFormat, data: &str, account: &StatedAccount, now: i64) -> Result<Contents, FormError> {
    match format {
        FileFormat::Json => Ok(Contents { rows: read_json(data, now)?, balance: None }),
        FileFormat::Csv => Ok(Contents { rows: read_csv(data, account, now)?, balance: None }),
        FileFormat::Ofx => read_ofx(data, account, now),
    }
}

fn wrong(message: impl Into<String>) -> FormError {
    FormError::invalid("data", message)
}

#[derive(Debug, Params)]
struct Rows {
    data: Vec<RowParams>,
}

/// A list of objects with the parameters of one transaction each, so that the same rules and errors apply.
fn read_json(data: &str, now: i64) -> Result<Vec<Row>, FormError> {
    let value: Value = serde_json::from_str(data).map_err(|error| wrong(format!("Invalid JSON: {error}")))?;
    let Value::Array(list) = value else { return Err(wrong("Invalid JSON: a list of transactions is expected")) };
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (place, one) in list.iter().enumerate() {
        let Value::Object(fields) = one else {
            return Err(FormError::invalid(format!("data[{place}]"), "Invalid object"));
        };
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            form.append_pair(&format!("data[{place}][{name}]"), &text);
        }
    }
    let limits = Limits { bytes: usize::MAX, pairs: usize::MAX, ..Limits::default() };
    let rows: Rows = Form::parse(form.finish().as_bytes(), &limits)?.decode()?;
    let create = |(place, row)| rows::create(row, now, &|name| format!("data[{place}][{name}]"));
    rows.data.into_iter().enumerate().map(create).collect()
}

/// The columns that a CSV file can have.
const COLUMNS: [&str; 7] = ["id", "date", "amount", "description", "status", "posted_at", "void_at"];

fn read_csv(data: &str, account: &StatedAccount, now: i64) -> Result<Vec<Row>, FormError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(data.as_bytes());
    let header = reader.headers().map_err(|error| wrong(format!("Invalid CSV: {error}")))?.clone();
    let names: Vec<String> = header.iter().map(str::to_ascii_lowercase).collect();
    if let Some(unknown) = names.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
        return Err(wrong(format!("Line 1: unknown column '{unknown}'; there are {}.", COLUMNS.join(", "))));
    }
    if let Some(absent) = ["date", "amount", "description"].iter().find(|name| !names.iter().any(|own| own == *name)) {
        return Err(wrong(format!("Line 1: the column '{absent}' is missing.")));
    }
    let currency = Currency::parse(&account.currency).map_err(|error| wrong(error.to_string()))?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(format!("Invalid CSV: {error}")))?;
        let line = record.position().map_or(0, csv::Position::line);
        let row = csv_row(&names, &record, currency, now).map_err(|message| wrong(format!("Line {line}: {message}")))?;
        rows.push(row);
    }
    Ok(rows)
}

fn csv_row(names: &[String], record: &csv::StringRecord, currency: Currency, now: i64) -> Result<Row, String> {
    let cell = |name: &str| {
        let place = names.iter().position(|own| own == name)?;
        record.get(place).filter(|text| !text.is_empty())
    };
    let needed = |name: &str| cell(name).ok_or_else(|| format!("the {name} is missing"));
    let time = |name: &str| match cell(name) {
        None => Ok(None),
        Some(text) => moment(text).map(Some).ok_or_else(|| format!("'{text}' is not a date for {name}")),
    };
    let amount = needed("amount")?;
    let status = match cell("status") {
        None => None,
        Some(text) => {
            Some(StatedStatus::parse(text).ok_or_else(|| format!("'{text}' is not a status: posted, pending or void"))?)
        }
    };
    needed("date")?;
    let params = RowParams {
        id: cell("id").map(str::to_owned),
        amount: money::parse_decimal(amount, currency).map_err(|error| format!("the amount '{amount}': {error}"))?,
        description: needed("description")?.chars().take(300).collect(),
        status,
        transacted_at: time("date")?,
        posted_at: time("posted_at")?,
        void_at: time("void_at")?,
    };
    rows::create(params, now, &|name| name.to_owned()).map_err(|error| error.message)
}

/// Unix seconds of `2026-11-22` (at midnight, UTC), of an RFC 3339 time, or of unix seconds.
fn moment(text: &str) -> Option<i64> {
    let seconds = if let Ok(seconds) = text.parse::<i64>() {
        seconds
    } else if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        instant.as_second()
    } else {
        Day::parse(text)?.at(0)
    };
    // From 1990 to 2100, as everywhere.
    (FIRST_SECOND..=LAST_SECOND).contains(&seconds).then_some(seconds)
}

fn read_ofx(data: &str, account: &StatedAccount, now: i64) -> Result<Contents, FormError> {
    let reading = ofx::read(data.as_bytes()).map_err(|error| wrong(format!("Invalid OFX: {error}")))?;
    let dropped = reading.warnings.iter().find(|warning| matches!(warning.kind, WarningKind::TransactionDropped));
    if let Some(warning) = dropped {
        return Err(wrong(format!("Invalid OFX: {warning}")));
    }
    let all: Vec<&ofx::Statement> =
        reading.value.statements().filter(|statement| statement.kind != StatementKind::Investment).collect();
    let own = |statement: &&&ofx::Statement| statement.account.as_ref().is_some_and(|own| own.number == account.number);
    let statement = match all.as_slice() {
        [] => return Err(wrong("Invalid OFX: there is no statement of a bank account or a card in it.")),
        [only] => only,
        many => many.iter().find(own).ok_or_else(|| {
            wrong(format!("The file has {} statements, and none is of the account number {}.", many.len(), account.number))
        })?,
    };
    if let Some(other) = statement.currency.as_deref().filter(|code| *code != account.currency) {
        return Err(wrong(format!("The statement is in {other}, the account in {}.", account.currency)));
    }
    let identities = statement.identities();
    let rows = statement.transactions.iter().zip(identities);
    let rows: Vec<Row> = rows.map(|(row, identity)| ofx_row(row, identity, now)).collect::<Result<_, _>>()?;
    let balance = match &statement.ledger {
        Some(ledger) => {
            let cents = ledger.amount.minor_units(2).ok_or_else(|| wrong("The ledger balance has more than two decimals."))?;
            if cents.unsigned_abs() > MOST_CENTS.unsigned_abs() {
                return Err(wrong(format!("The ledger balance is further than {MOST_CENTS} cents from zero.")));
            }
            let at = ledger.as_of.or(statement.end).map_or(now, |moment| end_of(&moment));
            Some((cents, at.min(now)))
        }
        None => None,
    };
    Ok(Contents { rows, balance })
}

/// The last second that a moment can mean: a date without a time is the whole day.
fn end_of(moment: &Moment) -> i64 {
    moment.unix_seconds() + if moment.time().is_some() { 0 } else { 86_399 }
}

fn ofx_row(row: &ofx::Transaction, identity: String, now: i64) -> Result<Row, FormError> {
    let line = row.line.0;
    let amount =
        row.amount.minor_units(2).ok_or_else(|| wrong(format!("Line {line}: the amount {} has no cents.", row.amount)))?;
    let Some(dated) = row.posted.or(row.initiated) else {
        return Err(wrong(format!("Line {line}: the transaction has no date.")));
    };
    let payee = row.payee.as_ref().and_then(|payee| payee.name.as_ref());
    let words = row.extended_name.as_ref().or(row.name.as_ref()).or(payee).or(row.memo.as_ref());
    let description: String = words.map_or("Transaction", String::as_str).chars().take(300).collect();
    let params = RowParams {
        id: Some(identity.chars().take(200).collect()),
        amount,
        description,
        status: row.pending.then_some(StatedStatus::Pending),
        transacted_at: row
            .initiated
            .filter(|first| first.unix_seconds() <= dated.unix_seconds())
            .or(Some(dated))
            .map(|at| at.unix_seconds()),
        posted_at: (!row.pending).then(|| dated.unix_seconds()),
        void_at: None,
    };
    rows::create(params, now, &|name| name.to_owned()).map_err(|error| wrong(format!("Line {line}: {}", error.message)))
}

/// The first identifier that occurs twice.
pub fn repeated(rows: &[Row]) -> Option<(usize, &str)> {
    let mut seen = HashSet::new();
    rows.iter().enumerate().find(|(_, row)| !seen.insert(row.id.as_str())).map(|(place, row)| (place, row.id.as_str()))
}
