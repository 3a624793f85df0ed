use kernel::{ApiResult, Cx, Resource};

use super::object::{Consent, ConsentStatus, EndedBy};
use crate::connections::accounts::{self, Account, Cause, Link};
use crate::connections::refresh;

/// The job that ends a consent when its time is over.
pub(crate) const EXPIRE: &str = "expire_consent";

/// Ends a consent whose twelve months are over: its accounts become inactive, and the bank's grant ends unless another account
/// needs it. Linking them again renews both.
pub(crate) async fn expire(cx: &mut Cx<'_>, id: String) -> ApiResult<()> {
    let Some(doc) = cx.raw(Consent::KIND, &id).await? else { return Ok(()) };
    let found: Consent = serde_json::from_str(&doc)?;
    // Accounts before their consent, as everybody locks them.
    let mut covered = Vec::new();
    for own in &found.accounts {
        covered.extend(cx.find::<Account>(&own.account).await?);
    }
    let Some(mut consent) = cx.find::<Consent>(&id).await? else { return Ok(()) };
    if consent.status != ConsentStatus::Active || consent.expires_at > cx.now() {
        return Ok(());
    }
    covered.retain(|account| consent.covers(&account.id));
    let ids: Vec<String> = covered.iter().map(|account| account.id.clone()).collect();
    let now = cx.now();
    consent.end(&ids, EndedBy::Expiry, now);
    consent.status = ConsentStatus::Expired;
    cx.update(&mut consent).await?;
    let now_ms = cx.now_ms();
    for account in &mut covered {
        accounts::deactivate(cx, account, Cause::AccessExpired).await?;
        if let Some(link) = cx.find::<Link>(&account.id).await? {
            refresh::release_grant(cx, &link.authorization, &link.institution, now_ms).await?;
        }
    }
    Ok(())
}
