use money::{Amount, Currency};

use crate::{Account, Entry, LedgerError};

/// A posting to the holder's account with the day from which it can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated {
    /// What was posted.
    pub amount: Amount,
    /// Unix seconds.
    pub available_on: i64,
}

/// What the holder owns in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// Usable now.
    pub available: Amount,
    /// Usable later.
    pub pending: Amount,
}

/// The balance that postings make at a time. Whoever posts a debit gives it the day on which it takes effect, which is the
/// present as a rule: what is spent cannot be spent again.
///
/// # Errors
/// Sums that do not fit.
pub fn balance(postings: impl IntoIterator<Item = Dated>, currency: Currency, now: i64) -> Result<Balance, LedgerError> {
    let mut out = Balance { available: Amount::zero(currency), pending: Amount::zero(currency) };
    for posting in postings.into_iter().filter(|posting| posting.amount.currency() == currency) {
        let slot = if posting.available_on <= now { &mut out.available } else { &mut out.pending };
        *slot = slot.checked_add(posting.amount)?;
    }
    Ok(out)
}

/// What an account holds after these entries.
///
/// # Errors
/// Sums that do not fit.
pub fn sum<'e>(
    entries: impl IntoIterator<Item = &'e Entry>,
    account: Account,
    currency: Currency,
) -> Result<Amount, LedgerError> {
    let postings = entries.into_iter().flat_map(Entry::postings);
    let own = postings.filter(|one| one.account == account && one.amount.currency() == currency);
    let mut total = Amount::zero(currency);
    for one in own {
        total = total.checked_add(one.amount)?;
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::{Dated, balance};
    use money::{Amount, Currency};

    #[test]
    fn postings_become_available_on_their_day() {
        let posting = |minor, available_on| Dated { amount: Amount::new(minor, Currency::USD), available_on };
        let postings = [posting(9_920, 100), posting(-500, 10), posting(300, 50)];
        let at = |now| {
            let found = balance(postings, Currency::USD, now).unwrap();
            (found.available.minor(), found.pending.minor())
        };
        assert_eq!((at(0), at(10), at(99), at(100)), ((0, 9_720), (-500, 10_220), (-200, 9_920), (9_720, 0)));
        let euro = Currency::parse("eur").unwrap();
        assert_eq!(balance(postings, euro, 100).unwrap().available.minor(), 0, "another currency is another balance");
    }
}
