//! `/drawbridge/v1/consents`: receipts of what people agreed to when they linked accounts.
//!
//! `active` -> `withdrawn` (the person or the business ended it), `renewed` (the accounts were linked anew, which made another
//! consent) or `expired` (twelve months are over). A receipt is never deleted.

pub(crate) mod jobs;
mod object;
mod ops;
mod params;
mod record;

pub use object::{Consent, ConsentStatus, ConsentText, ConsentedAccount, ConsentedNumbers, EndedBy};
pub use ops::{list, open_page, retrieve};
pub(crate) use record::{Agreement, Given, agreed_at, end, is_over, record};
pub use record::{consent_shown, consents_of};
