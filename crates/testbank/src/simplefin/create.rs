//! The page on which a person gets a setup token, and takes it back.

use axum::extract::RawQuery;
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;

use super::{Server, Setup, disabled_key, failed};
use crate::fields::Fields;
use crate::pages::{self, Notice};
use crate::seal;

const LONGEST_USERNAME: usize = 100;
const LONGEST_WORLD: usize = 255;

/// `GET /create`: the form. `world` says in which closed world the person is; without it, the form asks.
pub async fn open(server: Server, RawQuery(query): RawQuery) -> Response {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    pages::setup_form(&server, fields.get("world"), None)
}

/// `POST /create`: a new token. Any user name and password work.
pub async fn create(server: Server, body: Bytes) -> Response {
    let fields = Fields::parse(&body);
    let world = fields.get("world").map(str::trim).filter(|world| !world.is_empty() && world.len() <= LONGEST_WORLD);
    let username = fields.get("username").map(|name| name.trim().to_lowercase()).unwrap_or_default();
    let Some(world) = world else {
        return pages::setup_form(&server, None, Some("Enter the name of your sandbox."));
    };
    if username.is_empty() || username.len() > LONGEST_USERNAME || fields.get("password").is_none() {
        return pages::setup_form(&server, Some(world), Some("Enter your username and password."));
    }
    match server.bank.clock.knows(world).await {
        Ok(true) => {}
        Ok(false) => return pages::setup_form(&server, None, Some("There is no sandbox of this name.")),
        Err(error) => return failed(&error),
    }
    let setup = Setup { id: seal::random_text(16), world: world.to_owned(), username };
    pages::setup_token(&server, server.setup_token(&setup), format!("{}/disable", server.issuer()))
}

/// `POST /disable`: ends a token, and the access that came of it.
pub async fn disable(server: Server, body: Bytes) -> Response {
    let fields = Fields::parse(&body);
    let Some(setup) = server.read_setup_token(fields.get("token").unwrap_or_default()) else {
        return pages::notice(&server, StatusCode::BAD_REQUEST, Notice::Unknown);
    };
    match server.bank.store(&disabled_key(&setup.id), &true, None).await {
        Ok(()) => pages::notice(&server, StatusCode::OK, Notice::Disabled),
        Err(error) => failed(&error),
    }
}
