use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

use crate::payments::sources::BankAccount;

/// A token, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// `btok_…`
    pub id: String,
    /// `token`
    pub object: String,
    /// What it stands for; the numbers are in the vault under its id.
    pub bank_account: BankAccount,
    pub client_ip: Option<String>,
    /// Unix seconds.
    pub created: i64,
    pub livemode: bool,
    /// `bank_account`
    pub r#type: String,
    pub used: bool,
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
