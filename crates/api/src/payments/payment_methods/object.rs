use form::Metadata;
use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

use crate::core::shared::Address;

/// A payment method, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentMethod {
    /// `pm_…`
    pub id: String,
    /// `payment_method`
    pub object: String,
    /// `always`, `limited` or `unspecified`.
    pub allow_redisplay: String,
    pub billing_details: BillingDetails,
    /// Unix seconds.
    pub created: i64,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    pub livemode: bool,
    pub metadata: Metadata,
    /// `us_bank_account`
    pub r#type: String,
    pub us_bank_account: UsBankAccount,
}

/// Whose bank account it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingDetails {
    pub address: Address,
    pub email: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub tax_id: Option<String>,
}

/// The bank account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsBankAccount {
    /// `individual` or `company`.
    pub account_holder_type: Option<String>,
    /// `checking` or `savings`.
    pub account_type: Option<String>,
    pub bank_name: Option<String>,
    /// `fca_…`, when it was linked.
    pub financial_connections_account: Option<String>,
    /// The same for every payment method of one bank account.
    pub fingerprint: Option<String>,
    pub last4: Option<String>,
    pub networks: Option<Networks>,
    pub routing_number: Option<String>,
    pub status_details: Option<StatusDetails>,
}

/// How money can be moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Networks {
    pub preferred: Option<String>,
    pub supported: Vec<String>,
}

/// Why it cannot be used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusDetails {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Blocked>,
}

/// A bank account that a return has blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// The return code, such as `R02`.
    pub network_code: Option<String>,
    pub reason: Option<String>,
}

impl Resource for PaymentMethod {
    const KIND: &'static str = "payment_method";
    const NOUN: &'static str = "PaymentMethod";

    fn id(&self) -> &str {
        &self.id
    }

    /// The customer, the bank account, and how it may be shown again.
    fn columns(&self) -> Columns {
        [self.customer.clone(), self.us_bank_account.fingerprint.clone(), Some(self.allow_redisplay.clone()), None]
    }
}
