//! What a test states: institutions, people, accounts and transactions.

use serde::{Deserialize, Serialize};

use super::catalogue::{AccountKind, Payments, Standing};
use super::profile::Profile;
use crate::conduct::Conduct;
use crate::institutions::Protocol;
use crate::seal;

/// An institution that a test made, or how a built-in one behaves in the test's world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedInstitution {
    /// Path segment of its issuer, and its identifier.
    pub slug: String,
    /// It is one of the built-in ones.
    pub built_in: bool,
    /// Name shown to people.
    pub name: String,
    /// Its website, shown to people.
    pub url: Option<String>,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Whether a picker shows it before anybody searches.
    pub featured: bool,
    /// How it behaves.
    pub conduct: Conduct,
    /// Another number after each change.
    pub version: u64,
    /// When it was stated, in the world's unix seconds.
    pub created: i64,
}

/// A customer of an institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedPerson {
    /// Identifier.
    pub id: String,
    /// The institution's slug.
    pub institution: String,
    /// Normalised: what people log in with.
    pub username: String,
    /// A digest of the only password that lets them in; any does if there is none.
    pub password_digest: Option<String>,
    /// Who it is.
    pub profile: Profile,
    /// When it was stated, in the world's unix seconds.
    pub created: i64,
}

impl StatedPerson {
    /// What is kept of a password.
    pub fn password_digest(id: &str, password: &str) -> String {
        seal::identifier(&["password", id, password])
    }

    /// Whether a password lets this person in.
    pub fn takes(&self, password: &str) -> bool {
        let given = StatedPerson::password_digest(&self.id, password);
        self.password_digest.as_deref().is_none_or(|digest| seal::same(digest, &given))
    }
}

/// What an account's opening balance rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// Nothing was said: it is zero, or follows from a statement that is imported.
    Nothing,
    /// It was stated itself, and stays.
    Opening,
    /// A balance was stated, from which it follows.
    Balance,
}

/// An account of one or more people of an institution. Amounts are in cents; above zero is what the bank owes the
/// holders, below zero what they owe the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedAccount {
    /// Identifier.
    pub id: String,
    /// The institution's slug.
    pub institution: String,
    /// Identifiers of the holders, the first being the first holder.
    pub owners: Vec<String>,
    /// What kind of account it is.
    pub kind: AccountKind,
    /// Name shown to people.
    pub name: String,
    /// The full account number.
    pub number: String,
    /// ABA routing number.
    pub routing_number: String,
    /// ISO 4217 code in upper case.
    pub currency: String,
    /// The balance before the first transaction.
    pub opening_balance: i64,
    /// What that rests on.
    pub anchor: Anchor,
    /// The most that may be owed.
    pub credit_limit: i64,
    /// Over which networks money can move.
    pub payments: Payments,
    /// Whether it can be used.
    pub standing: Standing,
    /// When it was closed, in the world's unix seconds.
    pub closed_at: Option<i64>,
    /// When it was stated, in the world's unix seconds.
    pub created: i64,
}

/// A transaction. Its stage follows from its times and the world's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Identifier within its account; the pending and the posted version share it.
    pub id: String,
    /// Cents; above zero in favour of the holder.
    pub amount: i64,
    /// Text for people.
    pub description: String,
    /// Unix seconds of the authorization, before which nobody knows of it.
    pub transacted_at: i64,
    /// Unix seconds of the posting; none for what never posts.
    pub posted_at: Option<i64>,
    /// Unix seconds at which it lapses without posting.
    pub void_at: Option<i64>,
}

/// Which way an ACH entry moves money, seen from the receiver's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, form::ParamEnum)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// It takes money.
    Debit,
    /// It brings money.
    Credit,
}

/// What ACH entries to a number are answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedAnswer {
    /// Identifier.
    pub id: String,
    /// The account number.
    pub account_number: String,
    /// Only at the bank with this routing number.
    pub routing_number: Option<String>,
    /// Only entries that move money this way.
    pub direction: Option<Side>,
    /// A return code, or a change code.
    pub code: String,
    /// What is written beside the code; the corrected data of a change.
    pub information: String,
    /// The entry comes back after it has settled.
    pub late: bool,
    /// When it was stated, in the world's unix seconds.
    pub created: i64,
}

/// How far a stated transaction has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, form::ParamEnum)]
pub enum RowStatus {
    /// Its time has not come.
    Upcoming,
    /// Authorized.
    Pending,
    /// On the books.
    Posted,
    /// Lapsed.
    Void,
}

impl Row {
    /// How far it has come at a moment.
    pub fn status(&self, as_of: i64) -> RowStatus {
        let reached = |at: Option<i64>| at.is_some_and(|at| at <= as_of);
        if as_of < self.transacted_at {
            RowStatus::Upcoming
        } else if reached(self.void_at) {
            RowStatus::Void
        } else if reached(self.posted_at) {
            RowStatus::Posted
        } else {
            RowStatus::Pending
        }
    }
}
