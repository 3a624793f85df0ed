//! Routes of the person's page. Every action is a link to a question and a plain form; there is no script.

use std::sync::Arc;

use api::connections::person::{PersonError, Target};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use url::form_urlencoded;

use crate::origin;
use crate::people::People;
use crate::person::{self, Deed};
use crate::person_texts::PersonTexts;
use crate::respond::{Page, plain, response, see_other};
use crate::settings::Settings;

type Reply = Response<Body>;

/// The largest form of the page, in bytes: one id.
const LARGEST_FORM: usize = 4 * 1024;

/// The pages on which people see and end what they share.
pub fn person_router<P: People>(people: P, settings: &Settings) -> Router {
    let base_url: Arc<str> = settings.base_url.as_str().into();
    Router::new()
        .route("/connections/{token}/person", get(enter::<P>))
        .route("/person/{token}", get(page::<P>))
        .route("/person/{token}/download", get(download::<P>))
        .route("/person/{token}/stop", get(ask_to_stop::<P>).post(stop::<P>))
        .route("/person/{token}/delete", get(ask_to_delete::<P>).post(delete::<P>))
        .route_layer(from_fn_with_state(base_url, refuse_foreign))
        .route_layer(DefaultBodyLimit::max(LARGEST_FORM))
        .with_state(people)
}

/// Forms are taken from our own pages only.
pub(crate) async fn refuse_foreign(State(base_url): State<Arc<str>>, request: Request, next: Next) -> Reply {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changes && origin::is_foreign(request.headers(), &base_url) {
        return plain(StatusCode::FORBIDDEN, "This form was sent by another site.\n");
    }
    next.run(request).await
}

/// From the end of a linking flow to the page of its person.
async fn enter<P: People>(State(people): State<P>, Path(flow): Path<String>, headers: HeaderMap) -> Reply {
    match people.open_from_flow(&flow).await {
        Ok(token) => see_other(&format!("/person/{token}")),
        Err(error) => failure(&error, texts(&headers), ""),
    }
}

async fn page<P: People>(
    State(people): State<P>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Reply {
    let texts = texts(&headers);
    let done = match query.as_deref() {
        Some("done=stop") => Some(Deed::Stop),
        Some("done=delete") => Some(Deed::Delete),
        _ => None,
    };
    match people.person(&token).await {
        Ok(view) => shown(person::page(&view, texts, done)),
        Err(error) => failure(&error, texts, &token),
    }
}

async fn download<P: People>(State(people): State<P>, Path(token): Path<String>, headers: HeaderMap) -> Reply {
    match people.export(&token).await {
        Ok(text) => {
            let mut reply = response(StatusCode::OK, "application/json", text);
            let headers = reply.headers_mut();
            let file = HeaderValue::from_static("attachment; filename=\"bank-data.json\"");
            headers.insert(header::CONTENT_DISPOSITION, file);
            let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            reply
        }
        Err(error) => failure(&error, texts(&headers), &token),
    }
}

async fn ask_to_stop<P: People>(people: State<P>, token: Path<String>, query: RawQuery, headers: HeaderMap) -> Reply {
    ask(people, token, query, headers, Deed::Stop).await
}

async fn ask_to_delete<P: People>(people: State<P>, token: Path<String>, query: RawQuery, headers: HeaderMap) -> Reply {
    ask(people, token, query, headers, Deed::Delete).await
}

/// The question before the deed. What is not there any more leads back to the page.
async fn ask<P: People>(
    State(people): State<P>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    deed: Deed,
) -> Reply {
    let texts = texts(&headers);
    let view = match people.person(&token).await {
        Ok(view) => view,
        Err(error) => return failure(&error, texts, &token),
    };
    let target = target(query.as_deref().unwrap_or_default().as_bytes());
    match target.and_then(|target| person::confirm_page(&view, texts, deed, &target)) {
        Some(html) => shown(html),
        None => see_other(&format!("/person/{token}")),
    }
}

async fn stop<P: People>(State(people): State<P>, Path(token): Path<String>, headers: HeaderMap, form: Bytes) -> Reply {
    let Some(target) = target(&form) else { return see_other(&format!("/person/{token}")) };
    did(people.stop_sharing(&token, &target).await, Deed::Stop, &token, &headers)
}

async fn delete<P: People>(State(people): State<P>, Path(token): Path<String>, headers: HeaderMap, form: Bytes) -> Reply {
    let Some(target) = target(&form) else { return see_other(&format!("/person/{token}")) };
    did(people.delete_data(&token, &target).await, Deed::Delete, &token, &headers)
}

/// Back to the page, which says what was done.
fn did(outcome: Result<usize, PersonError>, deed: Deed, token: &str, headers: &HeaderMap) -> Reply {
    match outcome {
        Ok(0) => see_other(&format!("/person/{token}")),
        Ok(_) => see_other(&format!("/person/{token}?done={}", deed.path())),
        Err(error) => failure(&error, texts(headers), token),
    }
}

fn failure(error: &PersonError, texts: &'static PersonTexts, token: &str) -> Reply {
    match error {
        PersonError::NotFound => Page::new(person::expired_page(texts)).status(StatusCode::NOT_FOUND).into_response(),
        PersonError::Unavailable => {
            let page = Page::new(person::unavailable_page(texts, token));
            page.status(StatusCode::SERVICE_UNAVAILABLE).into_response()
        }
    }
}

fn shown(html: String) -> Reply {
    Page::new(html).into_response()
}

fn texts(headers: &HeaderMap) -> &'static PersonTexts {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    PersonTexts::preferred(wanted.unwrap_or_default())
}

/// Which accounts a form or query is about.
fn target(encoded: &[u8]) -> Option<Target> {
    form_urlencoded::parse(encoded).find_map(|(name, value)| match &*name {
        "account" => Some(Target::Account(value.into_owned())),
        "login" => Some(Target::Login(value.into_owned())),
        _ => None,
    })
}
