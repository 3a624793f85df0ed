//! Accounts, and how a bank lists them.

use crate::{Line, Moment};

/// The kinds of bank accounts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum BankAccountKind {
    /// `CHECKING`.
    Checking,
    /// `SAVINGS`.
    Savings,
    /// `MONEYMRKT`.
    MoneyMarket,
    /// `CREDITLINE`.
    CreditLine,
    /// `CD`.
    CertificateOfDeposit,
    /// What else stands there.
    Other(String),
}

impl BankAccountKind {
    /// The kind of a code, whatever its case.
    pub fn from_code(code: &str) -> BankAccountKind {
        match code.to_ascii_uppercase().as_str() {
            "CHECKING" => BankAccountKind::Checking,
            "SAVINGS" => BankAccountKind::Savings,
            "MONEYMRKT" => BankAccountKind::MoneyMarket,
            "CREDITLINE" => BankAccountKind::CreditLine,
            "CD" => BankAccountKind::CertificateOfDeposit,
            _ => BankAccountKind::Other(code.to_owned()),
        }
    }

    /// The code as OFX writes it.
    pub fn code(&self) -> &str {
        match self {
            BankAccountKind::Checking => "CHECKING",
            BankAccountKind::Savings => "SAVINGS",
            BankAccountKind::MoneyMarket => "MONEYMRKT",
            BankAccountKind::CreditLine => "CREDITLINE",
            BankAccountKind::CertificateOfDeposit => "CD",
            BankAccountKind::Other(code) => code,
        }
    }
}

/// What an account is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// An account at a bank, with its kind if the file says it.
    Bank(Option<BankAccountKind>),
    /// A credit card.
    Card,
    /// An account at a broker.
    Investment,
}

/// What identifies an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account {
    /// What it is.
    pub kind: AccountKind,
    /// Bank: the routing number in the US, elsewhere the bank's code. Broker: its domain. OFX
    /// allows 9 characters for banks and 22 for brokers.
    pub bank: Option<String>,
    /// The branch, in some countries.
    pub branch: Option<String>,
    /// The number, at most 22 characters by the standard; cards may come masked.
    pub number: String,
    /// A check value, in some countries.
    pub key: Option<String>,
}

impl Account {
    /// A bank account.
    pub fn bank(bank: impl Into<String>, number: impl Into<String>, kind: BankAccountKind) -> Account {
        let bank = Some(bank.into());
        Account { kind: AccountKind::Bank(Some(kind)), bank, branch: None, number: number.into(), key: None }
    }

    /// A credit card.
    pub fn card(number: impl Into<String>) -> Account {
        Account { kind: AccountKind::Card, bank: None, branch: None, number: number.into(), key: None }
    }
}

/// Whether an account can be used over OFX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ServiceStatus {
    /// Could be activated.
    Available,
    /// Activation is under way.
    Pending,
    /// Ready.
    Active,
}

/// An account as its bank lists it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountInfo {
    /// The account.
    pub account: Account,
    /// What the bank calls it.
    pub description: Option<String>,
    /// A telephone number for questions about it.
    pub phone: Option<String>,
    /// Whether statements can be had.
    pub supports_download: Option<bool>,
    /// Whether money can be sent from it.
    pub transfer_source: Option<bool>,
    /// Whether money can be sent to it.
    pub transfer_destination: Option<bool>,
    /// Whether it can be used.
    pub status: Option<ServiceStatus>,
    /// Where it stood.
    pub line: Line,
}

impl AccountInfo {
    /// An active account that supports statements and no transfers.
    pub fn active(account: Account, description: impl Into<String>) -> AccountInfo {
        AccountInfo {
            account,
            description: Some(description.into()),
            phone: None,
            supports_download: Some(true),
            transfer_source: Some(false),
            transfer_destination: Some(false),
            status: Some(ServiceStatus::Active),
            line: Line::default(),
        }
    }
}

/// All accounts of a person at a bank.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct AccountList {
    /// When the list last changed.
    pub updated: Option<Moment>,
    /// The accounts.
    pub accounts: Vec<AccountInfo>,
}
