//! Entries as transactions of an account.

use nacha::{BatchHeader, Entry};

use super::decide::Side;
use super::timing::Times;
use crate::world::Row;

/// The transaction of an entry in a file with this serial; none for what moves no money.
pub fn row(serial: u64, header: &BatchHeader, entry: &Entry, received: i64, times: Times) -> Option<Row> {
    let amount = i64::try_from(entry.amount).ok().filter(|amount| *amount > 0)?;
    let amount = if Side::of(entry) == Side::Debit { -amount } else { amount };
    Some(Row {
        id: format!("ach_{serial}_{}", entry.trace),
        amount,
        description: text(header, entry),
        transacted_at: received,
        posted_at: Some(times.posts_at),
        void_at: None,
    })
}

/// The transaction that takes another one back.
pub fn reversal(row: &Row, at: i64) -> Row {
    Row {
        id: format!("{}_back", row.id),
        amount: -row.amount,
        description: format!("{} RETURNED", row.description),
        transacted_at: at,
        posted_at: Some(at),
        void_at: None,
    }
}

/// What a statement says: who, for what, and the sender's own key for it, where the code of a small deposit stands.
fn text(header: &BatchHeader, entry: &Entry) -> String {
    let parts = [header.company_name.trim(), header.entry_description.trim(), entry.identification.trim()];
    let words: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if words.is_empty() { "ACH".to_owned() } else { words.join(" ") }
}
