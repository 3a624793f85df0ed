use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

/// Deposits to one account for one subject; no endpoint shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Microdeposit {
    /// `mdep_…`
    pub id: String,
    /// `pi_…`, `seti_…` or `ba_…`.
    pub subject: String,
    /// Whose account: `pm_…` or `ba_…`.
    pub payment_method: String,
    pub kind: Kind,
    pub state: State,
    /// Wrong answers so far.
    pub attempts: i64,
    /// Unix seconds: the start of the day on which they arrive.
    pub arrival_date: i64,
    /// Unix seconds.
    pub created: i64,
    /// Why they led nowhere, once they have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// The address of the page on which the answer can be given; mails name it again.
    #[serde(default)]
    pub url: String,
}

/// Why deposits led nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The bank sent one back.
    Returned,
    /// Too many wrong answers.
    AttemptsExceeded,
    /// No answer in time.
    TimedOut,
}

/// What was sent, and so what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One cent, with a code on the statement.
    DescriptorCode,
    /// Two amounts below a dollar.
    Amounts,
}

/// What became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Pending,
    Verified,
    /// See the subject for why.
    Failed,
    Withdrawn,
}

impl Kind {
    /// Wrong answers that are taken.
    pub(super) fn attempts_max(self) -> i64 {
        match self {
            Kind::DescriptorCode => 10,
            Kind::Amounts => 3,
        }
    }
}

impl State {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            State::Pending => "pending",
            State::Verified => "verified",
            State::Failed => "failed",
            State::Withdrawn => "withdrawn",
        }
    }
}

impl Microdeposit {
    /// Answers that may still be given.
    pub(super) fn attempts_remaining(&self) -> i64 {
        (self.kind.attempts_max() - self.attempts).max(0)
    }

    /// The vault's name of what was sent.
    pub(super) fn sealed_name(&self) -> String {
        format!("microdeposit/{}", self.id)
    }
}

impl Resource for Microdeposit {
    const KIND: &'static str = "drawbridge.microdeposit";
    const NOUN: &'static str = "microdeposit";

    fn id(&self) -> &str {
        &self.id
    }

    /// The subject, and the state.
    fn columns(&self) -> Columns {
        [Some(self.subject.clone()), Some(self.state.as_str().into()), None, None]
    }
}

/// `next_action` of an intent that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextAction {
    /// `verify_with_microdeposits`
    pub r#type: String,
    pub verify_with_microdeposits: VerifyWithMicrodeposits,
}

/// What there is to answer, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyWithMicrodeposits {
    /// Unix seconds.
    pub arrival_date: i64,
    /// The page on which the answer can be given, by whoever has its address.
    pub hosted_verification_url: String,
    pub microdeposit_type: Kind,
}

impl NextAction {
    pub(super) fn new(deposit: &Microdeposit) -> NextAction {
        NextAction {
            r#type: "verify_with_microdeposits".into(),
            verify_with_microdeposits: VerifyWithMicrodeposits {
                arrival_date: deposit.arrival_date,
                hosted_verification_url: deposit.url.clone(),
                microdeposit_type: deposit.kind,
            },
        }
    }
}
