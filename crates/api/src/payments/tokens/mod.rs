//! `/v1/tokens`: bank account numbers, kept in the vault, that can be used once.

mod object;
mod ops;

pub use object::{BankAccount, Token};
pub(crate) use ops::of_numbers;
pub use ops::retrieve;
