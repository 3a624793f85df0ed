//! What each API version sees. Stored documents are whole: they hold what the newest version shows, and what only preview
//! versions show. What older versions may send is told by the endpoint itself.

use kernel::ApiVersion;
use serde_json::{Map, Value, json};

/// The objects that differ by version, as documents name them.
const DIFFERING: [&str; 3] =
    ["\"financial_connections.account\"", "\"financial_connections.authorization\"", "\"financial_connections.session\""];

/// True if the text of a document may be shown to `version` as it is stored.
pub(crate) fn shows_as_stored(text: &str, version: &ApiVersion) -> bool {
    version.is_latest() && !DIFFERING.iter().any(|name| text.contains(name))
}

/// Changes a whole document into what `version` shows.
pub(crate) fn render(document: &mut Value, version: &ApiVersion) {
    match document {
        Value::Array(items) => items.iter_mut().for_each(|item| render(item, version)),
        Value::Object(map) => {
            match map.get("object").and_then(Value::as_str) {
                Some("financial_connections.account") => render_account(map, version),
                Some("financial_connections.authorization") => render_authorization(map, version),
                Some("financial_connections.session") => render_session(map, version),
                _ => {}
            }
            map.values_mut().for_each(|value| render(value, version));
        }
        _ => {}
    }
}

/// The same for the old values of changed attributes of `object`.
pub(crate) fn render_previous(previous: &mut Value, object: &Value, version: &ApiVersion) {
    let Value::Object(map) = previous else { return };
    map.insert("object".into(), object["object"].clone());
    render(previous, version);
    if let Value::Object(map) = previous {
        map.shift_remove("object");
    }
}

fn remove(map: &mut Map<String, Value>, names: &[&str]) {
    for name in names {
        map.shift_remove(*name);
    }
}

fn render_account(map: &mut Map<String, Value>, version: &ApiVersion) {
    if !version.is_preview() {
        remove(map, &["authorization", "institution", "inferred_balances_refresh"]);
        if let Some(Value::Array(subscriptions)) = map.get_mut("subscriptions") {
            subscriptions.retain(|name| name == "transactions");
        }
        if let Some(Value::Object(details)) = map.get_mut("status_details") {
            details.shift_remove("inactive");
        }
        if !version.since("2026-06-24") {
            map.shift_remove("status_details");
        }
    }
    if !version.since("2025-11-17") {
        map.shift_remove("account_numbers");
    }
    if version.since("2026-09-30") {
        return;
    }
    // `pending` and `expired` came with 2026-09-30.endive; before it, a number that cannot be used was `deactivated`.
    for number in map.get_mut("account_numbers").and_then(Value::as_array_mut).into_iter().flatten() {
        if matches!(number["status"].as_str(), Some("pending" | "expired")) {
            number["status"] = json!("deactivated");
        }
    }
}

fn render_authorization(map: &mut Map<String, Value>, version: &ApiVersion) {
    // What only this server needs to know begins with an underscore.
    map.retain(|name, _| !name.starts_with('_'));
    if version.is_preview() {
        return;
    }
    remove(map, &["account_holder", "institution"]);
    if map.get("status").is_some_and(|status| status == "disconnected") {
        map.insert("status".into(), json!("inactive"));
    }
}

fn render_session(map: &mut Map<String, Value>, version: &ApiVersion) {
    if !version.is_preview() {
        remove(map, &["status", "status_details", "ui_mode", "hosted", "url", "relink_options", "relink_result"]);
        if let Some(Value::Object(filters)) = map.get_mut("filters") {
            filters.shift_remove("institution");
        }
        if let Some(Value::Array(prefetch)) = map.get_mut("prefetch") {
            prefetch.retain(|name| name != "inferred_balances");
        }
    }
    if version.since("2026-09-30") {
        return;
    }
    if !version.since("2026-07-29") {
        remove(map, &["limits", "manual_entry", "bank_account_token"]);
    }
    let Some(Value::Object(filters)) = map.get_mut("filters") else { return };
    if !version.since("2026-07-29") {
        filters.shift_remove("require_payment_method_support");
    }
    let country = filters.get("country").cloned().unwrap_or(Value::Null);
    filters.insert("countries".into(), if country.is_null() { Value::Null } else { json!([country]) });
    if !version.since("2026-08-26") {
        filters.shift_remove("country");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(document: &Value, version: &str) -> Value {
        let mut document = document.clone();
        render(&mut document, &ApiVersion::parse(version).unwrap());
        document
    }

    /// What is not general is shown to previews alone; what came later is not shown to those before it.
    #[test]
    fn accounts_by_version() {
        let stored = json!({
            "object": "financial_connections.account", "authorization": "fcauth_1", "institution": "fcinst_1",
            "inferred_balances_refresh": null, "subscriptions": ["balance", "transactions"],
            "status_details": {"active": {"action": "none"}, "inactive": {"action": "none"}},
            "account_numbers": [{"status": "expired"}],
        });
        assert_eq!(shown(&stored, ApiVersion::PREVIEW), stored);
        let general = json!({
            "object": "financial_connections.account", "subscriptions": ["transactions"],
            "status_details": {"active": {"action": "none"}}, "account_numbers": [{"status": "expired"}],
        });
        assert_eq!(shown(&stored, ApiVersion::LATEST), general);
        let dahlia = shown(&stored, "2026-08-26.dahlia");
        assert_eq!(dahlia["account_numbers"], json!([{"status": "deactivated"}]));
        assert_eq!(dahlia["status_details"], general["status_details"]);
        assert_eq!(
            shown(&stored, "2024-06-20"),
            json!({"object": "financial_connections.account", "subscriptions": ["transactions"]})
        );
    }

    #[test]
    fn old_values_are_shown_as_the_object_is() {
        let account = json!({"object": "financial_connections.account", "status": "inactive"});
        let mut previous = json!({"status": "active", "authorization": "fcauth_1"});
        render_previous(&mut previous, &account, &ApiVersion::latest());
        assert_eq!(previous, json!({"status": "active"}));
    }

    #[test]
    fn most_texts_need_no_change() {
        let latest = ApiVersion::latest();
        assert!(shows_as_stored(r#"{"object":"customer"}"#, &latest));
        assert!(shows_as_stored(r#"{"object":"financial_connections.account_owner"}"#, &latest));
        assert!(!shows_as_stored(r#"{"object":"financial_connections.account"}"#, &latest));
        assert!(!shows_as_stored(r#"{"object":"customer"}"#, &ApiVersion::parse(ApiVersion::PREVIEW).unwrap()));
    }
}
