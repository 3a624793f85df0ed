//! `/drawbridge/v1/mails`: letters to people who pay, about what they agreed to and what they have to do.
//!
//! A sandbox sends none: its mails stay in a folder that applications read. In live mode a mail is sent by a job, through
//! whatever the operator named for it; what it says is sealed until then and forgotten after.

pub(crate) mod jobs;
mod mailer;
mod object;
mod ops;
mod params;
mod sandbox;

pub use mailer::{Letter, Mailer, MailerError};
pub use object::{Mail, MailStatus};
pub(crate) use ops::{NewMail, write};
pub use ops::{list, retrieve};
pub use sandbox::of_local_sandbox;
