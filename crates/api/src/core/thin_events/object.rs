use kernel::thin::ThinEvent;
use kernel::{ApiResult, Tenant};
use serde::Serialize;

use crate::v2::rfc3339;

#[derive(Serialize)]
struct Document<'a> {
    id: &'a str,
    object: &'static str,
    /// Whose event it is; what is sent as `Stripe-Context` to read it or its object.
    context: &'a str,
    created: String,
    livemode: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason<'a>>,
    related_object: RelatedObject<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_event: Option<&'a str>,
    r#type: &'a str,
}

#[derive(Serialize)]
struct Reason<'a> {
    request: Request<'a>,
    r#type: &'static str,
}

#[derive(Serialize)]
struct Request<'a> {
    id: &'a str,
    /// Empty if there was none: readers expect a text.
    idempotency_key: &'a str,
}

#[derive(Serialize)]
struct RelatedObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    r#type: &'a str,
    url: String,
}

/// The event's document, the same when it is sent and when it is read.
///
/// # Errors
/// If it does not serialise.
pub(crate) fn document(event: &ThinEvent, tenant: &Tenant) -> ApiResult<String> {
    let idempotency_key = event.idempotency_key.as_deref().unwrap_or_default();
    let request = event.request_id.as_deref().map(|id| Request { id, idempotency_key });
    let document = Document {
        id: &event.id,
        object: "v2.core.event",
        context: tenant.account(),
        created: rfc3339(event.created_ms),
        livemode: tenant.livemode(),
        reason: request.map(|request| Reason { request, r#type: "request" }),
        related_object: RelatedObject {
            id: event.object_id.as_deref(),
            r#type: &event.object_type,
            url: url(&event.object_type, event.object_id.as_deref()),
        },
        snapshot_event: event.snapshot_event.as_deref(),
        r#type: &event.kind,
    };
    Ok(serde_json::to_string(&document)?)
}

/// Where an object is read: its type in the plural. What an account has one of has no id and no plural.
fn url(object_type: &str, id: Option<&str>) -> String {
    let (version, name) = object_type.strip_prefix("v2.").map_or(("v1", object_type), |rest| ("v2", rest));
    let path = name.replace('.', "/");
    match id {
        Some(id) => format!("/{version}/{path}s/{id}"),
        None => format!("/{version}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_where_their_type_says() {
        let cases = [
            ("customer", Some("cus_1"), "/v1/customers/cus_1"),
            ("financial_connections.account", Some("fca_1"), "/v1/financial_connections/accounts/fca_1"),
            ("test_helpers.test_clock", Some("clock_1"), "/v1/test_helpers/test_clocks/clock_1"),
            ("payment_intent", Some("pi_1"), "/v1/payment_intents/pi_1"),
            ("v2.core.event_destination", Some("ed_1"), "/v2/core/event_destinations/ed_1"),
            ("balance", None, "/v1/balance"),
        ];
        for (object, id, expected) in cases {
            assert_eq!(url(object, id), expected);
        }
    }
}
