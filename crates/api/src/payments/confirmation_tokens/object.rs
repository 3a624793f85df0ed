use form::Metadata;
use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

use crate::core::shared::Address;
use crate::payments::payment_methods::{BillingDetails, Draft, PaymentMethod, UsBankAccount};

/// A confirmation token, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmationToken {
    /// `ctoken_…`
    pub id: String,
    /// `confirmation_token`
    pub object: String,
    /// Unix seconds.
    pub created: i64,
    /// Unix seconds.
    pub expires_at: Option<i64>,
    pub livemode: bool,
    pub mandate_data: Option<MandateData>,
    pub metadata: Metadata,
    /// The intent that it confirmed, `pi_…`.
    pub payment_intent: Option<String>,
    /// Only cards have any.
    pub payment_method_options: Option<()>,
    pub payment_method_preview: Option<Preview>,
    pub return_url: Option<String>,
    /// `on_session` or `off_session`.
    pub setup_future_usage: Option<String>,
    /// The intent that it confirmed, `seti_…`.
    pub setup_intent: Option<String>,
    pub shipping: Option<Shipping>,
    pub use_stripe_sdk: bool,
}

/// What the payer agreed to on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MandateData {
    pub customer_acceptance: CustomerAcceptance,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerAcceptance {
    pub online: Option<Online>,
    /// `online`
    pub r#type: String,
}

/// Where the payer agreed, as far as the page said so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Online {
    pub ip_address: Option<String>,
    pub user_agent: Option<String>,
}

/// The payment method as it will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    pub allow_redisplay: String,
    pub billing_details: BillingDetails,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    pub r#type: String,
    pub us_bank_account: UsBankAccount,
}

impl Preview {
    pub(super) fn of(method: &PaymentMethod) -> Preview {
        Preview {
            allow_redisplay: method.allow_redisplay.clone(),
            billing_details: method.billing_details.clone(),
            customer: method.customer.clone(),
            customer_account: method.customer_account.clone(),
            r#type: method.r#type.clone(),
            us_bank_account: method.us_bank_account.clone(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipping {
    pub address: Address,
    pub name: String,
    pub phone: Option<String>,
}

impl Resource for ConfirmationToken {
    const KIND: &'static str = "confirmation_token";
    const NOUN: &'static str = "confirmation_token";

    fn id(&self) -> &str {
        &self.id
    }
}

/// The payment method behind a token that is not spent; never shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Content {
    /// The token's.
    pub id: String,
    pub method: Held,
}

/// See [`Content`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Held {
    /// It will exist once the token is spent.
    Draft(Box<Draft>),
    /// It exists already, `pm_…`.
    Existing(String),
}

impl Resource for Content {
    const KIND: &'static str = "drawbridge.confirmation_content";
    const NOUN: &'static str = "confirmation_token";

    fn id(&self) -> &str {
        &self.id
    }

    fn columns(&self) -> Columns {
        [None, None, None, None]
    }
}
