//! Filling a database quickly, as if everything had come over the API.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::json;

use super::site;
use super::writes::Stencil;
use crate::limits::{Rows, Words, scattered};

/// Sets of rows in one transaction.
const BATCH: u64 = 20_000;
/// How long a history took: a little less than events are kept, so that the server sweeps nothing away while it is measured.
const HISTORY_US: u64 = 29 * DAY_US;
/// Idempotency keys are kept for a day.
const DAY_US: u64 = 86_400_000_000;
/// Unix seconds of what the documents of linked accounts say, some day in 2026: nothing depends on it.
const LINKED_AT: u64 = 1_780_000_000;

/// A connection that fills fast and is not safe against a crash. It keeps the write-ahead log, as the server expects.
fn open(directory: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(site::database(directory))?;
    connection.execute_batch("pragma synchronous = off; pragma cache_size = -1048576; pragma wal_autocheckpoint = 100000")?;
    Ok(connection)
}

/// Microseconds since 1970, by the clock of the machine, as the server reads it.
fn now_us() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_micros()).unwrap_or(u64::MAX)
}

fn named<T>(outcome: rusqlite::Result<T>) -> Result<T, String> {
    outcome.map_err(|error| format!("filling: {error}"))
}

/// So many customers with the event, the finished delivery and the log line of each, as if they had come within a month; those of
/// the last day have their idempotency record as well, which the server keeps no longer than that.
pub(super) fn customers(directory: &Path, stencil: &Stencil, count: u64) -> Result<Vec<String>, String> {
    let (rows, words) = Rows::read(&stencil.source, &stencil.customer, &stencil.post.key, &stencil.post.email)?;
    let tenant = site::tenant(&site::database(directory))?;
    let mut rows = rows.without("jobs").with("deliveries", "state", &Value::Text("succeeded".to_owned()));
    for table in ["objects", "events", "deliveries", "idempotency_keys", "request_log"] {
        rows = rows.with(table, "tenant", &Value::Text(tenant.clone()));
    }
    let mut older = rows.clone().without("idempotency_keys");
    named(write_customers(directory, [&mut older, &mut rows], words, count))
}

fn write_customers(
    directory: &Path,
    [older, rows]: [&mut Rows; 2],
    mut words: Words,
    count: u64,
) -> rusqlite::Result<Vec<String>> {
    let connection = open(directory)?;
    let step = HISTORY_US / count.max(1);
    let begin = now_us().saturating_sub(HISTORY_US);
    let mut ids = Vec::new();
    for number in 0..count {
        if number % BATCH == 0 {
            connection.execute_batch(if number == 0 { "begin" } else { "commit; begin" })?;
        }
        words.stamp(begin + number * step, number);
        let of_the_last_day = (count - number) * step <= DAY_US;
        if of_the_last_day {
            rows.write(&connection, &words)?
        } else {
            older.write(&connection, &words)?
        }
        if number % count.div_ceil(10_000) == 0 {
            ids.push(words.0[0].clone());
        }
    }
    connection.execute_batch("commit; pragma wal_checkpoint(truncate)")?;
    Ok(ids)
}

/// So many transactions, shared out evenly among linked accounts; the accounts, each with some ids of its transactions.
pub(super) fn transactions(directory: &Path, count: u64, accounts: u64) -> Result<Vec<(String, Vec<String>)>, String> {
    let tenant = site::tenant(&site::database(directory))?;
    named(write_transactions(directory, &tenant, count, accounts))
}

fn write_transactions(directory: &Path, tenant: &str, count: u64, accounts: u64) -> rusqlite::Result<Vec<(String, Vec<String>)>> {
    let connection = open(directory)?;
    let each = count / accounts;
    let sql = "insert into bank_transactions (tenant, account, id, bank_key, transacted_at, amount, currency, description, status, \
               posted_at, void_at, refresh, refresh_number, updated, missed) \
               values (?1, ?2, ?3, ?4, ?5, ?6, 'usd', ?7, 'posted', ?5, null, ?8, 1, ?5, 0)";
    let mut found = Vec::new();
    for account in 0..accounts {
        let id = format!("fca_0bench{account:08}");
        for (kind, doc) in [("financial_connections.account", linked_account(&id)), ("drawbridge.link", link(&id))] {
            let sql = "insert into objects (tenant, kind, id, version, deleted, doc) values (?1, ?2, ?3, 1, 0, ?4)";
            connection.execute(sql, (tenant, kind, &id, doc))?;
        }
        let mut some = Vec::new();
        let mut insert = connection.prepare(sql)?;
        for number in 0..each {
            if number % (BATCH * 5) == 0 {
                connection.execute_batch(if number == 0 { "begin" } else { "commit; begin" })?;
            }
            let serial = account * each + number;
            let key = format!("fctxn_0{serial:012}{:08}abc", scattered(serial));
            let at = i64::try_from(LINKED_AT - (each - number) * 60).unwrap_or(0);
            let amount = i64::try_from(scattered(serial) % 20_000).unwrap_or(0) - 10_000;
            let text = format!("CARD PURCHASE {:04} CORNER GROCERY", serial % 10_000);
            let bank_key = format!("{:08}-{serial:012}", scattered(serial));
            insert.execute((tenant, &id, &key, bank_key, at, amount, text, "fctxnref_0benchbenchbenchbench"))?;
            if number % each.div_ceil(1_000) == each.div_ceil(1_000) / 2 {
                some.push(key);
            }
        }
        connection.execute_batch("commit")?;
        found.push((id, some));
    }
    connection.execute_batch("pragma wal_checkpoint(truncate)")?;
    Ok(found)
}

/// The document of a linked account whose transactions were fetched.
fn linked_account(id: &str) -> String {
    let refresh = json!({
        "id": "fctxnref_0benchbenchbenchbench", "last_attempted_at": LINKED_AT,
        "next_refresh_available_at": LINKED_AT + 1, "status": "succeeded",
    });
    json!({
        "id": id, "object": "financial_connections.account", "account_holder": null, "account_numbers": null, "balance": null,
        "balance_refresh": null, "category": "cash", "created": LINKED_AT, "display_name": "Checking",
        "institution_name": "Bank (OAuth)", "last4": "6789", "livemode": false, "ownership": null, "ownership_refresh": null,
        "permissions": ["transactions"], "status": "active", "subcategory": "checking", "subscriptions": [],
        "supported_payment_method_types": [], "transaction_refresh": refresh,
    })
    .to_string()
}

/// Where the linked account comes from.
fn link(id: &str) -> String {
    json!({
        "id": id, "session": "fcsess_0bench", "authorization": "fcauth_0bench", "institution": "fcinst_0bench", "bank_account": id,
        "currency": "usd", "identity": id, "refreshes": 1, "transactions_from": LINKED_AT,
    })
    .to_string()
}
