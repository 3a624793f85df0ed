//! Transactions: windows of days, newest first, in pages that do not shift.

use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::FdxError;
use super::access::Session;
use super::accounts::category;
use super::cents::Cents;
use super::paging::{self, Links, PageInfo};
use crate::conduct::DataKind;
use crate::oauth::Cluster;
use crate::world::{Account, Day, EntryKind, Line, Stage, instant_text};

/// Days of history if the caller names no dates.
const USUAL_DAYS: i64 = 7;

/// What a list of transactions is about.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Window {
    from: i64,
    to: i64,
    /// Unix seconds in the world of the first page.
    as_of: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transaction {
    transaction_id: String,
    account_category: &'static str,
    account_id: String,
    transaction_timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    posted_timestamp: Option<String>,
    description: String,
    debit_credit_memo: &'static str,
    amount: Cents,
    status: &'static str,
    transaction_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payee: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_category: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_transaction_id: Option<String>,
}

#[derive(Serialize)]
struct TransactionList {
    page: PageInfo,
    links: Links,
    transactions: Vec<Transaction>,
}

/// `GET /accounts/{id}/transactions`.
pub async fn list(session: Session) -> Result<Response, FdxError> {
    session.require(&[Cluster::Transactions])?;
    session.admit(DataKind::Transactions).await?;
    let account = session.account()?;
    let path = format!("/accounts/{}/transactions", session.path("account"));
    let (window, offset) = match paging::resume::<Window>(&session, &path)? {
        Some(key) => (key.list, key.offset),
        None => (window(&session)?, 0),
    };
    let lines = session.ledger(account).await?.lines(Day(window.from), Day(window.to), window.as_of);
    let lines = session.conduct.spoil(lines, window.as_of);
    let slice = paging::cut(&session, &path, window, offset, lines)?;
    let transactions = slice.rows.into_iter().map(|line| describe(account, line)).collect();
    Ok(session.answer(&TransactionList { page: slice.page, links: slice.links, transactions }))
}

/// The days that are asked for, cut to what the consent lets see. A missing end is today; a missing start is a week
/// before the end.
fn window(session: &Session) -> Result<Window, FdxError> {
    let date = |names: [&str; 2]| match names.iter().find_map(|name| session.query(name)) {
        Some(text) => Day::parse(text).map(Some).ok_or_else(|| FdxError::date(format!("{text} is not a date"))),
        None => Ok(None),
    };
    let today = Day::of(session.now);
    let to = date(["endTime", "endDate"])?;
    let from = date(["startTime", "startDate"])?;
    let to = to.unwrap_or(today.max(from.unwrap_or(today)));
    let from = from.unwrap_or(to.plus(-USUAL_DAYS));
    if to < from {
        return Err(FdxError::date_range());
    }
    let earliest = session.grant.lookback_period.map_or(from, |days| today.plus(-days));
    Ok(Window { from: from.max(earliest).0, to: to.0, as_of: session.now })
}

fn describe(account: &Account, line: Line) -> Transaction {
    let deposit = account.kind.is_deposit();
    // What raises the balance is a credit to money owned and a debit to money owed.
    let credit = (line.amount >= 0) == deposit;
    Transaction {
        transaction_id: line.id,
        account_category: category(account.kind).0,
        account_id: account.id.clone(),
        transaction_timestamp: instant_text(line.transacted_at),
        posted_timestamp: line.posted_at.map(instant_text),
        description: line.description,
        debit_credit_memo: if credit { "CREDIT" } else { "DEBIT" },
        amount: Cents(line.amount.abs()),
        status: if line.stage == Stage::Posted { "POSTED" } else { "PENDING" },
        transaction_type: if deposit { deposit_type(line.kind) } else { credit_type(line.kind) },
        payee: line.payee.filter(|_| deposit),
        category: line.code,
        sub_category: line.code.map(|_| "MCC"),
        reference_transaction_id: line.reference,
    }
}

fn deposit_type(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Opening | EntryKind::Check => "DEPOSIT",
        EntryKind::Closing => "WITHDRAWAL",
        EntryKind::Payroll => "DIRECTDEPOSIT",
        EntryKind::Purchase | EntryKind::Refund => "POS",
        EntryKind::Cash => "ATM",
        EntryKind::Bill => "DIRECTDEBIT",
        EntryKind::Payment => "PAYMENT",
        EntryKind::Transfer | EntryKind::Draw => "TRANSFER",
        EntryKind::Fee => "FEE",
        EntryKind::Interest => "INTEREST",
    }
}

fn credit_type(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Payment => "PAYMENT",
        EntryKind::Draw | EntryKind::Cash => "WITHDRAWAL",
        EntryKind::Fee => "FEE",
        EntryKind::Interest => "INTEREST",
        EntryKind::Purchase => "PURCHASE",
        _ => "ADJUSTMENT",
    }
}
