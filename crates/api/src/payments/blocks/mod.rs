//! `/drawbridge/v1/blocked_accounts`: bank accounts that nothing is taken from, for all payment methods of the account. A
//! return or a second dispute blocks one; the operator can block one as well, and unblock it.

mod object;
mod ops;
mod params;

pub use object::Block;
pub(crate) use ops::{block, find, refusal};
pub use ops::{create, delete, list};
