use form::Params;

use crate::v2::{MomentRange, PageParams};

/// `GET /v2/core/events`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub created: Option<MomentRange>,
    /// Only what is about this object.
    pub object_id: Option<String>,
    /// Up to 20 names.
    #[params(max_items = 20)]
    pub types: Vec<String>,
    #[params(flatten)]
    pub page: PageParams,
}
