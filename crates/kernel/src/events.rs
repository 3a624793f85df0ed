//! Events: written with their deliveries in the transaction that causes them.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};
use store::{Row, Value};

use crate::jobs::NewJob;
use crate::{ApiResult, ApiVersion, Cx, thin};

/// The job that delivers one event to one endpoint.
pub const DELIVER: &str = "deliver";

/// A stored event, as the table has it.
#[derive(Debug, Clone)]
pub struct Event {
    /// `evt_…`
    pub id: String,
    /// Unix seconds on the tenant's clock.
    pub created: i64,
    /// E.g. `customer.created`.
    pub kind: String,
    /// The version that `object` is shown at: the one the event was made at.
    pub api_version: String,
    /// The object's whole document at that moment; what of it is shown is told by the version.
    pub object: String,
    /// The changed attributes' old values.
    pub previous: Option<String>,
    /// The causing request.
    pub request_id: Option<String>,
    /// Its idempotency key.
    pub idempotency_key: Option<String>,
}

/// The columns that [`Event::from_row`] reads.
pub const COLUMNS: &str = "id, created, type, api_version, object, previous, request_id, idempotency_key";

impl Event {
    /// Reads a row of [`COLUMNS`].
    ///
    /// # Errors
    /// If the row has other columns.
    pub fn from_row(mut row: Row) -> ApiResult<Event> {
        Ok(Event {
            id: row.take_text(0)?,
            created: row.int(1)?,
            kind: row.take_text(2)?,
            api_version: row.take_text(3)?,
            object: row.take_text(4)?,
            previous: row.take_text_opt(5)?,
            request_id: row.take_text_opt(6)?,
            idempotency_key: row.take_text_opt(7)?,
        })
    }

    /// The event's document with the given object text, version and number of endpoints that have yet to take it.
    ///
    /// # Errors
    /// If a stored text is not JSON.
    pub fn document(&self, object: &str, version: &str, livemode: bool, pending_webhooks: i64) -> ApiResult<String> {
        let object: &RawValue = serde_json::from_str(object)?;
        let previous: Option<&RawValue> = self.previous.as_deref().map(serde_json::from_str).transpose()?;
        let request =
            (self.request_id.is_some()).then(|| json!({ "id": self.request_id, "idempotency_key": self.idempotency_key }));
        #[derive(serde::Serialize)]
        struct Data<'a> {
            object: &'a RawValue,
            #[serde(skip_serializing_if = "Option::is_none")]
            previous_attributes: Option<&'a RawValue>,
        }
        #[derive(serde::Serialize)]
        struct Document<'a> {
            id: &'a str,
            object: &'static str,
            api_version: &'a str,
            created: i64,
            data: Data<'a>,
            livemode: bool,
            pending_webhooks: i64,
            request: Option<Json>,
            r#type: &'a str,
        }
        let data = Data { object, previous_attributes: previous };
        let document = Document {
            id: &self.id,
            object: "event",
            api_version: version,
            created: self.created,
            data,
            livemode,
            pending_webhooks,
            request,
            r#type: &self.kind,
        };
        Ok(serde_json::to_string(&document)?)
    }
}

/// A webhook endpoint or an event destination, as far as it says what it hears.
#[derive(Deserialize)]
struct Listener {
    id: String,
    api_version: Option<String>,
    enabled_events: Vec<String>,
    /// Event destinations only.
    event_payload: Option<String>,
}

impl Listener {
    /// It takes events without a copy of the object.
    fn is_thin(&self) -> bool {
        self.event_payload.as_deref() == Some("thin")
    }

    fn hears(&self, kind: &str) -> bool {
        self.enabled_events.iter().any(|name| name == "*" || name == kind)
    }

    /// Events that only preview versions know are sent to endpoints of such a version, and to those that name them.
    fn wants(&self, kind: &str, api_version: &str) -> bool {
        let previews = |version: &str| ApiVersion::parse(version).is_some_and(|version| version.is_preview());
        let everything = !previews(api_version) || self.api_version.as_deref().is_some_and(previews);
        self.enabled_events.iter().any(|name| (name == "*" && everything) || name == kind)
    }
}

impl Cx<'_> {
    /// Writes an event about `object` (its document's text) and one delivery for each endpoint or destination that listens;
    /// beside it the thin events that go with it, as far as a destination listens for them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn emit(&mut self, kind: &str, object: &str, previous: Option<&Json>) -> ApiResult<()> {
        self.emit_at(ApiVersion::LATEST, kind, object, previous).await
    }

    /// [`Cx::emit`] for an event that only preview versions know.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn emit_preview(&mut self, kind: &str, object: &str, previous: Option<&Json>) -> ApiResult<()> {
        self.emit_at(ApiVersion::PREVIEW, kind, object, previous).await
    }

    async fn emit_at(&mut self, version: &str, kind: &str, object: &str, previous: Option<&Json>) -> ApiResult<()> {
        let id = self.id("evt_", 24);
        let previous = previous.map(Json::to_string);
        let request = self.request.clone();
        let sql = "insert into events (tenant, id, created, type, api_version, object, previous, request_id, idempotency_key) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let params = [
            Value::from(id.as_str()),
            Value::from(self.now()),
            Value::from(kind),
            Value::from(version),
            Value::from(object),
            Value::from(previous.as_deref()),
            Value::from(request.as_ref().map(|request| request.id.as_str())),
            Value::from(request.as_ref().and_then(|request| request.idempotency_key.as_deref())),
        ];
        self.run(sql, &params).await?;
        let (thin, whole): (Vec<_>, Vec<_>) = self.listeners().await?.into_iter().partition(Listener::is_thin);
        for endpoint in whole.iter().filter(|listener| listener.wants(kind, version)) {
            self.schedule_delivery(&id, &endpoint.id).await?;
        }
        if thin.is_empty() { Ok(()) } else { self.emit_twins(kind, object, &id, &thin).await }
    }

    async fn emit_twins(&mut self, kind: &str, object: &str, event: &str, listeners: &[Listener]) -> ApiResult<()> {
        let object: Json = serde_json::from_str(object)?;
        for name in thin::twins(kind, &object) {
            let heard = listeners.iter().filter(|listener| listener.hears(&name)).map(|listener| listener.id.as_str());
            let heard: Vec<&str> = heard.collect();
            if !heard.is_empty() {
                self.emit_thin(&name, &thin::About::deserialize(&object)?, Some(event), &heard).await?;
            }
        }
        Ok(())
    }

    /// Whoever listens to anything, by id. One statement for both kinds, so that an account without destinations pays for
    /// none; joined and unsorted, because `in` and `order by` would each cost a look-up half as much again.
    async fn listeners(&mut self) -> ApiResult<Vec<Listener>> {
        // Those that are enabled keep `enabled` in their first column.
        let sql = "select doc from objects where tenant = $1 and kind = 'webhook_endpoint' and f1 = 'enabled' union all \
                   select doc from objects where tenant = $1 and kind = 'v2.core.event_destination' and f1 = 'enabled'";
        let rows = self.rows(sql, &[]).await?;
        let listeners = rows.iter().map(|row| Ok(serde_json::from_str(row.text(0)?)?)).collect::<ApiResult<Vec<Listener>>>();
        let mut listeners = listeners?;
        listeners.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(listeners)
    }

    pub(crate) async fn schedule_delivery(&mut self, event: &str, endpoint: &str) -> ApiResult<()> {
        let now_ms = self.now_ms();
        let sql = "insert into deliveries (tenant, event, endpoint, state, attempts, next_attempt_at) \
                   values ($1, $2, $3, 'pending', 0, $4)";
        self.run(sql, &[Value::from(event), Value::from(endpoint), Value::from(now_ms / 1_000)]).await?;
        let key = format!("{event}/{endpoint}");
        self.enqueue(&NewJob { kind: DELIVER, key: &key, lane: endpoint, run_at_ms: now_ms, payload: "" }).await
    }
}

/// The old values of the top-level attributes that differ, each shown whole, as `previous_attributes` has them; none if
/// nothing differs. Attributes that are new have no old value and are not shown.
#[must_use]
pub fn changed(before: &Json, after: &Json) -> Option<Json> {
    let (Json::Object(before), Json::Object(after)) = (before, after) else { return None };
    let old = before.iter().filter(|(name, old)| after.get(*name) != Some(*old));
    let old: serde_json::Map<_, _> = old.map(|(name, old)| (name.clone(), old.clone())).collect();
    let grew = after.keys().any(|name| !before.contains_key(name));
    (grew || !old.is_empty()).then_some(Json::Object(old))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn previews_are_for_those_who_know_them() {
        let listener = |version: Option<&str>, name: &str| Listener {
            id: "we_1".into(),
            api_version: version.map(str::to_owned),
            event_payload: None,
            enabled_events: vec![name.to_owned()],
        };
        for (version, name, general, preview) in [
            (None, "*", true, false),
            (None, "a.b", true, true),
            (None, "a.c", false, false),
            (Some(ApiVersion::PREVIEW), "*", true, true),
            (Some("2026-08-26.dahlia"), "*", true, false),
        ] {
            let listener = listener(version, name);
            assert_eq!(listener.wants("a.b", ApiVersion::LATEST), general, "{version:?} {name}");
            assert_eq!(listener.wants("a.b", ApiVersion::PREVIEW), preview, "{version:?} {name}");
        }
    }

    #[test]
    fn shows_old_values_of_what_changed() {
        let before = json!({"name": "a", "same": 1, "address": {"city": "x", "line1": "y"}, "tags": [1, 2]});
        let after = json!({"name": "b", "same": 1, "address": {"city": "z", "line1": "y"}, "tags": [1], "new": true});
        let expected = json!({"name": "a", "address": {"city": "x", "line1": "y"}, "tags": [1, 2]});
        assert_eq!(changed(&before, &after), Some(expected));
        assert_eq!(changed(&before, &before), None);
    }
}
