use std::fmt;

use kernel::BoxFuture;

/// A mail on its way.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Unique for each mail, so that one that is sent twice can be told.
    pub message_id: String,
    /// An address such as `ada@example.com`.
    pub to: String,
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// Why a mail was not sent.
#[derive(Debug, Clone)]
pub enum MailerError {
    /// It will never be taken: the address is none, or the server refused it for good.
    Refused(String),
    /// It may be taken later.
    Later(String),
}

impl fmt::Display for MailerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MailerError::Refused(why) | MailerError::Later(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for MailerError {}

/// Sends mails of live mode.
pub trait Mailer: Send + Sync {
    /// Hands a mail over.
    fn send(&self, letter: Letter) -> BoxFuture<'static, Result<(), MailerError>>;
}
