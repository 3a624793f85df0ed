use form::{ParamEnum, Params};
use kernel::ListParams;

/// `POST /drawbridge/v1/blocked_accounts`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    /// A payment method of the bank account.
    pub payment_method: String,
    pub reason: Option<Reason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Reason {
    BankAccountClosed,
    BankAccountFrozen,
    BankAccountInvalidDetails,
    BankAccountRestricted,
    BankAccountUnusable,
    DebitNotAuthorized,
    TokenizedAccountNumberDeactivated,
}

/// `GET /drawbridge/v1/blocked_accounts`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub fingerprint: Option<String>,
    #[params(flatten)]
    pub page: ListParams,
}
