//! `/v1/setup_attempts`: one for each time a Setup Intent was confirmed, with what came of it.

mod object;
mod ops;

pub use object::SetupAttempt;
pub use ops::list;
pub(crate) use ops::{begin, conclude};
