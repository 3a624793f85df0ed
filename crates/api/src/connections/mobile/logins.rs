//! `/v1/connections/auth_sessions`: logins at banks.

use kernel::{ApiError, ApiResult, Cx, Tenant};
use serde_json::{Map, Value as Json, json};

use super::auth_session::{self, AuthSession};
use super::params::{CreateLogin, Events, OfLogin};
use super::phone::{Phone, taken};
use super::returning;
use crate::connections::linking::{self, Stage, Trouble};
use crate::{App, Call, Reply};

/// The person chose a bank. The bank is asked at once whether it takes logins now, as apps want to know it here.
///
/// # Errors
/// 400 for a bank that is not known, or is down: `extra_fields` then say until when.
pub async fn create(app: App, call: Call<CreateLogin>) -> ApiResult<Reply> {
    let p = call.params;
    let tenant = &call.caller.tenant;
    let phone = Phone::of(&app, tenant, &p.client_secret).await?;
    phone.still_open()?;
    if phone.directory.get(&p.institution, tenant.livemode()).is_none() {
        return Err(ApiError::missing("institution", &p.institution, "institution").as_bad_request());
    }
    let return_to = returning::address(p.return_url.as_deref(), phone.session.return_url.as_deref())?;
    let token = phone.login_token();
    if matches!(phone.flow.stage, Stage::ManualEntry { .. }) {
        taken(linking::back_to_picker(&app, &token).await)?;
    }
    if !taken(linking::choose_institution(&app, &token, &p.institution).await)? {
        return Err(does_not_fit(&phone));
    }
    let phone = keep(&phone.again().await?, return_to).await?;
    if matches!(phone.flow.stage, Stage::BankLogin { .. }) {
        // The address is not used: the person gets a fresh one when the app opens the page, in the browser that opens it.
        taken(linking::bank_address(&app, &token, true).await.map(|_| ()))?;
    }
    let phone = phone.again().await?;
    problem(&phone)?;
    reply(&phone)
}

/// Writes the login down: it takes the place of the one before.
async fn keep(phone: &Phone, return_to: Option<String>) -> ApiResult<Phone> {
    let made = (phone.session.id.clone(), phone.flow.institution.clone().unwrap_or_default(), return_to);
    phone
        .app
        .core
        .write(&phone.tenant, move |cx| {
            let (session, institution, return_to) = made.clone();
            Box::pin(async move {
                let id = cx.id("bcsess_", 24);
                cx.insert(&AuthSession { id, session, institution, return_to }).await.map(|_| ())
            })
        })
        .await?;
    phone.again().await
}

/// Shows a login: `next_pane` tells whether the person came back from the bank.
///
/// # Errors
/// 400 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<OfLogin>) -> ApiResult<Reply> {
    let (phone, login) = find(cx, &call.app, &call.params.client_secret, &call.params.id).await?;
    Reply::json(&shown(&login, &phone))
}

/// Takes what an app tells of itself, and keeps none of it.
///
/// # Errors
/// 400 if there is no such login.
pub async fn events(cx: &mut Cx<'_>, call: Call<Events>) -> ApiResult<Reply> {
    let (phone, login) = find(cx, &call.app, &call.params.client_secret, &call.params.id).await?;
    Reply::json(&shown(&login, &phone))
}

/// The person leaves the bank.
///
/// # Errors
/// 400 if there is no such login.
pub async fn cancel(app: App, call: Call<OfLogin>) -> ApiResult<Reply> {
    let (phone, login) = find_beside(&app, &call.caller.tenant, &call.params.client_secret, &call.params.id).await?;
    let is_current = phone.current_login().is_some_and(|current| current.id == login.id);
    if is_current && phone.is_at_bank() {
        taken(linking::back_to_picker(&app, &phone.login_token()).await)?;
    }
    let phone = phone.again().await?;
    Reply::json(&shown(&login, &phone))
}

/// What came of the bank's pages. There is nothing to exchange: the server has it already.
///
/// # Errors
/// 202 while the person is at the bank; 400 if the bank gave nothing.
pub async fn oauth_results(cx: &mut Cx<'_>, call: Call<OfLogin>) -> ApiResult<Reply> {
    let (phone, login) = find(cx, &call.app, &call.params.client_secret, &call.params.id).await?;
    finished(&phone, &login)?;
    Reply::json(&json!({
        "object": "connections.oauth_result",
        "code": null, "error": null, "member_guid": null, "public_token": null, "state": login.id, "status": "success",
    }))
}

/// The app takes note that the person is back.
///
/// # Errors
/// 202 while the person is at the bank; 400 if the bank gave nothing.
pub async fn authorized(cx: &mut Cx<'_>, call: Call<OfLogin>) -> ApiResult<Reply> {
    let (phone, login) = find(cx, &call.app, &call.params.client_secret, &call.params.id).await?;
    finished(&phone, &login)?;
    Reply::json(&shown(&login, &phone))
}

/// The flow and one of its logins.
pub(super) async fn find(cx: &mut Cx<'_>, app: &App, secret: &str, id: &str) -> ApiResult<(Phone, AuthSession)> {
    let phone = Phone::within(cx, app, secret).await?;
    let login = phone.login(cx, id).await?;
    Ok((phone, login))
}

/// [`find`], where no transaction is open.
pub(super) async fn find_beside(app: &App, tenant: &Tenant, secret: &str, id: &str) -> ApiResult<(Phone, AuthSession)> {
    let (own, secret, id) = (app.clone(), secret.to_owned(), id.to_owned());
    app.core.read(tenant, move |cx| Box::pin(async move { find(cx, &own, &secret, &id).await })).await
}

/// Passes once the bank gave its accounts, whether or not any can be used.
pub(super) fn finished(phone: &Phone, login: &AuthSession) -> ApiResult<()> {
    phone.still_open()?;
    if phone.current_login().map(|current| &current.id) != Some(&login.id) {
        return Err(ApiError::invalid_param("id", "This login was cancelled, or another one took its place."));
    }
    match &phone.flow.stage {
        Stage::BankLogin { .. } | Stage::SignIn { .. } => Err(ApiError::not_yet("The person is still at the bank.")),
        Stage::Accounts { .. } | Stage::Success | Stage::Problem { problem: Trouble::NoEligibleAccounts { .. } } => Ok(()),
        _ => {
            problem(phone)?;
            Err(does_not_fit(phone))
        }
    }
}

/// Answers with what went wrong at the bank, in the words that apps have screens for.
pub(super) fn problem(phone: &Phone) -> ApiResult<()> {
    let Stage::Problem { problem } = &phone.flow.stage else { return Ok(()) };
    let mut extra = Map::new();
    let message = match problem {
        Trouble::DownPlanned { until } => {
            extra.insert("institution_unavailable".into(), json!(true));
            extra.insert("expected_to_be_available_at".into(), json!(until));
            "This bank is under maintenance."
        }
        Trouble::DownUnplanned => {
            extra.insert("institution_unavailable".into(), json!(true));
            "This bank cannot be reached now."
        }
        Trouble::NoEligibleAccounts { found } => {
            // The one reason for which apps have a screen that leads to another bank.
            extra.insert("reason".into(), json!("no_supported_payment_method_type_accounts_found"));
            extra.insert("total_accounts_count".into(), json!(found));
            "None of the accounts at this bank can be linked in this session."
        }
        Trouble::AccessDenied => "The bank did not share any accounts.",
        Trouble::BankError => "The bank answered something that cannot be used.",
    };
    Err(ApiError::invalid(message).with_extra_fields(extra))
}

/// A step that is not possible where the flow is.
pub(super) fn does_not_fit(phone: &Phone) -> ApiError {
    let message = match phone.flow.stage {
        Stage::Consent => "The person has not agreed to the consent yet.",
        Stage::Finished { .. } => "This session is over.",
        _ if phone.remaining() == Some(0) => "No more accounts can be linked in this session.",
        _ => "This step does not fit where the session is now: synchronize it.",
    };
    ApiError::invalid(message)
}

fn reply(phone: &Phone) -> ApiResult<Reply> {
    let login = phone.current_login().ok_or_else(|| does_not_fit(phone))?;
    Reply::json(&shown(login, phone))
}

/// A login, as apps read it.
pub(super) fn shown(login: &AuthSession, phone: &Phone) -> Json {
    let form = matches!(phone.flow.stage, Stage::SignIn { .. });
    let test = !phone.tenant.livemode();
    let flow = match (form, test) {
        (true, true) => "testmode",
        (false, true) => "testmode_oauth",
        (_, false) => "direct_webview",
    };
    let page = format!("{}/connections/{}", phone.app.settings.base_url, phone.login_token());
    // Banks without pages of their own ask on ours; the others are gone to from a page that ties the login to its browser.
    let url = if form { page } else { format!("{page}/bank?redirect=1") };
    let bank = phone.directory.get(&login.institution, phone.tenant.livemode());
    let prepane =
        bank.filter(|_| !form).map(|bank| phone.texts().prepane(&bank.name, &phone.business, &phone.session.permissions));
    json!({
        "id": login.id,
        "object": "connections.auth_session",
        "display": prepane.map(|prepane| json!({"text": {"oauth_prepane": prepane}})),
        "flow": flow,
        "institution": login.institution,
        "institution_skip_account_selection": false,
        "is_oauth": !form,
        "next_pane": auth_session::next_pane(login, phone),
        "show_partner_disclosure": false,
        "skip_account_selection": false,
        "url": url,
        "url_qr_code": null,
    })
}
