//! The rows of a payment.

use std::path::Path;

use rusqlite::types::Value;

use super::{Rows, Words};

/// Where a payment leaves rows; what is referred to comes first.
const TABLES: [&str; 10] = [
    "objects",
    "events",
    "deliveries",
    "jobs",
    "ach_entries",
    "ledger_entries",
    "ledger_postings",
    "balance_transactions",
    "idempotency_keys",
    "request_log",
];

/// The rows of a payment that was made, confirmed, and perhaps settled, as they are inserted: an entry of the network goes in
/// before it has a file.
///
/// # Errors
/// In words, if there are none.
pub fn payment_rows(database: &Path, seeds: &[String]) -> Result<(Rows, Words), String> {
    let (mut rows, words) = Rows::related(database, &TABLES.map(str::to_owned), seeds)?;
    for column in ["file", "trace", "effective_date", "settles_at", "settled_at"] {
        rows = rows.with("ach_entries", column, &Value::Null);
    }
    Ok((rows.with("ach_entries", "state", &Value::Text("queued".into())), words))
}
