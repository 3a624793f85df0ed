//! What a customer has at an institution: the accounts as the bank's interfaces show them, and their ledgers.

use std::borrow::Cow;

use super::Customer;
use super::book::{Book, Line, Totals};
use super::catalogue::{AccountKind, AccountPlan, Owners, Payments, Standing};
use super::day::Day;
use super::profile::Profile;
use super::received;
use super::stated::{Row, StatedAccount};
use super::stated_book::StatedBook;
use crate::institutions::ROUTING_NUMBER;

/// An account, whether it follows from a plan or was stated.
#[derive(Debug, Clone)]
pub struct Account {
    /// Identifier; it survives a new consent and says nothing about the number.
    pub id: String,
    /// Name shown to people.
    pub name: Cow<'static, str>,
    /// What kind of account it is.
    pub kind: AccountKind,
    /// The full account number.
    pub number: String,
    /// ABA routing number.
    pub routing_number: Cow<'static, str>,
    /// ISO 4217 code in upper case; with hundredths.
    pub currency: Cow<'static, str>,
    /// Over which networks money can move.
    pub payments: Payments,
    /// Whether it can be used.
    pub standing: Standing,
    /// Who holds it.
    pub holders: Holders,
    /// Where its figures come from.
    pub source: Source,
}

/// What the bank tells about the holders of an account.
#[derive(Debug, Clone)]
pub enum Holders {
    /// The customer, and who comes with one.
    Made(Owners),
    /// These people.
    Stated(Vec<Profile>),
}

/// Where an account's figures come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// They follow from a plan.
    Made(&'static AccountPlan),
    /// They were stated.
    Stated(Box<StatedAccount>),
}

/// A customer with the accounts.
#[derive(Debug, Clone)]
pub struct Portfolio {
    /// Whose.
    pub customer: Customer,
    /// Who that is.
    pub person: Profile,
    /// All accounts of the customer at the institution.
    pub accounts: Vec<Account>,
}

impl Portfolio {
    /// The accounts that every customer of a built-in institution has.
    pub fn made(customer: Customer, plans: &'static [AccountPlan]) -> Portfolio {
        let account = |plan: &'static AccountPlan| Account {
            id: customer.account_id(plan),
            name: Cow::Borrowed(plan.name),
            kind: plan.kind,
            number: customer.account_number(plan),
            routing_number: Cow::Borrowed(ROUTING_NUMBER),
            currency: Cow::Borrowed("USD"),
            payments: plan.payments,
            standing: plan.standing,
            holders: Holders::Made(plan.owners),
            source: Source::Made(plan),
        };
        let accounts = plans.iter().map(account).collect();
        let person = Profile::from(&customer.person());
        Portfolio { customer, person, accounts }
    }
}

impl Account {
    /// A stated account with its holders.
    pub fn stated(account: &StatedAccount, holders: Vec<Profile>) -> Account {
        Account {
            id: account.id.clone(),
            name: Cow::Owned(account.name.clone()),
            kind: account.kind,
            number: account.number.clone(),
            routing_number: Cow::Owned(account.routing_number.clone()),
            currency: Cow::Owned(account.currency.clone()),
            payments: account.payments,
            standing: account.standing,
            holders: Holders::Stated(holders),
            source: Source::Stated(Box::new(account.clone())),
        }
    }
}

/// The ledger of an account.
pub enum Ledger {
    /// One that follows from a plan, and what came over ACH.
    Made(Book, Vec<Row>),
    /// One that was stated.
    Stated(StatedBook),
}

impl Ledger {
    /// The day on which the account was opened.
    pub fn opening(&self) -> Day {
        match self {
            Ledger::Made(book, _) => book.opening(),
            Ledger::Stated(book) => book.opening(),
        }
    }

    /// The day on which it was closed.
    pub fn closing(&self) -> Option<Day> {
        match self {
            Ledger::Made(book, _) => book.closing(),
            Ledger::Stated(book) => book.closing(),
        }
    }

    /// The most that may be owed, in cents; zero where nothing can be drawn.
    pub fn credit_limit(&self) -> i64 {
        match self {
            Ledger::Made(book, _) => book.credit_limit(),
            Ledger::Stated(book) => book.credit_limit(),
        }
    }

    /// Yearly interest in hundredths of a percent; stated accounts bear none.
    pub fn rate(&self) -> i64 {
        match self {
            Ledger::Made(book, _) => book.rate(),
            Ledger::Stated(_) => 0,
        }
    }

    /// The regular monthly payment on a mortgage, in cents.
    pub fn regular_payment(&self) -> i64 {
        match self {
            Ledger::Made(book, _) => book.regular_payment(),
            Ledger::Stated(_) => 0,
        }
    }

    /// The sums at a moment.
    pub fn totals(&self, as_of: i64) -> Totals {
        match self {
            Ledger::Made(book, rows) => received::totals(book.totals(as_of), rows, as_of),
            Ledger::Stated(book) => book.totals(as_of),
        }
    }

    /// Everything that stands at `as_of` and is dated from `from` to `to` (both included), newest first.
    pub fn lines(&self, from: Day, to: Day, as_of: i64) -> Vec<Line> {
        match self {
            Ledger::Made(book, rows) => received::lines(book.lines(from, to, as_of), rows, (from, to), as_of),
            Ledger::Stated(book) => book.lines(from, to, as_of),
        }
    }
}
