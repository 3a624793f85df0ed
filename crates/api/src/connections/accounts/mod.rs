//! `/v1/financial_connections/accounts`: what people have linked.
//!
//! `active` <-> `inactive` (the bank no longer answers for it; linking it again mends it) -> `disconnected` (for good).

mod link;
pub(crate) mod numbers;
mod object;
mod ops;
mod params;

pub(crate) use link::Link;
pub(crate) use object::Cause;
pub use object::{
    Account, AccountNumber, ActiveDetails, Balance, CashBalance, CreditBalance, InactiveDetails, Refresh, StatusDetails,
    TransactionRefresh,
};
pub(crate) use ops::{deactivate, emit_change, emit_preview_change, end, of_session, reactivate};
pub use ops::{disconnect, list, refresh, retrieve, subscribe, unsubscribe};
pub(crate) use params::{Feature, Subscribable};
