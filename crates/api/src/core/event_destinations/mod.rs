//! `/v2/core/event_destinations`: where events are sent, with or without a copy of the object. Delivery is that of webhook
//! endpoints: the same rows, jobs, signature and schedule.

mod names;
mod object;
mod ops;
mod params;

pub use object::EventDestination;
pub use ops::{create, delete, disable, enable, list, ping, retrieve, update};

/// The first characters of a destination's id.
pub(crate) const PREFIX: &str = "ed_";
