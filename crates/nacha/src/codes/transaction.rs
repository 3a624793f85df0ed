//! Transaction codes: which kind of account, which direction, which purpose.

use std::fmt;

/// The two digits at the beginning of an entry.
///
/// ```
/// use nacha::{Purpose, TransactionCode};
///
/// let code = TransactionCode::CHECKING_DEBIT;
/// assert!(code.is_debit());
/// assert_eq!(code.purpose(), Some(Purpose::Payment));
/// assert_eq!(code.for_return(), Some(TransactionCode(26)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct TransactionCode(
    /// 0 to 99; not every one is a [known](TransactionCode::is_known) code.
    pub u8,
);

/// Kinds of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// Demand deposit account.
    Checking,
    /// Savings account.
    Savings,
    /// Account in the bank's general ledger.
    GeneralLedger,
    /// Loan account; takes credits, and debits only to reverse a credit.
    Loan,
}

/// What an entry is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A return or a notification of change.
    Return,
    /// Moves money.
    Payment,
    /// A test without money before the first payment.
    Prenote,
    /// No money, but remittance information.
    ZeroDollar,
    /// A line of an accounting advice (ADV).
    Advice,
}

impl TransactionCode {
    /// Credit to a checking account.
    pub const CHECKING_CREDIT: TransactionCode = TransactionCode(22);
    /// Prenote of a credit to a checking account.
    pub const CHECKING_CREDIT_PRENOTE: TransactionCode = TransactionCode(23);
    /// Debit of a checking account.
    pub const CHECKING_DEBIT: TransactionCode = TransactionCode(27);
    /// Prenote of a debit of a checking account.
    pub const CHECKING_DEBIT_PRENOTE: TransactionCode = TransactionCode(28);
    /// Credit to a savings account.
    pub const SAVINGS_CREDIT: TransactionCode = TransactionCode(32);
    /// Prenote of a credit to a savings account.
    pub const SAVINGS_CREDIT_PRENOTE: TransactionCode = TransactionCode(33);
    /// Debit of a savings account.
    pub const SAVINGS_DEBIT: TransactionCode = TransactionCode(37);
    /// Prenote of a debit of a savings account.
    pub const SAVINGS_DEBIT_PRENOTE: TransactionCode = TransactionCode(38);

    /// Whether the code is assigned.
    pub fn is_known(self) -> bool {
        self.purpose().is_some()
    }

    /// What the entry is for; `None` if the code is not assigned.
    pub fn purpose(self) -> Option<Purpose> {
        match self.0 {
            21 | 26 | 31 | 36 | 41 | 46 | 51 | 56 => Some(Purpose::Return),
            22 | 27 | 32 | 37 | 42 | 47 | 52 | 55 => Some(Purpose::Payment),
            23 | 28 | 33 | 38 | 43 | 48 | 53 => Some(Purpose::Prenote),
            24 | 29 | 34 | 39 | 44 | 49 | 54 => Some(Purpose::ZeroDollar),
            81..=88 => Some(Purpose::Advice),
            _ => None,
        }
    }

    /// The kind of the receiver's account; `None` for advices and codes that are not assigned.
    pub fn account(self) -> Option<AccountKind> {
        if !self.is_known() {
            return None;
        }
        match self.0 / 10 {
            2 => Some(AccountKind::Checking),
            3 => Some(AccountKind::Savings),
            4 => Some(AccountKind::GeneralLedger),
            5 => Some(AccountKind::Loan),
            _ => None,
        }
    }

    /// Whether the amount counts as a debit. Returns count in the direction of what they return. Codes that
    /// are not assigned count as neither.
    pub fn is_debit(self) -> bool {
        self.is_known() && if self.0 / 10 == 8 { self.0.is_multiple_of(2) } else { self.0 % 10 >= 5 }
    }

    /// Whether the amount counts as a credit.
    pub fn is_credit(self) -> bool {
        self.is_known() && !self.is_debit()
    }

    /// The code under which an entry of this code is returned, or changes to it are notified; `None` for advices and codes
    /// that are not assigned. A return's own code stays as it is.
    pub fn for_return(self) -> Option<TransactionCode> {
        self.account()?;
        Some(TransactionCode(self.0 / 10 * 10 + if self.is_debit() { 6 } else { 1 }))
    }

    /// The code that reverses a payment of this code; `None` for what is no payment.
    pub fn for_reversal(self) -> Option<TransactionCode> {
        match (self.purpose()?, self.0) {
            (Purpose::Payment, 52) => Some(TransactionCode(55)),
            (Purpose::Payment, 55) => Some(TransactionCode(52)),
            (Purpose::Payment, code) if self.is_debit() => Some(TransactionCode(code - 5)),
            (Purpose::Payment, code) => Some(TransactionCode(code + 5)),
            _ => None,
        }
    }
}

impl fmt::Display for TransactionCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_codes() {
        // account, return credit, credit, prenote, zero, return debit, debit, prenote, zero; 0 = not assigned
        let table = [
            (AccountKind::Checking, [21, 22, 23, 24, 26, 27, 28, 29]),
            (AccountKind::Savings, [31, 32, 33, 34, 36, 37, 38, 39]),
            (AccountKind::GeneralLedger, [41, 42, 43, 44, 46, 47, 48, 49]),
            (AccountKind::Loan, [51, 52, 53, 54, 56, 55, 0, 0]),
        ];
        let purposes = [Purpose::Return, Purpose::Payment, Purpose::Prenote, Purpose::ZeroDollar];
        let mut known = 0;
        for (account, codes) in table {
            for (index, code) in codes.into_iter().enumerate().filter(|(_, code)| *code != 0) {
                let code = TransactionCode(code);
                assert_eq!(code.account(), Some(account));
                assert_eq!(code.purpose(), purposes.get(index % 4).copied());
                assert_eq!(code.is_debit(), index >= 4, "{code}");
                assert_eq!(code.for_return(), codes.get(index / 4 * 4).copied().map(TransactionCode));
                let reversed = codes.get((index + 4) % 8).copied().map(TransactionCode);
                assert_eq!(code.for_reversal(), reversed.filter(|_| index % 4 == 1));
                known += 1;
            }
        }
        assert_eq!((0..=99).filter(|code| TransactionCode(*code).is_known()).count(), known + 8);
        assert!(TransactionCode(82).is_debit() && TransactionCode(81).is_credit());
        assert_eq!(TransactionCode(82).for_return(), None);
        assert_eq!(TransactionCode(90).for_return(), None);
    }
}
