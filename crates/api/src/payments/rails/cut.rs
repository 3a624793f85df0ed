//! Files are cut: what waits becomes a file.

use kernel::Cx;

/// The job that puts what waits into a file.
pub(crate) const CUT: &str = "cut_ach_file";

/// The lane of all ACH jobs of a tenant, which one process does one after the other.
pub(super) fn lane(cx: &Cx<'_>) -> String {
    format!("ach/{}", cx.tenant.key())
}
