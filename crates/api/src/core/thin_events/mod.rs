//! `/v2/core/events`: what happened, without a copy of the object, for 30 days. Thin events are written for event
//! destinations that listen for them; an account without such a destination has none.

mod object;
mod ops;
mod params;

pub(crate) use object::document;
pub(crate) use ops::stored;
pub use ops::{list, retrieve};
