//! What a linking flow shows: the one description that pages render and tests read. No HTML here.

use serde::Serialize;

/// A data type that an application asks a person for. Order is the order shown to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// Routing and account number, kept in the vault, for payments.
    PaymentMethod,
    /// Current and available balances.
    Balances,
    /// Names, addresses, e-mail addresses and phone numbers of the holders.
    Ownership,
    /// Up to 180 days of transactions.
    Transactions,
}

/// The whole state of one flow as a person sees it.
#[derive(Debug, Clone, Serialize)]
pub struct FlowView {
    /// The unguessable name of the flow; part of every address of its pages.
    pub token: String,
    /// The business that asks, as its account settings name it.
    pub business_name: String,
    /// False in a sandbox: pages then say that it is test data.
    pub livemode: bool,
    /// Origin of the page that opened the flow; the only one that may frame it and is told the result.
    pub opener_origin: Option<String>,
    /// Where the flow goes at the end when it is not framed (redirect fallback).
    pub return_url: Option<String>,
    /// What is asked for.
    pub asked: Vec<Asked>,
    /// Accounts linked so far within this session.
    pub linked: Vec<LinkedAccount>,
    /// What to show now.
    pub pane: Pane,
}

/// One step of the flow.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Pane {
    /// Who asks for which data; "Agree and continue".
    Consent,
    /// Search and choose a bank.
    Picker {
        /// What was typed; empty shows the featured banks.
        query: String,
        /// Banks to show: featured ones, or the results of the search, best first.
        institutions: Vec<InstitutionCard>,
    },
    /// Before the bank's own page: "Continue to NAME" opens `/connections/{token}/bank` in a popup.
    BankLogin {
        /// The chosen bank.
        institution: InstitutionCard,
        /// True while a popup is open at the bank: the page waits and offers to reopen it.
        waiting: bool,
    },
    /// Choose accounts. Radio buttons when `limit` is one, else checkboxes.
    Accounts {
        /// The bank that the accounts are at.
        institution: InstitutionCard,
        /// Selectable ones first, then those that cannot be chosen, with the reason.
        choices: Vec<AccountChoice>,
        /// How many more accounts may be chosen; none means any number.
        limit: Option<u32>,
        /// A message about the last submission, such as choosing none or too many.
        complaint: Option<Complaint>,
    },
    /// What was shared; "Done" and, when more may be linked, "Link another account".
    Success {
        /// False when the session's limit is reached.
        can_link_another: bool,
    },
    /// Something went wrong that the person can read and act on.
    Problem {
        /// What went wrong.
        problem: Problem,
        /// The bank concerned, if any.
        institution: Option<InstitutionCard>,
    },
    /// The flow is over; the opener has been told, the page only says that it can be closed.
    Finished {
        /// True when nothing was linked because the person cancelled.
        cancelled: bool,
    },
}

/// A bank in the picker.
#[derive(Debug, Clone, Serialize)]
pub struct InstitutionCard {
    /// Institution id, `fcinst_…`.
    pub id: String,
    /// Name, as people know it.
    pub name: String,
    /// Host of its website, shown so that people recognise their bank.
    pub host: Option<String>,
}

/// An account that the bank offers.
#[derive(Debug, Clone, Serialize)]
pub struct AccountChoice {
    /// Opaque value to submit, unique within the flow.
    pub id: String,
    /// The bank's name for it.
    pub name: String,
    /// Last four digits of its number.
    pub last4: Option<String>,
    /// `checking`, `savings`, `credit_card`, `line_of_credit`, `mortgage` or `other`.
    pub subcategory: &'static str,
    /// Why it cannot be chosen; none when it can.
    pub refused: Option<Refused>,
    /// Ticked when the pane opens.
    pub preselected: bool,
}

/// Why an account cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// The application's filter leaves this type out.
    TypeNotAsked,
    /// It cannot be debited by ACH and the application asks for payable accounts only.
    NotPayable,
    /// The bank says it is closed.
    Closed,
    /// It is linked in this session already.
    AlreadyLinked,
}

/// Why a submission of accounts was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Complaint {
    /// Nothing was chosen.
    ChooseOne,
    /// More than the limit were chosen.
    TooMany,
    /// At least one payable account is needed.
    NeedsPayable,
}

/// An account that was linked in this session.
#[derive(Debug, Clone, Serialize)]
pub struct LinkedAccount {
    /// `fca_…`
    pub id: String,
    /// The bank's name for it.
    pub name: String,
    /// Last four digits.
    pub last4: Option<String>,
    /// The bank.
    pub institution_name: String,
}

/// What can go wrong, as a person needs to know it.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Problem {
    /// The bank announced maintenance and when it ends.
    DownPlanned {
        /// Unix seconds.
        until: i64,
    },
    /// The bank is down and says nothing more.
    DownUnplanned,
    /// The bank answered something that cannot be used.
    BankError,
    /// Accounts were found, none of which the application can use.
    NoEligibleAccounts {
        /// How many the bank offered.
        found: usize,
    },
    /// The person said no at the bank, or closed its page.
    AccessDenied,
    /// The session is older than its lifetime, or was used.
    SessionExpired,
}
