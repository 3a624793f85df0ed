//! The page of small deposits in every state.

use api::payments::microdeposits::{Failure, Kind, State, VerifyView};

use crate::texts::Texts;
use crate::verify::{self, Refusal};

/// Names of the samples.
pub const DEPOSITS: [&str; 10] = [
    "verify-code",
    "verify-code-wrong",
    "verify-code-unreadable",
    "verify-amounts",
    "verify-amounts-last",
    "verify-verified",
    "verify-exceeded",
    "verify-timed-out",
    "verify-sent-back",
    "verify-withdrawn",
];

/// One of [`DEPOSITS`].
pub fn deposits(name: &str, t: &'static Texts) -> Option<String> {
    let ended = |state, failure| VerifyView { state, failure, ..waiting(Kind::DescriptorCode) };
    let (view, refusal) = match name {
        "verify-code" => (waiting(Kind::DescriptorCode), None),
        "verify-code-wrong" => (VerifyView { attempts_remaining: 7, ..waiting(Kind::DescriptorCode) }, Some(Refusal::Wrong)),
        "verify-code-unreadable" => (unnamed(), Some(Refusal::Unreadable)),
        "verify-amounts" => (VerifyView { attempts_remaining: 3, ..waiting(Kind::Amounts) }, None),
        "verify-amounts-last" => (VerifyView { attempts_remaining: 1, ..waiting(Kind::Amounts) }, Some(Refusal::Wrong)),
        "verify-verified" => (ended(State::Verified, None), None),
        "verify-exceeded" => (ended(State::Failed, Some(Failure::AttemptsExceeded)), None),
        "verify-timed-out" => (ended(State::Failed, Some(Failure::TimedOut)), None),
        "verify-sent-back" => (ended(State::Failed, Some(Failure::Returned)), None),
        "verify-withdrawn" => (ended(State::Withdrawn, None), None),
        _ => return None,
    };
    Some(verify::page(&view, "sample", refusal, t))
}

fn waiting(kind: Kind) -> VerifyView {
    VerifyView {
        business: "Juniper Budget".to_owned(),
        bank_name: Some("Bank (OAuth)".to_owned()),
        last4: Some("6789".to_owned()),
        kind,
        state: State::Pending,
        failure: None,
        livemode: false,
        // 24 November 2026, midnight in New York.
        arrival_date: 1_795_496_400,
        attempts_remaining: 10,
    }
}

/// Live mode, a bank that is not known, and a name with characters that HTML must escape.
fn unnamed() -> VerifyView {
    VerifyView {
        business: "Baker & Sons <Wholesale> of Lower Saxon Street".to_owned(),
        bank_name: None,
        livemode: true,
        ..waiting(Kind::DescriptorCode)
    }
}
