use form::{Metadata, MetadataPatch, Params, Patch};
use kernel::ListParams;

use crate::payments::payment_methods::HolderType;

/// `POST /v1/customers/:id/sources`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    pub metadata: Metadata,
    /// `btok_…`
    pub source: String,
    /// Only cards can be validated at once.
    pub validate: Option<bool>,
}

/// `POST /v1/customers/:id/sources/:source`.
#[derive(Debug, Clone, Params)]
pub struct Update {
    #[params(max = 256)]
    pub account_holder_name: Patch<String>,
    pub account_holder_type: Option<HolderType>,
    pub metadata: MetadataPatch,
}

/// `POST /v1/customers/:id/sources/:source/verify`.
#[derive(Debug, Clone, Params)]
pub struct Verify {
    /// Minor units, in any order.
    pub amounts: Option<Vec<i64>>,
}

/// `GET /v1/customers/:id/sources`.
#[derive(Debug, Clone, Params)]
pub struct List {
    /// All but `bank_account` find nothing.
    pub object: Option<String>,
    #[params(flatten)]
    pub page: ListParams,
}
