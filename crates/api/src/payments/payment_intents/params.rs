use form::{Decode, FormError, Metadata, MetadataPatch, Node, ParamEnum, Params, Patch, Path, Range};
use kernel::ListParams;

use crate::payments::intents::params::{Automatic, MandateData, PaymentMethodOptionsParams, UsBankAccountPayment};
use crate::payments::intents::types::TypesParams;
use crate::payments::payment_methods::Data;
use crate::payments::shipping::ShippingParams;

/// `POST /v1/payment_intents`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    pub amount: i64,
    pub automatic_payment_methods: Option<Automatic>,
    pub confirm: Option<bool>,
    pub confirmation_method: Option<ConfirmationMethod>,
    pub currency: String,
    pub metadata: Metadata,
    #[params(flatten)]
    pub terms: Terms,
    #[params(flatten)]
    pub payment: Payment,
    #[params(flatten)]
    pub confirmation: Confirmation,
}

/// `POST /v1/payment_intents/:id`.
#[derive(Debug, Clone, Params)]
pub struct Update {
    pub amount: Option<i64>,
    pub currency: Option<String>,
    pub metadata: MetadataPatch,
    #[params(flatten)]
    pub terms: Terms,
    #[params(flatten)]
    pub payment: Payment,
}

/// `POST /v1/payment_intents/:id/confirm`.
#[derive(Debug, Clone, Params)]
pub struct Confirm {
    pub amount_to_confirm: Option<i64>,
    pub client_secret: Option<String>,
    #[params(flatten)]
    pub payment: Payment,
    #[params(flatten)]
    pub confirmation: Confirmation,
}

/// What only a server sets, when it creates or updates.
#[derive(Debug, Clone, Params)]
pub struct Terms {
    /// Of Connect, like the next two.
    pub application_fee_amount: Patch<i64>,
    pub on_behalf_of: Option<String>,
    pub transfer_data: Option<Node>,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    #[params(max = 1000)]
    pub description: Patch<String>,
    pub statement_descriptor: Patch<String>,
    pub statement_descriptor_suffix: Patch<String>,
    pub transfer_group: Option<String>,
}

/// What is set alike when an intent is created, updated and confirmed.
#[derive(Debug, Clone, Default, Params)]
pub struct Payment {
    pub amount_details: Patch<AmountDetailsParams>,
    pub capture_method: Option<CaptureMethod>,
    pub hooks: Option<HooksParams>,
    pub payment_details: Patch<PaymentDetailsParams>,
    pub payment_method: Option<String>,
    pub payment_method_data: Option<Data>,
    pub payment_method_options: Option<PaymentMethodOptionsParams<UsBankAccountPayment>>,
    #[params(max = 512)]
    pub receipt_email: Patch<String>,
    pub setup_future_usage: Patch<FutureUsage>,
    pub shipping: Patch<ShippingParams>,
    #[params(flatten)]
    pub types: TypesParams,
}

/// What belongs to a confirmation.
#[derive(Debug, Clone, Params)]
pub struct Confirmation {
    pub confirmation_token: Option<String>,
    pub error_on_requires_action: Option<bool>,
    pub mandate: Option<String>,
    pub mandate_data: Patch<MandateData>,
    pub off_session: Option<OffSession>,
    /// What a page knows of its visitor; nothing here uses it.
    pub radar_options: Option<Node>,
    /// Nobody is sent away to pay by a bank account, so nobody comes back.
    pub return_url: Option<String>,
    pub use_stripe_sdk: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum CaptureMethod {
    Automatic,
    AutomaticAsync,
    Manual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum ConfirmationMethod {
    Automatic,
    Manual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum FutureUsage {
    OffSession,
    OnSession,
}

/// Whether the payer is away: `true`, `false`, `one_off` or `recurring`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffSession(pub bool);

impl Decode for OffSession {
    fn decode(node: Option<Node>, at: &Path<'_>) -> Result<Self, FormError> {
        match String::decode(node, at)?.as_str() {
            "true" | "one_off" | "recurring" => Ok(OffSession(true)),
            "false" => Ok(OffSession(false)),
            _ => Err(FormError::invalid(at, "Invalid off_session: must be one of true, false, one_off, recurring")),
        }
    }
}

#[derive(Debug, Clone, Params)]
pub struct PaymentDetailsParams {
    #[params(max = 25)]
    pub customer_reference: Patch<String>,
    #[params(max = 25)]
    pub order_reference: Patch<String>,
}

#[derive(Debug, Clone, Params)]
pub struct AmountDetailsParams {
    #[params(min = 0)]
    pub discount_amount: Patch<i64>,
    pub enforce_arithmetic_validation: Option<bool>,
    pub line_items: Patch<Vec<LineItemParams>>,
    pub shipping: Patch<ShippingAmountParams>,
    pub tax: Patch<TaxAmountParams>,
}

#[derive(Debug, Clone, Params)]
pub struct LineItemParams {
    #[params(min = 0)]
    pub discount_amount: Option<i64>,
    /// Of payment methods that are not here; without effect.
    pub payment_method_options: Option<Node>,
    #[params(max = 12)]
    pub product_code: Option<String>,
    #[params(max = 1024)]
    pub product_name: String,
    #[params(min = 1)]
    pub quantity: i64,
    pub tax: Option<TaxAmountParams>,
    #[params(min = 0)]
    pub unit_cost: i64,
    #[params(max = 12)]
    pub unit_of_measure: Option<String>,
}

/// What a tax service is to be told of the payment.
#[derive(Debug, Clone, Params)]
pub struct HooksParams {
    pub inputs: Option<HooksInputsParams>,
}

#[derive(Debug, Clone, Params)]
pub struct HooksInputsParams {
    pub tax: Option<HooksTaxParams>,
}

#[derive(Debug, Clone, Params)]
pub struct HooksTaxParams {
    #[params(max = 255)]
    pub calculation: Patch<String>,
}

#[derive(Debug, Clone, Params)]
pub struct ShippingAmountParams {
    #[params(min = 0)]
    pub amount: Patch<i64>,
    #[params(max = 10)]
    pub from_postal_code: Patch<String>,
    #[params(max = 10)]
    pub to_postal_code: Patch<String>,
}

#[derive(Debug, Clone, Params)]
pub struct TaxAmountParams {
    #[params(min = 0)]
    pub total_tax_amount: i64,
}

/// `POST /v1/payment_intents/:id/cancel`.
#[derive(Debug, Clone, Params)]
pub struct Cancel {
    pub cancellation_reason: Option<CancellationReason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum CancellationReason {
    Abandoned,
    Duplicate,
    Fraudulent,
    RequestedByCustomer,
}

/// `GET /v1/payment_intents`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub created: Option<Range>,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    #[params(flatten)]
    pub page: ListParams,
}
