//! The way of money through the ACH network: entries are gathered into files, files are sent, what comes back is read.

//!
//! ```text
//! queue -> queued (held) -> cut -> sent -> settled
//!             |   |          |       |        |
//!       withdrawn refused  refused  returned  returned, late
//! ```
//! A file is written in the transaction that puts entries into it, and keeps its name for ever: sending it again after a
//! crash is sending the same file, which a transport answers without doing it twice. What a bank sends is kept before it is
//! read, and each of its entries takes effect in the transaction that writes down that it did.

pub(crate) mod collect;
mod compose;
mod corrections;
pub(crate) mod cut;
mod entries;
pub mod files;
mod inbound;
mod kept;
pub mod originator;
mod returns;
pub(crate) mod schedule;
pub(crate) mod send;
pub(crate) mod settle;
mod state;
mod trace;
pub mod transport;

use kernel::{ApiError, ApiResult, Tenant};
use serde::Serialize;

use crate::App;

pub(crate) use entries::{of_object, queue, release, withdraw};
pub use state::EntryState;

/// What an entry is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A debit of a payer.
    Charge,
    /// A credit to a payer.
    Refund,
    /// A small credit that proves an account.
    Microdeposit,
}

/// Which way the money goes, seen from the other party's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Money is taken.
    Debit,
    /// Money is given.
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AchEntry {
    /// `ache_…`
    pub id: String,
    pub state: EntryState,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The return code, such as `R01`; empty when no bank ever took the entry.
    pub code: String,
    /// What the bank wrote beside it; with no code, why the entry was not sent.
    pub information: String,
    /// The entry had settled before.
    pub late: bool,
}

/// Whether money can be moved for a tenant at all: in live mode an operator names the bank that takes the files.
///
/// # Errors
/// 400 where there is none.
pub(crate) fn require_originator(app: &App, tenant: &Tenant) -> ApiResult<()> {
    match app.originators.of(tenant) {
        Some(_) => Ok(()),
        None => Err(ApiError::invalid("ACH payments are not set up on this server: its operator has named no originating bank.")),
    }
}
