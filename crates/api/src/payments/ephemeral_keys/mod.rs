//! `/v1/ephemeral_keys`: keys that an app on a person's phone holds for an hour. One reaches the payment methods of one
//! customer and nothing else.

mod ops;

pub use ops::{Create, create, delete};
