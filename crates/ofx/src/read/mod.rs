//! The tree to typed data.

pub(crate) mod answers;
mod fields;
pub(crate) mod profile;
pub(crate) mod requests;
pub(crate) mod statement;
mod transaction;
