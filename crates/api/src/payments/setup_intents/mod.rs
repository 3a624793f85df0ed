//! `/v1/setup_intents`: bank accounts made ready for debits to come.
//!
//! ```text
//! requires_payment_method -> requires_confirmation -> (confirm)
//!     verified account           -> succeeded
//!     account of typed numbers   -> requires_action: deposits wait for an answer -> succeeded
//!     blocked, or not verified   -> requires_payment_method, with last_setup_error
//! ```
//! Success attaches the payment method to the customer and leaves a mandate behind. It is canceled from any state but the last.

mod confirm;
mod linking;
mod object;
mod ops;
mod outcome;
mod params;

pub use confirm::{confirm, verify_microdeposits};
pub use object::SetupIntent;
pub use ops::{cancel, create, list, retrieve, update};
pub(crate) use outcome::{verification_failed, verified};
