//! Accounts and what hangs on them, in the terms of Financial Connections.

use serde::{Deserialize, Serialize};

use crate::secret::Secret;

/// Broad kind of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Money on deposit.
    Cash,
    /// Money lent.
    Credit,
    /// Securities.
    Investment,
    /// Everything else.
    Other,
}

impl Category {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Category::Cash => "cash",
            Category::Credit => "credit",
            Category::Investment => "investment",
            Category::Other => "other",
        }
    }
}

/// Narrow kind of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subcategory {
    /// Cash: for everyday payments.
    Checking,
    /// Cash: savings and money market.
    Savings,
    /// Credit: card.
    CreditCard,
    /// Credit: line of credit.
    LineOfCredit,
    /// Credit: mortgage.
    Mortgage,
    /// Everything else.
    Other,
}

impl Subcategory {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Subcategory::Checking => "checking",
            Subcategory::Savings => "savings",
            Subcategory::CreditCard => "credit_card",
            Subcategory::LineOfCredit => "line_of_credit",
            Subcategory::Mortgage => "mortgage",
            Subcategory::Other => "other",
        }
    }
}

/// Balances of an account in minor units of its currency. One sign rule for all: positive is owed
/// to the holder, negative is owed by the holder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// When the bank computed it, in Unix seconds; the time of the call when the bank does not say.
    pub as_of: i64,
    /// Posted funds, before anything pending.
    pub current_minor: i64,
    /// Cash and investment: what can be spent after pending entries and holds.
    pub available_minor: Option<i64>,
    /// Credit: what is used after pending entries and holds, so zero or negative as a rule.
    pub credit_used_minor: Option<i64>,
}

/// An account as its bank describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankAccount {
    /// The bank's lasting identifier, at most 256 characters; never the account number.
    pub bank_account_id: String,
    /// The name given by the holder or the bank.
    pub display_name: Option<String>,
    /// Exactly four digits.
    pub last4: Option<String>,
    /// Broad kind.
    pub category: Category,
    /// Narrow kind; fits the category.
    pub subcategory: Subcategory,
    /// Lowercase ISO 4217 code.
    pub currency: String,
    /// False once closed, paid off, or before it is opened.
    pub open: bool,
    /// Absent when the consent does not cover it or the bank does not give it.
    pub balance: Option<Balance>,
}

/// A holder of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Full name of a person or a business.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone number, with `+` and country code where the bank gives one.
    pub phone: Option<String>,
    /// Postal address in one line.
    pub raw_address: Option<String>,
}

/// What is needed to move money by ACH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentNumbers {
    /// ABA routing number, nine digits with a right check digit.
    pub routing: String,
    /// Account number, 1 to 17 letters, digits, spaces or hyphens.
    pub account: Secret,
    /// The number stands for this consent only and dies with it.
    pub tokenized: bool,
    /// Whether it can be used now.
    pub status: NumbersStatus,
    /// When it ends, Unix seconds; none when it does not, or the bank does not say.
    pub expires_at: Option<i64>,
    /// Money may be taken out of the account.
    pub can_debit: bool,
    /// Money may be paid into the account.
    pub can_credit: bool,
}

/// Whether an account number can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumbersStatus {
    /// Made, not usable yet.
    Pending,
    /// Usable.
    Transactable,
    /// Its time is over.
    Expired,
    /// Ended before its time.
    Deactivated,
}

impl NumbersStatus {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            NumbersStatus::Pending => "pending",
            NumbersStatus::Transactable => "transactable",
            NumbersStatus::Expired => "expired",
            NumbersStatus::Deactivated => "deactivated",
        }
    }
}
