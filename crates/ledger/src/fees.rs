use money::Amount;

use crate::LedgerError;

/// What a service costs: a share of the amount, up to a limit, and a fixed part. In minor units of the amount's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fee {
    /// Hundredths of a percent.
    pub basis_points: u32,
    /// The most that the share comes to.
    pub share_max: Option<i64>,
    /// Added to the share.
    pub fixed: i64,
}

impl Fee {
    /// No fee.
    pub const NONE: Fee = Fee { basis_points: 0, share_max: None, fixed: 0 };

    /// The fee for an amount; half a minor unit is rounded up.
    ///
    /// # Errors
    /// A fee that does not fit.
    pub fn of(self, amount: Amount) -> Result<Amount, LedgerError> {
        let share = (i128::from(amount.minor().max(0)) * i128::from(self.basis_points) + 5_000) / 10_000;
        let share = i64::try_from(share).map_err(|_| money::MoneyError::Overflow)?;
        let share = self.share_max.map_or(share, |most| share.min(most));
        Ok(Amount::new(share, amount.currency()).checked_add(Amount::new(self.fixed, amount.currency()))?)
    }
}

/// What an operator takes for each service. All of it is set by configuration; the default is what the field charges today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fees {
    /// A debit by ACH: 0.8 %, at most $5.00.
    pub payment: Fee,
    /// A debit that came back before it settled: $4.00.
    pub failed_payment: Fee,
    /// A dispute, which a late return is as well: $15.00.
    pub dispute: Fee,
}

impl Default for Fees {
    fn default() -> Self {
        Fees {
            payment: Fee { basis_points: 80, share_max: Some(500), fixed: 0 },
            failed_payment: Fee { fixed: 400, ..Fee::NONE },
            dispute: Fee { fixed: 1_500, ..Fee::NONE },
        }
    }
}

impl Fees {
    /// The fee of a debit.
    ///
    /// # Errors
    /// A fee that does not fit.
    pub fn of_payment(&self, amount: Amount) -> Result<Amount, LedgerError> {
        self.payment.of(amount)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fee, Fees};
    use money::{Amount, Currency};

    #[test]
    fn shares_are_rounded_and_capped() {
        let fee = |minor| Fees::default().of_payment(Amount::new(minor, Currency::USD)).unwrap().minor();
        for (amount, expected) in
            [(50, 0), (62, 0), (63, 1), (100, 1), (10_000, 80), (62_437, 499), (62_500, 500), (99_999_999, 500)]
        {
            assert_eq!(fee(amount), expected, "{amount}");
        }
        let fixed = Fee { basis_points: 0, share_max: None, fixed: 400 };
        assert_eq!(fixed.of(Amount::new(0, Currency::USD)).unwrap().minor(), 400);
        assert!(Fee { basis_points: u32::MAX, share_max: None, fixed: 0 }.of(Amount::new(i64::MAX, Currency::USD)).is_err());
    }
}
