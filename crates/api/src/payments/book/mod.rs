//! `/v1/balance` and `/v1/balance_transactions`: the books.
//!
//! Every movement of money is an entry of the ledger, whose postings sum to zero. What the holder owns is the sum of its own
//! postings: available from the day that each one names, pending until then. A movement of the holder's balance has a line as
//! well, the balance transaction, which says why and how much of it was a fee.

mod balance;
mod check;
mod entries;
pub(crate) mod funds;
mod params;
#[cfg(test)]
mod tests;
mod transactions;

pub use balance::retrieve as balance;
pub use check::{Disagreement, check};
pub(crate) use entries::{Line, move_between, post, refused};
pub(crate) use transactions::{document, fee_of, of_source};
pub use transactions::{list, retrieve};
