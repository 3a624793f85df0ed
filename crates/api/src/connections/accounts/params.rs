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

/// What can be fetched anew. Note the singular `balance`, where the permission is `balances`. Inferred balances are for preview
/// versions; they follow from balance and transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Feature {
    Balance,
    Ownership,
    Transactions,
    InferredBalances,
}

impl Feature {
    /// The permissions that it needs.
    pub fn permissions(self) -> &'static [&'static str] {
        match self {
            Feature::Balance => &["balances"],
            Feature::Ownership => &["ownership"],
            Feature::Transactions => &["transactions"],
            Feature::InferredBalances => &["balances", "transactions"],
        }
    }

    /// Its name where a session asks for it in advance.
    pub fn prefetch_name(self) -> &'static str {
        match self {
            Feature::Balance => "balances",
            other => other.as_str(),
        }
    }
}

/// `POST …/subscribe` and `…/unsubscribe`.
#[derive(Debug, Clone, Params)]
pub struct Subscribe {
    #[params(required)]
    pub features: Vec<Subscribable>,
}

/// What can be fetched daily; only transactions in general versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Subscribable {
    Transactions,
    Balance,
    InferredBalances,
}

impl Subscribable {
    /// What is fetched.
    pub fn feature(self) -> Feature {
        match self {
            Subscribable::Transactions => Feature::Transactions,
            Subscribable::Balance => Feature::Balance,
            Subscribable::InferredBalances => Feature::InferredBalances,
        }
    }
}
