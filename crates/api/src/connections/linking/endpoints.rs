//! The endpoints that the browser SDK calls, with a publishable key and a session's client secret.

use std::sync::Arc;

use form::{Form, Limits, Params};
use kernel::{Access, ApiError, ApiResult, Caller, Cx, Tenant};
use serde_json::{Map, Value as Json, json};
use url::Url;

use super::ops::make_door;
use super::state::{Flow, Stage};
use super::{ending, relink};
use crate::connections::accounts::{self, Account};
use crate::connections::sessions::{self, Session};
use crate::core::sandboxes;
use crate::numbers::Numbers;
use crate::payments::tokens::{self, Token};
use crate::{App, Call, Client, Reply};

/// `POST /drawbridge/v1/connections/flows`.
#[derive(Debug, Clone, Params)]
pub struct Open {
    /// The session's.
    pub client_secret: String,
    /// Where the flow goes at the end when it is not framed: a page of the caller's own origin.
    pub return_url: Option<String>,
    /// The language of the flow, as BCP 47 has it.
    pub locale: Option<String>,
}

/// `POST /drawbridge/v1/connections/flows/result`.
#[derive(Debug, Clone, Params)]
pub struct ResultOf {
    /// The account that was linked is wanted as a token as well.
    pub bank_account_token: Option<bool>,
    /// The session's.
    pub client_secret: String,
}

/// Opens the flow of a session, or goes on with it.
///
/// # Errors
/// 400 for a secret that opens nothing, a session that expired or was used.
pub async fn open(app: App, call: Call<Open>) -> ApiResult<Reply> {
    let origin = call.origin.clone().filter(|origin| origin != "null");
    let token = app.core.ids().secret("flow_", 40);
    let return_url = call.params.return_url.filter(|url| is_of_origin(url, origin.as_deref()));
    let locale = call.params.locale.filter(|locale| is_language(locale));
    let shared = Arc::new((call.params.client_secret, origin, return_url, locale, token.clone()));
    let session = app
        .core
        .write(&call.caller.tenant, move |cx| {
            let shared = Arc::clone(&shared);
            Box::pin(async move {
                let (secret, origin, return_url, locale, token) = &*shared;
                let session = session(cx, secret).await?;
                reopen(cx, &session, origin.as_deref(), return_url.as_deref(), locale.as_deref()).await?;
                make_door(cx, "flow", token, &session.id, sessions::LIFE_SECONDS).await?;
                Ok(session.id)
            })
        })
        .await?;
    let url = format!("{}/connections/{token}", app.settings.base_url);
    Reply::json(&json!({"object": "drawbridge.flow", "session": session, "token": token, "url": url}))
}

/// Opens the flow of a hosted session as a page of its own; answers its address.
pub(crate) async fn open_hosted(cx: &mut Cx<'_>, app: &App, session: &Session) -> ApiResult<String> {
    let token = cx.core.ids().secret("flow_", 40);
    reopen(cx, session, None, None, None).await?;
    make_door(cx, "flow", &token, &session.id, sessions::LIFE_SECONDS).await?;
    Ok(format!("{}/connections/{token}", app.settings.base_url))
}

/// Letters, digits and hyphens, at most 35 of them: whether it is a known language is for the pages to say.
pub(crate) fn is_language(text: &str) -> bool {
    (1..=35).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A page that a flow may go back to is one of the page that opened it.
fn is_of_origin(url: &str, origin: Option<&str>) -> bool {
    Url::parse(url).is_ok_and(|url| Some(url.origin().ascii_serialization().as_str()) == origin)
}

/// The session that a client secret opens.
pub(crate) async fn session(cx: &mut Cx<'_>, secret: &str) -> ApiResult<Session> {
    sessions::by_client_secret(cx, secret).await?.ok_or_else(|| {
        let message = "No such financial connections session: the client secret provided does not match any session of this account and mode.";
        ApiError::coded("resource_missing", message).with_param("client_secret")
    })
}

/// What came of a session can be read by its client secret for a day, in which pages and apps learn of it; later by its owner.
const READABLE_SECONDS: i64 = 86_400;

/// Refuses to show what came of a session long ago.
///
/// # Errors
/// 400 `session_expired`.
pub(crate) fn still_readable(cx: &Cx<'_>, session: &Session) -> ApiResult<()> {
    if session.created + READABLE_SECONDS > cx.now() {
        return Ok(());
    }
    let message = "This session is over for more than a day. Retrieve it with a secret key.";
    Err(ApiError::coded("session_expired", message).with_param("client_secret"))
}

/// Opens a session's flow, or goes on with it.
pub(crate) async fn reopen(
    cx: &mut Cx<'_>,
    session: &Session,
    origin: Option<&str>,
    return_url: Option<&str>,
    locale: Option<&str>,
) -> ApiResult<()> {
    let expires_at = session.created + sessions::LIFE_SECONDS;
    if expires_at <= cx.now() {
        let message = "This session has expired. Create a new one to link accounts.";
        return Err(ApiError::coded("session_expired", message).with_param("client_secret"));
    }
    let stored = cx.find::<Flow>(&session.id).await?;
    let Some(mut flow) = stored else {
        let flow = Flow {
            id: session.id.clone(),
            stage: Stage::Consent,
            origin: origin.map(str::to_owned),
            return_url: return_url.or(session.goes_back_to()).map(str::to_owned),
            expires_at,
            agreed_at: None,
            institution: None,
            authorization: None,
            only_bank: relink::only_bank(cx, session).await?,
            offers: Vec::new(),
            linked: Vec::new(),
            bank_account_token: None,
            locale: locale.map(str::to_owned),
            cancel_url: None,
        };
        cx.insert(&flow).await?;
        return ending::schedule(cx, &flow).await;
    };
    let stage = flow.stage.reopen().ok_or_else(|| {
        let message = "This session has already been used. Create a new one to link more accounts.";
        ApiError::coded("session_already_used", message).with_param("client_secret")
    })?;
    if matches!(flow.stage, Stage::Finished { .. }) {
        sessions::outcome::resume(cx, &session.id).await?;
        ending::schedule(cx, &flow).await?;
    }
    flow.stage = stage;
    flow.origin = origin.map(str::to_owned);
    flow.locale = locale.map(str::to_owned);
    flow.return_url = return_url.or(session.goes_back_to()).map(str::to_owned);
    flow.cancel_url = None;
    cx.update(&mut flow).await?;
    Ok(())
}

/// What a flow led to, in the shape that the browser function resolves with.
///
/// # Errors
/// 400 for a secret that opens nothing, and a session of more than a day ago.
pub async fn result(cx: &mut Cx<'_>, call: Call<ResultOf>) -> ApiResult<Reply> {
    let mut session = session(cx, &call.params.client_secret).await?;
    still_readable(cx, &session)?;
    let wants_token = call.params.bank_account_token == Some(true);
    if wants_token {
        session.bank_account_token = token_of(cx, &call.app, &session).await?;
    }
    let shown = sessions::with_accounts(cx, &session).await?;
    let mut out = Map::new();
    for name in [
        "id",
        "object",
        "account_holder",
        "client_secret",
        "bank_account_token",
        "filters",
        "livemode",
        "permissions",
        "prefetch",
        "relink_result",
        "return_url",
        "status",
    ] {
        if let Some(value) = shown.get(name) {
            out.insert(name.into(), value.clone());
        }
    }
    // A browser gets the accounts as a plain array.
    out.insert("accounts".into(), shown["accounts"]["data"].clone());
    let mut answer = json!({"financialConnectionsSession": Json::Object(out)});
    if wants_token {
        answer["token"] = serde_json::to_value(&session.bank_account_token)?;
    }
    Reply::json(&answer)
}

/// The token of the one account that came of a session: of typed numbers, or of a linked account whose numbers are known.
async fn token_of(cx: &mut Cx<'_>, app: &App, session: &Session) -> ApiResult<Option<Token>> {
    if session.bank_account_token.is_some() {
        return Ok(session.bank_account_token.clone());
    }
    let linked = accounts::of_session(cx, &session.id, None, 2).await?;
    let [doc] = linked.rows.as_slice() else { return Ok(None) };
    let account: Account = serde_json::from_str(doc)?;
    let Some(numbers) = Numbers::of(cx, &account.id).await? else { return Ok(None) };
    let token = tokens::of_linked(cx, app, &numbers, &account.subcategory).await?;
    sessions::keep_token(cx, &session.id, token.clone()).await?;
    Ok(Some(token))
}

/// A session of the local sandbox for trying the flow from the start page: everything is asked for, any number of accounts.
///
/// # Errors
/// If this server keeps no sandbox of its own, and those of the database.
pub async fn try_session(app: &App) -> ApiResult<String> {
    let keys = sandboxes::kept_keys(&app.core).await?.ok_or_else(|| ApiError::invalid("This server has no local sandbox."))?;
    let tenant = Tenant::new(&keys.account, false);
    let caller = Arc::new(Caller { tenant: tenant.clone(), key_id: "start_page".into(), access: Access::Secret });
    let text = format!(
        "account_holder[type]=account&account_holder[account]={}&permissions[]=payment_method&permissions[]=balances\
         &permissions[]=ownership&permissions[]=transactions&prefetch[]=balances&prefetch[]=ownership&prefetch[]=transactions",
        keys.account
    );
    let params = Form::parse(text.as_bytes(), &Limits::default())?.decode::<sessions::Create>()?;
    let row = ("POST", "/v1/financial_connections/sessions");
    let call = Call {
        app: app.clone(),
        ids: Vec::new(),
        params,
        row,
        caller,
        origin: None,
        client: Client::default(),
        expand: Vec::new(),
        upload: None,
    };
    let reply = app
        .core
        .write(&tenant, move |cx| {
            let call = call.clone();
            Box::pin(async move { sessions::create(cx, call).await })
        })
        .await?;
    let session: Json = serde_json::from_str(&reply.into_text()?)?;
    Ok(session["client_secret"].as_str().unwrap_or_default().to_owned())
}
