//! The page of a person: what they share with a business, since when and until when, how to stop it, and their data as a file.
//! No HTML here. A link to it is a secret that works for a time; it leads to an account holder of a tenant.

mod erase;
mod export;
pub(crate) mod jobs;
mod ops;
pub mod view;

pub use export::export;
pub(crate) use ops::open;
pub use ops::{PersonError, Target, delete, open_from_flow, stop, view};
pub use view::PersonView;
