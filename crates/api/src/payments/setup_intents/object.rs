use form::Metadata;
use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::payments::intents::options::PaymentMethodOptions;
use crate::payments::intents::types::Types;
use crate::payments::microdeposits::NextAction;

/// A Setup Intent, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupIntent {
    /// `seti_…`
    pub id: String,
    /// `setup_intent`
    pub object: String,
    pub application: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attach_to_self: Option<bool>,
    pub cancellation_reason: Option<String>,
    pub client_secret: String,
    /// Unix seconds.
    pub created: i64,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    pub description: Option<String>,
    pub flow_directions: Option<Vec<String>>,
    pub last_setup_error: Option<Value>,
    /// `setatt_…`
    pub latest_attempt: Option<String>,
    pub livemode: bool,
    /// `mandate_…`, for any number of payments.
    pub mandate: Option<String>,
    pub metadata: Metadata,
    pub next_action: Option<NextAction>,
    pub on_behalf_of: Option<String>,
    pub payment_method: Option<String>,
    pub payment_method_options: Option<PaymentMethodOptions>,
    /// `mandate_…`, for one payment.
    pub single_use_mandate: Option<String>,
    pub status: Status,
    #[serde(flatten)]
    pub types: Types,
    /// `off_session` or `on_session`.
    pub usage: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Canceled,
    Succeeded,
}

impl Status {
    /// The name on the wire.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Status::RequiresPaymentMethod => "requires_payment_method",
            Status::RequiresConfirmation => "requires_confirmation",
            Status::RequiresAction => "requires_action",
            Status::Canceled => "canceled",
            Status::Succeeded => "succeeded",
        }
    }

    /// It can still be changed, confirmed and canceled.
    pub(super) fn is_open(self) -> bool {
        !matches!(self, Status::Canceled | Status::Succeeded)
    }
}

impl Resource for SetupIntent {
    const KIND: &'static str = "setup_intent";
    const NOUN: &'static str = "setupintent";

    fn id(&self) -> &str {
        &self.id
    }

    /// The customer, the payment method, and whether the account itself is set up.
    fn columns(&self) -> Columns {
        let to_self = self.attach_to_self.unwrap_or(false);
        [self.customer.clone(), self.payment_method.clone(), Some(to_self.to_string()), None]
    }
}

/// The one payment that a Setup Intent is for; no endpoint shows it before the mandate does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SinglePayment {
    /// The Setup Intent's.
    pub id: String,
    /// Minor units.
    pub amount: i64,
    pub currency: String,
}

impl Resource for SinglePayment {
    const KIND: &'static str = "drawbridge.single_payment";
    const NOUN: &'static str = "setupintent";

    fn id(&self) -> &str {
        &self.id
    }
}
