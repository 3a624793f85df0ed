//! The FDX v6 side: accounts, owners, transactions, payment networks and consents behind an access token.

mod access;
mod accounts;
mod availability;
mod cents;
mod consents;
mod customers;
mod error;
mod networks;
mod paging;
mod transactions;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::seal;
use crate::site::Bank;

pub use cents::Cents;
pub use error::FdxError;

const INTERACTION_ID: HeaderName = HeaderName::from_static("x-fapi-interaction-id");

/// Every route of the FDX side.
pub fn routes() -> Router<Arc<Bank>> {
    Router::new()
        .route("/{slug}/fdx/v6/availability", get(availability::show))
        .route("/{slug}/fdx/v6/customers/current", get(customers::current))
        .route("/{slug}/fdx/v6/accounts", get(accounts::list))
        .route("/{slug}/fdx/v6/accounts/{account}", get(accounts::show))
        .route("/{slug}/fdx/v6/accounts/{account}/contact", get(customers::contact))
        .route("/{slug}/fdx/v6/accounts/{account}/transactions", get(transactions::list))
        .route("/{slug}/fdx/v6/accounts/{account}/payment-networks", get(networks::list))
        .route("/{slug}/fdx/v6/consents/{consent}", get(consents::show))
        .route("/{slug}/fdx/v6/consents/{consent}/revocation", put(consents::revoke))
        .route("/{slug}/fdx/v6/{*rest}", get(async || FdxError::not_implemented()))
        .method_not_allowed_fallback(async || FdxError::method())
        .layer(middleware::from_fn(interaction_id))
}

/// Echoes the caller's correlation id, or makes one, on every answer.
async fn interaction_id(request: Request, next: Next) -> Response {
    let given = request.headers().get(INTERACTION_ID).filter(|value| value.len() <= 64).cloned();
    let id = given.or_else(|| HeaderValue::from_str(&seal::random_uuid()).ok());
    let mut response = next.run(request).await;
    if let Some(id) = id {
        response.headers_mut().insert(INTERACTION_ID, id);
    }
    response
}

/// A JSON answer.
fn answer<T: serde::Serialize>(body: &T) -> Response {
    answer_bytes(encode(body))
}

fn encode<T: serde::Serialize>(body: &T) -> Vec<u8> {
    serde_json::to_vec(body).expect("answers are plain data")
}

fn answer_bytes(bytes: Vec<u8>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::OK, headers, bytes).into_response()
}
