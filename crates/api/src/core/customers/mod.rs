//! `/v1/customers`: the people and businesses that an application serves.
//!
//! A deleted customer stays retrievable as `{id, object, deleted: true}`; lists and searches leave it out.

mod object;
mod ops;
mod params;
mod sources;
pub(crate) mod tax;

pub use object::Customer;
pub(crate) use ops::forget_default_method;
pub use ops::{create, delete, list, remove_all_on_clock, retrieve, search, update};
pub(crate) use sources::{default_source_if_none, forget_default_source};
