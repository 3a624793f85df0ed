//! A SimpleFIN server: a person gets a setup token on its page, and carries it to a program of their choice.
//!
//! | Address below `{base_url}/simplefin` | What it is for |
//! |---|---|
//! | `GET /info` | the versions of the protocol: 1.0 |
//! | `GET /create?world=…` | the page on which a person gets a setup token; `world` is the closed world whose person it is |
//! | `POST /claim/{token}` | once: answers with an access URL, which holds a user name and a password |
//! | `GET /accounts` | accounts and transactions, behind these credentials |
//! | `POST /disable` | what the page's button does: neither token nor access URL works from then on |
//!
//! It shows the accounts that the same user name has at "Bank (OAuth)". Two user names show what else can happen:
//! `payment_required` (402) and `reauthenticate` (an error beside figures that are as old as the world).

mod accounts;
mod claim;
mod create;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::institutions::{Protocol, SIMPLEFIN};
use crate::seal::Purpose;
use crate::shelf::ShelfError;
use crate::site::{AnySite, Bank};

/// Every route of the SimpleFIN side.
pub fn routes() -> Router<Arc<Bank>> {
    Router::new()
        .route("/simplefin/info", get(async || answer(StatusCode::OK, &serde_json::json!({"versions": ["1.0"]}))))
        .route("/simplefin/create", get(create::open).post(create::create))
        .route("/simplefin/disable", post(create::disable))
        .route("/simplefin/claim/{token}", post(claim::claim))
        .route("/simplefin/accounts", get(accounts::list))
}

/// The server, if it is up.
pub struct Server(AnySite);

impl std::ops::Deref for Server {
    type Target = AnySite;

    fn deref(&self) -> &AnySite {
        &self.0
    }
}

impl FromRequestParts<Arc<Bank>> for Server {
    type Rejection = Response;

    async fn from_request_parts(_: &mut Parts, bank: &Arc<Bank>) -> Result<Self, Response> {
        let site = AnySite::find(bank, SIMPLEFIN, Protocol::SimpleFin).await?;
        let site = site.ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
        match site.outage() {
            Some(outage) => Err(outage),
            None => Ok(Server(site)),
        }
    }
}

/// What a setup token stands for.
#[derive(Serialize, Deserialize)]
struct Setup {
    id: String,
    world: String,
    username: String,
}

/// What the credentials of an access URL open. Kept when the token is claimed.
#[derive(Serialize, Deserialize)]
struct Access {
    world: String,
    username: String,
    /// When that world began, in its own unix seconds.
    epoch: i64,
}

impl Access {
    fn key(id: &str) -> String {
        format!("simplefin/access/{id}")
    }
}

impl Server {
    /// The text that a person carries to a program.
    fn setup_token(&self, setup: &Setup) -> String {
        let sealed = self.bank.keys.seal(Purpose::SetupToken, setup);
        STANDARD.encode(format!("{}/claim/{sealed}", self.issuer()))
    }

    /// Reads a setup token that this server made.
    fn read_setup_token(&self, token: &str) -> Option<Setup> {
        let address = String::from_utf8(STANDARD.decode(token.trim()).ok()?).ok()?;
        self.open_setup(address.strip_prefix(&format!("{}/claim/", self.issuer()))?)
    }

    /// What the last part of a claim URL stands for.
    fn open_setup(&self, sealed: &str) -> Option<Setup> {
        self.bank.keys.open(Purpose::SetupToken, sealed)
    }

    /// The password of an access URL: only the bank can compute it.
    fn password(&self, id: &str) -> String {
        self.bank.keys.derive_text("simplefin access", id)
    }

    async fn is_disabled(&self, id: &str) -> Result<bool, ShelfError> {
        Ok(self.bank.load::<bool>(&disabled_key(id)).await?.is_some())
    }
}

fn disabled_key(id: &str) -> String {
    format!("simplefin/disabled/{id}")
}

/// A JSON answer.
fn answer<T: Serialize>(status: StatusCode, body: &T) -> Response {
    let bytes = serde_json::to_vec(body).expect("answers are plain data");
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, bytes).into_response()
}

/// Whatever is wrong with a token or with credentials: nobody learns what.
fn forbidden() -> Response {
    (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "Forbidden\n").into_response()
}

fn failed(error: &ShelfError) -> Response {
    tracing::error!(%error, "the bank's storage failed");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
