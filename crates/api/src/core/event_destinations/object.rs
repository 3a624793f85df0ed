use form::Metadata;
use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

/// An event destination, as stored; shown without what is only shown on demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDestination {
    /// `ed_…`
    pub id: String,
    /// `v2.core.event_destination`
    pub object: String,
    /// RFC 3339.
    pub created: String,
    pub description: String,
    pub enabled_events: Vec<String>,
    /// `snapshot` or `thin`.
    pub event_payload: String,
    /// `@self` only.
    pub events_from: Vec<String>,
    pub livemode: bool,
    pub metadata: Metadata,
    pub name: String,
    /// The version that snapshots are rendered at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot_api_version: Option<String>,
    /// `enabled` or `disabled`.
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_details: Option<StatusDetails>,
    /// `webhook_endpoint`
    pub r#type: String,
    /// RFC 3339.
    pub updated: String,
    pub webhook_endpoint: WebhookEndpoint,
}

/// Why a destination has its status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusDetails {
    pub disabled: Disabled,
}

/// Why a destination is disabled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disabled {
    /// `user`
    pub reason: String,
}

/// Where a destination leads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEndpoint {
    /// Never stored here; shown by the call that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signing_secret: Option<String>,
    /// Always stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Resource for EventDestination {
    const KIND: &'static str = "v2.core.event_destination";
    const NOUN: &'static str = "event destination";

    fn id(&self) -> &str {
        &self.id
    }

    /// The status comes first: events look for destinations by it.
    fn columns(&self) -> Columns {
        [Some(self.status.clone()), None, None, None]
    }
}
