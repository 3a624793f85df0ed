use std::collections::{BTreeMap, BTreeSet};

use money::{Amount, Currency};

use crate::LedgerError;

/// Where money can be, in one tenant's book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// What the tenant owns: its balance.
    Holder,
    /// On its way through the ACH network, either way.
    Network,
    /// In the bank account at which the tenant's money is held.
    Bank,
    /// Taken by the operator of this server for its services.
    Fees,
    /// Held back while a dispute is open, or lost in one.
    Disputes,
    /// Moved from or to another tenant's book.
    Transfers,
}

impl Account {
    /// All accounts.
    pub const ALL: [Account; 6] =
        [Account::Holder, Account::Network, Account::Bank, Account::Fees, Account::Disputes, Account::Transfers];

    /// The name under which a posting is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Account::Holder => "holder",
            Account::Network => "network",
            Account::Bank => "bank",
            Account::Fees => "fees",
            Account::Disputes => "disputes",
            Account::Transfers => "transfers",
        }
    }

    /// The account with this name.
    pub fn from_name(name: &str) -> Option<Account> {
        Account::ALL.into_iter().find(|account| account.as_str() == name)
    }
}

/// One line of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// The account.
    pub account: Account,
    /// What it gets, or gives when negative; never zero.
    pub amount: Amount,
}

/// A movement of money: postings that sum to zero in each currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry(Vec<Posting>);

impl Entry {
    /// An entry of these lines. Lines of nothing are left out, lines of one account and currency become one.
    ///
    /// # Errors
    /// [`LedgerError::Unbalanced`], [`LedgerError::Empty`], and sums that do not fit.
    pub fn new(lines: impl IntoIterator<Item = (Account, Amount)>) -> Result<Entry, LedgerError> {
        let mut gathered: BTreeMap<(Account, Currency), Amount> = BTreeMap::new();
        for (account, amount) in lines {
            let slot = gathered.entry((account, amount.currency())).or_insert(Amount::zero(amount.currency()));
            *slot = slot.checked_add(amount)?;
        }
        let postings: Vec<Posting> = gathered
            .into_iter()
            .map(|((account, _), amount)| Posting { account, amount })
            .filter(|one| one.amount.minor() != 0)
            .collect();
        if postings.is_empty() {
            return Err(LedgerError::Empty);
        }
        check(&postings)?;
        Ok(Entry(postings))
    }

    /// The lines, in the order of the accounts.
    pub fn postings(&self) -> &[Posting] {
        &self.0
    }

    /// The entry that undoes this one.
    ///
    /// # Errors
    /// A posting whose opposite does not fit.
    pub fn reversed(&self) -> Result<Entry, LedgerError> {
        let lines: Result<Vec<_>, _> =
            self.0.iter().map(|one| one.amount.checked_neg().map(|amount| (one.account, amount))).collect();
        Entry::new(lines?)
    }
}

/// Whether postings sum to zero in each currency.
fn check(postings: &[Posting]) -> Result<(), LedgerError> {
    let currencies: BTreeSet<Currency> = postings.iter().map(|one| one.amount.currency()).collect();
    for currency in currencies {
        let own = postings.iter().filter(|one| one.amount.currency() == currency);
        let total = own.map(|one| i128::from(one.amount.minor())).sum::<i128>();
        if total != 0 {
            let minor = i64::try_from(total).unwrap_or(if total > 0 { i64::MAX } else { i64::MIN });
            return Err(LedgerError::Unbalanced { currency, minor });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Account, Entry};
    use crate::LedgerError;
    use money::{Amount, Currency};

    fn usd(minor: i64) -> Amount {
        Amount::new(minor, Currency::USD)
    }

    #[test]
    fn an_entry_sums_to_zero_or_is_none() {
        let entry = Entry::new([(Account::Holder, usd(70)), (Account::Fees, usd(30)), (Account::Network, usd(-100))]).unwrap();
        assert_eq!(entry.postings().len(), 3);
        assert_eq!(Entry::new([(Account::Holder, usd(1))]), Err(LedgerError::Unbalanced { currency: Currency::USD, minor: 1 }));
        assert_eq!(Entry::new([]), Err(LedgerError::Empty));
        assert_eq!(Entry::new([(Account::Holder, usd(0))]), Err(LedgerError::Empty));
    }

    #[test]
    fn lines_of_one_account_become_one() {
        let entry = Entry::new([(Account::Holder, usd(1)), (Account::Holder, usd(2)), (Account::Bank, usd(-3))]).unwrap();
        assert_eq!(entry.postings().iter().map(|one| one.amount.minor()).collect::<Vec<_>>(), [3, -3]);
    }

    #[test]
    fn sums_that_do_not_fit_are_refused() {
        let full = [(Account::Holder, usd(i64::MAX)), (Account::Holder, usd(1))];
        assert!(matches!(Entry::new(full), Err(LedgerError::Money(_))));
        let far = Entry::new([(Account::Holder, usd(i64::MAX)), (Account::Bank, usd(i64::MAX)), (Account::Fees, usd(3))]);
        assert_eq!(far, Err(LedgerError::Unbalanced { currency: Currency::USD, minor: i64::MAX }));
    }

    #[test]
    fn names_are_read_back() {
        for account in Account::ALL {
            assert_eq!(Account::from_name(account.as_str()), Some(account));
        }
        assert_eq!(Account::from_name("cash"), None);
    }
}
