use form::{ParamEnum, Params};
use kernel::ListParams;

/// `GET /drawbridge/v1/consents`.
#[derive(Debug, Clone, Params)]
pub struct List {
    /// Of one person.
    pub account_holder: Option<Holder>,
    /// Of one status.
    pub status: Option<StatusFilter>,
    /// The page.
    #[params(flatten)]
    pub page: ListParams,
}

/// See [`List::account_holder`].
#[derive(Debug, Clone, Params)]
pub struct Holder {
    /// `acct_…`
    pub account: Option<String>,
    /// `cus_…`
    pub customer: Option<String>,
}

/// See [`List::status`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum StatusFilter {
    Active,
    Expired,
    Renewed,
    Withdrawn,
}

/// `POST /drawbridge/v1/consents/:id/page`.
#[derive(Debug, Clone, Params)]
pub struct OpenPage {
    /// How long the link works, in minutes; a day if not given, 30 days at most.
    #[params(min = 1, maximum = 43_200)]
    pub expires_in_minutes: Option<i64>,
}
