//! `/v1/financial_connections/authorizations`: what a bank gave a person's sign-in for. It covers a group of accounts and ends
//! with all of them.
//!
//! `active` -> `inactive` (the bank ended it; signing in again mends it) and `disconnected` (no account needs it).
//!
//! A job asks the bank about it: soon after linking, every day, and when an end comes near or is reached.

pub(crate) mod jobs;
mod object;
mod ops;
mod settle;

pub use object::Authorization;
pub use ops::retrieve;
pub(crate) use ops::{accounts_of, disconnect, end, link};
