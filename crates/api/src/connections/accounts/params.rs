use form::{ParamEnum, Params};
use kernel::ListParams;

/// `GET /v1/financial_connections/accounts`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub account_holder: Option<HolderFilter>,
    pub session: Option<String>,
    #[params(flatten)]
    pub page: ListParams,
}

#[derive(Debug, Clone, Params)]
pub struct HolderFilter {
    pub account: Option<String>,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
}

/// `POST …/refresh`.
#[derive(Debug, Clone, Params)]
pub struct Refresh {
    #[params(required)]
    pub features: Vec<Feature>,
}

/// What can be fetched anew. Note the singular `balance`, where the permission is `balances`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Feature {
    Balance,
    Ownership,
    Transactions,
}

impl Feature {
    /// The permission that it needs.
    pub fn permission(self) -> &'static str {
        match self {
            Feature::Balance => "balances",
            Feature::Ownership => "ownership",
            Feature::Transactions => "transactions",
        }
    }
}

/// `POST …/subscribe` and `…/unsubscribe`.
#[derive(Debug, Clone, Params)]
pub struct Subscribe {
    #[params(required)]
    pub features: Vec<Subscribable>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Subscribable {
    Transactions,
}
