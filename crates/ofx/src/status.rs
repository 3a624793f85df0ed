//! How a bank says that something worked or not.

use std::fmt;

/// A status code. Banks use codes that stand in no list; every number is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatusCode(pub u32);

/// Declares the known codes together with what they mean.
macro_rules! codes {
    ($($name:ident = $code:literal, $meaning:literal;)*) => {
        impl StatusCode {
            $(#[doc = concat!($meaning, " (", stringify!($code), ").")] pub const $name: StatusCode = StatusCode($code);)*

            /// What the code means, in a few words; nothing for codes of a bank's own.
            pub fn meaning(self) -> Option<&'static str> {
                match self.0 {
                    $($code => Some($meaning),)*
                    _ => None,
                }
            }
        }
    };
}

codes! {
    OK = 0, "ok";
    UP_TO_DATE = 1, "what the client has is up to date";
    GENERAL_ERROR = 2000, "general error";
    INVALID_ACCOUNT = 2002, "general account error";
    ACCOUNT_NOT_FOUND = 2003, "account not found";
    ACCOUNT_CLOSED = 2004, "account closed";
    ACCOUNT_NOT_AUTHORIZED = 2005, "account not authorized";
    DUPLICATE_TRANSACTION_ID = 2019, "transaction id used before";
    INVALID_DATE = 2020, "invalid date";
    UNSUPPORTED_VERSION = 2021, "unsupported version";
    INVALID_DATE_RANGE = 2027, "invalid date range";
    UNKNOWN_ELEMENT = 2028, "unknown element";
    CHALLENGE_NEEDED = 3000, "further questions must be answered to sign on";
    CHALLENGE_FAILED = 3001, "a question was answered wrongly";
    ENROLLMENT_FAILED = 13_500, "unable to enroll the user";
    INSTITUTION_MISSING = 13_504, "institution missing or invalid";
    PASSWORD_CHANGE_NEEDED = 15_000, "the password must be changed";
    SIGN_ON_INVALID = 15_500, "sign-on invalid";
    ACCOUNT_IN_USE = 15_501, "account already in use";
    PASSWORD_LOCKED = 15_502, "password locked";
    EMPTY_SIGN_ON = 15_506, "empty sign-on not supported";
    PASSWORD_CHANGE_FIRST = 15_507, "the password must be changed first";
    NOT_AUTHORIZED = 15_508, "not authorized";
    CLIENT_ID_REJECTED = 15_510, "client id or token rejected";
    CONTACT_INSTITUTION = 15_511, "the user must contact the institution";
    TOKEN_NEEDED = 15_512, "an authentication token is needed";
}

impl fmt::Display for StatusCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.meaning() {
            Some(meaning) => write!(out, "{} ({meaning})", self.0),
            None => write!(out, "{}", self.0),
        }
    }
}

/// How bad a status is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// It worked.
    Info,
    /// It worked, but.
    Warn,
    /// It did not work.
    Error,
}

/// A status.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Status {
    /// The code.
    pub code: StatusCode,
    /// How bad it is. Where a file does not say, 0 and 1 are [`Severity::Info`], others
    /// [`Severity::Error`].
    pub severity: Severity,
    /// Words for the person, in the language of the session.
    pub message: Option<String>,
}

impl Status {
    /// It worked.
    pub fn ok() -> Status {
        Status { code: StatusCode::OK, severity: Severity::Info, message: None }
    }

    /// It did not work.
    pub fn error(code: StatusCode, message: impl Into<String>) -> Status {
        Status { code, severity: Severity::Error, message: Some(message.into()) }
    }

    /// Whether it did not work.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
