//! Numbers that stand in for an account's own, as they were told: one for each consent, worth nothing when that has ended.

use serde::{Deserialize, Serialize};

use crate::oauth::Grant;
use crate::shelf::ShelfError;
use crate::site::Bank;
use crate::stated;

/// A number that was told under a consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The account's own number.
    pub number: String,
    /// The consent.
    pub consent: String,
    /// When it ends on its own, in the world's unix seconds.
    pub expires_at: i64,
}

fn key(world: &str, number: &str) -> String {
    format!("told/{}/{number}", stated::place_of(world))
}

/// Remembers that a number was told.
pub async fn tell(bank: &Bank, world: &str, number: &str, told: &Told) -> Result<(), ShelfError> {
    bank.claim(&key(world, number), told, None).await.map(drop)
}

/// The account's own number behind one that was told, and whether that one still stands in for it.
pub async fn find(bank: &Bank, world: &str, number: &str, now: i64) -> Result<Option<(String, bool)>, ShelfError> {
    let Some(told) = bank.load::<Told>(&key(world, number)).await? else { return Ok(None) };
    let grant: Option<Grant> = bank.load(&Grant::key(&told.consent)).await?;
    let lasts = now < told.expires_at && grant.is_some_and(|grant| grant.is_active(now));
    Ok(Some((told.number, lasts)))
}
