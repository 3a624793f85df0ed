use banks::{AnswerRefused, SignInForm};
use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

use super::view::ManualComplaint;

/// A flow, as stored; one for each session, under the session's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flow {
    /// The session's id.
    pub id: String,
    /// Where the person is.
    pub stage: Stage,
    /// The page that opened the flow.
    pub origin: Option<String>,
    /// Where the flow goes at the end when it is not framed.
    pub return_url: Option<String>,
    /// Unix seconds on the tenant's clock.
    pub expires_at: i64,
    /// When the person agreed, unix seconds.
    pub agreed_at: Option<i64>,
    /// The chosen bank.
    pub institution: Option<String>,
    /// The grant that the bank gave last.
    pub authorization: Option<String>,
    /// The only bank that the session takes, if it names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_bank: Option<String>,
    /// What the bank offers.
    pub offers: Vec<Offer>,
    /// Accounts linked so far.
    pub linked: Vec<Linked>,
    /// The token of the numbers that the person typed, `btok_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_account_token: Option<String>,
    /// The language that the opener asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Where the flow goes instead when nothing was linked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_url: Option<String>,
}

/// An account linked in this flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Linked {
    /// `fca_…`
    pub id: String,
    /// The bank.
    pub institution: String,
    /// The bank's own id.
    pub bank_account: String,
    /// Whether ACH can take money out of it.
    pub payable: bool,
}

/// Where a person is in the flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(crate) enum Stage {
    Consent,
    Picker,
    BankLogin { waiting: bool },
    SignIn { form: SignInForm, refused: Option<AnswerRefused> },
    ManualEntry { complaint: Option<ManualComplaint> },
    ManualDone { last4: String },
    Accounts { complaint: Option<Complained>, chosen: Vec<String> },
    Success,
    Problem { problem: Trouble },
    Finished { cancelled: bool },
}

/// Why a choice of accounts was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Complained {
    ChooseOne,
    TooMany,
    NeedsPayable,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Trouble {
    DownPlanned { until: i64 },
    DownUnplanned,
    BankError,
    NoEligibleAccounts { found: usize },
    AccessDenied,
}

/// An account that the bank offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Offer {
    /// The value to submit.
    pub id: String,
    /// The bank's own id.
    pub bank_account: String,
    pub name: String,
    pub last4: Option<String>,
    pub category: String,
    pub subcategory: String,
    pub currency: String,
    pub open: bool,
    /// Whether ACH can take money out of it.
    pub payable: bool,
}

impl Resource for Flow {
    const KIND: &'static str = "drawbridge.flow";
    const NOUN: &'static str = "flow";

    fn id(&self) -> &str {
        &self.id
    }

    fn columns(&self) -> Columns {
        [None, None, None, None]
    }
}

impl Stage {
    /// The person agreed to the consent; none if that is not what is asked now.
    pub(crate) fn agree(&self) -> Option<Stage> {
        matches!(self, Stage::Consent).then_some(Stage::Picker)
    }

    /// The person chose a bank; `form` is what it asks, if it has no pages of its own.
    pub(crate) fn choose_bank(&self, form: Option<SignInForm>) -> Option<Stage> {
        let fits = matches!(
            self,
            Stage::Picker
                | Stage::BankLogin { .. }
                | Stage::SignIn { .. }
                | Stage::Problem { .. }
                | Stage::Success
                | Stage::Accounts { .. }
        );
        fits.then_some(match form {
            Some(form) => Stage::SignIn { form, refused: None },
            None => Stage::BankLogin { waiting: false },
        })
    }

    /// The bank's page was opened.
    pub(crate) fn open_bank(&self) -> Option<Stage> {
        matches!(self, Stage::BankLogin { .. } | Stage::Problem { .. }).then_some(Stage::BankLogin { waiting: true })
    }

    /// The bank asks something, on a page of ours.
    pub(crate) fn ask(&self, form: SignInForm, refused: Option<AnswerRefused>) -> Option<Stage> {
        matches!(self, Stage::SignIn { .. }).then_some(Stage::SignIn { form, refused })
    }

    /// The bank gave its accounts.
    pub(crate) fn show_accounts(&self) -> Option<Stage> {
        matches!(self, Stage::BankLogin { .. } | Stage::SignIn { .. } | Stage::Problem { .. })
            .then_some(Stage::Accounts { complaint: None, chosen: Vec::new() })
    }

    /// Something went wrong at the bank.
    pub(crate) fn fail(&self, problem: Trouble) -> Option<Stage> {
        matches!(self, Stage::BankLogin { .. } | Stage::SignIn { .. } | Stage::Accounts { .. } | Stage::Problem { .. })
            .then_some(Stage::Problem { problem })
    }

    /// The person would rather type numbers.
    pub(crate) fn open_manual(&self) -> Option<Stage> {
        matches!(self, Stage::Picker | Stage::BankLogin { .. } | Stage::SignIn { .. } | Stage::Problem { .. })
            .then_some(Stage::ManualEntry { complaint: None })
    }

    /// The numbers were not taken.
    pub(crate) fn complain_of_numbers(&self, complaint: ManualComplaint) -> Option<Stage> {
        matches!(self, Stage::ManualEntry { .. }).then_some(Stage::ManualEntry { complaint: Some(complaint) })
    }

    /// The numbers were taken.
    pub(crate) fn take_numbers(&self, last4: String) -> Option<Stage> {
        matches!(self, Stage::ManualEntry { .. }).then_some(Stage::ManualDone { last4 })
    }

    /// The person chose accounts that were taken.
    pub(crate) fn succeed(&self) -> Option<Stage> {
        matches!(self, Stage::Accounts { .. }).then_some(Stage::Success)
    }

    /// The person wants another bank.
    pub(crate) fn pick_again(&self) -> Option<Stage> {
        let fits = matches!(
            self,
            Stage::Picker
                | Stage::BankLogin { .. }
                | Stage::SignIn { .. }
                | Stage::ManualEntry { .. }
                | Stage::Accounts { .. }
                | Stage::Success
                | Stage::Problem { .. }
        );
        fits.then_some(Stage::Picker)
    }

    /// The person is done.
    pub(crate) fn finish(&self) -> Option<Stage> {
        matches!(self, Stage::Success | Stage::ManualDone { .. }).then_some(Stage::Finished { cancelled: false })
    }

    /// The person closes the flow, wherever it is; what was collected stays so.
    pub(crate) fn cancel(&self, collected: bool) -> Option<Stage> {
        match self {
            Stage::Finished { .. } => None,
            _ => Some(Stage::Finished { cancelled: !collected }),
        }
    }

    /// A cancelled flow is opened once more.
    pub(crate) fn reopen(&self) -> Option<Stage> {
        match self {
            Stage::Finished { cancelled: true } => Some(Stage::Consent),
            Stage::Finished { cancelled: false } => None,
            // A popup that was open when the page went away is gone.
            Stage::BankLogin { .. } => Some(Stage::BankLogin { waiting: false }),
            other => Some(other.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use banks::FormKind;

    use super::*;

    fn form() -> SignInForm {
        SignInForm { kind: FormKind::Credentials, says: None, fields: Vec::new() }
    }

    fn all() -> Vec<Stage> {
        vec![
            Stage::Consent,
            Stage::Picker,
            Stage::BankLogin { waiting: true },
            Stage::SignIn { form: form(), refused: None },
            Stage::ManualEntry { complaint: None },
            Stage::ManualDone { last4: "6789".into() },
            Stage::Accounts { complaint: None, chosen: Vec::new() },
            Stage::Success,
            Stage::Problem { problem: Trouble::DownUnplanned },
            Stage::Finished { cancelled: true },
            Stage::Finished { cancelled: false },
        ]
    }

    /// Every step from every stage: which ones are allowed.
    #[test]
    fn steps_are_allowed_where_they_make_sense() {
        type Step = fn(&Stage) -> Option<Stage>;
        let steps: [(&str, Step, &str); 13] = [
            ("agree", Stage::agree, "10000000000"),
            ("choose_bank", |stage| stage.choose_bank(None), "01110011100"),
            ("open_bank", Stage::open_bank, "00100000100"),
            ("ask", |stage| stage.ask(form(), None), "00010000000"),
            ("show_accounts", Stage::show_accounts, "00110000100"),
            ("fail", |stage| stage.fail(Trouble::BankError), "00110010100"),
            ("open_manual", Stage::open_manual, "01110000100"),
            ("complain", |stage| stage.complain_of_numbers(ManualComplaint::RoutingWrong), "00001000000"),
            ("take_numbers", |stage| stage.take_numbers("6789".into()), "00001000000"),
            ("succeed", Stage::succeed, "00000010000"),
            ("pick_again", Stage::pick_again, "01111011100"),
            ("finish", Stage::finish, "00000101000"),
            ("cancel", |stage| stage.cancel(false), "11111111100"),
        ];
        for (name, step, expected) in steps {
            let allowed: String = all().iter().map(|stage| if step(stage).is_some() { '1' } else { '0' }).collect();
            assert_eq!(allowed, expected, "{name}");
        }
    }

    #[test]
    fn a_bank_without_pages_of_its_own_asks_here() {
        assert_eq!(Stage::Picker.choose_bank(None), Some(Stage::BankLogin { waiting: false }));
        assert_eq!(Stage::Picker.choose_bank(Some(form())), Some(Stage::SignIn { form: form(), refused: None }));
    }

    #[test]
    fn only_a_cancelled_flow_opens_again_after_its_end() {
        assert_eq!(Stage::Finished { cancelled: true }.reopen(), Some(Stage::Consent));
        assert_eq!(Stage::Finished { cancelled: false }.reopen(), None);
    }
}
