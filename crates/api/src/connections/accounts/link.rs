use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

/// What is known about a linked account and never shown: where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Link {
    /// The account's id.
    pub id: String,
    /// `fcauth_…`: the bank's grant that covers it.
    pub authorization: String,
    /// `fcinst_…`
    pub institution: String,
    /// The bank's own id of it.
    pub bank_account: String,
    /// Lowercase ISO code.
    pub currency: String,
    /// Holder, institution and bank account as one, so that linking it again finds it.
    pub identity: String,
    /// How many transaction refreshes were started.
    pub refreshes: i64,
    /// When transactions were last fetched successfully, unix seconds.
    pub transactions_from: Option<i64>,
    /// How many grants of the bank it was read by: an answer that came by an earlier one no longer counts.
    #[serde(default)]
    pub grants: i64,
    /// The end of its number that was told of ahead, unix seconds.
    #[serde(default)]
    pub told_expiry: Option<i64>,
}

impl Resource for Link {
    const KIND: &'static str = "drawbridge.link";
    const NOUN: &'static str = "financial_connections.account";

    fn id(&self) -> &str {
        &self.id
    }

    fn columns(&self) -> Columns {
        [None, Some(self.identity.clone()), Some(self.authorization.clone()), None]
    }
}
