//! The endpoints that the official mobile SDKs call, with a publishable key and a session's client secret. They are a second
//! face of the one linking flow ([`linking`](super::linking)): every call is a step of it, and what it shows is the same.
//!
//! An app has no token of the flow; its client secret stands for one ([`Phone`](phone::Phone)). A login at a bank is an
//! [`AuthSession`], which remembers where the app wants to be called back.

mod accounts;
mod auth_session;
mod entry;
mod institutions;
mod logins;
mod manifest;
mod params;
mod phone;
mod returning;
mod texts;

pub use accounts::{accounts, selected_accounts};
pub use auth_session::AuthSession;
pub use entry::{
    attach_payment_account, complete, consent_acquired, disable_networking, link_more_accounts, list_accounts, session_receipt,
    synchronize,
};
pub use institutions::{featured, search};
pub use logins::{authorized, cancel, create, events, oauth_results, retrieve};
pub use returning::{is_login_token, return_address};
