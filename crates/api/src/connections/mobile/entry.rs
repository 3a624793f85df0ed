//! `/v1/financial_connections/sessions/synchronize` and `/v1/link_account_sessions`: a session from its opening to its end.

use std::sync::Arc;

use kernel::{ApiError, ApiResult, Cx};
use serde_json::{Value as Json, json};

use super::auth_session::{self, AuthSession};
use super::logins::does_not_fit;
use super::manifest::manifest;
use super::params::{
    Attach, AttachType, Complete, DisableNetworking, ListAccounts, OfSession, Synchronize, TerminalError, TypedNumbers,
};
use super::phone::{Phone, open_doors, taken};
use super::returning;
use crate::connections::linking::view::ManualComplaint;
use crate::connections::linking::{self, Flow, FlowError, Stage};
use crate::connections::{accounts, consents, sessions};
use crate::{App, Call, Reply};

/// Accounts in one answer.
const ACCOUNTS_MAX: i64 = 100;
/// Where web pages of ours lead back to in an app.
const PAGES_DONE: &str = "stripe-auth://link-accounts";

/// Opens a session in an app, or goes on with it wherever it was begun.
///
/// # Errors
/// 400 for a secret that opens nothing, a session that expired or was used.
pub async fn synchronize(app: App, call: Call<Synchronize>) -> ApiResult<Reply> {
    let p = call.params;
    let application = p.mobile.and_then(|mobile| mobile.application_id);
    if application.as_deref().is_some_and(|id| !returning::is_application_id(id)) {
        return Err(ApiError::invalid_param("mobile[application_id]", "Not the name of an app."));
    }
    let locale = p.locale.filter(|locale| linking::is_language(locale));
    let shared = Arc::new((p.client_secret.clone(), application, locale));
    app.core
        .write(&call.caller.tenant, move |cx| {
            let shared = Arc::clone(&shared);
            Box::pin(async move {
                let (secret, application, locale) = &*shared;
                open(cx, secret, application.as_deref(), locale.as_deref()).await
            })
        })
        .await?;
    let phone = Phone::of(&app, &call.caller.tenant, &p.client_secret).await?;
    Reply::json(&json!({
        "object": "connections.synchronization",
        "manifest": manifest(&phone),
        "text": phone.texts().screens(&phone.business, &phone.session.permissions),
        "visual": {"merchant_logo": [], "reduce_manual_entry_prominence_in_errors": false, "reduced_branding": true},
    }))
}

async fn open(cx: &mut Cx<'_>, secret: &str, application: Option<&str>, locale: Option<&str>) -> ApiResult<()> {
    let session = linking::session_of(cx, secret).await?;
    let done = application.map_or_else(|| PAGES_DONE.to_owned(), |id| format!("{PAGES_DONE}/{id}"));
    linking::reopen(cx, &session, None, Some(&format!("{done}/success")), locale).await?;
    open_doors(cx, &session.id).await?;
    let Some(mut flow) = cx.find::<Flow>(&session.id).await? else { return Ok(()) };
    flow.cancel_url = Some(format!("{done}/cancel"));
    cx.update(&mut flow).await?;
    adopt(cx, &flow, application).await
}

/// A person who began elsewhere and is at a bank goes on in this app.
async fn adopt(cx: &mut Cx<'_>, flow: &Flow, application: Option<&str>) -> ApiResult<()> {
    let Some(institution) = &flow.institution else { return Ok(()) };
    let last = auth_session::latest(cx, &flow.id).await?;
    if last.is_some_and(|login| login.institution == *institution) {
        return Ok(());
    }
    let place = application.map_or_else(|| "ios".to_owned(), |id| format!("auth-redirect/{id}"));
    let return_to = returning::address(Some(&place), None)?;
    let (id, session, institution) = (cx.id("bcsess_", 24), flow.id.clone(), institution.clone());
    cx.insert(&AuthSession { id, session, institution, return_to }).await.map(|_| ())
}

/// The person agrees to the consent. Again: nothing changes.
///
/// # Errors
/// 400 for a secret that opens nothing.
pub async fn consent_acquired(app: App, call: Call<OfSession>) -> ApiResult<Reply> {
    let phone = Phone::of(&app, &call.caller.tenant, &call.params.client_secret).await?;
    phone.still_open()?;
    if phone.flow.stage == Stage::Consent {
        let token = phone.login_token();
        let text = phone.texts().consent(&phone.business, &phone.session.permissions);
        taken(consents::consent_shown(&app, &token, text).await)?;
        taken(linking::agree(&app, &token).await)?;
    }
    Reply::json(&manifest(&phone.again().await?))
}

/// The person wants another bank.
///
/// # Errors
/// 400 if no more accounts can be linked.
pub async fn link_more_accounts(app: App, call: Call<OfSession>) -> ApiResult<Reply> {
    let phone = Phone::of(&app, &call.caller.tenant, &call.params.client_secret).await?;
    phone.still_open()?;
    if !taken(linking::back_to_picker(&app, &phone.login_token()).await)? {
        return Err(does_not_fit(&phone));
    }
    Reply::json(&manifest(&phone.again().await?))
}

/// Nothing is shared between businesses here, so there is nothing to disable: shows the session as it is.
///
/// # Errors
/// 400 for a secret that opens nothing.
pub async fn disable_networking(cx: &mut Cx<'_>, call: Call<DisableNetworking>) -> ApiResult<Reply> {
    let phone = Phone::within(cx, &call.app, &call.params.client_secret).await?;
    Reply::json(&manifest(&phone))
}

/// The person typed numbers, or an application wants one of the linked accounts for payments.
///
/// # Errors
/// 400 for numbers that cannot be taken, naming the field; for an account that was not linked in the session.
pub async fn attach_payment_account(app: App, call: Call<Attach>) -> ApiResult<Reply> {
    let p = call.params;
    let phone = Phone::of(&app, &call.caller.tenant, &p.client_secret).await?;
    let missing = |param: &str| ApiError::from(form::FormError::missing(param));
    let (id, next_pane) = match p.r#type {
        AttachType::BankAccount => {
            let typed = p.bank_account.ok_or_else(|| missing("bank_account"))?;
            (type_numbers(&phone, typed).await?, "manual_entry_success")
        }
        AttachType::LinkedAccount => {
            let id = p.linked_account.ok_or_else(|| missing("linked_account"))?.id;
            if !phone.flow.linked.iter().any(|one| one.id == id) {
                return Err(ApiError::missing("account", &id, "linked_account[id]").as_bad_request());
            }
            (id, "success")
        }
    };
    Reply::json(&json!({
        "id": id,
        "object": "connections.payment_account",
        "eligible_for_networking": false,
        "microdeposit_verification_method": null,
        "networking_successful": false,
        "next_pane": next_pane,
    }))
}

/// Takes the numbers as the flow's own pane does; answers the id of the bank account that they became.
async fn type_numbers(phone: &Phone, typed: TypedNumbers) -> ApiResult<String> {
    phone.still_open()?;
    let (app, token) = (&phone.app, phone.login_token());
    let refused = || ApiError::invalid_param("type", "This session does not take typed numbers where it is now.");
    // A step that does not fit leaves the person where they are.
    if !linking::takes_numbers(&phone.flow, &phone.session) {
        return Err(refused());
    }
    if matches!(phone.flow.stage, Stage::Accounts { .. } | Stage::Success) {
        taken(linking::back_to_picker(app, &token).await)?;
    }
    if !matches!(phone.flow.stage, Stage::ManualEntry { .. }) && !taken(linking::open_manual(app, &token).await)? {
        return Err(refused());
    }
    // The app compares what was typed twice, and sends it once.
    let again = typed.account_number.clone();
    taken(linking::manual_numbers(app, &token, typed.routing_number, typed.account_number, again).await)?;
    let phone = phone.again().await?;
    match (&phone.flow.stage, &phone.session.bank_account_token) {
        (Stage::ManualDone { .. }, Some(made)) => Ok(made.bank_account.id.clone()),
        (Stage::ManualEntry { complaint: Some(complaint) }, _) => Err(complained(*complaint)),
        _ => Err(does_not_fit(&phone)),
    }
}

fn complained(complaint: ManualComplaint) -> ApiError {
    let (field, message) = match complaint {
        ManualComplaint::RoutingMissing => ("routing_number", "The routing number is missing."),
        ManualComplaint::RoutingWrong => {
            ("routing_number", "A routing number has nine digits, the last of which checks the others.")
        }
        ManualComplaint::AccountMissing | ManualComplaint::AccountDiffers => ("account_number", "The account number is missing."),
        ManualComplaint::AccountWrong => ("account_number", "An account number has at most 17 digits and nothing else."),
    };
    ApiError::invalid_param(format!("bank_account[{field}]"), message)
}

/// The person is done, or closes the app's screens: what was linked stays linked. Again: nothing changes.
///
/// # Errors
/// 400 for a secret that opens nothing, and a session of more than a day ago.
pub async fn complete(app: App, call: Call<Complete>) -> ApiResult<Reply> {
    let phone = Phone::of(&app, &call.caller.tenant, &call.params.client_secret).await?;
    if call.params.terminal_error == Some(TerminalError::UserInitiatedWithCustomManualEntry) {
        let message = "This session has no manual entry of the application's own.";
        return Err(ApiError::invalid_param("terminal_error", message));
    }
    let token = phone.login_token();
    let closed = match phone.flow.stage {
        Stage::Finished { .. } => Ok(()),
        Stage::Success | Stage::ManualDone { .. } => linking::done(&app, &token).await,
        _ => linking::cancel(&app, &token).await,
    };
    // After a session's time there is nothing to close; what was linked can still be read for a while.
    if !matches!(closed, Err(FlowError::NotFound)) {
        taken(closed)?;
    }
    let secret = call.params.client_secret.clone();
    let shown = app.core.read(&call.caller.tenant, move |cx| Box::pin(async move { receipt(cx, &secret).await })).await?;
    Reply::json(&shown)
}

/// What a session led to.
///
/// # Errors
/// 400 for a secret that opens nothing, and a session of more than a day ago.
pub async fn session_receipt(cx: &mut Cx<'_>, call: Call<OfSession>) -> ApiResult<Reply> {
    Reply::json(&receipt(cx, &call.params.client_secret).await?)
}

/// The session as the API shows it, under the name of these endpoints: apps send an old version of the API, and want all of it.
async fn receipt(cx: &mut Cx<'_>, secret: &str) -> ApiResult<Json> {
    let session = linking::session_of(cx, secret).await?;
    linking::still_readable(cx, &session)?;
    let mut shown = sessions::with_accounts(cx, &session).await?;
    shown["object"] = json!("link_account_session");
    if let Some(token) = &session.bank_account_token {
        shown["payment_account"] = json!(token.bank_account);
    }
    Ok(shown)
}

/// The accounts that were linked in a session, newest first.
///
/// # Errors
/// 400 for a secret that opens nothing, and a session of more than a day ago.
pub async fn list_accounts(cx: &mut Cx<'_>, call: Call<ListAccounts>) -> ApiResult<Reply> {
    let session = linking::session_of(cx, &call.params.client_secret).await?;
    linking::still_readable(cx, &session)?;
    let cursor = call.params.starting_after.as_deref().map(|id| (id, false));
    let page = accounts::of_session(cx, &session.id, cursor, ACCOUNTS_MAX).await?;
    Ok(Reply::list("/v1/link_account_sessions/list_accounts", &page))
}
