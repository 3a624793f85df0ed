use form::{Metadata, MetadataPatch, ParamEnum, Params, Range};
use kernel::ListParams;

/// `POST /v1/refunds`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    /// Minor units; all that is left if not given.
    #[params(min = 1, maximum = 99_999_999)]
    pub amount: Option<i64>,
    pub charge: Option<String>,
    pub currency: Option<String>,
    /// With `origin`.
    pub customer: Option<String>,
    #[params(max = 512)]
    pub instructions_email: Option<String>,
    pub metadata: Metadata,
    pub origin: Option<Origin>,
    pub payment_intent: Option<String>,
    pub reason: Option<Reason>,
    pub refund_application_fee: Option<bool>,
    pub reverse_transfer: Option<bool>,
}

/// What is refunded other than a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Origin {
    CustomerBalance,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Reason {
    Duplicate,
    Fraudulent,
    RequestedByCustomer,
}

/// `POST /v1/refunds/:id`.
#[derive(Debug, Clone, Params)]
pub struct Update {
    pub metadata: MetadataPatch,
}

/// `GET /v1/refunds`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub charge: Option<String>,
    pub payment_intent: Option<String>,
    #[params(flatten)]
    pub rest: ListOfCharge,
}

/// `GET /v1/charges/:id/refunds`.
#[derive(Debug, Clone, Params)]
pub struct ListOfCharge {
    pub created: Option<Range>,
    #[params(flatten)]
    pub page: ListParams,
}
