use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

/// A mandate, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    /// `mandate_…`
    pub id: String,
    /// `mandate`
    pub object: String,
    pub customer_acceptance: CustomerAcceptance,
    pub livemode: bool,
    /// An object without anything in it, if it is for any number of payments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multi_use: Option<Nothing>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    pub payment_method: String,
    pub payment_method_details: PaymentMethodDetails,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub single_use: Option<SingleUse>,
    /// `pending`, `active` or `inactive`.
    pub status: String,
    /// `multi_use` or `single_use`.
    pub r#type: String,
}

/// How and when the payer agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerAcceptance {
    /// Unix seconds.
    pub accepted_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offline: Option<Nothing>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online: Option<Online>,
    /// `offline` or `online`.
    pub r#type: String,
}

/// Where the payer was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Online {
    pub ip_address: Option<String>,
    pub user_agent: Option<String>,
}

/// An object without anything in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nothing {}

/// What is debited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentMethodDetails {
    /// `us_bank_account`
    pub r#type: String,
    pub us_bank_account: UsBankAccountDetails,
}

/// How the payer's consent was taken down.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsBankAccountDetails {
    /// `paper`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection_method: Option<String>,
}

/// The one payment that it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SingleUse {
    /// Minor units.
    pub amount: i64,
    pub currency: String,
}

impl Resource for Mandate {
    const KIND: &'static str = "mandate";
    const NOUN: &'static str = "mandate";

    fn id(&self) -> &str {
        &self.id
    }

    /// The payment method, and the status.
    fn columns(&self) -> Columns {
        [Some(self.payment_method.clone()), Some(self.status.clone()), None, None]
    }
}
