//! The requests. Whoever has the bank's ACH key speaks for any world.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::books::{Books, TRIES_MAX};
use super::receive::{self, Taken};
use super::timing::Pace;
use crate::fields::Fields;
use crate::seal;
use crate::shelf::ShelfError;
use crate::site::Bank;

/// The largest file that is taken, in bytes.
const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The longest name of a file.
const NAME_MAX: usize = 200;

/// Every route of the ACH side.
pub fn routes() -> Router<Arc<Bank>> {
    Router::new()
        .route("/ach/{world}/files/{name}", post(take).layer(DefaultBodyLimit::max(FILE_BYTES_MAX)))
        .route("/ach/{world}/outbox", get(list))
        .route("/ach/{world}/outbox/{name}", get(fetch))
}

/// Lets only those in who have the key.
pub async fn admit(State(bank): State<Arc<Bank>>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if seal::same(given, bank.ach_key()) { next.run(request).await } else { StatusCode::UNAUTHORIZED.into_response() }
}

async fn take(
    State(bank): State<Arc<Bank>>,
    Path((world, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let Some(pace) = Pace::parse(query.get("pace").unwrap_or_default()) else {
        return answer(StatusCode::BAD_REQUEST, &json!({"accepted": false, "errors": ["pace is instant or banking_days"]}));
    };
    if !is_name(&name) {
        let errors = ["a name has letters, digits, dots, dashes and underscores, at most 200 of them"];
        return answer(StatusCode::BAD_REQUEST, &json!({"accepted": false, "errors": errors}));
    }
    match receive::take(&bank, &world, &name, pace, body.to_vec()).await {
        Ok(Taken::Accepted) => answer(StatusCode::OK, &json!({"accepted": true})),
        Ok(Taken::Different) => {
            let errors = ["another file was taken under this name"];
            answer(StatusCode::CONFLICT, &json!({"accepted": false, "errors": errors}))
        }
        Ok(Taken::Wrong(errors)) => answer(StatusCode::UNPROCESSABLE_ENTITY, &json!({"accepted": false, "errors": errors})),
        Err(error) => failed(&error),
    }
}

/// What is safe in a key and in an address.
fn is_name(name: &str) -> bool {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (1..=NAME_MAX).contains(&name.len()) && name.bytes().all(safe)
}

async fn list(State(bank): State<Arc<Bank>>, Path(world): Path<String>, RawQuery(query): RawQuery) -> Response {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    match released(&bank, &world, query.get("after")).await {
        Ok(files) => answer(StatusCode::OK, &json!({"files": files})),
        Err(error) => failed(&error),
    }
}

async fn released(bank: &Bank, world: &str, after: Option<&str>) -> Result<Value, ShelfError> {
    for _ in 0..TRIES_MAX {
        let mut books = Books::open(bank, world).await?;
        let now = bank.clock.now(world).await;
        if books.release_due(now).await? {
            // Whether this commits or somebody else has: the next look finds what is released.
            books.commit().await?;
            continue;
        }
        return serde_json::to_value(books.released(after).await?).map_err(|error| ShelfError(error.to_string()));
    }
    Err(ShelfError("others keep changing the same books".to_owned()))
}

async fn fetch(State(bank): State<Arc<Bank>>, Path((world, name)): Path<(String, String)>) -> Response {
    match released_content(&bank, &world, &name).await {
        Ok(Some(content)) => ([(header::CONTENT_TYPE, "text/plain; charset=us-ascii")], content).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => failed(&error),
    }
}

/// A released file; what waits for its moment is not there yet.
async fn released_content(bank: &Bank, world: &str, name: &str) -> Result<Option<Vec<u8>>, ShelfError> {
    let books = Books::open(bank, world).await?;
    let listed = books.released(None).await?.iter().any(|file| file.name == name);
    if listed { books.sent_content(name).await } else { Ok(None) }
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

fn failed(error: &ShelfError) -> Response {
    tracing::error!(%error, "the bank's storage failed");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
