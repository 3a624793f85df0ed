//! `/v1/charges`: attempts to take money, one for each time that a payment was confirmed.
//!
//! ```text
//! pending -- settled --> succeeded -- returned late --> succeeded, disputed
//!    | refused, returned, canceled before it was sent
//! failed
//! ```

pub(crate) mod ach;
mod create;
mod debit;
mod failure;
mod object;
mod ops;
mod params;
mod withdraw;

pub use create::create;
pub(crate) use debit::{Debit, Taken, announce, take};
pub(crate) use failure::{Failure, failure};
pub use object::{BankAccountDetails, Charge, FraudDetails, Outcome, PaymentMethodDetails, Status};
pub use ops::{list, retrieve, search, update};
pub(crate) use withdraw::{lacks_funds, withdraw};
