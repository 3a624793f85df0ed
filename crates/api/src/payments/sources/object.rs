use form::Metadata;
use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

/// A bank account, as stored and shown; the numbers are in the vault under its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankAccount {
    /// `ba_…`
    pub id: String,
    /// `bank_account`
    pub object: String,
    pub account_holder_name: Option<String>,
    pub account_holder_type: Option<String>,
    /// `checking` or `savings`.
    pub account_type: Option<String>,
    pub bank_name: Option<String>,
    pub country: String,
    pub currency: String,
    /// Whose it is; in a token nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The same for every object of one bank account.
    pub fingerprint: Option<String>,
    pub last4: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    pub routing_number: Option<String>,
    /// `new` until it is `verified` or `verification_failed`.
    pub status: String,
}

impl Resource for BankAccount {
    const KIND: &'static str = "bank_account";
    const NOUN: &'static str = "source";

    fn id(&self) -> &str {
        &self.id
    }

    /// The customer, and the bank account whichever object it is.
    fn columns(&self) -> Columns {
        [self.customer.clone(), self.fingerprint.clone(), None, None]
    }
}
