//! The flow in which a person links accounts, without any HTML: what it shows ([`view`]), how it moves ([`state`]), and what
//! each step does ([`ops`]).
//!
//! `consent` -> `picker` -> `bank_login` -> (the bank's own pages) -> `accounts` -> `success` -> `finished`; any step may end in
//! `problem`, from which the person goes back to the picker, or cancels.

mod endpoints;
mod login;
mod ops;
mod select;
mod state;
pub mod view;

pub use endpoints::{open, result, try_session};
pub(crate) use login::login_name;
pub use login::{BankCallback, Returned, bank_address, bank_returned};
pub(crate) use ops::{Door, asked, door, linked_in, make_door};
pub use ops::{FlowError, agree, back_to_picker, cancel, choose_institution, done, view};
pub use select::choose_accounts;
pub use view::FlowView;
