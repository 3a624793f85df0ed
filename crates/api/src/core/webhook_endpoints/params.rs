use form::{Metadata, MetadataPatch, Params, Patch};
use kernel::ListParams;

/// `POST /v1/webhook_endpoints`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    pub api_version: Option<String>,
    pub connect: Option<bool>,
    pub description: Patch<String>,
    #[params(required)]
    pub enabled_events: Vec<String>,
    pub metadata: Metadata,
    pub url: String,
}

/// `POST /v1/webhook_endpoints/:id`.
#[derive(Debug, Clone, Params)]
pub struct Update {
    pub description: Patch<String>,
    pub disabled: Option<bool>,
    pub enabled_events: Option<Vec<String>>,
    pub metadata: MetadataPatch,
    pub url: Option<String>,
}

/// `GET /v1/webhook_endpoints`.
#[derive(Debug, Clone, Params)]
pub struct List {
    #[params(flatten)]
    pub page: ListParams,
}
