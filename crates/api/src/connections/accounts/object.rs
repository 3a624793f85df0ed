use std::collections::BTreeMap;

use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

use crate::connections::sessions::AccountHolder;

/// A linked account, as stored and shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// `fca_…`
    pub id: String,
    /// `financial_connections.account`
    pub object: String,
    pub account_holder: Option<AccountHolder>,
    /// Never the digits.
    pub account_numbers: Option<Vec<AccountNumber>>,
    /// What covers it, `fcauth_…`; for preview versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<String>,
    pub balance: Option<Balance>,
    pub balance_refresh: Option<Refresh>,
    pub category: String,
    /// Unix seconds.
    pub created: i64,
    pub display_name: Option<String>,
    /// State of the balances that follow from transactions; for preview versions.
    #[serde(default)]
    pub inferred_balances_refresh: Option<Refresh>,
    /// `fcinst_…`; for preview versions.
    #[serde(default)]
    pub institution: Option<String>,
    pub institution_name: String,
    pub last4: Option<String>,
    pub livemode: bool,
    /// The newest snapshot of the owners, `fcaowns_…`.
    pub ownership: Option<String>,
    pub ownership_refresh: Option<Refresh>,
    pub permissions: Vec<String>,
    pub status: String,
    #[serde(default)]
    pub status_details: StatusDetails,
    pub subcategory: String,
    pub subscriptions: Vec<String>,
    pub supported_payment_method_types: Vec<String>,
    pub transaction_refresh: Option<TransactionRefresh>,
}

/// What else is known about the status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusDetails {
    /// Only while an end is in sight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<ActiveDetails>,
    /// For preview versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inactive: Option<InactiveDetails>,
}

/// When the bank will no longer answer, and what helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveDetails {
    /// `none` or `relink_required`.
    pub action: String,
    /// `access_expired`, `institution_requirement` or `unspecified`.
    pub cause: String,
    /// Unix seconds.
    pub expected_deactivation_date: i64,
}

/// Why the bank no longer answers, and what helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InactiveDetails {
    /// `none` or `relink_required`.
    pub action: String,
    /// Name of a [`Cause`].
    pub cause: String,
}

/// Why a bank no longer answers for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The consent was taken back.
    AccessDenied,
    /// The consent's time is over.
    AccessExpired,
    /// The bank closed the account.
    AccountClosed,
    /// The bank does not show the account, for the moment or at all.
    AccountUnavailable,
}

impl Cause {
    pub(crate) fn details(self) -> InactiveDetails {
        let (cause, action) = match self {
            Cause::AccessDenied => ("access_denied", "relink_required"),
            Cause::AccessExpired => ("access_expired", "relink_required"),
            Cause::AccountClosed => ("account_closed", "none"),
            Cause::AccountUnavailable => ("account_unavailable", "relink_required"),
        };
        InactiveDetails { action: action.into(), cause: cause.into() }
    }
}

/// A number by which the account is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountNumber {
    pub expected_expiry_date: Option<i64>,
    pub identifier_type: String,
    pub status: String,
    pub supported_networks: Vec<String>,
}

/// Amounts in minor units by currency; positive is owed to the holder, negative is owed by the holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// When the bank computed it, unix seconds.
    pub as_of: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cash: Option<CashBalance>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<CreditBalance>,
    pub current: BTreeMap<String, i64>,
    pub r#type: String,
}

/// What can be spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashBalance {
    pub available: Option<BTreeMap<String, i64>>,
}

/// What is used of a credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditBalance {
    pub used: Option<BTreeMap<String, i64>>,
}

/// The state of the last fetch of one kind of data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refresh {
    /// Unix seconds; when the attempt started.
    pub last_attempted_at: i64,
    /// Unix seconds; none while one is pending, and on accounts that are not active.
    pub next_refresh_available_at: Option<i64>,
    /// `pending`, `succeeded` or `failed`.
    pub status: String,
}

/// The same for transactions; its id is a place in time to list changes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionRefresh {
    /// `fctxnref_…`
    pub id: String,
    #[serde(flatten)]
    pub refresh: Refresh,
}

impl Account {
    /// Whether the bank can be asked about it.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == "active"
    }

    /// Whether its person agreed to share this.
    #[must_use]
    pub fn permits(&self, permission: &str) -> bool {
        self.permissions.iter().any(|own| own == permission)
    }
}

impl Resource for Account {
    const KIND: &'static str = "financial_connections.account";
    const NOUN: &'static str = "financial_connections.account";

    fn id(&self) -> &str {
        &self.id
    }

    /// The holder comes first.
    fn columns(&self) -> Columns {
        [self.account_holder.as_ref().map(|holder| holder.id().to_owned()), None, None, None]
    }
}
