//! The published test values: account numbers that end in a known way, names that stand for them, and answers about small
//! deposits that count in a known way. Tables only; what they mean for a payment is decided by whoever reads them.
//!
//! The bank itself acts by them (see [`Fate`]); whoever runs it hands the rest to the product in test mode.

pub use crate::institutions::ROUTING_NUMBER;

/// The name of the bank behind [`ROUTING_NUMBER`].
pub const BANK_NAME: &str = "STRIPE TEST BANK";

/// What the bank writes beside a return of a number that stood in for an account's own and does so no longer.
pub const NUMBER_DEACTIVATED: &str = "TOKENIZED NUMBER DEACTIVATED";

/// What becomes of entries to a published number at the bank that keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Debits and credits are posted.
    Posted,
    /// Debits come back with this code before they settle; small deposits and other credits are posted.
    DebitReturned(u8),
    /// Debits are posted, and come back with this code when they have settled.
    DebitReturnedLate(u8),
    /// Debits come back, for the number stood in for another one and does so no longer.
    NumberDeactivated,
    /// Credits, and so small deposits, come back with this code.
    CreditReturned(u8),
}

/// What a payment from a published number is taken for before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Risk {
    /// It is sent.
    Normal,
    /// It is kept back for as long as anybody waits.
    Held,
    /// It is refused.
    Highest,
    /// It is refused, for enough was taken from the account this week.
    WeeklyLimit,
}

/// A published account number at [`ROUTING_NUMBER`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestNumber {
    /// The account number.
    pub number: &'static str,
    /// The payment method that stands for it: its holder has not yet shown that the account is theirs.
    pub payment_method: Option<&'static str>,
    /// The bank token that stands for it: verified.
    pub token: Option<&'static str>,
    /// What the bank does.
    pub fate: Fate,
    /// What it is taken for before.
    pub risk: Risk,
}

const fn number(number: &'static str, payment_method: &'static str, fate: Fate) -> TestNumber {
    TestNumber { number, payment_method: Some(payment_method), token: None, fate, risk: Risk::Normal }
}

const fn with_token(token: &'static str, row: TestNumber) -> TestNumber {
    TestNumber { token: Some(token), ..row }
}

const fn taken_for(risk: Risk, row: TestNumber) -> TestNumber {
    TestNumber { risk, ..row }
}

use Fate::{CreditReturned, DebitReturned, DebitReturnedLate, NumberDeactivated, Posted};

/// Every published number.
#[rustfmt::skip]
pub const NUMBERS: &[TestNumber] = &[
    with_token("btok_us_verified", number("000123456789", "pm_usBankAccount_success", Posted)),
    with_token("btok_us_verified_accountClosed", number("000111111113", "pm_usBankAccount_accountClosed", DebitReturned(2))),
    with_token("btok_us_verified_noAccount", number("000111111116", "pm_usBankAccount_noAccount", DebitReturned(3))),
    with_token("btok_us_verified_insufficientFunds", number("000222222227", "pm_usBankAccount_insufficientFunds", DebitReturned(1))),
    with_token("btok_us_verified_debitNotAuthorized", number("000333333335", "pm_usBankAccount_debitNotAuthorized", DebitReturned(10))),
    with_token("btok_us_verified_invalidCurrency", number("000444444440", "pm_usBankAccount_invalidCurrency", DebitReturned(83))),
    number("000555555559", "pm_usBankAccount_dispute", DebitReturnedLate(10)),
    number("000666666661", "pm_usBankAccount_failMicrodeposits", CreditReturned(4)),
    taken_for(Risk::WeeklyLimit, number("000777777771", "pm_usBankAccount_weeklyLimitExceeded", Posted)),
    TestNumber { payment_method: None, ..number("000888888885", "", NumberDeactivated) },
    taken_for(Risk::Held, number("000000000009", "pm_usBankAccount_processing", Posted)),
    taken_for(Risk::Highest, number("000000004954", "pm_usBankAccount_riskLevelHighest", Posted)),
];

/// The published number behind these digits.
#[must_use]
pub fn find(routing: &str, account: &str) -> Option<&'static TestNumber> {
    NUMBERS.iter().find(|row| routing == ROUTING_NUMBER && row.number == account)
}

/// The published number that a name stands for, and whether its holder counts as having shown that it is theirs.
#[must_use]
pub fn named(name: &str) -> Option<(&'static TestNumber, bool)> {
    NUMBERS.iter().find_map(|row| match name {
        _ if row.payment_method == Some(name) => Some((row, false)),
        _ if row.token == Some(name) => Some((row, true)),
        _ => None,
    })
}

/// The name of the bank with a routing number, if it is this one.
#[must_use]
pub fn bank_name(routing: &str) -> Option<&'static str> {
    (routing == ROUTING_NUMBER).then_some(BANK_NAME)
}

/// What an answer about small deposits counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerCount {
    /// Right.
    Right,
    /// As if all attempts were used up.
    Exceeded,
    /// As if the time were over.
    TimedOut,
}

/// The deposits that a sandbox sends: amounts in cents, and the code of the one deposit.
pub const DEPOSITS: ([i64; 2], &str) = ([32, 45], "SM11AA");

/// Answers with a meaning of their own: amounts in cents in any order, or the code.
pub const ANSWERS: &[([i64; 2], &str, AnswerCount)] = &[
    (DEPOSITS.0, DEPOSITS.1, AnswerCount::Right),
    ([10, 11], "SM33CC", AnswerCount::Exceeded),
    ([40, 41], "SM44DD", AnswerCount::TimedOut),
];

/// What two amounts count as, in cents and any order; none if nothing is said about them.
#[must_use]
pub fn count_amounts(first: i64, second: i64) -> Option<AnswerCount> {
    ANSWERS.iter().find(|row| row.0 == [first, second] || row.0 == [second, first]).map(|row| row.2)
}

/// What a code counts as, in letters of either case; none if nothing is said about it.
#[must_use]
pub fn count_code(code: &str) -> Option<AnswerCount> {
    ANSWERS.iter().find(|row| row.1.eq_ignore_ascii_case(code)).map(|row| row.2)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::world::catalogue;

    #[test]
    fn each_number_and_name_stands_once() {
        let numbers: BTreeSet<&str> = NUMBERS.iter().map(|row| row.number).collect();
        let names: Vec<&str> = NUMBERS.iter().flat_map(|row| row.payment_method.into_iter().chain(row.token)).collect();
        assert_eq!((numbers.len(), names.len()), (12, 17));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for name in names {
            assert_eq!(named(name).map(|(_, verified)| verified), Some(name.starts_with("btok_")), "{name}");
        }
        assert_eq!(named(""), None);
        assert_eq!(named("pm_usBankAccount"), None);
    }

    #[test]
    fn linked_test_accounts_have_published_numbers() {
        let linked: BTreeSet<&str> = catalogue::TEST.iter().filter_map(|plan| plan.number).collect();
        assert_eq!(linked, NUMBERS.iter().map(|row| row.number).collect());
    }

    #[test]
    fn numbers_mean_something_at_their_own_bank_only() {
        assert_eq!(find(ROUTING_NUMBER, "000111111113").map(|row| row.fate), Some(DebitReturned(2)));
        assert_eq!(find("021000021", "000111111113"), None);
        assert_eq!(find(ROUTING_NUMBER, "111111113"), None);
        assert_eq!((bank_name(ROUTING_NUMBER), bank_name("021000021")), (Some(BANK_NAME), None));
    }

    #[test]
    fn answers_count_in_any_order_and_case() {
        let table = [
            (count_amounts(32, 45), Some(AnswerCount::Right)),
            (count_amounts(45, 32), Some(AnswerCount::Right)),
            (count_amounts(11, 10), Some(AnswerCount::Exceeded)),
            (count_amounts(40, 41), Some(AnswerCount::TimedOut)),
            (count_amounts(32, 32), None),
            (count_code("sm11aa"), Some(AnswerCount::Right)),
            (count_code("SM33CC"), Some(AnswerCount::Exceeded)),
            (count_code("SM44DD"), Some(AnswerCount::TimedOut)),
            (count_code("SM55EE"), None),
        ];
        for (place, (counted, expected)) in table.into_iter().enumerate() {
            assert_eq!(counted, expected, "row {place}");
        }
    }
}
