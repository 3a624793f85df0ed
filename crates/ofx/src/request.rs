//! What a client asks a bank.

use crate::document::Institution;
use crate::{Account, Format, Line, Moment, Secret};

/// With what a person signs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A name and a password, at most 32 characters each up to OFX 1.6.
    Password {
        /// `USERID`.
        user: String,
        /// `USERPASS`.
        password: Secret,
    },
    /// What an earlier answer gave in place of a password.
    UserKey(Secret),
}

impl Credentials {
    /// The filler that the standard has for requests before a person is known.
    const ANONYMOUS: &'static str = "anonymous00000000000000000000000";

    /// Nobody: enough for a profile.
    pub fn anonymous() -> Credentials {
        Credentials::Password { user: Self::ANONYMOUS.to_owned(), password: Secret::new(Self::ANONYMOUS) }
    }

    /// Whether these are the credentials of nobody.
    pub fn is_anonymous(&self) -> bool {
        *self == Credentials::anonymous()
    }
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeAnswer {
    /// The id of the question.
    pub id: String,
    /// The answer.
    pub answer: Secret,
}

/// Signing on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOnRequest {
    /// The clock of the client. Handed in, because this crate has none.
    pub client_time: Option<Moment>,
    /// With what.
    pub credentials: Credentials,
    /// Whether to answer with a key in place of the password.
    pub want_user_key: Option<bool>,
    /// The language of messages, by three letters.
    pub language: String,
    /// Which institution.
    pub institution: Option<Institution>,
    /// What the last answer of this session gave.
    pub session_cookie: Option<Secret>,
    /// The program, 5 characters. Banks answer known programs only.
    pub application: String,
    /// Its version, 4 digits.
    pub application_version: String,
    /// An id of this installation, at most 36 characters, from OFX 1.0.3 and 2.1.1 on.
    pub client_id: Option<String>,
    /// A first further credential, if the profile asks for one.
    pub first_credential: Option<Secret>,
    /// A second further credential, if the profile asks for one.
    pub second_credential: Option<Secret>,
    /// A token that the person got from the bank.
    pub auth_token: Option<Secret>,
    /// What an earlier answer gave to be asked no more questions.
    pub access_key: Option<Secret>,
    /// Answers to the bank's questions.
    pub challenge_answers: Vec<ChallengeAnswer>,
    /// Where it stood.
    pub line: Line,
}

impl SignOnRequest {
    /// Signing on in English with what every request needs.
    pub fn new(client_time: Moment, credentials: Credentials) -> SignOnRequest {
        SignOnRequest {
            client_time: Some(client_time),
            credentials,
            want_user_key: None,
            language: "ENG".to_owned(),
            institution: None,
            session_cookie: None,
            application: "QWIN".to_owned(),
            application_version: "2700".to_owned(),
            client_id: None,
            first_credential: None,
            second_credential: None,
            auth_token: None,
            access_key: None,
            challenge_answers: Vec::new(),
            line: Line::default(),
        }
    }
}

/// Which transactions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Period {
    /// From when; none is as early as the bank has.
    pub start: Option<Moment>,
    /// Up to when; none is now.
    pub end: Option<Moment>,
}

/// One request of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// An id by which the answer is recognised, at most 36 characters, new for every request.
    pub transaction_id: String,
    /// What the bank sends back with its answer.
    pub client_cookie: Option<String>,
    /// What is asked for.
    pub content: AskContent,
    /// Where it stood.
    pub line: Line,
}

impl Ask {
    /// Asks for something.
    pub fn new(transaction_id: impl Into<String>, content: AskContent) -> Ask {
        Ask { transaction_id: transaction_id.into(), client_cookie: None, content, line: Line::default() }
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskContent {
    /// The questions to be answered to sign on.
    Challenges {
        /// The clock of the client.
        client_time: Option<Moment>,
    },
    /// The bank's profile, if it changed since.
    Profile {
        /// [`Moment::EPOCH`] to have it in any case.
        since: Moment,
    },
    /// The list of accounts, if it changed since.
    Accounts {
        /// [`Moment::EPOCH`] to have it in any case.
        since: Moment,
    },
    /// A statement of a bank account.
    BankStatement {
        /// Which account; a request without one can only be refused.
        account: Option<Account>,
        /// Which transactions; none for balances only.
        transactions: Option<Period>,
    },
    /// A statement of a credit card.
    CardStatement {
        /// Which account; a request without one can only be refused.
        account: Option<Account>,
        /// Which transactions; none for balances only.
        transactions: Option<Period>,
    },
    /// Something that this crate does not read, by the tag around it. It is not written.
    Other(String),
}

/// Everything that a client sends at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// How it is written.
    pub format: Format,
    /// Signing on.
    pub sign_on: SignOnRequest,
    /// The requests in their order.
    pub asks: Vec<Ask>,
}
