//! What older API versions see. Stored documents are of the newest version. What older versions may send is told by the
//! endpoint itself.

use kernel::ApiVersion;
use serde_json::{Value, json};

/// Changes a document of the newest version into what `version` shows.
pub(crate) fn render(document: &mut Value, version: &ApiVersion) {
    if version.is_latest() || version.since("2026-09-30") {
        return;
    }
    match document {
        Value::Array(items) => items.iter_mut().for_each(|item| render(item, version)),
        Value::Object(map) => {
            match map.get("object").and_then(Value::as_str) {
                Some("financial_connections.account") => render_account(map, version),
                Some("financial_connections.session") => render_session(map, version),
                _ => {}
            }
            map.values_mut().for_each(|value| render(value, version));
        }
        _ => {}
    }
}

fn render_account(map: &mut serde_json::Map<String, Value>, version: &ApiVersion) {
    if !version.since("2026-06-24") {
        map.remove("status_details");
    }
    if !version.since("2025-11-17") {
        map.remove("account_numbers");
    }
    // `pending` and `expired` came with 2026-09-30.endive; before it, a number that cannot be used was `deactivated`.
    for number in map.get_mut("account_numbers").and_then(Value::as_array_mut).into_iter().flatten() {
        if matches!(number["status"].as_str(), Some("pending" | "expired")) {
            number["status"] = json!("deactivated");
        }
    }
}

fn render_session(map: &mut serde_json::Map<String, Value>, version: &ApiVersion) {
    if !version.since("2026-07-29") {
        for name in ["limits", "manual_entry", "bank_account_token"] {
            map.remove(name);
        }
    }
    let Some(Value::Object(filters)) = map.get_mut("filters") else { return };
    if !version.since("2026-07-29") {
        filters.remove("require_payment_method_support");
    }
    let country = filters.get("country").cloned().unwrap_or(Value::Null);
    filters.insert("countries".into(), if country.is_null() { Value::Null } else { json!([country]) });
    if !version.since("2026-08-26") {
        filters.remove("country");
    }
}
