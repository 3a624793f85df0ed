use form::{Metadata, MetadataPatch, Node, ParamEnum, Params, Patch};

use crate::v2::PageParams;

/// `POST /v2/core/event_destinations`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    #[params(required, max_items = 500)]
    pub enabled_events: Vec<String>,
    pub event_payload: EventPayload,
    #[params(max = 255)]
    pub name: String,
    pub r#type: DestinationType,
    /// Of types that this server does not have, so that their error is about the type.
    pub amazon_eventbridge: Option<Node>,
    pub azure_event_grid: Option<Node>,
    #[params(max = 5_000)]
    pub description: Patch<String>,
    pub events_from: Vec<String>,
    pub include: Vec<String>,
    pub metadata: Metadata,
    pub snapshot_api_version: Option<String>,
    pub webhook_endpoint: Option<WebhookEndpointParams>,
}

/// What is sent of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum EventPayload {
    /// The event with a copy of the object.
    Snapshot,
    /// The event with the object's address.
    Thin,
}

/// How events are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum DestinationType {
    AmazonEventbridge,
    AzureEventGrid,
    WebhookEndpoint,
}

#[derive(Debug, Clone, Params)]
pub struct WebhookEndpointParams {
    pub url: String,
}

/// `POST /v2/core/event_destinations/:id`.
#[derive(Debug, Clone, Params)]
pub struct Update {
    #[params(max = 5_000)]
    pub description: Patch<String>,
    #[params(max_items = 500)]
    pub enabled_events: Option<Vec<String>>,
    pub include: Vec<String>,
    pub metadata: MetadataPatch,
    #[params(max = 255)]
    pub name: Option<String>,
    pub webhook_endpoint: Option<WebhookEndpointParams>,
}

/// `GET /v2/core/event_destinations/:id`.
#[derive(Debug, Clone, Params)]
pub struct Retrieve {
    pub include: Vec<String>,
}

/// `GET /v2/core/event_destinations`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub include: Vec<String>,
    #[params(flatten)]
    pub page: PageParams,
}
