use kernel::{Columns, Resource, Vault};
use serde::{Deserialize, Serialize};

use crate::payments::tokens::Token;

/// A session, as stored; when shown, it also lists the accounts that were linked in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// `fcsess_…`
    pub id: String,
    /// `financial_connections.session`
    pub object: String,
    pub account_holder: AccountHolder,
    /// The numbers that the person typed, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_account_token: Option<Token>,
    /// Opens the flow for a browser, together with a publishable key.
    pub client_secret: String,
    /// Unix seconds; not shown.
    #[serde(rename = "_created")]
    pub created: i64,
    pub filters: Filters,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    pub livemode: bool,
    pub manual_entry: ManualEntry,
    pub permissions: Vec<String>,
    pub prefetch: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
}

/// Whose accounts are linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountHolder {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    pub r#type: String,
}

impl AccountHolder {
    /// The id of the holder.
    #[must_use]
    pub fn id(&self) -> &str {
        self.customer.as_deref().or(self.account.as_deref()).unwrap_or_default()
    }
}

/// Which accounts may be linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filters {
    pub account_subcategories: Option<Vec<String>>,
    pub country: Option<String>,
    pub require_payment_method_support: String,
}

/// How many accounts may be linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    pub accounts: i64,
}

/// Whether numbers may be typed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualEntry {
    pub mode: String,
}

impl Resource for Session {
    const KIND: &'static str = "financial_connections.session";
    const NOUN: &'static str = "financial_connections.session";

    fn id(&self) -> &str {
        &self.id
    }

    /// The client secret's hash comes first: the flow finds its session by it.
    fn columns(&self) -> Columns {
        let hash: String = Vault::secret_hash(&self.client_secret).iter().map(|byte| format!("{byte:02x}")).collect();
        [Some(hash), None, None, None]
    }
}
