use form::{Params, Range};
use kernel::ListParams;

/// `GET /v1/events`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub created: Option<Range>,
    /// True: all deliveries succeeded; false: at least one failed or is still to come.
    pub delivery_success: Option<bool>,
    /// A name, or a group such as `customer.*`.
    pub r#type: Option<String>,
    /// Up to 20 names.
    #[params(max_items = 20)]
    pub types: Vec<String>,
    #[params(flatten)]
    pub page: ListParams,
}
