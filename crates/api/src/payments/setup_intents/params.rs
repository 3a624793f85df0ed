use form::{Metadata, MetadataPatch, ParamEnum, Params, Patch, Range};
use kernel::ListParams;

use crate::payments::intents::params::{Automatic, MandateData, PaymentMethodOptionsParams, UsBankAccountSetup};
use crate::payments::intents::types::TypesParams;
use crate::payments::payment_methods::Data;

/// `POST /v1/setup_intents`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    pub attach_to_self: Option<bool>,
    pub automatic_payment_methods: Option<Automatic>,
    pub confirm: Option<bool>,
    /// With `confirm`, like the next three.
    pub confirmation_token: Option<String>,
    pub mandate_data: Patch<MandateData>,
    pub return_url: Option<String>,
    pub use_stripe_sdk: Option<bool>,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    #[params(max = 1000)]
    pub description: Option<String>,
    pub flow_directions: Vec<Direction>,
    pub metadata: Metadata,
    pub on_behalf_of: Option<String>,
    pub payment_method: Option<String>,
    pub payment_method_data: Option<Data>,
    pub payment_method_options: Option<PaymentMethodOptionsParams<UsBankAccountSetup>>,
    pub single_use: Option<SingleUseParams>,
    #[params(flatten)]
    pub types: TypesParams,
    pub usage: Option<Usage>,
}

#[derive(Debug, Clone, Params)]
pub struct SingleUseParams {
    /// Minor units.
    #[params(min = 1, maximum = 99_999_999)]
    pub amount: i64,
    pub currency: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Direction {
    Inbound,
    Outbound,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Usage {
    OffSession,
    OnSession,
}

/// `POST /v1/setup_intents/:id`.
#[derive(Debug, Clone, Params)]
pub struct Update {
    pub attach_to_self: Option<bool>,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    #[params(max = 1000)]
    pub description: Patch<String>,
    pub flow_directions: Option<Vec<Direction>>,
    pub metadata: MetadataPatch,
    pub payment_method: Option<String>,
    pub payment_method_data: Option<Data>,
    pub payment_method_options: Option<PaymentMethodOptionsParams<UsBankAccountSetup>>,
    #[params(flatten)]
    pub types: TypesParams,
}

/// `POST /v1/setup_intents/:id/confirm`.
#[derive(Debug, Clone, Params)]
pub struct Confirm {
    #[params(max = 100, max_items = 100)]
    pub allowed_payment_method_types: Patch<Vec<String>>,
    pub client_secret: Option<String>,
    pub confirmation_token: Option<String>,
    pub mandate_data: Patch<MandateData>,
    pub payment_method: Option<String>,
    pub payment_method_data: Option<Data>,
    pub payment_method_options: Option<PaymentMethodOptionsParams<UsBankAccountSetup>>,
    /// Bank accounts are set up without leaving the page.
    pub return_url: Option<String>,
    pub use_stripe_sdk: Option<bool>,
}

/// `POST /v1/setup_intents/:id/cancel`.
#[derive(Debug, Clone, Params)]
pub struct Cancel {
    pub cancellation_reason: Option<CancellationReason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum CancellationReason {
    Abandoned,
    Duplicate,
    RequestedByCustomer,
}

/// `GET /v1/setup_intents`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub attach_to_self: Option<bool>,
    pub created: Option<Range>,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    pub payment_method: Option<String>,
    #[params(flatten)]
    pub page: ListParams,
}
