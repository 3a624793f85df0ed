//! What a bank makes of a name, a password and the answers: a script of words, without any I/O.

use ::ofx::{ChallengeAnswer, Status, StatusCode};
use serde::{Deserialize, Serialize};

/// The status of a one-time code that is not right. It stands in no list of this program's OFX reader.
const TOKEN_WRONG: StatusCode = StatusCode(15_513);

/// How many choices [`Step::Choice`] has.
pub const CHOICES: usize = 2;

/// What the bank asks besides name and password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Where to send a code.
    Choice,
    /// The code that was sent.
    Code,
    /// A code to be confirmed in the bank's app.
    Confirm,
    /// A question that only the person can answer.
    Question,
}

impl Step {
    /// The id of its question; none for a code, which is sent as a token.
    pub fn phrase(self) -> Option<&'static str> {
        match self {
            Step::Choice => Some("MFA_CHOICE"),
            Step::Code => None,
            Step::Confirm => Some("MFA_CONFIRM"),
            Step::Question => Some("MFA_QUESTION"),
        }
    }

    /// The status that asks for it.
    pub fn demand(self) -> Status {
        match self {
            Step::Choice => Status::error(StatusCode::CHALLENGE_NEEDED, "Where should we send a one-time code?"),
            Step::Code => Status::error(StatusCode::TOKEN_NEEDED, "Enter the one-time code that we sent you."),
            Step::Confirm => Status::error(StatusCode::CHALLENGE_NEEDED, "Confirm the code in our app."),
            Step::Question => Status::error(StatusCode::CHALLENGE_NEEDED, "Answer your security question."),
        }
    }

    /// The status that asks for it again.
    pub fn refusal(self) -> Status {
        match self {
            Step::Code => Status::error(TOKEN_WRONG, "This code is not right. Try again."),
            _ => Status::error(StatusCode::CHALLENGE_FAILED, "This answer is not right. Try again."),
        }
    }
}

/// The status of a request that holds nothing but credentials where more is needed.
pub fn challenge_needed() -> Status {
    Status::error(StatusCode::CHALLENGE_NEEDED, "Answer the question first.")
}

/// The status of a wrong name or password.
pub fn credentials_wrong() -> Status {
    Status::error(StatusCode::SIGN_ON_INVALID, "The user name or the password is not right.")
}

/// The status of a user who has to speak to the bank.
pub fn locked() -> Status {
    Status::error(StatusCode::PASSWORD_LOCKED, "This user is locked. Please call us.")
}

/// The status of a sign-on that has ended.
pub fn ended() -> Status {
    Status::error(StatusCode::GENERAL_ERROR, "Something went wrong, and you have been signed out. Please begin again.")
}

/// What was typed means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Ask(Step),
    Error,
    Incorrect,
    Locked,
    /// Anything else, which is right.
    Right,
}

impl Word {
    fn of(text: &str) -> Word {
        match text.trim() {
            "options" => Word::Ask(Step::Choice),
            "mfa" => Word::Ask(Step::Code),
            "confirm_mfa" => Word::Ask(Step::Confirm),
            "security_question" => Word::Ask(Step::Question),
            "error" => Word::Error,
            "incorrect" => Word::Incorrect,
            "locked" => Word::Locked,
            _ => Word::Right,
        }
    }
}

/// Everything that a sign-on holds.
pub struct Attempt<'a> {
    /// The user name.
    pub user: &'a str,
    /// The password.
    pub password: &'a str,
    /// The person has answered all questions before.
    pub known: bool,
    /// What was asked last.
    pub pending: Option<Step>,
    /// Answers to questions.
    pub answers: &'a [ChallengeAnswer],
    /// A one-time code.
    pub token: Option<&'a str>,
}

/// What the bank says to a sign-on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The person is signed on.
    Accepted,
    /// Something more is asked.
    Asked(Step),
    /// The same is asked again.
    AskedAgain(Step),
    /// The name or the password is wrong.
    Wrong,
    /// The user is locked.
    Locked,
    /// The sign-on has ended.
    Ended,
}

/// Follows the script.
pub fn judge(attempt: &Attempt<'_>) -> Verdict {
    let password = Word::of(attempt.password);
    for word in [Word::of(attempt.user), password] {
        match word {
            Word::Error => return Verdict::Ended,
            Word::Incorrect => return Verdict::Wrong,
            Word::Locked => return Verdict::Locked,
            Word::Ask(_) | Word::Right => {}
        }
    }
    if attempt.known {
        return Verdict::Accepted;
    }
    let first = match password {
        Word::Ask(step) => Some(step),
        _ => None,
    };
    let Some(step) = attempt.pending.or(first) else {
        return Verdict::Accepted;
    };
    let Some(answer) = attempt.answer(step) else {
        return Verdict::Asked(step);
    };
    match Word::of(answer) {
        Word::Ask(next) => Verdict::Asked(next),
        Word::Error => Verdict::Ended,
        Word::Incorrect => Verdict::AskedAgain(step),
        Word::Locked => Verdict::Locked,
        Word::Right if step == Step::Choice => match answer.trim().parse() {
            Ok(number) if (1..=CHOICES).contains(&number) => Verdict::Asked(Step::Code),
            _ => Verdict::AskedAgain(step),
        },
        Word::Right => Verdict::Accepted,
    }
}

impl Attempt<'_> {
    /// The answer to a step, unless it is empty.
    fn answer(&self, step: Step) -> Option<&str> {
        let answer = match step.phrase() {
            Some(phrase) => self.answers.iter().find(|answer| answer.id == phrase).map(|answer| answer.answer.expose()),
            None => self.token,
        };
        answer.filter(|text| !text.trim().is_empty())
    }
}
