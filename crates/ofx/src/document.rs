//! What a bank answers, and what is in a file that it offers for download.

use crate::{AccountInfo, AccountList, Format, Line, Moment, Profile, Secret, Statement, StatementKind, Status};

/// The institution as it calls itself in OFX.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Institution {
    /// `ORG`, at most 32 characters.
    pub organization: Option<String>,
    /// `FID`, at most 32 characters.
    pub id: Option<String>,
}

/// How signing on went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignOn {
    /// Whether it worked; some files do not say it.
    pub status: Option<Status>,
    /// The clock of the server.
    pub server_time: Option<Moment>,
    /// What to send in place of the password from now on.
    pub user_key: Option<Secret>,
    /// Until when `user_key` works.
    pub user_key_expires: Option<Moment>,
    /// The language of messages, by three letters.
    pub language: Option<String>,
    /// When the profile last changed.
    pub profile_updated: Option<Moment>,
    /// When the list of accounts last changed.
    pub accounts_updated: Option<Moment>,
    /// Who answers.
    pub institution: Option<Institution>,
    /// What to send with the next request of this session.
    pub session_cookie: Option<Secret>,
    /// What to send to be asked no more questions.
    pub access_key: Option<Secret>,
    /// The number that Intuit gave to the institution (`INTU.BID`).
    pub intuit_bank_id: Option<String>,
    /// Where it stood.
    pub line: Line,
}

/// A question to be answered to sign on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Challenge {
    /// What to send with the answer. `MFA1` and so on have a meaning in the standard.
    pub id: String,
    /// The question; none for those that a program answers itself.
    pub question: Option<String>,
}

/// The answer to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The id that the client gave to its request, at most 36 characters; empty if there is none.
    pub transaction_id: String,
    /// Whether it worked; some files do not say it.
    pub status: Option<Status>,
    /// What the client sent to recognise its request.
    pub client_cookie: Option<String>,
    /// What was asked for. Is empty if the status is an error.
    pub content: Content,
    /// Where it stood.
    pub line: Line,
}

/// What an answer is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The bank's profile.
    Profile(Option<Box<Profile>>),
    /// The list of accounts.
    Accounts(Option<AccountList>),
    /// A statement. The standard has at most one, some banks put several.
    Statements(StatementKind, Vec<Statement>),
    /// The questions to be answered to sign on.
    Challenges(Vec<Challenge>),
    /// Something that this crate does not read, by the tag around it. It is not written.
    Other(String),
}

/// Everything in a file of a bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// How it is written.
    pub format: Format,
    /// How signing on went; some files do not have it.
    pub sign_on: Option<SignOn>,
    /// The answers in their order.
    pub answers: Vec<Answer>,
}

impl Document {
    /// All statements.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.answers.iter().flat_map(|answer| match &answer.content {
            Content::Statements(_, statements) => statements.as_slice(),
            _ => &[],
        })
    }

    /// All listed accounts.
    pub fn accounts(&self) -> impl Iterator<Item = &AccountInfo> {
        self.answers.iter().flat_map(|answer| match &answer.content {
            Content::Accounts(Some(list)) => list.accounts.as_slice(),
            _ => &[],
        })
    }

    /// The first profile.
    pub fn profile(&self) -> Option<&Profile> {
        self.answers.iter().find_map(|answer| match &answer.content {
            Content::Profile(profile) => profile.as_deref(),
            _ => None,
        })
    }

    /// All questions to be answered to sign on.
    pub fn challenges(&self) -> impl Iterator<Item = &Challenge> {
        self.answers.iter().flat_map(|answer| match &answer.content {
            Content::Challenges(challenges) => challenges.as_slice(),
            _ => &[],
        })
    }

    /// The first status that says that something did not work, of the sign-on or of an answer.
    pub fn failure(&self) -> Option<&Status> {
        let sign_on = self.sign_on.iter().filter_map(|sign_on| sign_on.status.as_ref());
        let answers = self.answers.iter().filter_map(|answer| answer.status.as_ref());
        sign_on.chain(answers).find(|status| status.is_error())
    }
}

impl Answer {
    /// The answer to a request that worked.
    pub fn ok(transaction_id: impl Into<String>, content: Content) -> Answer {
        Answer::new(transaction_id, Status::ok(), content)
    }

    /// The answer to a request.
    pub fn new(transaction_id: impl Into<String>, status: Status, content: Content) -> Answer {
        let transaction_id = transaction_id.into();
        Answer { transaction_id, status: Some(status), client_cookie: None, content, line: Line::default() }
    }
}
