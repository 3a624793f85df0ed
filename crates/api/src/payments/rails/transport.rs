//! How files reach the originating bank, and how its files come back.

use kernel::{BoxFuture, Tenant};

use super::state::named;

named! {
    /// How fast the other side is to work.
    Pace {
        /// In seconds, as sandboxes like it.
        Instant = "instant",
        /// By the calendar of banks.
        BankingDays = "banking_days",
    }
}

/// Why a file did not get through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportError {
    /// The bank does not take this file, and never will. The text is for the operator.
    Refused(String),
    /// Not now; the same call again may succeed.
    Later(String),
}

/// A way to an originating bank. Everything may be called again with the same values, and must then have its effect once:
/// nobody knows whether a call that a crash cut off had it.
pub trait Transport: Send + Sync {
    /// Hands over a file. The same name and content again is accepted and does nothing; a known name with other content is
    /// refused.
    fn send<'a>(
        &'a self,
        tenant: &'a Tenant,
        name: &'a str,
        pace: Pace,
        content: &'a [u8],
    ) -> BoxFuture<'a, Result<(), TransportError>>;

    /// The names of files that the bank has for us, oldest first; of those after `after`, if the bank keeps its files.
    fn list<'a>(&'a self, tenant: &'a Tenant, after: Option<&'a str>) -> BoxFuture<'a, Result<Vec<String>, TransportError>>;

    /// The content of a file that was listed.
    fn fetch<'a>(&'a self, tenant: &'a Tenant, name: &'a str) -> BoxFuture<'a, Result<Vec<u8>, TransportError>>;

    /// A listed file is kept here now, and need not be listed again.
    fn taken<'a>(&'a self, _tenant: &'a Tenant, _name: &'a str) -> BoxFuture<'a, Result<(), TransportError>> {
        Box::pin(async { Ok(()) })
    }
}
