//! Financial Connections: sessions, accounts, owners, transactions, the flow in which people link their accounts, the receipts
//! of what they agreed to, and their own page.

pub mod accounts;
pub mod authorizations;
pub(crate) mod bank;
pub mod consents;
pub mod inferred_balances;
pub mod institutions;
pub mod linking;
pub mod mobile;
pub mod owners;
pub mod person;
pub(crate) mod refresh;
pub mod sessions;
pub mod transactions;
