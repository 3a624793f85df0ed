use form::{ParamEnum, Params};
use kernel::ListParams;

/// `GET /v1/financial_connections/institutions`.
#[derive(Debug, Clone, Params)]
pub struct List {
    #[params(flatten)]
    pub page: ListParams,
}

/// `GET /drawbridge/v1/institutions`.
#[derive(Debug, Clone, Params)]
pub struct Find {
    /// Words of its name or website.
    pub query: Option<String>,
    /// Only banks that can share this.
    pub feature: Option<FeatureName>,
    /// Only banks of this status.
    pub status: Option<Status>,
    #[params(flatten)]
    pub page: ListParams,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum FeatureName {
    Balances,
    Ownership,
    PaymentMethod,
    Transactions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Status {
    Active,
    Degraded,
    Inactive,
}
