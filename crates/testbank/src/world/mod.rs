//! The deterministic content of the bank: people, accounts and every transaction, without any I/O.

// Amounts are cents; grouped as dollars and cents they can be read.
#![allow(clippy::inconsistent_digit_grouping)]

mod book;
pub mod catalogue;
mod day;
mod household;
mod merchants;
mod months;
mod people;
mod portfolio;
mod profile;
mod random;
mod received;
mod stated;
mod stated_book;

pub use book::{Book, EntryKind, Line, Stage};
pub use catalogue::{AccountKind, AccountPlan, Owners, Payments, Standing, TokenLife};
pub use day::{DAY_SECONDS, Day, instant_text};
pub use portfolio::{Account, Holders, Ledger, Portfolio, Source};
pub use profile::{PostalAddress, Profile};
pub use stated::{Anchor, Row, RowStatus, Side, StatedAccount, StatedAnswer, StatedInstitution, StatedPerson};
pub use stated_book::StatedBook;

use std::borrow::Cow;

use crate::seal;
use people::Person;

/// The first digit of account numbers that follow from a plan.
const ACCOUNT_DIGIT: char = '2';
/// The first digit of numbers that stand in for others.
const TOKEN_DIGIT: char = '9';

/// Whether a number has the form of those that follow from a plan.
pub fn is_account_number(number: &str) -> bool {
    has_form(number, ACCOUNT_DIGIT)
}

/// Whether a number has the form of those that stand in for others.
pub fn is_token_number(number: &str) -> bool {
    has_form(number, TOKEN_DIGIT)
}

fn has_form(number: &str, first: char) -> bool {
    number.len() == 12 && number.starts_with(first) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// One customer of one institution in one world: where all data start from.
#[derive(Debug, Clone)]
pub struct Customer {
    /// The client's name for its closed world.
    pub world: String,
    /// The slug of the institution that keeps the books: two doors to one bank show the same accounts.
    pub slug: Cow<'static, str>,
    /// The user name, normalised: two log-ins with it are the same person.
    pub username: String,
    /// When the world began, in its own unix seconds: history reaches back from here.
    pub epoch: i64,
}

impl Customer {
    /// The same for every consent, and no other customer's.
    pub fn id(&self) -> String {
        seal::identifier(&["customer", &self.world, &self.slug, &self.username])
    }

    /// The identifier of one of the customer's accounts; it survives a new consent and says nothing about the number.
    pub fn account_id(&self, plan: &AccountPlan) -> String {
        seal::identifier(&["account", &self.world, &self.slug, &self.username, plan.key])
    }

    /// The account's full number: a published test number where the plan has one.
    pub fn account_number(&self, plan: &AccountPlan) -> String {
        match plan.number {
            Some(number) => number.to_owned(),
            None => format!("{ACCOUNT_DIGIT}{:011}", self.seed("number", plan.key) % 100_000_000_000),
        }
    }

    /// The person, who keeps name and address at every institution of the world.
    pub fn person(&self) -> Person {
        Person::new(seal::seed(&["person", &self.world, &self.username]))
    }

    /// The ledger of one account, able to answer for any moment up to `as_of`.
    pub fn book(&self, plan: &'static AccountPlan, siblings: &[AccountPlan], as_of: i64) -> Book {
        Book::new(self, plan, siblings, as_of)
    }

    /// The number that stands in for the account's own under one consent: never that of another consent.
    pub fn token_number(&self, plan: &AccountPlan, consent: &str) -> String {
        let seed = seal::seed(&["token number", &self.world, &self.slug, &self.username, plan.key, consent]);
        format!("{TOKEN_DIGIT}{:011}", seed % 100_000_000_000)
    }

    fn seed(&self, purpose: &str, part: &str) -> u64 {
        seal::seed(&[purpose, &self.world, &self.slug, &self.username, part])
    }
}
