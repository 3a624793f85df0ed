//! `/v1/payment_method_configurations`: which payment methods are offered.
//!
//! Every account has a default one, which is written down when it is first changed or another is made beside it. Bank debits
//! are the one kind of payment method here; all others can be turned on and stay unavailable.

mod choice;
mod methods;
mod object;
mod ops;
mod params;

pub(crate) use choice::allows_us_bank_account;
pub use object::Configuration;
pub use ops::{create, list, retrieve, update};
