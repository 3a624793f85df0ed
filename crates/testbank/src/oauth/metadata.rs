//! Discovery (RFC 8414) and the institution's own public keys.

use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use super::consent_request::{Cluster, DETAILS_TYPE};
use super::error;
use crate::site::AnySite;

/// `GET /.well-known/oauth-authorization-server` and `/.well-known/openid-configuration`. Served even while the
/// institution is down, as from a separate static host.
pub async fn show(site: AnySite) -> Response {
    let issuer = site.issuer();
    let mut scopes = vec!["openid", "offline_access"];
    scopes.extend(Cluster::ALL.iter().map(|cluster| cluster.scope()));
    let body = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "pushed_authorization_request_endpoint": format!("{issuer}/par"),
        "registration_endpoint": format!("{issuer}/register"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "jwks_uri": format!("{issuer}/jwks"),
        "fdx_base_uri": format!("{issuer}/fdx/v6"),
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "revocation_endpoint_auth_methods_supported": ["private_key_jwt"],
        "revocation_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
        "subject_types_supported": ["public"],
        "require_pushed_authorization_requests": true,
        "authorization_response_iss_parameter_supported": true,
        "authorization_details_types_supported": [DETAILS_TYPE],
        "service_documentation": site.institution.url,
    });
    error::json(StatusCode::OK, &body)
}

/// `GET /jwks`: the keys with which this institution signs its tokens.
pub async fn keys(site: AnySite) -> Response {
    let key = site.bank.keys.signer(site.slug()).public_jwk();
    error::json(StatusCode::OK, &json!({"keys": [key]}))
}
