//! Linking again what an authorization covers: it stays the same authorization and gets the bank's new grant.

use kernel::{ApiResult, Cx};

use super::ops::Loaded;
use super::select;
use super::state::Offer;
use crate::connections::accounts::{self, Account, Cause, Link};
use crate::connections::authorizations::{self, Authorization};
use crate::connections::bank::{self, StoredGrant};
use crate::connections::refresh;
use crate::connections::sessions::{RelinkResult, Session};

/// The only bank that a session takes, if it names one.
pub(super) async fn only_bank(cx: &mut Cx<'_>, session: &Session) -> ApiResult<Option<String>> {
    match &session.relink_options {
        Some(options) => {
            let authorization = cx.find::<Authorization>(&options.authorization).await?;
            Ok(authorization.and_then(|authorization| authorization.value.institution))
        }
        None => Ok(session.filters.institution.clone()),
    }
}

/// Leaves of a bank's offers the account that is to be linked again, if the session names one.
pub(super) async fn narrow(cx: &mut Cx<'_>, session: &Session, offers: &[Offer]) -> ApiResult<Vec<Offer>> {
    let account = session.relink_options.as_ref().and_then(|options| options.account.as_deref());
    let Some(account) = account else { return Ok(offers.to_vec()) };
    let link = cx.find::<Link>(account).await?;
    let asked = |offer: &&Offer| link.as_ref().is_some_and(|link| link.bank_account == offer.bank_account);
    Ok(offers.iter().filter(asked).cloned().collect())
}

/// The authorization by which the chosen accounts are linked: the one that is linked again if any of them is covered by it,
/// and it has the new grant from now on; else the one that came with the grant.
pub(super) async fn take_over(
    cx: &mut Cx<'_>,
    loaded: &mut Loaded,
    fresh: &str,
    institution: &str,
    chosen: &[Offer],
) -> ApiResult<String> {
    let Some(options) = loaded.session.relink_options.clone() else { return Ok(fresh.to_owned()) };
    let mut covered = Vec::new();
    for offer in chosen {
        let identity = select::identity(cx, loaded, offer, institution);
        let Some(id) = select::known_account(cx, &identity).await? else { continue };
        let link = cx.find::<Link>(&id).await?;
        if link.is_some_and(|link| link.authorization == options.authorization) {
            covered.push(id);
        }
    }
    let found = options.account.as_ref().map_or(!covered.is_empty(), |account| covered.contains(account));
    if !found || fresh == options.authorization {
        return Ok(fresh.to_owned());
    }
    swap_grants(cx, &options.authorization, fresh).await?;
    // The old grant, now under the new name, covers nothing.
    let now_ms = cx.now_ms();
    refresh::release_grant(cx, fresh, institution, now_ms).await?;
    loaded.flow.authorization = Some(options.authorization.clone());
    if let Some(mut session) = cx.find::<Session>(&loaded.session.id).await? {
        session.relink_result = Some(RelinkResult {
            account: options.account,
            authorization: Some(options.authorization.clone()),
            failure_reason: None,
        });
        cx.update(&mut session).await?;
    }
    Ok(options.authorization)
}

async fn swap_grants(cx: &mut Cx<'_>, one: &str, other: &str) -> ApiResult<()> {
    let (one, other) = (bank::grant_name(one), bank::grant_name(other));
    let fresh = bank::read_sealed::<StoredGrant>(cx, &other).await?;
    match bank::read_sealed::<StoredGrant>(cx, &one).await? {
        Some((old, _)) => bank::write_sealed(cx, &other, &old).await?,
        None => bank::forget(cx, &other).await?,
    }
    if let Some((fresh, _)) = fresh {
        bank::write_sealed(cx, &one, &fresh).await?;
    }
    Ok(())
}

/// What becomes of the other accounts of an authorization that was linked again: those that the person no longer shares
/// become inactive; those that were not asked about go on under the new grant.
pub(super) async fn settle_others(cx: &mut Cx<'_>, loaded: &Loaded, authorization: &str) -> ApiResult<()> {
    let Some(options) = loaded.session.relink_options.as_ref().filter(|options| options.authorization == authorization) else {
        return Ok(());
    };
    for id in authorizations::accounts_of(cx, authorization).await? {
        if loaded.flow.linked.iter().any(|one| one.id == id) {
            continue;
        }
        if options.account.is_some() {
            if let Some(mut link) = cx.find::<Link>(&id).await? {
                link.grants += 1;
                cx.update(&mut link).await?;
            }
        } else if let Some(mut account) = cx.find::<Account>(&id).await? {
            accounts::deactivate(cx, &mut account, Cause::AccessDenied).await?;
        }
    }
    Ok(())
}
