//! Payments: what moves money, and what stands for where it comes from.

pub mod balance_check;
pub mod blocks;
pub mod book;
pub mod charges;
pub mod confirmation_tokens;
pub mod customer_sessions;
pub mod disputes;
pub mod ephemeral_keys;
pub mod file_links;
pub mod files;
pub mod intents;
pub mod mandates;
pub mod microdeposits;
mod named;
pub mod outcomes;
pub mod payment_intents;
pub mod payment_method_configurations;
pub mod payment_methods;
pub mod rails;
pub mod refunds;
pub mod setup_attempts;
pub mod setup_intents;
pub mod shipping;
pub mod sources;
pub(crate) mod statement_descriptor;
pub mod surroundings;
pub mod tokens;
