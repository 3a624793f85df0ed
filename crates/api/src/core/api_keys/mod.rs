//! `/drawbridge/v1/api_keys`: the keys of an account. A key's text is shown once, when it is made.

mod ops;
mod params;

pub use ops::{create, list, revoke};
