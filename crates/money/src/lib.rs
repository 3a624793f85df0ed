//! Amounts of money: currencies, whole minor units with checked arithmetic, and exact decimal
//! text. No floating point anywhere.
//!
//! ```
//! use money::{Amount, Currency};
//!
//! let balance = Amount::from_decimal("100.00", Currency::USD)?;
//! let fee = Amount::new(150, Currency::USD);
//! let rest = balance.checked_sub(fee)?;
//! assert_eq!(rest.minor(), 9850);
//! assert_eq!(rest.to_string(), "98.50");
//! # Ok::<(), money::MoneyError>(())
//! ```

mod amount;
mod currency;
mod decimal;
mod error;

pub use amount::Amount;
pub use currency::Currency;
pub use decimal::{Decimal, parse_decimal};
pub use error::MoneyError;
