//! How long a consent lasts at institutions that do not keep to what was asked for.

use crate::institutions::SHORTLY;
use crate::seal;
use crate::shelf::ShelfError;
use crate::site::AnySite;
use crate::world::{Customer, DAY_SECONDS};

/// When a consent ends, in unix seconds of its world.
pub struct Ends {
    /// The end that everybody is told.
    pub expires_at: Option<i64>,
    /// The end of which nobody is told.
    pub cut_off_at: Option<i64>,
}

/// When the consent ends that a person gives to an authorization request (`request`). A request that is answered twice
/// gives the same consent.
pub async fn ends(
    site: &AnySite,
    customer: &Customer,
    request: &str,
    created_at: i64,
    asked: Option<i64>,
) -> Result<Ends, ShelfError> {
    let life = site.institution.consents;
    if life.first_is_cut_off && is_first(site, customer, request).await? {
        return Ok(Ends { expires_at: asked, cut_off_at: Some(created_at + SHORTLY) });
    }
    let latest = life.longest_days.map(|days| created_at + days * DAY_SECONDS);
    let expires_at = asked.into_iter().chain(latest).min();
    Ok(Ends { expires_at, cut_off_at: None })
}

/// Whether this is the first request that the person agreed to at the institution.
async fn is_first(site: &AnySite, customer: &Customer, request: &str) -> Result<bool, ShelfError> {
    let key = format!("first-consent/{}/{}", site.slug(), seal::identifier(&[&customer.world, &customer.username]));
    if site.bank.claim(&key, &request, None).await? {
        return Ok(true);
    }
    let first: Option<String> = site.bank.load(&key).await?;
    Ok(first.as_deref() == Some(request))
}
