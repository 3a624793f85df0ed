//! What a linking flow shows: the one description that pages render and tests read. No HTML here.

use banks::{AnswerRefused, SignInForm};
use serde::{Deserialize, Serialize};

use crate::payments::mandates::wording::Scope;

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
    /// Whether the flow is a page of its own that the person was sent to (`ui_mode=hosted`), not a modal.
    pub hosted: bool,
    /// The language that the opener asked for, as BCP 47 has it; the browser's languages count when absent.
    pub locale: Option<String>,
    /// The page on which the person sees and ends what is shared; shown once something was linked.
    pub person_page: Option<String>,
    /// What the account is for, when it is to pay with: the person is shown what they will agree to.
    pub pays: Option<Scope>,
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
        /// Whether routing and account number may be typed instead (`POST …/manual` opens that pane).
        manual_entry: bool,
    },
    /// Before the bank's own page: "Continue to NAME" opens `/connections/{token}/bank` in a popup.
    BankLogin {
        /// The chosen bank.
        institution: InstitutionCard,
        /// True while a popup is open at the bank: the page waits and offers to reopen it.
        waiting: bool,
    },
    /// Sign-in on a page of ours, for banks without pages of their own: what the bank asks now. The answers go to
    /// `POST …/sign_in` under the names of the fields.
    SignIn {
        /// The chosen bank.
        institution: InstitutionCard,
        /// The questions.
        form: SignInForm,
        /// Why the last answers were not taken.
        refused: Option<AnswerRefused>,
    },
    /// Type routing and account number. The fields `routing_number`, `account_number` and
    /// `account_number_again` go to `POST …/numbers`.
    ManualEntry {
        /// Why the last numbers were not taken.
        complaint: Option<ManualComplaint>,
        /// In a sandbox: the numbers of the test account, for a button that fills them in.
        test_numbers: Option<(String, String)>,
        /// Whether the account is verified by two small deposits, which take one to two business days.
        microdeposits: bool,
    },
    /// The numbers were taken; "Done".
    ManualDone {
        /// Last four digits of the account number.
        last4: String,
        /// Whether small deposits are on their way.
        microdeposits: bool,
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
        /// Whether routing and account number may be typed instead.
        manual_entry: bool,
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

/// Why typed numbers were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ManualComplaint {
    /// No routing number.
    RoutingMissing,
    /// Not nine digits with a right check digit.
    RoutingWrong,
    /// No account number.
    AccountMissing,
    /// Longer than 17 characters, or something else than digits.
    AccountWrong,
    /// The second account number differs from the first.
    AccountDiffers,
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
