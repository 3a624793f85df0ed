use banks::{DataKind, Health};
use kernel::ApiResult;
use serde_json::{Value as Json, json};

use super::Institution;

/// Features and the data that each of them needs.
pub(super) const FEATURES: [(&str, DataKind); 4] = [
    ("balances", DataKind::Balances),
    ("ownership", DataKind::Ownership),
    ("payment_method", DataKind::PaymentNumbers),
    ("transactions", DataKind::Transactions),
];

/// How this node finds the bank at this moment: `active`, `degraded` or `inactive`.
pub(super) fn status(institution: &Institution, now: i64) -> &'static str {
    match institution.connector.health(now) {
        Health::Up => "active",
        Health::Degraded => "degraded",
        Health::Down => "inactive",
    }
}

/// The document of a bank at `now`, real unix seconds.
pub(super) fn shown(institution: &Institution, now: i64) -> ApiResult<String> {
    let features: serde_json::Map<String, Json> = FEATURES
        .iter()
        .map(|(name, kind)| ((*name).to_owned(), json!({"supported": institution.connector.shares(*kind)})))
        .collect();
    Ok(json!({
        "id": institution.id,
        "object": "financial_connections.institution",
        "countries": ["US"],
        "features": features,
        "livemode": institution.livemode,
        "name": institution.name,
        "routing_numbers": institution.routing_numbers,
        "status": status(institution, now),
        "url": institution.url,
    })
    .to_string())
}
