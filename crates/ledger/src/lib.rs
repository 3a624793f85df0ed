//! Double entry: every movement of money is an entry whose postings sum to zero, and every balance is a sum of postings.
//!
//! A book belongs to one tenant. A positive posting gives to an account, a negative one takes from it. What the holder owns is
//! [`Account::Holder`]; the other accounts say where it came from or went to. When a posting counts as available is a date on
//! the entry, not a second movement.
//!
//! ```
//! use ledger::{Account, Fees, movement, sum};
//! use money::{Amount, Currency};
//!
//! let usd = |minor| Amount::new(minor, Currency::USD);
//! let paid = movement::payment(usd(10_000), Fees::default().of_payment(usd(10_000))?)?;
//! assert_eq!(paid.statement.net, usd(9_920));
//! assert_eq!(sum(&[paid.entry], Account::Holder, Currency::USD)?, usd(9_920));
//! # Ok::<(), ledger::LedgerError>(())
//! ```

mod balance;
mod entry;
mod error;
mod fees;
pub mod movement;

pub use balance::{Balance, Dated, balance, sum};
pub use entry::{Account, Entry, Posting};
pub use error::LedgerError;
pub use fees::{Fee, Fees};
