//! In whose name files are sent, and within which limits.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use kernel::Tenant;
use nacha::{LineEnd, RoutingNumber};

use super::transport::Transport;

/// Most that may be moved, in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// With one entry.
    pub entry: i64,
    /// With one file, debits and credits together.
    pub file: i64,
    /// With all files of an Eastern day.
    pub day: i64,
    /// With all debits of one bank account in seven days; without it, these are not summed.
    pub account_week: Option<i64>,
}

impl Default for Limits {
    /// What the fields of a file hold.
    fn default() -> Self {
        Limits { entry: 9_999_999_999, file: 999_999_999_999, day: i64::MAX, account_week: None }
    }
}

/// A business as its bank knows it.
#[derive(Clone)]
pub struct Originator {
    /// The way to the bank.
    pub transport: Arc<dyn Transport>,
    /// The originating bank.
    pub odfi: RoutingNumber,
    /// Who takes the files: a routing number, or what the bank assigned; at most ten characters.
    pub destination: String,
    /// At most 23 characters.
    pub destination_name: String,
    /// Who sends them; at most ten characters.
    pub origin: String,
    /// At most 23 characters.
    pub origin_name: String,
    /// What people read on their statements, at most 16 characters; without it, the business's name.
    pub company_name: Option<String>,
    /// What the bank calls the company, at most ten characters.
    pub company_identification: String,
    /// Most that may be moved.
    pub limits: Limits,
    /// The last seven digits of trace numbers. Originators of one bank divide them among themselves.
    pub traces: RangeInclusive<u32>,
    /// Files of the afternoon are for the same day.
    pub same_day: bool,
    /// Files are written and shown, and never sent; their entries go on waiting.
    pub dry_run: bool,
    /// What ends a line.
    pub line_end: LineEnd,
}

impl fmt::Debug for Originator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Originator").field("odfi", &self.odfi).field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// Knows who sends a tenant's files.
pub trait Originators: Send + Sync {
    /// The tenant's originator; none if no money can be moved for it.
    fn of(&self, tenant: &Tenant) -> Option<Originator>;
}

/// Nobody sends anything.
#[derive(Debug, Default)]
pub struct NoOriginators;

impl Originators for NoOriginators {
    fn of(&self, _tenant: &Tenant) -> Option<Originator> {
        None
    }
}
