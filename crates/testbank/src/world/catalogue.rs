//! The accounts that every customer of an institution has.

use serde::{Deserialize, Serialize};

/// What kind of account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, form::ParamEnum)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// A deposit account for payments.
    Checking,
    /// A deposit account that earns interest.
    Savings,
    /// A credit card that is paid in full every month.
    CreditCard,
    /// A personal line of credit.
    LineOfCredit,
    /// A home loan.
    Mortgage,
}

impl AccountKind {
    /// Whether its balance is money owned; otherwise it is money owed.
    pub fn is_deposit(self) -> bool {
        matches!(self, AccountKind::Checking | AccountKind::Savings)
    }
}

/// Over which networks money can move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, form::ParamEnum)]
#[serde(rename_all = "snake_case")]
pub enum Payments {
    /// ACH both ways, and instant payments in.
    Full,
    /// Nothing at all.
    #[params(rename = "none")]
    #[serde(rename = "none")]
    Nothing,
    /// ACH, but money can only come in.
    IncomingOnly,
    /// The instant network only, no ACH.
    InstantOnly,
}

/// What the bank tells about the owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owners {
    /// The customer alone, with everything known.
    Single,
    /// The customer and a partner.
    Joint,
    /// A business of the customer.
    Business,
    /// The bank has no such record (an error of its own).
    NoRecord,
    /// A record with an empty list of holders.
    EmptyRecord,
    /// The customer's name and address, but neither email nor telephone.
    NoContact,
}

/// Whether the account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, form::ParamEnum)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// In use.
    Open,
    /// Closed a month before the world began, with nothing left on it.
    Closed,
    /// Blocked by the bank.
    #[params(rename = "locked")]
    #[serde(rename = "locked")]
    Restricted,
}

/// How much happens on a checking account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// A household's life.
    Everyday,
    /// A few dollars in and out every week, never enough for anything larger.
    Thin,
}

/// How long a number lasts that stands in for an account's own (a tokenized account number), from the consent on. Every
/// consent gets another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenLife {
    /// It has expired by the time it is read.
    Expired,
    /// Seconds.
    Immediate,
    /// Thirty days.
    Eventual,
}

/// The plan of one account; figures follow from it and the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountPlan {
    /// Name inside the institution, from which its identifier is made. Never changes.
    pub key: &'static str,
    /// Name shown to people.
    pub name: &'static str,
    /// What kind of account it is.
    pub kind: AccountKind,
    /// Accounts of the same household move money between each other.
    pub household: &'static str,
    /// How much happens on it.
    pub pace: Pace,
    /// A published test number, if its number must be that one.
    pub number: Option<&'static str>,
    /// Whether other numbers stand in for it, and how long each of them lasts.
    pub token: Option<TokenLife>,
    /// Over which networks money can move.
    pub payments: Payments,
    /// What is told about the owners.
    pub owners: Owners,
    /// Whether it can be used.
    pub standing: Standing,
}

const fn account(key: &'static str, name: &'static str, kind: AccountKind) -> AccountPlan {
    AccountPlan {
        key,
        name,
        kind,
        household: key,
        pace: Pace::Everyday,
        number: None,
        token: None,
        payments: Payments::Full,
        owners: Owners::Single,
        standing: Standing::Open,
    }
}

const fn checking(key: &'static str, name: &'static str) -> AccountPlan {
    account(key, name, AccountKind::Checking)
}

const fn savings(key: &'static str, name: &'static str) -> AccountPlan {
    account(key, name, AccountKind::Savings)
}

const fn numbered(key: &'static str, name: &'static str, number: &'static str) -> AccountPlan {
    AccountPlan { number: Some(number), ..checking(key, name) }
}

const fn tokenized(key: &'static str, name: &'static str, life: TokenLife) -> AccountPlan {
    AccountPlan { token: Some(life), ..checking(key, name) }
}

const fn owned(key: &'static str, name: &'static str, owners: Owners) -> AccountPlan {
    AccountPlan { owners, ..checking(key, name) }
}

const fn paying(plan: AccountPlan, payments: Payments) -> AccountPlan {
    AccountPlan { payments, ..plan }
}

const fn at_home(plan: AccountPlan) -> AccountPlan {
    AccountPlan { household: "home", ..plan }
}

/// Accounts whose numbers make later debits end in a known way.
pub const TEST: &[AccountPlan] = &[
    numbered("success", "Success", "000123456789"),
    AccountPlan { pace: Pace::Thin, ..numbered("insufficient_funds", "Insufficient Funds", "000222222227") },
    numbered("account_closed", "Account Closed", "000111111113"),
    numbered("no_account", "No Account", "000111111116"),
    numbered("debit_not_authorized", "Debit Not Authorized", "000333333335"),
    numbered("invalid_currency", "Invalid Currency", "000444444440"),
    numbered("dispute", "Dispute", "000555555559"),
    numbered("fail_microdeposits", "Failed Microdeposits", "000666666661"),
    numbered("weekly_limit_exceeded", "Weekly Limit Exceeded", "000777777771"),
    numbered("deactivated_number", "Deactivated Account Number", "000888888885"),
    numbered("processing", "Processing", "000000000009"),
    numbered("highest_risk", "Highest Risk", "000000004954"),
];

/// What a household really has.
pub const BANK: &[AccountPlan] = &[
    at_home(checking("checking", "Everyday Checking")),
    at_home(savings("savings", "Rainy Day Savings")),
    AccountPlan { owners: Owners::Joint, ..checking("joint_checking", "Joint Checking") },
    paying(at_home(account("card", "Rewards Credit Card", AccountKind::CreditCard)), Payments::Nothing),
    paying(at_home(account("credit_line", "Personal Line of Credit", AccountKind::LineOfCredit)), Payments::Nothing),
    AccountPlan {
        owners: Owners::Joint,
        ..paying(at_home(account("mortgage", "Home Mortgage", AccountKind::Mortgage)), Payments::Nothing)
    },
];

/// Every state in which ownership can be.
pub const OWNERSHIP: &[AccountPlan] = &[
    owned("single", "Single Owner Checking", Owners::Single),
    owned("joint", "Joint Owners Checking", Owners::Joint),
    owned("business", "Business Owner Checking", Owners::Business),
    owned("no_contact", "Owner Without Contact Checking", Owners::NoContact),
    owned("no_record", "No Ownership Data Checking", Owners::NoRecord),
    owned("empty_record", "Empty Ownership Checking", Owners::EmptyRecord),
];

/// Accounts that ACH cannot use, each for another reason.
pub const INVALID_PAYMENT: &[AccountPlan] = &[
    paying(checking("no_networks", "No Payment Networks Checking"), Payments::Nothing),
    paying(checking("incoming_only", "Deposits Only Checking"), Payments::IncomingOnly),
    paying(savings("instant_only", "Instant Only Savings"), Payments::InstantOnly),
    AccountPlan { standing: Standing::Closed, ..checking("closed", "Closed Checking") },
    AccountPlan { standing: Standing::Restricted, ..checking("restricted", "Restricted Checking") },
    paying(account("card", "Credit Card", AccountKind::CreditCard), Payments::Nothing),
];

/// Accounts whose real numbers are never told.
pub const TOKENIZED: &[AccountPlan] = &[
    tokenized("expired", "Expired Tokenized Account", TokenLife::Expired),
    tokenized("eventually_expiring", "Eventually Expiring Tokenized Account", TokenLife::Eventual),
    tokenized("immediately_expiring", "Immediately Expiring Tokenized Account", TokenLife::Immediate),
];

/// Accounts with nothing special about them, for institutions that are special themselves.
pub const PLAIN: &[AccountPlan] = &[at_home(checking("checking", "Checking")), at_home(savings("savings", "Savings"))];
