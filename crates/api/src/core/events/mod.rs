//! `/v1/events`: what happened, for 30 days, as it was rendered when it happened.

mod ops;
mod params;

pub use ops::{list, retrieve};
pub(crate) use ops::{pending, shown, stored};
