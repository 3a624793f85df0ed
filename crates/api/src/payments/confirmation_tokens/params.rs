use form::{ParamEnum, Params, Patch};

use crate::core::shared::AddressParams;
use crate::payments::intents::params::OnlineParams;
use crate::payments::payment_methods::Data;

/// `POST /v1/test_helpers/confirmation_tokens`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    /// One that exists, instead of `payment_method_data`.
    pub payment_method: Option<String>,
    pub payment_method_data: Option<Data>,
    pub return_url: Option<String>,
    pub setup_future_usage: Option<SetupFutureUsage>,
    pub shipping: Option<ShippingParams>,
}

/// `POST /v1/confirmation_tokens`, by a page.
#[derive(Debug, Clone, Params)]
pub struct CreateAsPage {
    #[params(flatten)]
    pub token: Create,
    /// What the page knows of the payer's agreement.
    pub mandate_data: Option<MandateDataParams>,
    /// Taken for the sake of pages that send it.
    pub use_stripe_sdk: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum SetupFutureUsage {
    OffSession,
    OnSession,
}

#[derive(Debug, Clone, Params)]
pub struct ShippingParams {
    pub address: AddressParams,
    pub name: String,
    #[params(max = 20)]
    pub phone: Patch<String>,
}

#[derive(Debug, Clone, Params)]
pub struct MandateDataParams {
    pub customer_acceptance: AcceptanceParams,
}

#[derive(Debug, Clone, Params)]
pub struct AcceptanceParams {
    pub online: Option<OnlineParams>,
    pub r#type: AcceptanceType,
}

/// Pages know of nothing but what happens on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum AcceptanceType {
    Online,
}
