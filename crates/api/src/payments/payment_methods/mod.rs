//! `/v1/payment_methods`: bank accounts that payments can be taken from.
//!
//! A payment method is made of numbers or of a linked account; it is verified at once in the second case. Attached to a
//! customer it can be used again and again; detached it is of no more use. Beside each stands an instrument, which no
//! endpoint shows: whether it was verified, and whether it was detached.

mod erase;
mod instrument;
mod list;
mod make;
mod object;
mod ops;
pub(crate) mod params;
mod reach;
mod source;

pub(crate) use erase::erase_unused_of;
pub(crate) use instrument::{Instrument, is_verified, mark_verified};
pub use list::{list, list_of_customer};
pub(crate) use make::{Draft, draft, draft_of_account, named, of_bank_account, told};
pub use object::{BillingDetails, Blocked, PaymentMethod, StatusDetails, UsBankAccount};
pub use ops::{attach, create, detach, retrieve, retrieve_of_customer, update};
pub(crate) use ops::{attach_to, release, release_all_of, twin_of};
pub use params::{AccountType, AllowRedisplay, Data, HolderType};
