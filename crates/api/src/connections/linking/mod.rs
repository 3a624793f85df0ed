//! The flow in which a person links accounts, without any HTML: what it shows ([`view`]), how it moves ([`state`]), and what
//! each step does ([`ops`]).
//!
//! `consent` -> `picker` -> `bank_login` -> (the bank's own pages) -> `accounts` -> `success` -> `finished`; any step may end in
//! `problem`, from which the person goes back to the picker, or cancels.

pub(crate) mod ending;
mod endpoints;
mod login;
mod manual;
mod ops;
mod relink;
mod select;
mod sign_in;
mod state;
pub mod view;

pub(crate) use endpoints::open_hosted;
pub(crate) use endpoints::{is_language, reopen, session as session_of, still_readable};
pub use endpoints::{open, result, try_session};
pub use login::{BankCallback, Returned, bank_address, bank_returned};
pub(crate) use login::{CONSENT_DAYS, login_name};
pub(crate) use manual::is_allowed as takes_numbers;
pub use manual::{manual_numbers, open_manual};
pub(crate) use ops::{Door, asked, door, make_door};
pub use ops::{FlowError, agree, back_to_picker, cancel, choose_institution, done, view};
pub(crate) use ops::{choices_in, collected_in, linked_in, remaining};
pub use select::choose_accounts;
pub use sign_in::sign_in;
pub(crate) use sign_in::state_name;
pub(crate) use state::{Flow, Offer, Stage, Trouble};
pub use view::FlowView;
