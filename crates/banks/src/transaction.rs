//! Transactions as a bank lists them.

/// Whether a transaction is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionStatus {
    /// Announced; may still post, change or vanish.
    Pending,
    /// Booked.
    Posted,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankTransaction {
    /// The bank's identifier, unique within the account. A pending row and the posted row that
    /// replaces it may have different ones.
    pub bank_transaction_id: String,
    /// Identifier of the row that this one replaces or reverses, when the bank tells.
    pub reference_id: Option<String>,
    /// Minor units; negative is money out of the account or a purchase on credit, positive is money
    /// in or a payment towards credit.
    pub amount_minor: i64,
    /// Lowercase ISO 4217 code.
    pub currency: String,
    /// Cleaned text, at most 500 characters, possibly empty.
    pub description: String,
    /// Pending or posted.
    pub status: TransactionStatus,
    /// When it happened, Unix seconds.
    pub transacted_at: i64,
    /// When it was booked, Unix seconds.
    pub posted_at: Option<i64>,
}

/// The span of time asked for, both ends inclusive, in Unix seconds. Banks cut at whole days, so
/// rows a little outside may come too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransactionWindow {
    /// Start.
    pub from: i64,
    /// End.
    pub to: i64,
}

/// What a pull brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionPull {
    /// Rows without repetition, in the bank's order.
    pub rows: Vec<BankTransaction>,
    /// False when rows may be missing: a partial answer, paging that goes in circles or beyond the
    /// limits, or rows that make no sense. The caller must not void anything by such a pull.
    pub complete: bool,
}
