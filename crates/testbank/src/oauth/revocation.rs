//! Token revocation (RFC 7009).

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;

use super::access::AccessClaims;
use super::error::OAuthError;
use super::records::{Grant, Revocation};
use super::{assertion, token};
use crate::fields::Fields;
use crate::site::Site;

/// `POST /revoke`: a client that gives up either token gives up the consent, and with it every other token. Tokens that
/// nobody knows are answered alike, as the RFC wants.
pub async fn revoke(site: Site, body: Bytes) -> Result<Response, OAuthError> {
    let fields = Fields::parse(&body);
    let client = assertion::authenticate(&site, &fields, "revoke").await?;
    let value = fields.get("token").ok_or_else(|| OAuthError::request("token is missing"))?;
    let grant = match AccessClaims::read(&site, value) {
        Some(claims) => Grant::load(&site, &claims.consent_id).await?,
        None => token::find_by_refresh_token(&site, &client, value).await?,
    };
    if let Some(grant) = grant.filter(|grant| grant.client_id == client.id) {
        let at = site.bank.clock.now(&grant.world).await;
        let (reason, initiator) = ("BUSINESS_RULE".to_owned(), "DATA_RECIPIENT".to_owned());
        grant.revoke(&site.bank, Revocation { reason, initiator, at }).await?;
    }
    Ok(StatusCode::OK.into_response())
}
