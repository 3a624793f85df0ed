//! The movements there are: which accounts each one touches, and what a statement of the balance says of it.
//!
//! Amounts are handed in above zero; the movement gives them their signs.

use money::Amount;

use crate::Account::{Bank, Disputes, Fees, Holder, Network, Transfers};
use crate::{Account, Entry, LedgerError};

/// A movement of the holder's balance, with its line on the statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The postings.
    pub entry: Entry,
    /// The line.
    pub statement: Statement,
}

/// A line of a statement: `net` is what the holder's account gets, `amount` less `fee`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// Before the fee; negative for what is taken.
    pub amount: Amount,
    /// What the operator takes; negative when it is given back.
    pub fee: Amount,
    /// What is left.
    pub net: Amount,
    /// The kind of movement, as balance transactions name it.
    pub kind: &'static str,
    /// The broader category of reports.
    pub category: &'static str,
}

/// A movement between the holder and another account, with a fee.
fn moved(
    amount: Amount,
    fee: Amount,
    other: Account,
    kind: &'static str,
    category: &'static str,
) -> Result<Movement, LedgerError> {
    let net = amount.checked_sub(fee)?;
    let entry = Entry::new([(Holder, net), (Fees, fee), (other, amount.checked_neg()?)])?;
    Ok(Movement { entry, statement: Statement { amount, fee, net, kind, category } })
}

fn free(amount: Amount) -> Amount {
    Amount::zero(amount.currency())
}

fn positive(amount: Amount) -> Result<Amount, LedgerError> {
    if amount.minor() > 0 { Ok(amount) } else { Err(LedgerError::NotPositive) }
}

/// A debit was handed to the network.
///
/// # Errors
/// Amounts that are not positive, differ in currency or do not fit.
pub fn payment(amount: Amount, fee: Amount) -> Result<Movement, LedgerError> {
    moved(positive(amount)?, fee, Network, "payment", "charge")
}

/// A debit came back before it settled: the fee of the payment is given back, that of the failure is taken.
///
/// # Errors
/// As [`payment`].
pub fn payment_failed(amount: Amount, fee_taken: Amount, failure_fee: Amount) -> Result<Movement, LedgerError> {
    let fee = failure_fee.checked_sub(fee_taken)?;
    moved(positive(amount)?.checked_neg()?, fee, Network, "payment_failure_refund", "charge_failure")
}

/// A credit to the payer was handed to the network.
///
/// # Errors
/// As [`payment`].
pub fn refund(amount: Amount) -> Result<Movement, LedgerError> {
    moved(positive(amount)?.checked_neg()?, free(amount), Network, "payment_refund", "refund")
}

/// A refund came back.
///
/// # Errors
/// As [`payment`].
pub fn refund_failed(amount: Amount) -> Result<Movement, LedgerError> {
    moved(positive(amount)?, free(amount), Network, "refund_failure", "refund_failure")
}

/// A settled debit was taken back: the money leaves the holder, with the fee of the dispute.
///
/// # Errors
/// As [`payment`].
pub fn dispute(amount: Amount, fee: Amount) -> Result<Movement, LedgerError> {
    moved(positive(amount)?.checked_neg()?, fee, Disputes, "adjustment", "dispute")
}

/// A dispute was decided for the holder.
///
/// # Errors
/// As [`payment`].
pub fn dispute_won(amount: Amount) -> Result<Movement, LedgerError> {
    moved(positive(amount)?, free(amount), Disputes, "adjustment", "dispute_reversal")
}

/// A credit to the holder's own bank account was handed to the network.
///
/// # Errors
/// As [`payment`].
pub fn payout(amount: Amount, fee: Amount) -> Result<Movement, LedgerError> {
    moved(positive(amount)?.checked_neg()?, fee, Network, "payout", "payout")
}

/// A payout came back.
///
/// # Errors
/// As [`payment`].
pub fn payout_failed(amount: Amount) -> Result<Movement, LedgerError> {
    moved(positive(amount)?, free(amount), Network, "payout_failure", "payout_reversal")
}

/// A payout was called back before it was handed over.
///
/// # Errors
/// As [`payment`].
pub fn payout_canceled(amount: Amount) -> Result<Movement, LedgerError> {
    moved(positive(amount)?, free(amount), Network, "payout_cancel", "payout_reversal")
}

/// A debit of the holder's own bank account was handed to the network.
///
/// # Errors
/// As [`payment`].
pub fn top_up(amount: Amount) -> Result<Movement, LedgerError> {
    moved(positive(amount)?, free(amount), Network, "topup", "topup")
}

/// A top-up came back.
///
/// # Errors
/// As [`payment`].
pub fn top_up_reversed(amount: Amount) -> Result<Movement, LedgerError> {
    moved(positive(amount)?.checked_neg()?, free(amount), Network, "topup_reversal", "topup_reversal")
}

/// Money went to another tenant's book.
///
/// # Errors
/// As [`payment`].
pub fn transfer_out(amount: Amount) -> Result<Movement, LedgerError> {
    moved(positive(amount)?.checked_neg()?, free(amount), Transfers, "transfer", "transfer")
}

/// Money came from another tenant's book.
///
/// # Errors
/// As [`payment`].
pub fn transfer_in(amount: Amount) -> Result<Movement, LedgerError> {
    moved(positive(amount)?, free(amount), Transfers, "payment", "charge")
}

/// A transfer that was made is taken back.
///
/// # Errors
/// As [`payment`].
pub fn transfer_reversed(amount: Amount) -> Result<Movement, LedgerError> {
    moved(positive(amount)?, free(amount), Transfers, "transfer_refund", "transfer_reversal")
}

/// A platform's share of a payment.
///
/// # Errors
/// As [`payment`].
pub fn application_fee(amount: Amount) -> Result<Movement, LedgerError> {
    moved(positive(amount)?, free(amount), Transfers, "application_fee", "platform_earning")
}

/// A platform's share is given back.
///
/// # Errors
/// As [`payment`].
pub fn application_fee_refunded(amount: Amount) -> Result<Movement, LedgerError> {
    moved(positive(amount)?.checked_neg()?, free(amount), Transfers, "application_fee_refund", "platform_earning_refund")
}

/// The network brought what was debited: it is in the bank now. The holder's balance does not change.
///
/// # Errors
/// As [`payment`].
pub fn debit_settled(amount: Amount) -> Result<Entry, LedgerError> {
    Entry::new([(Network, positive(amount)?), (Bank, amount.checked_neg()?)])
}

/// The network delivered a credit: it has left the bank. The holder's balance does not change.
///
/// # Errors
/// As [`payment`].
pub fn credit_settled(amount: Amount) -> Result<Entry, LedgerError> {
    Entry::new([(Bank, positive(amount)?), (Network, amount.checked_neg()?)])
}

/// A settled debit was returned late: the bank gave the money back, and the dispute stands for it.
///
/// # Errors
/// As [`payment`].
pub fn returned_late(amount: Amount) -> Result<Entry, LedgerError> {
    Entry::new([(Bank, positive(amount)?), (Disputes, amount.checked_neg()?)])
}

/// A small deposit that proves an account: the operator pays it.
///
/// # Errors
/// As [`payment`].
pub fn microdeposit(amount: Amount) -> Result<Entry, LedgerError> {
    Entry::new([(Network, positive(amount)?), (Fees, amount.checked_neg()?)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fees as Schedule, sum};
    use money::Currency;
    use proptest::prelude::*;

    fn usd(minor: i64) -> Amount {
        Amount::new(minor, Currency::USD)
    }

    fn holder(entries: &[Entry]) -> i64 {
        sum(entries, Holder, Currency::USD).unwrap().minor()
    }

    /// Movement, then the amount, fee and net of its line for 100.00 (a fee of 0.80 where it has one).
    #[test]
    fn lines_of_the_statement() {
        let hundred = usd(10_000);
        for (movement, expected, kind) in [
            (payment(hundred, usd(80)), (10_000, 80, 9_920), "payment"),
            (payment_failed(hundred, usd(80), usd(400)), (-10_000, 320, -10_320), "payment_failure_refund"),
            (refund(hundred), (-10_000, 0, -10_000), "payment_refund"),
            (refund_failed(hundred), (10_000, 0, 10_000), "refund_failure"),
            (dispute(hundred, usd(1_500)), (-10_000, 1_500, -11_500), "adjustment"),
            (dispute_won(hundred), (10_000, 0, 10_000), "adjustment"),
            (payout(hundred, usd(0)), (-10_000, 0, -10_000), "payout"),
            (payout_failed(hundred), (10_000, 0, 10_000), "payout_failure"),
            (payout_canceled(hundred), (10_000, 0, 10_000), "payout_cancel"),
            (top_up(hundred), (10_000, 0, 10_000), "topup"),
            (top_up_reversed(hundred), (-10_000, 0, -10_000), "topup_reversal"),
            (transfer_out(hundred), (-10_000, 0, -10_000), "transfer"),
            (transfer_in(hundred), (10_000, 0, 10_000), "payment"),
            (transfer_reversed(hundred), (10_000, 0, 10_000), "transfer_refund"),
            (application_fee(hundred), (10_000, 0, 10_000), "application_fee"),
            (application_fee_refunded(hundred), (-10_000, 0, -10_000), "application_fee_refund"),
        ] {
            let Movement { entry, statement } = movement.unwrap();
            assert_eq!((statement.amount.minor(), statement.fee.minor(), statement.net.minor()), expected, "{kind}");
            assert_eq!(statement.kind, kind);
            assert_eq!(holder(&[entry]), expected.2, "{kind}: the line is what the holder gets");
        }
    }

    #[test]
    fn what_is_settled_leaves_nothing_in_the_network() {
        let day = [
            payment(usd(10_000), usd(80)).unwrap().entry,
            debit_settled(usd(10_000)).unwrap(),
            refund(usd(2_500)).unwrap().entry,
            credit_settled(usd(2_500)).unwrap(),
        ];
        let left = |account| sum(&day, account, Currency::USD).unwrap().minor();
        assert_eq!((left(Network), left(Bank), left(Holder), left(Fees)), (0, -7_500, 7_420, 80));
    }

    #[test]
    fn a_late_return_takes_the_money_from_the_bank() {
        let story = [
            payment(usd(10_000), usd(80)).unwrap().entry,
            debit_settled(usd(10_000)).unwrap(),
            dispute(usd(10_000), usd(1_500)).unwrap().entry,
            returned_late(usd(10_000)).unwrap(),
        ];
        let left = |account| sum(&story, account, Currency::USD).unwrap().minor();
        assert_eq!((left(Network), left(Bank), left(Disputes), left(Holder), left(Fees)), (0, 0, 0, -1_580, 1_580));
    }

    #[test]
    fn nothing_and_less_cannot_be_moved() {
        for amount in [0, -1, i64::MIN] {
            assert_eq!(payment(usd(amount), usd(0)), Err(LedgerError::NotPositive));
            assert_eq!(debit_settled(usd(amount)), Err(LedgerError::NotPositive));
        }
    }

    proptest! {
        /// Whatever happens, in whatever order: all accounts together hold nothing.
        #[test]
        fn a_book_always_sums_to_zero(story in prop::collection::vec((0_u8..12, 1_i64..100_000_000), 0..60)) {
            let mut entries = Vec::new();
            for (kind, minor) in story {
                let amount = usd(minor);
                let fee = Schedule::default().of_payment(amount).unwrap();
                entries.push(match kind {
                    0 => payment(amount, fee).unwrap().entry,
                    1 => payment_failed(amount, fee, usd(400)).unwrap().entry,
                    2 => refund(amount).unwrap().entry,
                    3 => dispute(amount, usd(1_500)).unwrap().entry,
                    4 => payout(amount, usd(0)).unwrap().entry,
                    5 => top_up(amount).unwrap().entry,
                    6 => transfer_out(amount).unwrap().entry,
                    7 => debit_settled(amount).unwrap(),
                    8 => credit_settled(amount).unwrap(),
                    9 => returned_late(amount).unwrap(),
                    10 => microdeposit(amount).unwrap(),
                    _ => payment(amount, fee).unwrap().entry.reversed().unwrap(),
                });
            }
            let total: i64 = Account::ALL.iter().map(|account| sum(&entries, *account, Currency::USD).unwrap().minor()).sum();
            prop_assert_eq!(total, 0);
        }

        /// A payment that fails leaves the holder with the fee of the failure alone.
        #[test]
        fn a_failed_payment_costs_its_fee(minor in 1_i64..100_000_000) {
            let fee = Schedule::default().of_payment(usd(minor)).unwrap();
            let story = [payment(usd(minor), fee).unwrap().entry, payment_failed(usd(minor), fee, usd(400)).unwrap().entry];
            prop_assert_eq!(holder(&story), -400);
        }
    }
}
