//! `/v1/mandates`: what payers agreed to.
//!
//! A mandate is pending until the bank account is verified, then active, and inactive once it can be used no more: after a
//! dispute, when the account turns out to be of no use, or, if it was for one payment, after that payment.

mod acceptance;
mod object;
mod ops;
pub mod wording;

pub(crate) use acceptance::{Acceptance, accepted};
pub use object::Mandate;
pub use ops::retrieve;
pub(crate) use ops::{Terms, activate_all_of, end_all_of, end_pending, end_pending_of, for_debit, missing, used};
