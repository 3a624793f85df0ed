//! `/v1/disputes`: payments that payers or their banks took back.
//!
//! A debit that comes back after it has settled is a dispute that is lost at once: the network knows no appeal. The money and
//! a fee leave the balance, and unless the account merely lacked funds, what the payer had agreed to ends with it.

mod evidence;
mod late_return;
mod object;
mod ops;
mod params;

pub(crate) use late_return::of_late_return;
pub use object::{Dispute, EvidenceDetails};
pub use ops::{close, list, retrieve, update};
