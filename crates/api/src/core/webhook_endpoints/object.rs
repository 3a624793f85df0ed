use form::Metadata;
use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

/// A webhook endpoint, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookEndpoint {
    /// `we_…`
    pub id: String,
    /// `webhook_endpoint`
    pub object: String,
    /// The version that events are rendered at; none means the account's default.
    pub api_version: Option<String>,
    pub application: Option<String>,
    /// Unix seconds.
    pub created: i64,
    pub description: Option<String>,
    pub enabled_events: Vec<String>,
    pub livemode: bool,
    pub metadata: Metadata,
    /// `enabled` or `disabled`.
    pub status: String,
    pub url: String,
}

impl Resource for WebhookEndpoint {
    const KIND: &'static str = "webhook_endpoint";
    const NOUN: &'static str = "webhook endpoint";

    fn id(&self) -> &str {
        &self.id
    }

    /// The status comes first: events look for endpoints by it.
    fn columns(&self) -> Columns {
        [Some(self.status.clone()), None, None, None]
    }
}
