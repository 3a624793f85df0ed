//! The bank's own pages and their stylesheet. They work without script, and their policy allows none.

use std::sync::{Arc, LazyLock};

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use url::Url;

use crate::oauth::{ConsentRequest, Duration};
use crate::seal;
use crate::site::{AnySite, Bank};

const STYLE: &str = include_str!("../static/bank.css");

/// The stylesheet's name holds a digest of its content, so it may be cached for ever.
static STYLE_NAME: LazyLock<String> = LazyLock::new(|| format!("bank-{}.css", &seal::identifier(&[STYLE])[..12]));

/// The route of the stylesheet.
pub fn routes() -> Router<Arc<Bank>> {
    Router::new().route("/static/{name}", get(style))
}

async fn style(Path(name): Path<String>) -> Response {
    if name != *STYLE_NAME {
        return StatusCode::NOT_FOUND.into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, STYLE).into_response()
}

/// What every page shows around its content.
pub struct Frame {
    name: String,
    initial: char,
    host: String,
    style: String,
}

impl Frame {
    /// The frame of an institution.
    pub fn new(site: &AnySite) -> Frame {
        let institution = &site.institution;
        Frame {
            name: institution.name.to_string(),
            initial: institution.name.chars().next().unwrap_or('B'),
            host: institution.url.to_string(),
            style: format!("{}/static/{}", site.bank.base_url(), *STYLE_NAME),
        }
    }
}

/// What a page with a form needs.
pub struct Page {
    /// The frame around it.
    pub site: Frame,
    /// Where the form is sent.
    pub action: String,
    /// The sealed hidden field.
    pub transaction: String,
    /// Who asks for the data.
    pub client_name: String,
    /// Where the last form leads; the content policy must allow it.
    pub redirect_uri: String,
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    page: Page,
    prefilled: bool,
    stated: bool,
    problem: Option<&'static str>,
}

/// The log-in page; `stated` where only certain people are customers.
pub fn login(page: Page, prefilled: bool, stated: bool, problem: Option<&'static str>) -> Response {
    let target = page.redirect_uri.clone();
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    html(status, &Login { page, prefilled, stated, problem }, Some(&target))
}

#[derive(Template)]
#[template(path = "consent.html")]
struct Consent {
    page: Page,
    clusters: Vec<&'static str>,
    duration: String,
    shared: Option<usize>,
}

/// The page that asks for consent. `shared` is the number of accounts where the person cannot choose.
pub fn consent(page: Page, request: &ConsentRequest, shared: Option<usize>) -> Response {
    let target = page.redirect_uri.clone();
    let clusters = request.clusters.iter().map(|cluster| cluster.explanation()).collect();
    let duration = match (request.duration, request.duration_period) {
        (Duration::OneTime, _) => "for one day".to_owned(),
        (Duration::TimeBound, Some(days)) => format!("for {days} days"),
        _ => "until you end it".to_owned(),
    };
    html(StatusCode::OK, &Consent { page, clusters, duration, shared }, Some(&target))
}

/// An account to choose.
pub struct AccountChoice {
    pub id: String,
    pub name: String,
    pub last_digits: String,
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct Accounts {
    page: Page,
    choices: Vec<AccountChoice>,
    problem: Option<&'static str>,
}

/// The page on which accounts are chosen.
pub fn accounts(page: Page, choices: Vec<AccountChoice>, problem: Option<&'static str>) -> Response {
    let target = page.redirect_uri.clone();
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    html(status, &Accounts { page, choices, problem }, Some(&target))
}

#[derive(Template)]
#[template(path = "setup_form.html")]
struct SetupForm<'a> {
    site: Frame,
    action: String,
    world: Option<&'a str>,
    problem: Option<&'static str>,
}

/// The page that asks who wants a setup token, and in which world if that is not known yet.
pub fn setup_form(site: &AnySite, world: Option<&str>, problem: Option<&'static str>) -> Response {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let action = format!("{}/create", site.issuer());
    html(status, &SetupForm { site: Frame::new(site), action, world, problem }, None)
}

#[derive(Template)]
#[template(path = "setup_token.html")]
struct SetupToken {
    site: Frame,
    action: String,
    token: String,
}

/// The page that shows a setup token. `action` is where it can be disabled.
pub fn setup_token(site: &AnySite, token: String, action: String) -> Response {
    html(StatusCode::OK, &SetupToken { site: Frame::new(site), action, token }, None)
}

/// Why there is nothing to do on a page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The request is unknown, finished or too old.
    Unknown,
    /// The bank itself failed.
    Failed,
    /// A setup token was disabled.
    Disabled,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage {
    site: Frame,
    title: &'static str,
    text: &'static str,
}

/// A page that only says what went wrong.
pub fn notice(site: &AnySite, status: StatusCode, notice: Notice) -> Response {
    let (title, text) = match notice {
        Notice::Unknown => (
            "This request has ended",
            "It was used before, took too long, or was not complete. Go back to the application and start again.",
        ),
        Notice::Disabled => ("The token is disabled", "No application can see your accounts with it any more."),
        Notice::Failed => ("Something went wrong here", "Nothing was shared. Please try again in a moment."),
    };
    html(status, &NoticePage { site: Frame::new(site), title, text }, None)
}

/// `target` is where the form may lead in the end: browsers apply `form-action` to redirects too.
fn html(status: StatusCode, template: &impl Template, target: Option<&str>) -> Response {
    let Ok(body) = template.render() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let origin = target.and_then(|uri| Url::parse(uri).ok()).map(|url| url.origin().ascii_serialization());
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'",
        origin.unwrap_or_default()
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    (status, headers, body).into_response()
}
