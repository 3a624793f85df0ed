//! `/v1/charges`: attempts to take money, one for each time that a payment was confirmed.

pub(crate) mod ach;
mod object;

pub use object::{BankAccountDetails, Charge, FraudDetails, Outcome, PaymentMethodDetails, Status};
