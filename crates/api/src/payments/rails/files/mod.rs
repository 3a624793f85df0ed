//! `/drawbridge/v1/ach/files`: every file to the bank and from it, and what stands behind each of its entries.

mod mask;
mod object;
mod ops;
mod params;

pub use ops::{content, create, entries, list, retrieve};
