//! `/v1/customers/:id/sources`: the bank accounts of a customer, made of tokens.
//!
//! ```text
//! new -- the deposits' amounts are right --> verified
//!  +---- too many wrong ones, none in time, a deposit came back --> verification_failed
//! ```
//! A bank account is a payment method as well, under the same id: two views of one thing. The document of the payment method
//! stands beside that of the bank account, so that whatever takes payment methods takes both.

mod add;
mod deposits;
mod object;
mod ops;
mod params;
mod twin;

pub(crate) use add::{add, add_as_default, redeem};
pub(crate) use deposits::{verification_failed, verified};
pub use object::BankAccount;
pub(crate) use ops::of_customer;
pub use ops::{create, delete, list, retrieve, update, verify};
pub(crate) use twin::{follow, gone, is_one};
