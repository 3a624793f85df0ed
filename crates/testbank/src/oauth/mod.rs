//! The OAuth 2.0 side: FAPI 2.0 without sender-constrained tokens (the "Green" tier of the FDX security model).

mod access;
mod assertion;
mod authorize;
mod consent_life;
mod consent_request;
mod error;
mod metadata;
mod pushed;
mod records;
mod registration;
mod revocation;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::site::Bank;

pub use access::AccessClaims;
pub use consent_request::{Cluster, ConsentRequest, Duration};
pub use records::{Grant, Revocation};

/// Every route of the OAuth side.
pub fn routes() -> Router<Arc<Bank>> {
    Router::new()
        .route("/{slug}/.well-known/oauth-authorization-server", get(metadata::show))
        .route("/{slug}/.well-known/openid-configuration", get(metadata::show))
        .route("/{slug}/jwks", get(metadata::keys))
        .route("/{slug}/register", post(registration::create))
        .route("/{slug}/register/{client_id}", get(registration::show).delete(registration::delete))
        .route("/{slug}/par", post(pushed::push))
        .route("/{slug}/authorize", get(authorize::open))
        .route("/{slug}/authorize/login", post(authorize::login))
        .route("/{slug}/authorize/consent", post(authorize::consent))
        .route("/{slug}/authorize/accounts", post(authorize::accounts))
        .route("/{slug}/token", post(token::issue))
        .route("/{slug}/revoke", post(revocation::revoke))
}
