//! `/v1/file_links`: addresses at which a file can be fetched without a key, until they end.

mod object;
mod ops;
mod params;

pub use object::FileLink;
pub(crate) use ops::{EXPIRE, expire};
pub use ops::{create, list, open, retrieve, update};
pub(crate) use ops::{make, newest_of};
