//! Amounts in minor units of a currency.

use std::fmt;

use crate::{Currency, Decimal, MoneyError, parse_decimal};

/// An amount of money: whole minor units (cents) of one currency, possibly negative.
///
/// Displays as a decimal number without the currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Amount {
    minor: i64,
    currency: Currency,
}

impl Amount {
    /// `minor` units of `currency`.
    pub const fn new(minor: i64, currency: Currency) -> Amount {
        Amount { minor, currency }
    }

    /// Nothing, in `currency`.
    pub const fn zero(currency: Currency) -> Amount {
        Amount { minor: 0, currency }
    }

    /// The amount a decimal text says; see [`parse_decimal`].
    ///
    /// # Errors
    /// Those of [`parse_decimal`].
    pub fn from_decimal(text: &str, currency: Currency) -> Result<Amount, MoneyError> {
        Ok(Amount { minor: parse_decimal(text, currency)?, currency })
    }

    /// The amount in minor units.
    pub const fn minor(&self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`], [`MoneyError::Overflow`].
    pub fn checked_add(self, other: Amount) -> Result<Amount, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`], [`MoneyError::Overflow`].
    pub fn checked_sub(self, other: Amount) -> Result<Amount, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    /// The same amount with the other sign.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] for the smallest amount there is.
    pub fn checked_neg(self) -> Result<Amount, MoneyError> {
        let minor = self.minor.checked_neg().ok_or(MoneyError::Overflow)?;
        Ok(Amount { minor, ..self })
    }

    fn combine(self, other: Amount, operation: fn(i64, i64) -> Option<i64>) -> Result<Amount, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch);
        }
        let minor = operation(self.minor, other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Amount { minor, ..self })
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Decimal { minor: self.minor, currency: self.currency }.fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(minor: i64) -> Amount {
        Amount::new(minor, Currency::USD)
    }

    #[test]
    fn sums_are_checked() {
        assert_eq!(usd(5).checked_add(usd(-7)), Ok(usd(-2)));
        assert_eq!(usd(5).checked_sub(usd(7)), Ok(usd(-2)));
        assert_eq!(usd(5).checked_neg(), Ok(usd(-5)));
        assert_eq!(Amount::zero(Currency::USD), usd(0));
        assert_eq!(usd(i64::MAX).checked_add(usd(1)), Err(MoneyError::Overflow));
        assert_eq!(usd(i64::MIN).checked_sub(usd(1)), Err(MoneyError::Overflow));
        assert_eq!(usd(i64::MIN).checked_neg(), Err(MoneyError::Overflow));
    }

    #[test]
    fn currencies_do_not_mix() {
        let yen = Amount::from_decimal("5", "jpy".parse().expect("a currency"));
        let yen = yen.expect("an amount");
        assert_eq!(usd(5).checked_add(yen), Err(MoneyError::CurrencyMismatch));
        assert_eq!(yen.checked_sub(usd(5)), Err(MoneyError::CurrencyMismatch));
    }
}
