//! What the contract proxy must have seen at the end of an SDK suite.

use std::path::PathBuf;

use serde_json::Value;

/// Every endpoint of the API that a suite must have called with success.
pub const ENDPOINTS: &[&str] = &[
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
    for endpoint in ENDPOINTS {
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
        let report = json!({"violations": [], "unknown_fields": [], "exercised": ENDPOINTS});
        assert_eq!(complaints(&report), Vec::<String>::new());
    }

    #[test]
    fn violations_unknown_fields_and_gaps_are_complaints() {
        let report = json!({
            "violations": [{"what": "GET /v1/account → status 500", "count": 2, "example": "{}"}],
            "unknown_fields": [{"what": "GET /v1/account → shoe_size", "count": 1}],
            "exercised": ENDPOINTS[1..],
        });
        assert_eq!(
            complaints(&report),
            [
                "violation: GET /v1/account → status 500 (2 times)\n    {}",
                "unknown field: GET /v1/account → shoe_size (1 times)",
                "not exercised: GET /v1/account",
            ]
        );
        assert!(complaints(&json!({})).len() > ENDPOINTS.len());
    }
}
