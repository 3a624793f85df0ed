//! Financial Connections: sessions, accounts, owners, transactions, and the flow in which people link their accounts.

pub mod accounts;
pub(crate) mod bank;
pub mod institutions;
pub mod linking;
pub mod mobile;
pub mod owners;
pub(crate) mod refresh;
pub mod sessions;
pub mod transactions;
