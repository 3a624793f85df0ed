//! What can go wrong at a bank, in the words the rest of the program decides by.

use crate::connector::DataKind;

/// What went wrong at a bank. Texts are safe to log: they never carry tokens or bodies.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BankError {
    /// The bank is down.
    #[error("the bank is unavailable")]
    Unavailable {
        /// When it says it will be back (Unix seconds): a planned maintenance.
        expected_at: Option<i64>,
    },
    /// The bank failed in itself (status 500): up, but broken.
    #[error("the bank failed internally")]
    InternalFailure,
    /// The bank did not answer in time.
    #[error("the bank did not answer in time")]
    Timeout,
    /// Too many calls.
    #[error("the bank limits the rate of calls")]
    RateLimited {
        /// Seconds to wait, when the bank says so.
        retry_after_s: Option<u64>,
    },
    /// The access token is not accepted: renew the grant, then try once more.
    #[error("the access token has expired")]
    TokenExpired,
    /// The consent is gone for good: only a new login helps.
    #[error("the consent was revoked or has expired")]
    GrantRevoked,
    /// The person said no at the bank.
    #[error("access was denied at the bank")]
    AccessDenied,
    /// The account is closed.
    #[error("the account is closed")]
    AccountClosed,
    /// The account is locked until its holder acts at the bank.
    #[error("the account is locked")]
    AccountLocked,
    /// The consent stands but does not cover this data.
    #[error("the consent does not cover {0:?}")]
    NotPermitted(DataKind),
    /// The bank does not know this account.
    #[error("the account was not found")]
    NotFound,
    /// The bank answered something that makes no sense.
    #[error("unexpected answer from the bank: {0}")]
    Protocol(String),
    /// The address of the bank may not be reached.
    #[error("the bank's address is refused: {0}")]
    Forbidden(String),
    /// The bank failed repeatedly and is left alone for a while.
    #[error("the bank failed repeatedly and is left alone for now")]
    CircuitOpen {
        /// When the next call may be tried (Unix seconds).
        until: i64,
        /// The last failure.
        cause: Box<BankError>,
    },
}

impl BankError {
    /// Whether the same call may succeed later without anybody acting.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            BankError::Unavailable { .. }
                | BankError::InternalFailure
                | BankError::Timeout
                | BankError::RateLimited { .. }
                | BankError::CircuitOpen { .. }
        )
    }

    /// Whether it speaks against the health of the bank as a whole. A planned maintenance does not:
    /// the bank answers promptly and says when to come back.
    pub(crate) fn counts_as_outage(&self) -> bool {
        matches!(self, BankError::Unavailable { expected_at: None } | BankError::InternalFailure | BankError::Timeout)
    }
}
