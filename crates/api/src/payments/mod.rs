//! Payments: what moves money, and what stands for where it comes from.

pub mod payment_methods;
pub mod tokens;
