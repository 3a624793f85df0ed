//! `/v1/financial_connections/transactions`: rows that banks list, kept and changed by refreshes.
//!
//! `pending` -> `posted` or `void`; a posted row that its bank takes back becomes `void`.

mod ingest;
mod ops;

pub(crate) use ingest::{existing, plan, write};
pub(crate) use ops::newest;
pub use ops::{list, retrieve};
