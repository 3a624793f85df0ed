//! `/v1/tokens`: bank account numbers, kept in the vault, that can be used once.

mod object;
mod ops;
mod params;

pub use object::Token;
pub use ops::{create, retrieve};
pub(crate) use ops::{of_linked, of_numbers, redeem};
