use form::Metadata;
use kernel::{Columns, Resource, Vault};
use serde::{Deserialize, Serialize};

use crate::payments::mandates::wording::Scope;
use crate::payments::payment_methods::BillingDetails;
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
    /// The page that people are sent to; for preview versions, as all that follows from here in their documents.
    #[serde(default)]
    pub hosted: Option<Hosted>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    pub livemode: bool,
    pub manual_entry: ManualEntry,
    /// The payment that an account is collected for; not shown.
    #[serde(rename = "_pays", default, skip_serializing_if = "Option::is_none")]
    pub pays: Option<Pays>,
    pub permissions: Vec<String>,
    pub prefetch: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relink_options: Option<RelinkOptions>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relink_result: Option<RelinkResult>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
    /// `pending`, `succeeded`, `failed` or `cancelled`.
    #[serde(default = "pending")]
    pub status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_details: Option<SessionDetails>,
    /// `modal` or `hosted`.
    #[serde(default = "modal")]
    pub ui_mode: String,
    /// The page of a hosted session while it is pending; the way in for whoever has it.
    #[serde(default)]
    pub url: Option<String>,
}

fn pending() -> String {
    "pending".into()
}

fn modal() -> String {
    "modal".into()
}

/// How people come to a hosted session, and where they go after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hosted {
    /// `url`, or `email`: the address is sent to the holder as well.
    pub delivery_method: String,
    pub return_url: Option<String>,
}

/// What is linked again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelinkOptions {
    /// Exactly this account, `fca_…`.
    pub account: Option<String>,
    /// `fcauth_…`
    pub authorization: String,
}

/// How linking again ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelinkResult {
    /// Set on success if it was asked for.
    pub account: Option<String>,
    /// Set on success.
    pub authorization: Option<String>,
    /// `no_authorization`, `no_account` or `other`.
    pub failure_reason: Option<String>,
}

/// What else is known about the status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionDetails {
    pub cancelled: Cancelled,
}

/// Why a session was cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// `other`
    pub reason: String,
}

impl Session {
    /// Where people go after the flow.
    #[must_use]
    pub fn goes_back_to(&self) -> Option<&str> {
        let hosted = self.hosted.as_ref().and_then(|hosted| hosted.return_url.as_deref());
        hosted.or(self.return_url.as_deref())
    }

    /// Whether people are sent to a page of its own.
    #[must_use]
    pub fn is_hosted(&self) -> bool {
        self.ui_mode == "hosted"
    }
}

/// The intent that a session collects an account for, and what its payment method will say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pays {
    /// `pi_…` or `seti_…`
    pub intent: String,
    pub scope: Scope,
    pub billing_details: BillingDetails,
    pub metadata: Metadata,
    /// The payment method that came of it.
    pub payment_method: Option<String>,
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
    /// The only bank, `fcinst_…`; for preview versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution: Option<String>,
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
