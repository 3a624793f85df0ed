use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

use crate::connections::sessions::AccountHolder;

/// An authorization, as stored. General versions see it in events alone, without holder and institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// `fcauth_…`
    pub id: String,
    /// `financial_connections.authorization`
    pub object: String,
    pub account_holder: Option<AccountHolder>,
    /// `fcinst_…`
    pub institution: Option<String>,
    pub institution_name: String,
    pub livemode: bool,
    /// `active`, `inactive` or `disconnected`.
    pub status: String,
    pub status_details: AuthorizationDetails,
    /// The end that was told of ahead, unix seconds; not shown.
    #[serde(rename = "_told", default, skip_serializing_if = "Option::is_none")]
    pub told: Option<i64>,
}

/// What else is known about the status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationDetails {
    /// Only while an end is in sight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<ExpectedEnd>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inactive: Option<Ended>,
}

/// When the bank will end it, and what helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedEnd {
    /// `none` or `relink_required`.
    pub action: String,
    /// Unix seconds.
    pub expected_deactivation_date: i64,
}

/// What helps now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// `none` or `relink_required`.
    pub action: String,
}

impl Authorization {
    /// Whether the bank still answers by it.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == "active"
    }

    /// When the bank will end it, unix seconds, as far as is known.
    #[must_use]
    pub fn expected_end(&self) -> Option<i64> {
        self.status_details.active.as_ref().map(|end| end.expected_deactivation_date)
    }
}

impl Resource for Authorization {
    const KIND: &'static str = "financial_connections.authorization";
    const NOUN: &'static str = "financial_connections.authorization";

    fn id(&self) -> &str {
        &self.id
    }

    /// The holder comes first.
    fn columns(&self) -> Columns {
        [self.account_holder.as_ref().map(|holder| holder.id().to_owned()), self.institution.clone(), None, None]
    }
}
