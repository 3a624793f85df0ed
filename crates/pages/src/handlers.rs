//! Routes of the pages: read the request, ask the product, answer with a page or send the browser on.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::{get, post};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use url::form_urlencoded;

use crate::answers::{self, Unreadable};
use crate::assets::{ASSETS, SDK};
use crate::backend::{BankCallback, FlowError, Linking, Returned};
use crate::respond::{Frames, Page, json, plain, response, see_other};
use crate::settings::Settings;
use crate::texts::{self, Texts};
use crate::view::Pane;
use crate::{consent_text, flow, login_cookie, message, origin, start, to_bank};

type Reply = Response<Body>;

/// The largest form of a flow, in bytes: some hundred account ids.
const LARGEST_FORM: usize = 64 * 1024;

/// What every handler has.
pub(crate) struct Shared<L> {
    pub linking: L,
    pub settings: Settings,
}

pub(crate) type Pages<L> = State<Arc<Shared<L>>>;

/// All pages, the browser SDK and the files they load.
pub fn router<L: Linking>(linking: L, settings: Settings) -> Router {
    let with_gallery = settings.sandbox.is_some();
    let shared = Arc::new(Shared { linking, settings });
    let mut router = Router::new()
        .route("/", get(start_page::<L>))
        .route("/try/session", post(try_session::<L>))
        .route("/v3", get(sdk))
        .route("/v3/", get(sdk))
        .route("/v3/stripe.js", get(sdk))
        .route("/endive/stripe.js", get(sdk))
        .route("/static/{file}", get(static_file))
        .route("/connections/return", get(bank_returned::<L>))
        .route("/connections/{token}", get(pane::<L>))
        .route("/connections/{token}/status", get(status::<L>))
        .route("/connections/{token}/bank", get(to_bank::open::<L>).post(to_bank::confirmed::<L>))
        // Statement files are larger than forms: `answers` has limits of its own.
        .route("/connections/{token}/sign_in", post(sign_in::<L>).layer(DefaultBodyLimit::disable()))
        .route("/connections/{token}/{action}", post(act::<L>));
    if with_gallery {
        router =
            router.route("/drawbridge/gallery", get(gallery::<L>)).route("/drawbridge/gallery/{name}", get(gallery_sample::<L>));
    }
    router
        .route_layer(from_fn_with_state(shared.clone(), refuse_foreign::<L>))
        .route_layer(DefaultBodyLimit::max(LARGEST_FORM))
        .with_state(shared)
}

/// Forms are taken from our own pages only.
async fn refuse_foreign<L: Linking>(State(shared): Pages<L>, request: Request, next: Next) -> Reply {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changes && origin::is_foreign(request.headers(), &shared.settings.base_url) {
        return plain(StatusCode::FORBIDDEN, "This form was sent by another site.\n");
    }
    next.run(request).await
}

async fn start_page<L: Linking>(State(shared): Pages<L>, headers: HeaderMap) -> Reply {
    let settings = &shared.settings;
    let show_keys = origin::is_addressed_to_us(&headers, &settings.base_url);
    let own = url::Url::parse(&settings.base_url).map(|base| base.origin().ascii_serialization());
    let mails = match &settings.sandbox {
        Some(_) if show_keys => shared.linking.mails().await.unwrap_or_default(),
        _ => Vec::new(),
    };
    Page::new(start::start_page(settings, show_keys, &mails)).shows(&own.unwrap_or_default()).into_response()
}

async fn try_session<L: Linking>(State(shared): Pages<L>, headers: HeaderMap) -> Reply {
    let settings = &shared.settings;
    if settings.sandbox.is_none() || !origin::is_addressed_to_us(&headers, &settings.base_url) {
        return plain(StatusCode::NOT_FOUND, "There is no local sandbox here.\n");
    }
    match shared.linking.try_session().await {
        Ok(client_secret) => json(&serde_json::json!({ "client_secret": client_secret })),
        Err(_) => plain(StatusCode::SERVICE_UNAVAILABLE, "The session could not be created.\n"),
    }
}

/// The SDK keeps its address, so browsers ask each time whether it changed.
async fn sdk() -> Reply {
    let mut reply = response(StatusCode::OK, "text/javascript; charset=utf-8", SDK);
    let headers = reply.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    // Any merchant's page may load it, also one that isolates itself.
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    reply
}

async fn static_file(Path(file): Path<String>) -> Reply {
    let Some(asset) = ASSETS.find(&file) else {
        return plain(StatusCode::NOT_FOUND, "There is no such file.\n");
    };
    let mut reply = response(StatusCode::OK, asset.content_type, asset.bytes);
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    reply.headers_mut().insert(header::CACHE_CONTROL, forever);
    reply
}

async fn gallery<L: Linking>(State(_): Pages<L>, RawQuery(query): RawQuery) -> Reply {
    Page::new(start::gallery_page(language(query.as_deref()))).into_response()
}

async fn gallery_sample<L: Linking>(State(_): Pages<L>, Path(name): Path<String>, RawQuery(query): RawQuery) -> Reply {
    let t = language(query.as_deref());
    match start::gallery_sample(&name, t) {
        Some(html) => Page::new(html).frames(Frames::Ourselves).into_response(),
        None => unknown(t),
    }
}

/// The gallery shows the language that its address names.
fn language(query: Option<&str>) -> &'static Texts {
    texts::choose(first(query.unwrap_or_default().as_bytes(), "lang").as_deref(), None)
}

/// What the browser says about the languages of its person.
pub(crate) fn accepted(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()
}

/// The pane that the flow is at. Our script asks for it with `X-Pane: 1` and gets the pane alone.
async fn pane<L: Linking>(
    State(shared): Pages<L>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Reply {
    let alone = headers.get("x-pane").is_some_and(|value| value == "1");
    if let Ok(Some(address)) = shared.linking.app_return(&token, false).await {
        let t = texts::choose(None, accepted(&headers));
        return back_in_the_app(&token, &address, t, alone);
    }
    let search = first(query.as_deref().unwrap_or_default().as_bytes(), "q");
    let view = match shared.linking.view(&token, search.as_deref()).await {
        Ok(view) => view,
        Err(error) => return failure(error, &token, texts::choose(None, accepted(&headers))),
    };
    let t = flow::texts_of(&view, accepted(&headers));
    let opener = flow::opener_origin(&view);
    let html = if alone { flow::lone_pane(&view, t) } else { flow::full_page(&view, t, true) };
    Page::new(html).frames(Frames::Opener(opener.as_deref())).into_response()
}

async fn status<L: Linking>(State(shared): Pages<L>, Path(token): Path<String>, headers: HeaderMap) -> Reply {
    match shared.linking.view(&token, None).await {
        Ok(view) => json(&serde_json::json!({
            "pane": flow::pane_name(&view.pane),
            "revision": flow::revision(&view),
        })),
        Err(error) => failure(error, &token, texts::choose(None, accepted(&headers))),
    }
}

/// What the buttons of the panes do. Afterwards the browser reads the pane that the flow is at now.
async fn act<L: Linking>(
    State(shared): Pages<L>,
    Path((token, action)): Path<(String, String)>,
    headers: HeaderMap,
    form: Bytes,
) -> Reply {
    let linking = &shared.linking;
    let done = match action.as_str() {
        "agree" => agree(linking, &token, &headers).await,
        "institution" => match first(&form, "institution") {
            Some(id) => linking.choose_institution(&token, &id).await,
            None => Err(FlowError::Wrong),
        },
        "accounts" => {
            let pairs = form_urlencoded::parse(&form);
            let ids: Vec<_> = pairs.filter(|(name, _)| name == "account").map(|(_, id)| id.into_owned()).collect();
            linking.choose_accounts(&token, &ids).await
        }
        "manual" => linking.open_manual(&token).await,
        "numbers" => {
            let typed = |name| first(&form, name).unwrap_or_default().trim().to_owned();
            let (routing, account, again) = (typed("routing_number"), typed("account_number"), typed("account_number_again"));
            linking.manual_numbers(&token, routing, account, again).await
        }
        "picker" => linking.back_to_picker(&token).await,
        "retry" => retry(linking, &token).await,
        "cancel" => linking.cancel(&token).await,
        "done" => linking.done(&token).await,
        _ => Err(FlowError::NotFound),
    };
    acted(done, &token, &headers)
}

/// The answers to what the sign-in pane asks, one of which may be a file.
async fn sign_in<L: Linking>(State(shared): Pages<L>, Path(token): Path<String>, request: Request) -> Reply {
    let headers = request.headers().clone();
    match answers::read(request, LARGEST_FORM).await {
        Ok(answers) => acted(shared.linking.sign_in(&token, answers).await, &token, &headers),
        Err(Unreadable::TooLarge) => {
            let t = texts_of_flow(&shared, &token, &headers).await;
            Page::new(message::too_large_page(&token, t)).status(StatusCode::PAYLOAD_TOO_LARGE).into_response()
        }
        Err(Unreadable::Broken) => plain(StatusCode::BAD_REQUEST, "This form did not arrive whole.\n"),
    }
}

/// After a step the browser reads the pane that the flow is at now, also when the step did not fit.
fn acted(done: Result<(), FlowError>, token: &str, headers: &HeaderMap) -> Reply {
    match done {
        Ok(()) | Err(FlowError::Problem | FlowError::Wrong) => see_other(&format!("/connections/{token}")),
        Err(error) => failure(error, token, texts::choose(None, accepted(headers))),
    }
}

/// The language of a flow where its view is not at hand.
pub(crate) async fn texts_of_flow<L: Linking>(shared: &Shared<L>, token: &str, headers: &HeaderMap) -> &'static Texts {
    match shared.linking.view(token, None).await {
        Ok(view) => flow::texts_of(&view, accepted(headers)),
        Err(_) => texts::choose(None, accepted(headers)),
    }
}

/// "Agree": what was shown is kept for the receipt.
async fn agree<L: Linking>(linking: &L, token: &str, headers: &HeaderMap) -> Result<(), FlowError> {
    let view = linking.view(token, None).await?;
    if matches!(view.pane, Pane::Consent) {
        let t = flow::texts_of(&view, accepted(headers));
        linking.consent_shown(token, consent_text::shown(&view, t)).await?;
    }
    linking.agree(token).await
}

/// "Try again": the same bank once more, or the list of banks when none was chosen.
async fn retry<L: Linking>(linking: &L, token: &str) -> Result<(), FlowError> {
    let view = linking.view(token, None).await?;
    match view.pane {
        Pane::Problem { institution: Some(bank), .. } => linking.choose_institution(token, &bank.id).await,
        _ => linking.back_to_picker(token).await,
    }
}

async fn bank_returned<L: Linking>(State(shared): Pages<L>, headers: HeaderMap, RawQuery(query): RawQuery) -> Reply {
    let query = query.unwrap_or_default();
    let value = |name| first(query.as_bytes(), name);
    let t = texts::choose(None, accepted(&headers));
    let Some(state) = value("state") else {
        return unknown(t);
    };
    let begun_here = login_cookie::flows(&headers);
    let callback = BankCallback { state, code: value("code"), error: value("error"), iss: value("iss"), begun_here };
    match shared.linking.bank_returned(callback).await {
        Ok(returned) => came_back(&shared, returned, &headers).await,
        // The flow records what is wrong and shows it; this window has nothing to add.
        Err(FlowError::Problem | FlowError::Wrong) => Page::new(message::returned_page(None, t, true)).into_response(),
        Err(_) => unknown(t),
    }
}

/// A person goes on where the login was begun: in an app, in the window that opened this one, or here.
async fn came_back<L: Linking>(shared: &Shared<L>, returned: Returned, headers: &HeaderMap) -> Reply {
    match shared.linking.app_return(&returned.token, true).await {
        Ok(Some(address)) => see_other(&address),
        _ if returned.popup => {
            let t = texts_of_flow(shared, &returned.token, headers).await;
            Page::new(message::returned_page(Some(&returned.token), t, true)).into_response()
        }
        _ => see_other(&format!("/connections/{}", returned.token)),
    }
}

/// Leads from a page of ours into the app. It is a page and no redirect, because browsers let no form lead out of our origin.
/// Our script, which asked for a pane alone, finds none and loads the page.
fn back_in_the_app(token: &str, address: &str, t: &'static Texts, alone: bool) -> Reply {
    if alone {
        return response(StatusCode::OK, "text/html; charset=utf-8", Body::empty());
    }
    let mut reply = Page::new(message::returned_page(Some(token), t, false)).into_response();
    if let Ok(refresh) = HeaderValue::from_str(&format!("0; url={address}")) {
        reply.headers_mut().insert("refresh", refresh);
    }
    reply
}

pub(crate) fn failure(error: FlowError, token: &str, t: &'static Texts) -> Reply {
    match error {
        FlowError::NotFound => unknown(t),
        FlowError::Problem | FlowError::Wrong | FlowError::Unavailable => {
            let page = Page::new(message::unavailable_page(token, t));
            page.status(StatusCode::SERVICE_UNAVAILABLE).into_response()
        }
    }
}

fn unknown(t: &'static Texts) -> Reply {
    Page::new(message::unknown_page(t)).status(StatusCode::NOT_FOUND).into_response()
}

/// The first value of that name in a form or query.
pub(crate) fn first(encoded: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(encoded).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
