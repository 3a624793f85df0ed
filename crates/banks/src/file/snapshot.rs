//! What was in a file, in the form in which the grant holds it.

use serde::{Deserialize, Serialize};

use crate::account::BankAccount;
use crate::transaction::{BankTransaction, TransactionPull, TransactionStatus, TransactionWindow};

/// The accounts of a file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Snapshot {
    pub(super) accounts: Vec<FileAccount>,
}

/// One account with its rows.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileAccount {
    pub(super) account: BankAccount,
    pub(super) rows: Vec<FileRow>,
}

/// A booked row: id, amount in minor units, when it was booked and when it happened (Unix seconds),
/// description, and the currency where it is not the account's. A tuple, because files have many rows
/// and names would be most of the grant.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileRow(
    pub(super) String,
    pub(super) i64,
    pub(super) i64,
    pub(super) i64,
    pub(super) String,
    pub(super) Option<String>,
);

impl Snapshot {
    pub(super) fn into_accounts(self) -> Vec<BankAccount> {
        self.accounts.into_iter().map(|one| one.account).collect()
    }

    /// The rows of a window; none if there is no such account.
    pub(super) fn pull(self, bank_account_id: &str, window: TransactionWindow) -> Option<TransactionPull> {
        let one = self.accounts.into_iter().find(|one| one.account.bank_account_id == bank_account_id)?;
        let currency = one.account.currency;
        let in_window = |row: &FileRow| (window.from..=window.to).contains(&row.2);
        let rows = one.rows.into_iter().filter(in_window).map(|row| row.into_transaction(&currency)).collect();
        // A file is about its own days only: what it does not have may still stand.
        Some(TransactionPull { rows, complete: false })
    }
}

impl FileRow {
    pub(super) fn new(row: BankTransaction, account_currency: &str) -> FileRow {
        let posted_at = row.posted_at.unwrap_or(row.transacted_at);
        let currency = (row.currency != account_currency).then_some(row.currency);
        FileRow(row.bank_transaction_id, row.amount_minor, posted_at, row.transacted_at, row.description, currency)
    }

    fn into_transaction(self, account_currency: &str) -> BankTransaction {
        BankTransaction {
            bank_transaction_id: self.0,
            reference_id: None,
            amount_minor: self.1,
            currency: self.5.unwrap_or_else(|| account_currency.to_owned()),
            description: self.4,
            status: TransactionStatus::Posted,
            transacted_at: self.3,
            posted_at: Some(self.2),
        }
    }
}
