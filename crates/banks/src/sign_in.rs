//! Signing in on a page of ours: what is asked, and what a person answers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::connector::Grant;
use crate::secret::Secret;

/// Longest answer taken, in bytes; a statement file is the exception.
pub const ANSWER_BYTES_MAX: usize = 2_048;

/// One page of questions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInForm {
    /// What kind of step it is; the page has its own words for each.
    pub kind: FormKind,
    /// What the bank itself says, in its own words: cleaned, at most 300 characters.
    pub says: Option<String>,
    /// What is asked, in order; none when the person only has to go on.
    pub fields: Vec<SignInField>,
}

/// The kinds of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormKind {
    /// User name and password at the bank.
    Credentials,
    /// Choose one of a list, such as where to send a code.
    Choice,
    /// Type a code that the bank sent.
    Code,
    /// Confirm a code that the bank shows here and in its app.
    ConfirmCode,
    /// Answer a question that only the person can answer.
    Question,
    /// Paste a token from another service.
    Token,
    /// Choose a file that the bank's website gave.
    File,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInField {
    /// The name to answer by: letters, digits and `_`.
    pub name: String,
    /// What it is.
    pub input: FieldInput,
    /// The bank's own words for it; the page has its own when there are none.
    pub label: Option<String>,
}

/// How a question is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldInput {
    /// A user name.
    Username,
    /// A password; never shown.
    Password,
    /// A code, digits as a rule.
    Code,
    /// A word or sentence that only the person knows.
    Secret,
    /// One of a list; the answer is its position, from 0.
    Choice {
        /// At least one, in the bank's own words.
        options: Vec<String>,
    },
    /// A long text to paste.
    Token,
    /// The content of a file.
    File,
}

/// What a person answered: names and values.
#[derive(Clone, Default)]
pub struct Answers(Vec<(String, Secret)>);

impl Answers {
    /// Answers in any order; of several with one name the first counts.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Answers(pairs.into_iter().map(|(name, value)| (name, Secret::new(value))).collect())
    }

    /// The answer to a question; an empty one counts as none.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.expose()).filter(|text| !text.is_empty())
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// What a connector must remember between two steps. Seal it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignInState(pub Secret);

/// What follows an answer.
#[derive(Clone, Debug)]
pub enum SignInStep {
    /// The bank asks something (more).
    Ask {
        /// What it asks.
        form: SignInForm,
        /// For the next answer; none when it starts over.
        state: Option<SignInState>,
        /// Why the same or the first question comes again.
        refused: Option<AnswerRefused>,
    },
    /// The person is signed in.
    Done(Grant),
}

/// Why an answer was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerRefused {
    /// Something was left empty.
    Missing,
    /// The bank does not know this user or password, or the answer is not the right one.
    Wrong,
    /// The token reads as none, or was used already.
    TokenUnusable,
    /// The file is not one that can be read.
    FileUnreadable {
        /// The line at which reading ended, from 1; none when it is not a text.
        line: Option<u32>,
    },
}
