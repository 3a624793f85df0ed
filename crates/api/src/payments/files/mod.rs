//! `/v1/files`: what was uploaded, such as evidence in a dispute. Contents are kept sealed, apart from what is said of them.

mod content;
mod object;
mod ops;
mod params;

pub use object::{DISPUTE_EVIDENCE, File};
pub(crate) use ops::download;
pub use ops::{contents, create, list, retrieve};
