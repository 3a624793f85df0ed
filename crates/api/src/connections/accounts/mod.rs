//! `/v1/financial_connections/accounts`: what people have linked.
//!
//! `active` <-> `inactive` (the bank no longer answers for it; linking it again mends it) -> `disconnected` (for good).

mod link;
mod object;
mod ops;
mod params;

pub(crate) use link::Link;
pub use object::{Account, AccountNumber, Balance, CashBalance, CreditBalance, Refresh, TransactionRefresh};
pub(crate) use ops::{deactivate, emit_change, end, of_session, reactivate};
pub use ops::{disconnect, list, refresh, retrieve, subscribe, unsubscribe};
pub(crate) use params::Feature;
