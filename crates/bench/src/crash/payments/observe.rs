//! Reading what a sandbox and its bank know of payments.

use std::collections::HashMap;

use serde_json::Value;

use crate::client::Client;

/// What is there.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// By id.
    pub intents: HashMap<String, Value>,
    pub charges: Vec<Value>,
    /// How often an event of a type tells of an object: by object and type.
    pub events: HashMap<(String, String), usize>,
    /// Files to the bank.
    pub files: Vec<Value>,
    /// Entries of those files.
    pub entries: Vec<Value>,
    /// Entries as the bank has taken them; their ids are trace numbers.
    pub at_bank: Vec<Value>,
    /// Charges of disputes.
    pub disputed: Vec<String>,
    /// Available and pending, in cents.
    pub balance: i64,
    /// The sum of what the lines of the balance say.
    pub lines: i64,
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// Payments without an end.
pub(super) fn under_way(client: &mut Client) -> Result<Vec<String>, String> {
    let all = client.all("/v1/payment_intents", "")?;
    Ok(all.iter().filter(|intent| intent["status"] == "processing").map(|intent| text(intent, "id")).collect())
}

pub(super) fn read(client: &mut Client) -> Result<Seen, String> {
    let intents = client.all("/v1/payment_intents", "")?;
    let mut seen = Seen {
        intents: intents.into_iter().map(|intent| (text(&intent, "id"), intent)).collect(),
        charges: client.all("/v1/charges", "")?,
        files: client.all("/drawbridge/v1/ach/files", "direction=out&")?,
        at_bank: client.all("/drawbridge/v1/testbank/ach_entries", "")?,
        disputed: client.all("/v1/disputes", "")?.iter().map(|dispute| text(dispute, "charge")).collect(),
        ..Seen::default()
    };
    for event in client.all("/v1/events", "")? {
        *seen.events.entry((text(&event["data"]["object"], "id"), text(&event, "type"))).or_default() += 1;
    }
    for file in &seen.files {
        let path = format!("/drawbridge/v1/ach/files/{}/entries", text(file, "id"));
        seen.entries.extend(client.all(&path, "")?);
    }
    let balance = client.get("/v1/balance")?;
    let amounts = ["available", "pending"].iter().filter_map(|name| balance[name][0]["amount"].as_i64());
    seen.balance = amounts.sum();
    let lines = client.all("/v1/balance_transactions", "")?;
    seen.lines = lines.iter().filter_map(|line| line["net"].as_i64()).sum();
    Ok(seen)
}
