//! The limits that the server is measured against: what the same libraries do when they do nothing else.

mod group;
mod http;
mod payment;
mod rows;

pub use group::GroupWriter;
pub use http::{Answer, Kind, serve};
pub use payment::payment_rows;
pub use rows::{Rows, Words, commit_groups, open, scattered};
