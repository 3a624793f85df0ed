//! `/v1/customer_sessions`: a client secret for half an hour, with which a page shows a customer's own things.
//!
//! It is a door and no object: no endpoint shows it again, and it goes by itself.

mod object;
mod ops;
mod params;

pub use ops::create;
