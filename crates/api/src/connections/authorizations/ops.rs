use kernel::{ApiResult, Cx, Resource};
use store::Value;

use super::jobs;
use super::object::{Authorization, AuthorizationDetails, Ended};
use crate::connections::accounts::{self, Account, Cause, Link};
use crate::connections::consents::{self, EndedBy};
use crate::connections::institutions::Institution;
use crate::connections::refresh;
use crate::connections::sessions::AccountHolder;
use crate::{Call, Nothing, Reply};

/// Shows an authorization.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    Ok(Reply::text(cx.raw_or_missing::<Authorization>(call.id(), "authorization").await?))
}

/// Writes down that accounts are linked by an authorization, be it new or mended, and has the bank asked about it soon.
pub(crate) async fn link(cx: &mut Cx<'_>, id: &str, holder: &AccountHolder, institution: &Institution) -> ApiResult<()> {
    match cx.find::<Authorization>(id).await? {
        Some(mut own) => {
            own.status = "active".into();
            own.status_details = AuthorizationDetails::default();
            own.told = None;
            cx.update(&mut own).await?;
        }
        None => {
            let authorization = Authorization {
                id: id.to_owned(),
                object: Authorization::KIND.into(),
                account_holder: Some(holder.clone()),
                institution: Some(institution.id.clone()),
                institution_name: institution.name.clone(),
                livemode: cx.tenant.livemode(),
                status: "active".into(),
                status_details: AuthorizationDetails::default(),
                told: None,
            };
            cx.insert(&authorization).await?;
        }
    }
    let soon = cx.now() + jobs::FIRST_CHECK_SECONDS;
    jobs::schedule(cx, id, &institution.id, soon).await
}

/// The accounts that hang on an authorization, whatever their status.
pub(crate) async fn accounts_of(cx: &mut Cx<'_>, id: &str) -> ApiResult<Vec<String>> {
    let sql = "select id from objects where tenant = $1 and kind = $2 and f3 = $3 order by id";
    let rows = cx.rows(sql, &[Value::from(Link::KIND), Value::from(id)]).await?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// The bank ended an authorization: it takes every account with it. `ended_at` is when its time was over, if the bank says so.
pub(crate) async fn end(cx: &mut Cx<'_>, id: &str, ended_at: Option<i64>) -> ApiResult<()> {
    let stored = cx.find::<Authorization>(id).await?;
    let expected = stored.as_ref().and_then(|own| own.expected_end());
    let now = cx.now();
    let is_over = [ended_at, expected].into_iter().flatten().any(|at| at <= now);
    let (cause, by) = if is_over { (Cause::AccessExpired, EndedBy::Expiry) } else { (Cause::AccessDenied, EndedBy::Bank) };
    let mut holder = None;
    let accounts = accounts_of(cx, id).await?;
    for account in &accounts {
        if let Some(mut account) = cx.find::<Account>(account).await? {
            accounts::deactivate(cx, &mut account, cause).await?;
            holder = account.value.account_holder;
        }
    }
    // All accounts of a log-in are of one holder; their receipts are locked after them, as everywhere.
    if let Some(holder) = holder {
        consents::end(cx, holder.id(), &accounts, by).await?;
    }
    if let Some(mut own) = stored.filter(|own| own.is_active()) {
        own.status = "inactive".into();
        own.status_details = AuthorizationDetails { active: None, inactive: Some(Ended { action: "relink_required".into() }) };
        cx.update(&mut own).await?;
        // What a person agreed to is over: nothing of it is kept for later.
        if let Some(institution) = own.institution.as_deref().filter(|_| is_over) {
            let now_ms = cx.now_ms();
            refresh::release_grant(cx, id, institution, now_ms).await?;
        }
    }
    jobs::cancel(cx, id).await
}

/// No account needs an authorization any more.
pub(crate) async fn disconnect(cx: &mut Cx<'_>, id: &str) -> ApiResult<()> {
    if let Some(mut own) = cx.find::<Authorization>(id).await? {
        own.status = "disconnected".into();
        own.status_details = AuthorizationDetails::default();
        cx.update(&mut own).await?;
    }
    jobs::cancel(cx, id).await
}
