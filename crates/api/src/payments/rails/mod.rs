//! The way of money through the ACH network: entries are gathered into files, files are sent, what comes back is read.

use kernel::{ApiError, ApiResult, Cx};

/// What an entry is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A debit of a payer.
    Charge,
    /// A credit to a payer.
    Refund,
    /// A small credit that proves an account.
    Microdeposit,
}

/// Which way the money goes, seen from the other party's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Debit,
    Credit,
}

/// An entry to be sent.
#[derive(Debug, Clone)]
pub(crate) struct NewEntry<'a> {
    pub purpose: Purpose,
    /// The id of what it is made for; entries of one object are told apart by the entry's own id.
    pub object: &'a str,
    /// Whose numbers: what the vault keeps them under, which is a payment method's id as a rule.
    pub numbers: &'a str,
    pub direction: Direction,
    /// Minor units of US dollars, above zero.
    pub amount: i64,
    /// Standard entry class.
    pub class: nacha::EntryClass,
    /// `checking` or `savings`.
    pub account_type: &'a str,
    /// Company entry description, ten characters: `PAYMENT`, `ACCTVERIFY`, `PURCHASE`.
    pub description: &'a str,
    /// The receiver's name.
    pub name: &'a str,
    /// What the receiver's statement says beside the company; also the individual identification number.
    pub descriptor: &'a str,
    /// Unix seconds on the tenant's clock before which it is not sent.
    pub not_before: Option<i64>,
    /// It waits until it is released or withdrawn.
    pub held: bool,
}

/// An entry as it is kept.
#[derive(Debug, Clone)]
pub struct AchEntry {
    /// `ache_…`
    pub id: String,
    pub purpose: Purpose,
    pub object: String,
    pub direction: Direction,
    /// Minor units of US dollars.
    pub amount: i64,
    /// Fifteen digits, once it is in a file.
    pub trace: Option<String>,
    /// `YYYY-MM-DD`, once it is in a file: the day on which the other party's account is touched.
    pub effective_date: Option<String>,
    /// Unix seconds on the tenant's clock, once it is in a file: when it settles if nothing comes back.
    pub settles_at: Option<i64>,
}

/// How an entry came back.
#[derive(Debug, Clone)]
pub struct Returned {
    /// The return code, such as `R01`.
    pub code: String,
    /// What the bank wrote beside it.
    pub information: String,
    /// The entry had settled before.
    pub late: bool,
}

/// Writes an entry down to be sent with the next file; answers its id.
pub(crate) async fn queue(_cx: &mut Cx<'_>, _entry: &NewEntry<'_>) -> ApiResult<String> {
    Err(ApiError::internal("the rails are not built"))
}

/// Takes back the entries of an object that are in no file yet; false if one is.
pub(crate) async fn withdraw(_cx: &mut Cx<'_>, _object: &str) -> ApiResult<bool> {
    Err(ApiError::internal("the rails are not built"))
}
