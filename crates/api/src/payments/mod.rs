//! Payments: what moves money, and what stands for where it comes from.

pub mod blocks;
pub mod book;
pub mod charges;
pub mod confirmation_tokens;
pub mod customer_sessions;
pub mod disputes;
pub mod ephemeral_keys;
pub mod intents;
pub mod mandates;
pub mod microdeposits;
pub mod outcomes;
pub mod payment_method_configurations;
pub mod payment_methods;
pub mod rails;
pub mod refunds;
pub mod shipping;
pub mod sources;
pub mod surroundings;
pub mod tokens;
