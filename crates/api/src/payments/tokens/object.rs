use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

/// A token, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// `btok_…`
    pub id: String,
    /// `token`
    pub object: String,
    pub bank_account: BankAccount,
    pub client_ip: Option<String>,
    /// Unix seconds.
    pub created: i64,
    pub livemode: bool,
    /// `bank_account`
    pub r#type: String,
    pub used: bool,
}

/// What a token stands for; the numbers are in the vault under its id.
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
    pub fingerprint: Option<String>,
    pub last4: String,
    pub routing_number: Option<String>,
    /// `new` until it is verified.
    pub status: String,
}

impl Resource for Token {
    const KIND: &'static str = "token";
    const NOUN: &'static str = "token";

    fn id(&self) -> &str {
        &self.id
    }

    fn columns(&self) -> Columns {
        [None, None, None, None]
    }
}
