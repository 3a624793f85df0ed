//! Thin events: that something happened, and to which object, without a copy of it. Which of them follow from an event
//! with a copy is said here.

use serde::Deserialize;
use serde_json::Value as Json;
use store::{Row, Value};

use crate::{ApiResult, Cx};

/// A stored thin event, as the table has it.
#[derive(Debug, Clone)]
pub struct ThinEvent {
    /// `evt_…`
    pub id: String,
    /// Unix milliseconds on the tenant's clock.
    pub created_ms: i64,
    /// E.g. `v1.customer.created`.
    pub kind: String,
    /// The `object` of what it is about, e.g. `customer`.
    pub object_type: String,
    /// Its id; none for what an account has one of, such as its balance.
    pub object_id: Option<String>,
    /// The event with a copy of the object that this one goes with.
    pub snapshot_event: Option<String>,
    /// The causing request.
    pub request_id: Option<String>,
    /// Its idempotency key.
    pub idempotency_key: Option<String>,
}

/// The columns that [`ThinEvent::from_row`] reads.
pub const COLUMNS: &str = "id, created_ms, type, object_type, object_id, snapshot_event, request_id, idempotency_key";

impl ThinEvent {
    /// Reads a row of [`COLUMNS`].
    ///
    /// # Errors
    /// If the row has other columns.
    pub fn from_row(mut row: Row) -> ApiResult<ThinEvent> {
        Ok(ThinEvent {
            id: row.take_text(0)?,
            created_ms: row.int(1)?,
            kind: row.take_text(2)?,
            object_type: row.take_text(3)?,
            object_id: row.take_text_opt(4)?,
            snapshot_event: row.take_text_opt(5)?,
            request_id: row.take_text_opt(6)?,
            idempotency_key: row.take_text_opt(7)?,
        })
    }
}

/// Events that the API tells with a copy of their object only: names, and groups of names up to their last dot.
const SNAPSHOT_ONLY: &[&str] = &[
    "apps.",
    "customer.source.",
    "financial_connections.account.refreshed_inferred_balances",
    "financial_connections.authorization.",
    "financial_connections.session.",
    "reporting.",
    "reserve.",
    "source.mandate_notification",
    "source.transaction.",
    "three_d_secure.",
    "treasury.",
];

/// Events that tell the end of a refresh, what was refreshed as thin events name it, and where the account says how it ended.
const REFRESHES: &[(&str, &str, &str)] = &[
    ("financial_connections.account.refreshed_balance", "balance", "balance_refresh"),
    ("financial_connections.account.refreshed_ownership", "ownership", "ownership_refresh"),
    ("financial_connections.account.refreshed_transactions", "transactions", "transaction_refresh"),
    ("financial_connections.account.refreshed_inferred_balances", "inferred_balances", "inferred_balances_refresh"),
];

/// Whether an event with a copy of its object has a thin twin, which is called `v1.` and the same.
#[must_use]
pub fn has_twin(kind: &str) -> bool {
    !SNAPSHOT_ONLY.iter().any(|only| if only.ends_with('.') { kind.starts_with(only) } else { kind == *only })
}

/// The names of the thin events that go with an event about `object`.
#[must_use]
pub fn twins(kind: &str, object: &Json) -> Vec<String> {
    let mut names = Vec::new();
    if has_twin(kind) {
        names.push(format!("v1.{kind}"));
    }
    if let Some((_, what, refresh)) = REFRESHES.iter().find(|(event, ..)| *event == kind)
        && let Some(end @ ("succeeded" | "failed")) = object[refresh]["status"].as_str()
    {
        names.push(format!("v1.financial_connections.account.{what}_refresh_{end}"));
    }
    names
}

/// What a thin event is about.
#[derive(Debug, Clone, Deserialize)]
pub struct About {
    /// The `object` of its document.
    pub object: String,
    /// Its id, if it has one.
    pub id: Option<String>,
}

impl Cx<'_> {
    /// Writes a thin event and one delivery for each of `destinations`; answers its id.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn emit_thin(
        &mut self,
        kind: &str,
        about: &About,
        snapshot_event: Option<&str>,
        destinations: &[&str],
    ) -> ApiResult<String> {
        let id = self.id("evt_", 24);
        let request = self.request.clone();
        let sql = "insert into thin_events (tenant, id, created_ms, type, object_type, object_id, snapshot_event, request_id, idempotency_key) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let params = [
            Value::from(id.as_str()),
            Value::from(self.now_ms()),
            Value::from(kind),
            Value::from(about.object.as_str()),
            Value::from(about.id.as_deref()),
            Value::from(snapshot_event),
            Value::from(request.as_ref().map(|request| request.id.as_str())),
            Value::from(request.as_ref().and_then(|request| request.idempotency_key.as_deref())),
        ];
        self.run(sql, &params).await?;
        for destination in destinations {
            self.schedule_delivery(&id, destination).await?;
        }
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_has_its_twin_and_a_refresh_its_end() {
        let account = json!({
            "balance_refresh": {"status": "failed"},
            "ownership_refresh": {"status": "pending"},
            "transaction_refresh": {"status": "succeeded"},
            "inferred_balances_refresh": {"status": "succeeded"},
        });
        let cases: &[(&str, &[&str])] = &[
            ("customer.created", &["v1.customer.created"]),
            ("customer.source.created", &[]),
            ("source.canceled", &["v1.source.canceled"]),
            ("financial_connections.session.updated", &[]),
            ("financial_connections.account.created", &["v1.financial_connections.account.created"]),
            (
                "financial_connections.account.refreshed_balance",
                &[
                    "v1.financial_connections.account.refreshed_balance",
                    "v1.financial_connections.account.balance_refresh_failed",
                ],
            ),
            ("financial_connections.account.refreshed_ownership", &["v1.financial_connections.account.refreshed_ownership"]),
            (
                "financial_connections.account.refreshed_transactions",
                &[
                    "v1.financial_connections.account.refreshed_transactions",
                    "v1.financial_connections.account.transactions_refresh_succeeded",
                ],
            ),
            (
                "financial_connections.account.refreshed_inferred_balances",
                &["v1.financial_connections.account.inferred_balances_refresh_succeeded"],
            ),
        ];
        for (kind, expected) in cases {
            assert_eq!(twins(kind, &account), *expected, "{kind}");
        }
    }
}
