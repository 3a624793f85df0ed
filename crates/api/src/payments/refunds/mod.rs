//! `/v1/refunds`: money that goes back to payers, as credits through the ACH network.
//!
//! A refund of a payment that has not arrived yet waits for it. Once sent it is pending until the credit has settled; it can
//! still come back afterwards, and then the money is the holder's again.

pub(crate) mod ach;
mod object;
mod ops;
mod params;
mod send;

pub use object::{DestinationDetails, Refund, UsBankTransfer};
pub(crate) use ops::latest_of;
pub use ops::{cancel, create, list, list_of_charge, retrieve, update};
pub(crate) use send::{charge_disputed, charge_failed, charge_settled, funds_available};
