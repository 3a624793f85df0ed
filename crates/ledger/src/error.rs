use money::{Currency, MoneyError};

/// Why an entry cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// What is given differs from what is taken.
    #[error("the postings in {currency} sum to {minor} minor units and not to zero")]
    Unbalanced {
        /// The currency that does not balance.
        currency: Currency,
        /// The sum, minor units.
        minor: i64,
    },
    /// Nothing moves.
    #[error("an entry needs postings")]
    Empty,
    /// An amount that has to be above zero is not.
    #[error("the amount of a movement must be above zero")]
    NotPositive,
    /// A sum does not fit, or currencies were mixed.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
