//! `/v1/confirmation_tokens`: what a page collected for a payment, handed to the server that confirms it.
//!
//! A page makes one with its publishable key; test mode can make one as a page would. It is good for one intent, within twelve
//! hours. Until then its payment method exists as a draft that no list shows, with its numbers in the vault.

pub(crate) mod jobs;
mod object;
mod ops;
mod params;
mod spend;

pub use object::{ConfirmationToken, MandateData, Shipping};
pub use ops::{create, create_as_page, retrieve};
pub(crate) use spend::spend;
