use form::FormError;
use kernel::events::changed;
use kernel::{ApiError, ApiResult, Cx, Filter, Page, Resource, Slot, Stored};
use serde_json::Value as Json;

use super::object::{Account, Cause, StatusDetails};
use super::params::{Feature, List, Refresh, Subscribable, Subscribe};
use crate::connections::consents::{self, EndedBy};
use crate::connections::{linking, refresh};
use crate::{Call, Nothing, Reply};

const PREFIX: &str = "fca_";
const URL: &str = "/v1/financial_connections/accounts";
const SUBSCRIBABLE_IN_PREVIEW: [Subscribable; 2] = [Subscribable::Balance, Subscribable::InferredBalances];

/// Shows an account.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    Ok(Reply::text(cx.raw_or_missing::<Account>(call.id(), "account").await?))
}

/// Lists accounts, newest first; of one holder or one session if asked for.
///
/// # Errors
/// 400 for wrong parameters, or more than one filter.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    let holder = p.account_holder.map(|holder| [holder.account, holder.customer, holder.customer_account]);
    let mut holders = holder.into_iter().flatten().flatten();
    let first = holders.next();
    if holders.next().is_some() || (first.is_some() && p.session.is_some()) {
        let message = "You may only specify one of these parameters: account_holder[account], account_holder[customer], account_holder[customer_account], session.";
        return Err(FormError::exclusive("account_holder", message).into());
    }
    let page = match &p.session {
        Some(session) => {
            let cursor = p.page.cursor()?;
            if let Some((id, _, param)) = cursor
                && cx.raw(Account::KIND, id).await?.is_none()
            {
                return Err(cx.missing::<Account>(id, param).await?.as_bad_request());
            }
            of_session(cx, session, cursor.map(|(id, newer, _)| (id, newer)), p.page.limit()).await?
        }
        None => cx.list::<Account>(PREFIX, &Filter::default().with(Slot::F1, first.as_deref()), &p.page).await?,
    };
    Ok(Reply::list(URL, &page))
}

/// The accounts that were linked in a session, newest first.
pub(crate) async fn of_session(cx: &mut Cx<'_>, session: &str, cursor: Option<(&str, bool)>, limit: i64) -> ApiResult<Page> {
    let mut ids = linking::linked_in(cx, session).await?;
    ids.sort_unstable_by(|one, other| other.cmp(one));
    let (from, newer) = cursor.unwrap_or(("fca_~", false));
    let mut rest: Vec<String> =
        ids.into_iter().filter(|id| if newer { id.as_str() > from } else { id.as_str() < from }).collect();
    if newer {
        rest.reverse();
    }
    let page = kernel::cut(rest, limit, newer);
    let mut rows = Vec::with_capacity(page.rows.len());
    for id in &page.rows {
        rows.extend(cx.raw(Account::KIND, id).await?);
    }
    Ok(Page { rows, has_more: page.has_more })
}

/// Starts to fetch data anew; jobs do the fetching, events tell of the end.
///
/// # Errors
/// 404; 400 for an inactive account or a feature without its permission.
pub async fn refresh(cx: &mut Cx<'_>, call: Call<Refresh>) -> ApiResult<Reply> {
    let features = &call.params.features;
    check_general(cx, features, &[Feature::InferredBalances], "balance, ownership, transactions")?;
    let mut account = cx.get::<Account>(call.id(), "account").await?;
    check_active(&account)?;
    for (index, feature) in features.iter().enumerate() {
        check_permission(&account, *feature, &format!("features[{index}]"))?;
    }
    let started = refresh::start(cx, &mut account, features).await?;
    let doc = if started { cx.update(&mut account).await? } else { serde_json::to_string(&account.value)? };
    Ok(Reply::text(doc))
}

/// Subscribes to daily data; the first fetch starts at once.
///
/// # Errors
/// 404; 400 for an inactive account or without the permission.
pub async fn subscribe(cx: &mut Cx<'_>, call: Call<Subscribe>) -> ApiResult<Reply> {
    let features = &call.params.features;
    check_general(cx, features, &SUBSCRIBABLE_IN_PREVIEW, "transactions")?;
    let mut account = cx.get::<Account>(call.id(), "account").await?;
    check_active(&account)?;
    for (index, feature) in features.iter().enumerate() {
        check_permission(&account, feature.feature(), &format!("features[{index}]"))?;
    }
    for feature in features {
        if !account.subscriptions.iter().any(|name| name == feature.as_str()) {
            account.subscriptions.push(feature.as_str().into());
        }
    }
    let wanted: Vec<Feature> = features.iter().map(|feature| feature.feature()).collect();
    refresh::start(cx, &mut account, &wanted).await?;
    refresh::schedule_daily(cx, &account.id).await?;
    Ok(Reply::text(cx.update(&mut account).await?))
}

/// Ends subscriptions; what was fetched stays.
///
/// # Errors
/// 404 if there is none.
pub async fn unsubscribe(cx: &mut Cx<'_>, call: Call<Subscribe>) -> ApiResult<Reply> {
    let features = &call.params.features;
    check_general(cx, features, &SUBSCRIBABLE_IN_PREVIEW, "transactions")?;
    let mut account = cx.get::<Account>(call.id(), "account").await?;
    account.subscriptions.retain(|name| !features.iter().any(|feature| feature.as_str() == name));
    if account.subscriptions.is_empty() {
        refresh::cancel_daily(cx, &account.id).await?;
    }
    Ok(Reply::text(cx.update(&mut account).await?))
}

/// Disconnects an account for good: its data is no longer shown, and when it was the last of its grant, the grant ends at
/// the bank as well. Disconnecting it again changes nothing.
///
/// # Errors
/// 404 if there is none.
pub async fn disconnect(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let mut account = cx.get::<Account>(call.id(), "account").await?;
    Ok(Reply::text(end(cx, &mut account, EndedBy::Business).await?))
}

/// Disconnects an account on behalf of the business or of the person, with their consent to it; answers its document.
pub(crate) async fn end(cx: &mut Cx<'_>, account: &mut Stored<Account>, by: EndedBy) -> ApiResult<String> {
    if account.status == "disconnected" {
        return Ok(serde_json::to_string(&account.value)?);
    }
    let before = serde_json::to_value(&account.value)?;
    account.status = "disconnected".into();
    account.status_details = StatusDetails::default();
    account.balance = None;
    account.ownership = None;
    account.subscriptions.clear();
    stop_refreshes(account);
    if let Some(numbers) = &mut account.account_numbers {
        numbers.iter_mut().for_each(|number| number.status = "deactivated".into());
    }
    refresh::cancel_daily(cx, &account.id).await?;
    let doc = cx.update(account).await?;
    emit_change(cx, "financial_connections.account.disconnected", &before, account).await?;
    if let Some(holder) = &account.account_holder {
        consents::end(cx, holder.id(), std::slice::from_ref(&account.id), by).await?;
    }
    refresh::release(cx, &account.id).await?;
    Ok(doc)
}

/// Marks an account that its bank no longer answers for.
pub(crate) async fn deactivate(cx: &mut Cx<'_>, account: &mut Stored<Account>, cause: Cause) -> ApiResult<()> {
    if !account.is_active() {
        return Ok(());
    }
    let before = serde_json::to_value(&account.value)?;
    account.status = "inactive".into();
    account.status_details = StatusDetails { active: None, inactive: Some(cause.details()) };
    stop_refreshes(account);
    cx.update(account).await?;
    emit_change(cx, "financial_connections.account.deactivated", &before, account).await
}

/// Marks an account that was linked again; the caller has filled in what is new.
pub(crate) async fn reactivate(cx: &mut Cx<'_>, account: &mut Stored<Account>, before: &Json) -> ApiResult<()> {
    let was_inactive = account.status == "inactive";
    account.status = "active".into();
    // The bank is asked anew how long it will be.
    account.status_details = StatusDetails::default();
    let now = cx.now();
    for refresh in refreshes(account) {
        if refresh.status != "pending" {
            refresh.next_refresh_available_at = Some(now);
        }
    }
    cx.update(account).await?;
    if was_inactive {
        emit_change(cx, "financial_connections.account.reactivated", before, account).await?;
    }
    Ok(())
}

/// An event about an account that shows what it was before.
pub(crate) async fn emit_change(cx: &mut Cx<'_>, kind: &str, before: &Json, account: &Account) -> ApiResult<()> {
    let after = serde_json::to_value(account)?;
    let previous = changed(before, &after);
    cx.emit(kind, &after.to_string(), previous.as_ref()).await
}

/// [`emit_change`] for an event that only preview versions know.
pub(crate) async fn emit_preview_change(cx: &mut Cx<'_>, kind: &str, before: &Json, account: &Account) -> ApiResult<()> {
    let after = serde_json::to_value(account)?;
    let previous = changed(before, &after);
    cx.emit_preview(kind, &after.to_string(), previous.as_ref()).await
}

fn refreshes(account: &mut Account) -> impl Iterator<Item = &mut super::object::Refresh> {
    let transactions = account.transaction_refresh.as_mut().map(|refresh| &mut refresh.refresh);
    let inferred = account.inferred_balances_refresh.as_mut();
    [account.balance_refresh.as_mut(), inferred, account.ownership_refresh.as_mut(), transactions].into_iter().flatten()
}

/// Nothing can be fetched for an account that is not active: what was pending has failed.
fn stop_refreshes(account: &mut Account) {
    for refresh in refreshes(account) {
        refresh.next_refresh_available_at = None;
        if refresh.status == "pending" {
            refresh.status = "failed".into();
        }
    }
}

fn check_active(account: &Account) -> ApiResult<()> {
    match account.status.as_str() {
        "active" => Ok(()),
        "inactive" => {
            let message = "This account is inactive: its bank no longer shares its data. It can be used again when its holder links it again.";
            Err(ApiError::coded("financial_connections_account_inactive", message).with_param("account"))
        }
        _ => Err(ApiError::invalid_param(
            "account",
            "This account was disconnected. Its holder can link it again in a new session.",
        )),
    }
}

/// What only preview versions know is an unknown value to all others.
fn check_general<F: Copy + PartialEq>(cx: &Cx<'_>, features: &[F], preview: &[F], general: &str) -> ApiResult<()> {
    match features.iter().position(|feature| preview.contains(feature)) {
        Some(index) if !cx.version.is_preview() => {
            let param = format!("features[{index}]");
            let message = format!("Invalid {param}: must be one of {general}");
            Err(FormError::invalid(param, message).into())
        }
        _ => Ok(()),
    }
}

fn check_permission(account: &Account, feature: Feature, param: &str) -> ApiResult<()> {
    let Some(missing) = feature.permissions().iter().find(|permission| !account.permits(permission)) else { return Ok(()) };
    let message = format!(
        "The feature '{}' needs the permission '{missing}', which was not asked for when this account was linked.",
        feature.as_str()
    );
    Err(ApiError::invalid_param(param, message))
}
