//! What Setup Intents and Payment Intents have in common: parameters, the payment method that is named or made, options, which
//! types of payment method there are, and what a page may see.

pub(crate) mod client_secret;
pub(crate) mod failure;
pub mod linking;
pub(crate) mod method;
pub(crate) mod options;
pub(crate) mod params;
pub(crate) mod types;
