//! What the page of a person shows: the one description that pages render and tests read. No HTML here.

use serde::Serialize;

use crate::connections::consents::Consent;
use crate::connections::linking::view::Asked;

/// Everything on the page. Times are unix seconds on the tenant's clock.
#[derive(Debug, Clone, Serialize)]
pub struct PersonView {
    /// The unguessable name of the page; part of its address.
    pub token: String,
    /// The business that the person shares data with.
    pub business_name: String,
    /// False in a sandbox: the page then says that it is test data.
    pub livemode: bool,
    /// Log-ins at banks by which something is shared, the newest first.
    pub logins: Vec<Login>,
    /// Accounts that are no longer shared and of which something is still stored.
    pub ended: Vec<SharedAccount>,
    /// What the person agreed to, the newest first.
    pub receipts: Vec<Consent>,
}

/// One log-in at a bank, and the accounts that were chosen there.
#[derive(Debug, Clone, Serialize)]
pub struct Login {
    /// `fcauth_…`: the value to submit.
    pub id: String,
    /// The bank.
    pub institution_name: String,
    /// What is shared of its accounts.
    pub asked: Vec<Asked>,
    /// When the person agreed.
    pub since: i64,
    /// When the consent ends by itself; none for accounts from before there were receipts.
    pub until: Option<i64>,
    /// At least one.
    pub accounts: Vec<SharedAccount>,
}

/// An account that was linked.
#[derive(Debug, Clone, Serialize)]
pub struct SharedAccount {
    /// `fca_…`: the value to submit.
    pub id: String,
    /// The bank.
    pub institution_name: String,
    /// The bank's name for it.
    pub name: Option<String>,
    /// Last four digits of its number.
    pub last4: Option<String>,
    /// `checking`, `savings`, `credit_card`, `line_of_credit`, `mortgage` or `other`.
    pub subcategory: String,
    /// How far the sharing goes.
    pub state: SharedState,
    /// When the bank was last asked with success; none if it never was.
    pub last_read: Option<i64>,
}

/// How far the sharing of an account goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SharedState {
    /// The business reads what is stored, and the bank is asked for more.
    Active,
    /// The bank is not asked any more; the business reads what is stored.
    Paused,
    /// Nothing is shared.
    Ended,
}

impl PersonView {
    /// The accounts that something can still be done about, wherever they stand.
    pub fn accounts(&self) -> impl Iterator<Item = &SharedAccount> {
        self.logins.iter().flat_map(|login| &login.accounts).chain(&self.ended)
    }
}
