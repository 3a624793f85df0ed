use form::{Params, Range};
use kernel::ListParams;

/// `GET /v1/balance_transactions`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub created: Option<Range>,
    pub currency: Option<String>,
    /// Only what a payout paid out.
    pub payout: Option<String>,
    /// The object that the transaction is about.
    pub source: Option<String>,
    pub r#type: Option<String>,
    #[params(flatten)]
    pub page: ListParams,
}
