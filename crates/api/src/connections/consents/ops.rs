use std::sync::Arc;

use form::FormError;
use kernel::{ApiResult, Cx, Filter, Slot};
use serde_json::json;

use super::object::Consent;
use super::params::{List, OpenPage};
use crate::connections::person;
use crate::{App, Call, Nothing, Reply};

const PREFIX: &str = "fccons_";
const URL: &str = "/drawbridge/v1/consents";
/// How long a link to the person's page works unless the caller says otherwise, in minutes.
const PAGE_MINUTES: i64 = 24 * 60;

/// Shows a consent.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    Ok(Reply::text(cx.raw_or_missing::<Consent>(call.id(), "consent").await?))
}

/// Lists consents, newest first; of one person and of one status if asked for.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    let holder = match p.account_holder.map(|holder| (holder.account, holder.customer)) {
        Some((Some(_), Some(_))) => {
            let message = "You may only specify one of these parameters: account_holder[account], account_holder[customer].";
            return Err(FormError::exclusive("account_holder", message).into());
        }
        Some((account, customer)) => account.or(customer),
        None => None,
    };
    let filter = Filter::default()
        .with(Slot::F1, holder.as_deref())
        .with(Slot::F2, p.status.as_ref().map(super::params::StatusFilter::as_str));
    Ok(Reply::list(URL, &cx.list::<Consent>(PREFIX, &filter, &p.page).await?))
}

/// Makes a link to the page on which the person who gave a consent sees and ends what they share. Whoever has the link can do
/// that, so it is for the person alone.
///
/// # Errors
/// 404 if there is no such consent.
pub async fn open_page(app: App, call: Call<OpenPage>) -> ApiResult<Reply> {
    let seconds = call.params.expires_in_minutes.unwrap_or(PAGE_MINUTES) * 60;
    let id = Arc::new(call.id().to_owned());
    let own = Arc::clone(&id);
    let token = app
        .core
        .write(&call.caller.tenant, move |cx| {
            let id = Arc::clone(&own);
            Box::pin(async move {
                let consent = cx.get::<Consent>(&id, "consent").await?;
                person::open(cx, consent.account_holder.id(), seconds).await
            })
        })
        .await?;
    let expires_at = app.core.clock.now() + seconds;
    let url = format!("{}/person/{token}", app.settings.base_url);
    Reply::json(&json!({"object": "drawbridge.person_page", "consent": *id, "expires_at": expires_at, "url": url}))
}
