use form::Metadata;
use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::state::Status;
use crate::payments::intents::options::PaymentMethodOptions;
use crate::payments::intents::types::Types;
use crate::payments::microdeposits::NextAction;
use crate::payments::shipping::Shipping;

/// A payment intent, as stored and shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaymentIntent {
    /// `pi_…`
    pub id: String,
    /// `payment_intent`
    pub object: String,
    #[serde(flatten)]
    pub types: Types,
    /// Minor units of `currency`.
    pub amount: i64,
    /// Nothing is captured later.
    pub amount_capturable: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_details: Option<AmountDetails>,
    /// Minor units, once it has succeeded.
    pub amount_received: i64,
    pub application: Option<String>,
    pub application_fee_amount: Option<i64>,
    /// Unix seconds.
    pub canceled_at: Option<i64>,
    pub cancellation_reason: Option<String>,
    /// `automatic` or `automatic_async`, which are the same for debits.
    pub capture_method: String,
    pub client_secret: String,
    /// `automatic`, or `manual`: only a secret key confirms it.
    pub confirmation_method: String,
    /// Unix seconds.
    pub created: i64,
    /// `usd`
    pub currency: String,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hooks: Option<Hooks>,
    pub last_payment_error: Option<Value>,
    pub latest_charge: Option<String>,
    pub livemode: bool,
    pub managed_payments: Option<()>,
    pub metadata: Metadata,
    pub next_action: Option<NextAction>,
    pub on_behalf_of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_details: Option<PaymentDetails>,
    pub payment_method: Option<String>,
    pub payment_method_options: Option<PaymentMethodOptions>,
    pub payment_record: Option<String>,
    /// Of cards only.
    pub processing: Option<()>,
    pub receipt_email: Option<String>,
    pub review: Option<String>,
    pub setup_future_usage: Option<String>,
    pub shipping: Option<Shipping>,
    pub source: Option<String>,
    pub statement_descriptor: Option<String>,
    pub statement_descriptor_suffix: Option<String>,
    pub status: Status,
    pub transfer_group: Option<String>,
}

/// What an application calls the payment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentDetails {
    pub customer_reference: Option<String>,
    pub order_reference: Option<String>,
}

/// What the amount is made of, as far as an application says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountDetails {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<i64>,
    /// Why the parts do not come to the amount, where the application wants to know instead of being refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<AmountError>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_items: Option<LineItems>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping: Option<ShippingAmount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<TaxAmount>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingAmount {
    pub amount: Option<i64>,
    pub from_postal_code: Option<String>,
    pub to_postal_code: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxAmount {
    pub total_tax_amount: Option<i64>,
}

/// What is wrong with the parts of an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountError {
    pub code: Option<String>,
    pub message: Option<String>,
}

impl AmountError {
    pub(super) fn new(code: &str, message: &str) -> AmountError {
        AmountError { code: Some(code.to_owned()), message: Some(message.to_owned()) }
    }
}

/// All line items, as a list of one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineItems {
    /// `list`
    pub object: String,
    pub data: Vec<LineItem>,
    pub has_more: bool,
    pub url: String,
}

/// What was bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineItem {
    /// `uli_…`
    pub id: String,
    /// `payment_intent_amount_details_line_item`
    pub object: String,
    /// Minor units, for all of the quantity; so is the tax.
    pub discount_amount: Option<i64>,
    /// Of payment methods that are not here.
    pub payment_method_options: Option<()>,
    pub product_code: Option<String>,
    pub product_name: String,
    pub quantity: i64,
    pub tax: Option<TaxAmount>,
    /// Minor units.
    pub unit_cost: i64,
    pub unit_of_measure: Option<String>,
}

/// What is to happen with the payment elsewhere; kept and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hooks {
    pub inputs: HooksInputs,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HooksInputs {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<HooksTax>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HooksTax {
    /// The id of a tax calculation.
    pub calculation: String,
}

/// What a page sees of it.
pub(super) const PAGE_FIELDS: &[&str] = &[
    "id",
    "object",
    "amount",
    "canceled_at",
    "cancellation_reason",
    "capture_method",
    "client_secret",
    "confirmation_method",
    "created",
    "currency",
    "description",
    "last_payment_error",
    "livemode",
    "next_action",
    "payment_method",
    "payment_method_types",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "status",
];

impl PaymentIntent {
    /// How bank accounts are linked, verified and debited; the defaults if nothing was said.
    pub(crate) fn options(&self) -> PaymentMethodOptions {
        self.payment_method_options.clone().unwrap_or_default()
    }

    /// Whether the payment method is to be kept for later: what the options say goes before what the intent says.
    pub(crate) fn future_usage(&self) -> Option<String> {
        let own = self.payment_method_options.as_ref().and_then(|own| own.us_bank_account.setup_future_usage.clone());
        own.or_else(|| self.setup_future_usage.clone()).filter(|usage| usage != "none")
    }
}

impl Resource for PaymentIntent {
    const KIND: &'static str = "payment_intent";
    const NOUN: &'static str = "payment_intent";

    fn id(&self) -> &str {
        &self.id
    }

    /// The customer.
    fn columns(&self) -> Columns {
        [self.customer.clone(), None, None, None]
    }
}
