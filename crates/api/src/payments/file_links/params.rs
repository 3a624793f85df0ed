use form::{Metadata, MetadataPatch, Params, Patch, Range};
use kernel::ListParams;

/// `POST /v1/file_links`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    /// Unix seconds.
    pub expires_at: Option<i64>,
    pub file: String,
    pub metadata: Metadata,
}

/// `POST /v1/file_links/:id`.
#[derive(Debug, Clone, Params)]
pub struct Update {
    /// Unix seconds, or `now`; nothing for a link that stays.
    pub expires_at: Patch<String>,
    pub metadata: MetadataPatch,
}

/// `GET /v1/file_links`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub created: Option<Range>,
    pub expired: Option<bool>,
    pub file: Option<String>,
    #[params(flatten)]
    pub page: ListParams,
}
