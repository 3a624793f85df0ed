use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};

/// A mail, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// `mail_…`
    pub id: String,
    /// `drawbridge.mail`
    pub object: String,
    /// The object that it is about.
    pub about: Option<String>,
    /// Unix seconds.
    pub created: i64,
    pub livemode: bool,
    pub status: MailStatus,
    pub subject: String,
    /// What it says; null in live mode, where only its reader may know.
    pub text: Option<String>,
    pub to: String,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailStatus {
    /// It is in a sandbox, and stays there.
    Kept,
    /// It waits to be sent.
    Queued,
    Sent,
    /// It could not be sent, or nothing is set up to send it.
    Failed,
}

impl Resource for Mail {
    const KIND: &'static str = "drawbridge.mail";
    const NOUN: &'static str = "mail";

    fn id(&self) -> &str {
        &self.id
    }

    /// The address, and what it is about.
    fn columns(&self) -> Columns {
        [Some(self.to.clone()), self.about.clone(), None, None]
    }
}
