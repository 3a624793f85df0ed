//! Rows of a pull, each identifier once.

use std::collections::HashMap;

use crate::transaction::{BankTransaction, TransactionStatus};

/// Rows of one pull, whatever the bank claims is still to come.
pub(crate) const ROWS_MAX: usize = 200_000;

/// Rows so far, in the bank's order.
#[derive(Default)]
pub(crate) struct Rows {
    pub(crate) kept: Vec<BankTransaction>,
    positions: HashMap<String, usize>,
}

impl Rows {
    /// A repeated row replaces the earlier one, unless that would turn posted into pending. False when
    /// there is no room for a new one.
    pub(crate) fn add(&mut self, row: BankTransaction) -> bool {
        if let Some(position) = self.positions.get(&row.bank_transaction_id) {
            let earlier = &mut self.kept[*position];
            let backwards = earlier.status == TransactionStatus::Posted && row.status == TransactionStatus::Pending;
            if !backwards {
                *earlier = row;
            }
            return true;
        }
        if self.kept.len() == ROWS_MAX {
            return false;
        }
        self.positions.insert(row.bank_transaction_id.clone(), self.kept.len());
        self.kept.push(row);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Rows;
    use crate::transaction::{BankTransaction, TransactionStatus};

    #[test]
    fn repeated_rows_count_once_and_never_go_back() {
        let row = |status, amount_minor| BankTransaction {
            bank_transaction_id: "t".to_owned(),
            reference_id: None,
            amount_minor,
            currency: "usd".to_owned(),
            description: String::new(),
            status,
            transacted_at: 1_767_312_000,
            posted_at: None,
        };
        let mut rows = Rows::default();
        assert!(rows.add(row(TransactionStatus::Pending, 1)));
        assert!(rows.add(row(TransactionStatus::Posted, 2)));
        assert!(rows.add(row(TransactionStatus::Pending, 3)));
        assert_eq!(rows.kept.len(), 1);
        assert_eq!(rows.kept[0].amount_minor, 2);
    }
}
