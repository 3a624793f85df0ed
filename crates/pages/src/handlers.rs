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

use crate::assets::{ASSETS, SDK};
use crate::backend::{BankCallback, FlowError, Linking, Returned};
use crate::respond::{Frames, Page, json, plain, response, see_other};
use crate::settings::Settings;
use crate::view::Pane;
use crate::{flow, login_cookie, origin, start};

type Reply = Response<Body>;

/// The largest form of a flow, in bytes: some hundred account ids.
const LARGEST_FORM: usize = 64 * 1024;

/// What every handler has.
struct Shared<L> {
    linking: L,
    settings: Settings,
}

type Pages<L> = State<Arc<Shared<L>>>;

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
        .route("/connections/{token}/bank", get(bank::<L>))
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
    Page::new(start::start_page(settings, show_keys)).shows(&own.unwrap_or_default()).into_response()
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

async fn gallery<L: Linking>(State(_): Pages<L>) -> Reply {
    Page::new(start::gallery_page()).into_response()
}

async fn gallery_sample<L: Linking>(State(_): Pages<L>, Path(name): Path<String>) -> Reply {
    match start::gallery_sample(&name) {
        Some(html) => Page::new(html).frames(Frames::Ourselves).into_response(),
        None => unknown(),
    }
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
        return back_in_the_app(&token, &address, alone);
    }
    let search = first(query.as_deref().unwrap_or_default().as_bytes(), "q");
    let view = match shared.linking.view(&token, search.as_deref()).await {
        Ok(view) => view,
        Err(error) => return failure(error, &token),
    };
    let opener = flow::opener_origin(&view);
    let html = if alone { flow::lone_pane(&view) } else { flow::full_page(&view, true) };
    Page::new(html).frames(Frames::Opener(opener.as_deref())).into_response()
}

async fn status<L: Linking>(State(shared): Pages<L>, Path(token): Path<String>) -> Reply {
    match shared.linking.view(&token, None).await {
        Ok(view) => json(&serde_json::json!({
            "pane": flow::pane_name(&view.pane),
            "revision": flow::revision(&view),
        })),
        Err(error) => failure(error, &token),
    }
}

/// What the buttons of the panes do. Afterwards the browser reads the pane that the flow is at now.
async fn act<L: Linking>(State(shared): Pages<L>, Path((token, action)): Path<(String, String)>, form: Bytes) -> Reply {
    let linking = &shared.linking;
    let done = match action.as_str() {
        "agree" => linking.agree(&token).await,
        "institution" => match first(&form, "institution") {
            Some(id) => linking.choose_institution(&token, &id).await,
            None => Err(FlowError::Wrong),
        },
        "accounts" => {
            let pairs = form_urlencoded::parse(&form);
            let ids: Vec<_> = pairs.filter(|(name, _)| name == "account").map(|(_, id)| id.into_owned()).collect();
            linking.choose_accounts(&token, &ids).await
        }
        "picker" => linking.back_to_picker(&token).await,
        "retry" => retry(linking, &token).await,
        "cancel" => linking.cancel(&token).await,
        "done" => linking.done(&token).await,
        _ => Err(FlowError::NotFound),
    };
    match done {
        Ok(()) | Err(FlowError::Problem | FlowError::Wrong) => see_other(&format!("/connections/{token}")),
        Err(error) => failure(error, &token),
    }
}

/// "Try again": the same bank once more, or the list of banks when none was chosen.
async fn retry<L: Linking>(linking: &L, token: &str) -> Result<(), FlowError> {
    let view = linking.view(token, None).await?;
    match view.pane {
        Pane::Problem { institution: Some(bank), .. } => linking.choose_institution(token, &bank.id).await,
        _ => linking.back_to_picker(token).await,
    }
}

/// Sends the browser to the bank. In a popup that turns out to have nothing to show, the popup closes itself and the
/// flow's own page shows what is wrong.
async fn bank<L: Linking>(State(shared): Pages<L>, Path(token): Path<String>, RawQuery(query): RawQuery) -> Reply {
    let redirect = first(query.as_deref().unwrap_or_default().as_bytes(), "redirect").is_some();
    match shared.linking.bank_address(&token, redirect).await {
        Ok(address) => {
            let mut reply = see_other(&address);
            let secure = shared.settings.base_url.starts_with("https:");
            reply.headers_mut().append(header::SET_COOKIE, login_cookie::set(&token, secure));
            reply
        }
        Err(FlowError::Problem | FlowError::Wrong) if redirect => see_other(&format!("/connections/{token}")),
        Err(FlowError::Problem | FlowError::Wrong) => Page::new(flow::returned_page(Some(&token), true)).into_response(),
        Err(error) => failure(error, &token),
    }
}

async fn bank_returned<L: Linking>(State(shared): Pages<L>, headers: HeaderMap, RawQuery(query): RawQuery) -> Reply {
    let query = query.unwrap_or_default();
    let value = |name| first(query.as_bytes(), name);
    let Some(state) = value("state") else {
        return unknown();
    };
    let begun_here = login_cookie::flows(&headers);
    let callback = BankCallback { state, code: value("code"), error: value("error"), iss: value("iss"), begun_here };
    match shared.linking.bank_returned(callback).await {
        Ok(returned) => came_back(&shared.linking, returned).await,
        // The flow records what is wrong and shows it; this window has nothing to add.
        Err(FlowError::Problem | FlowError::Wrong) => Page::new(flow::returned_page(None, true)).into_response(),
        Err(_) => unknown(),
    }
}

/// A person goes on where the login was begun: in an app, in the window that opened this one, or here.
async fn came_back<L: Linking>(linking: &L, returned: Returned) -> Reply {
    match linking.app_return(&returned.token, true).await {
        Ok(Some(address)) => see_other(&address),
        _ if returned.popup => Page::new(flow::returned_page(Some(&returned.token), true)).into_response(),
        _ => see_other(&format!("/connections/{}", returned.token)),
    }
}

/// Leads from a page of ours into the app. It is a page and no redirect, because browsers let no form lead out of our origin.
/// Our script, which asked for a pane alone, finds none and loads the page.
fn back_in_the_app(token: &str, address: &str, alone: bool) -> Reply {
    if alone {
        return response(StatusCode::OK, "text/html; charset=utf-8", Body::empty());
    }
    let mut reply = Page::new(flow::returned_page(Some(token), false)).into_response();
    if let Ok(refresh) = HeaderValue::from_str(&format!("0; url={address}")) {
        reply.headers_mut().insert("refresh", refresh);
    }
    reply
}

fn failure(error: FlowError, token: &str) -> Reply {
    match error {
        FlowError::NotFound => unknown(),
        FlowError::Problem | FlowError::Wrong | FlowError::Unavailable => {
            let page = Page::new(flow::unavailable_page(token));
            page.status(StatusCode::SERVICE_UNAVAILABLE).into_response()
        }
    }
}

fn unknown() -> Reply {
    Page::new(flow::unknown_page()).status(StatusCode::NOT_FOUND).into_response()
}

/// The first value of that name in a form or query.
fn first(encoded: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(encoded).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
