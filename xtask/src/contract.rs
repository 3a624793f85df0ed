//! What the contract proxy must have seen at the end of an SDK suite.

use std::path::PathBuf;

use serde_json::Value;

/// What a suite must have called with success of accounts, customers, events, test clocks and Financial Connections.
const ENDPOINTS: &[&str] = &[
    "GET /v1/account",
    "POST /v1/customers",
    "GET /v1/customers",
    "GET /v1/customers/search",
    "GET /v1/customers/{id}",
    "POST /v1/customers/{id}",
    "DELETE /v1/customers/{id}",
    "GET /v1/events",
    "GET /v1/events/{id}",
    "POST /v1/webhook_endpoints",
    "GET /v1/webhook_endpoints",
    "GET /v1/webhook_endpoints/{id}",
    "POST /v1/webhook_endpoints/{id}",
    "DELETE /v1/webhook_endpoints/{id}",
    "POST /v1/test_helpers/test_clocks",
    "GET /v1/test_helpers/test_clocks",
    "GET /v1/test_helpers/test_clocks/{id}",
    "POST /v1/test_helpers/test_clocks/{id}/advance",
    "DELETE /v1/test_helpers/test_clocks/{id}",
    "POST /v1/financial_connections/sessions",
    "GET /v1/financial_connections/sessions/{id}",
    "GET /v1/financial_connections/accounts",
    "GET /v1/financial_connections/accounts/{id}",
    "GET /v1/financial_connections/accounts/{id}/owners",
    "POST /v1/financial_connections/accounts/{id}/disconnect",
    "POST /v1/financial_connections/accounts/{id}/refresh",
    "POST /v1/financial_connections/accounts/{id}/subscribe",
    "POST /v1/financial_connections/accounts/{id}/unsubscribe",
    "GET /v1/financial_connections/transactions",
    "GET /v1/financial_connections/transactions/{id}",
];

/// The same for payments. Two endpoints are not here, for no bank debit gets to where they succeed: refunds are canceled while
/// they wait for the payer to do something, disputes are closed while evidence is asked for. The suites see them refuse.
const PAYMENTS: &[&str] = &[
    "GET /v1/payment_intents",
    "POST /v1/payment_intents",
    "GET /v1/payment_intents/{id}",
    "POST /v1/payment_intents/{id}",
    "POST /v1/payment_intents/{id}/cancel",
    "POST /v1/payment_intents/{id}/confirm",
    "POST /v1/payment_intents/{id}/verify_microdeposits",
    "GET /v1/payment_intents/search",
    "GET /v1/setup_intents",
    "POST /v1/setup_intents",
    "GET /v1/setup_intents/{id}",
    "POST /v1/setup_intents/{id}",
    "POST /v1/setup_intents/{id}/cancel",
    "POST /v1/setup_intents/{id}/confirm",
    "POST /v1/setup_intents/{id}/verify_microdeposits",
    "GET /v1/setup_attempts",
    "GET /v1/payment_methods",
    "POST /v1/payment_methods",
    "GET /v1/payment_methods/{id}",
    "POST /v1/payment_methods/{id}",
    "POST /v1/payment_methods/{id}/attach",
    "POST /v1/payment_methods/{id}/detach",
    "GET /v1/mandates/{id}",
    "GET /v1/charges",
    "POST /v1/charges",
    "GET /v1/charges/{id}",
    "POST /v1/charges/{id}",
    "GET /v1/charges/search",
    "GET /v1/refunds",
    "POST /v1/refunds",
    "GET /v1/refunds/{id}",
    "POST /v1/refunds/{id}",
    "GET /v1/disputes",
    "GET /v1/disputes/{id}",
    "POST /v1/disputes/{id}",
    "GET /v1/balance",
    "GET /v1/balance_transactions",
    "GET /v1/balance_transactions/{id}",
    "GET /v1/confirmation_tokens/{id}",
    "POST /v1/test_helpers/confirmation_tokens",
    "POST /v1/tokens",
    "GET /v1/tokens/{id}",
    "GET /v1/payment_method_configurations",
    "POST /v1/payment_method_configurations",
    "GET /v1/payment_method_configurations/{id}",
    "POST /v1/payment_method_configurations/{id}",
    "POST /v1/customer_sessions",
    "POST /v1/ephemeral_keys",
    "DELETE /v1/ephemeral_keys/{id}",
    "GET /v1/files",
    "POST /v1/files",
    "GET /v1/files/{id}",
    "GET /v1/file_links",
    "POST /v1/file_links",
    "GET /v1/file_links/{id}",
    "POST /v1/file_links/{id}",
    "GET /v1/customers/{customerId}/payment_methods/{id}",
    "DELETE /v1/customers/{customerId}/sources/{id}",
    "GET /v1/customers/{customerId}/sources/{id}",
    "POST /v1/customers/{customerId}/sources/{id}",
    "POST /v1/customers/{customerId}/sources/{id}/verify",
    "GET /v1/customers/{id}/payment_methods",
    "GET /v1/customers/{id}/sources",
    "POST /v1/customers/{id}/sources",
];

/// Fields that the mobile SDKs read, and that the types of the others do not list.
const UNLISTED: &[&str] =
    &["POST /v1/ephemeral_keys → .associated_objects", "DELETE /v1/ephemeral_keys/{id} → .associated_objects"];

/// Every endpoint that each of the suites must have called with success.
pub fn required() -> impl Iterator<Item = &'static str> {
    ENDPOINTS.iter().chain(PAYMENTS).copied()
}

/// The proxy's script: named by `DRAWBRIDGE_CONTRACT`, or in a directory `shared` beside the workspace.
pub fn proxy_script() -> Option<PathBuf> {
    let named = std::env::var_os("DRAWBRIDGE_CONTRACT").map(PathBuf::from);
    let path = match named {
        Some(path) if path.is_dir() => path.join("proxy.mjs"),
        Some(path) => path,
        None => crate::workspace::root().join("../shared/contract/proxy.mjs"),
    };
    // The script compares its own address with its argument: both must be the real one.
    path.canonicalize().ok().filter(|path| path.is_file())
}

/// Everything in a report that must not be: violations, unknown fields, endpoints that were not called.
pub fn complaints(report: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (list, word) in [("violations", "violation"), ("unknown_fields", "unknown field")] {
        let Some(rows) = report[list].as_array() else {
            found.push(format!("the report has no list of {list}"));
            continue;
        };
        for row in rows {
            if list == "unknown_fields" && UNLISTED.iter().any(|known| row["what"] == *known) {
                continue;
            }
            let example = row["example"].as_str().map(|text| format!("\n    {text}"));
            found.push(format!(
                "{word}: {} ({} times){}",
                row["what"].as_str().unwrap_or("?"),
                row["count"],
                example.unwrap_or_default()
            ));
        }
    }
    let empty = Vec::new();
    let exercised = report["exercised"].as_array().unwrap_or(&empty);
    for endpoint in required() {
        if !exercised.iter().any(|seen| seen == endpoint) {
            found.push(format!("not exercised: {endpoint}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_clean_and_complete_report_has_no_complaints() {
        let known = json!([{"what": UNLISTED[0], "count": 1}]);
        let report = json!({"violations": [], "unknown_fields": known, "exercised": required().collect::<Vec<_>>()});
        assert_eq!(complaints(&report), Vec::<String>::new());
    }

    #[test]
    fn violations_unknown_fields_and_gaps_are_complaints() {
        let report = json!({
            "violations": [{"what": "GET /v1/account → status 500", "count": 2, "example": "{}"}],
            "unknown_fields": [{"what": "GET /v1/account → shoe_size", "count": 1}],
            "exercised": required().skip(1).collect::<Vec<_>>(),
        });
        assert_eq!(
            complaints(&report),
            [
                "violation: GET /v1/account → status 500 (2 times)\n    {}",
                "unknown field: GET /v1/account → shoe_size (1 times)",
                "not exercised: GET /v1/account",
            ]
        );
        assert!(complaints(&json!({})).len() > required().count());
    }
}
