//! `drawbridge ledger`: whether the books are right.

use std::collections::HashSet;
use std::sync::Arc;

use api::payments::book::{self, Disagreement};
use clap::Subcommand;
use kernel::{ApiResult, Core};

/// What can be done with the books.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Command {
    /// Check that every entry sums to zero, that balance transactions say what was posted, and that payments, refunds and
    /// disputes agree with both. Prints what disagrees; the exit code is 1 if anything does. A server may be at work meanwhile.
    Check,
}

/// What is wrong in the books of any account.
///
/// # Errors
/// Those of the database.
pub async fn check(core: &Arc<Core>) -> ApiResult<Vec<Disagreement>> {
    let found = book::check(core).await?;
    if found.is_empty() {
        return Ok(found);
    }
    // What was being written during the first look is right at the second one.
    let again: HashSet<String> = book::check(core).await?.iter().map(Disagreement::to_string).collect();
    Ok(found.into_iter().filter(|wrong| again.contains(&wrong.to_string())).collect())
}
