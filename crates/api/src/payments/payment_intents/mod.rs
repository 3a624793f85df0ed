//! `/v1/payment_intents`: payments from the first intention to the money.
//!
//! ```text
//! requires_payment_method <--------------------------------------------- failed, refused, not verified
//!    | payment method                                                          ^         ^
//! requires_confirmation -- confirm, not verified --> requires_action ----------+         |
//!    | confirm, verified                                | verified                       |
//!    +--------------------------------------------------+--> processing -- returned -----+
//!                                                                | settled
//! canceled <-- from all above, while the debit is ours       succeeded
//! ```
//! The pure table is `state.rs`. Each confirmation of a verified bank account is one charge.

mod amounts;
mod attempt;
mod change;
mod confirm;
mod linking;
mod object;
mod ops;
mod outcome;
mod pages;
mod params;
mod state;

pub(crate) use change::{check_amount, checked_currency, refuse_connect};
pub use object::PaymentIntent;
pub use ops::{cancel, create, list, search, update};
pub(crate) use outcome::{failed, settled, verification_failed, verified};
pub use pages::{confirm, retrieve, verify_microdeposits};
pub use state::Status;
