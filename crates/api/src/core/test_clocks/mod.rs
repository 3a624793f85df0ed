//! `/v1/test_helpers/test_clocks`: frozen clocks for billing objects.
//!
//! `ready` -> `advancing` (at once) -> `ready` (by a job), never back in time.

pub(crate) mod jobs;
mod object;
mod ops;
mod params;

pub use object::TestClock;
pub(crate) use ops::join;
pub use ops::{advance, create, delete, list, retrieve};
