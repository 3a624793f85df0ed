//! Dynamic client registration (RFC 7591, RFC 7592).

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::error::{OAuthError, json as answer};
use super::records::{Client, ClientKey};
use crate::seal;
use crate::site::Site;

/// More keys or redirect addresses than this are not a registration but a mistake.
const MOST: usize = 20;

#[derive(Deserialize)]
struct Request {
    client_name: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    jwks: Option<KeySet>,
    jwks_uri: Option<String>,
    software_id: Option<String>,
    token_endpoint_auth_method: Option<String>,
    #[serde(default)]
    grant_types: Vec<String>,
    #[serde(default)]
    response_types: Vec<String>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    kty: String,
    crv: Option<String>,
    alg: Option<String>,
    kid: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// `POST /register`: a new client. Its `software_id` names the world whose customers it sees.
pub async fn create(site: Site, body: Bytes) -> Result<Response, OAuthError> {
    let request: Request = serde_json::from_slice(&body).map_err(|error| OAuthError::registration(error.to_string()))?;
    let world = text("software_id", request.software_id.as_deref())?;
    site.enter(&world).await?;
    let name = text("client_name", request.client_name.as_deref())?;
    check_method(&request)?;
    check_redirects(&request.redirect_uris, site.bank.base_url())?;
    let keys = read_keys(request.jwks, request.jwks_uri.is_some())?;
    let epoch = site.bank.epoch(&world).await?.ok_or_else(|| OAuthError::registration("software_id names no world"))?;
    let token = seal::random_text(32);
    let client = Client {
        id: format!("client-{}", seal::random_text(16)),
        name,
        redirect_uris: request.redirect_uris,
        keys,
        world,
        epoch,
        issued_at: site.bank.clock.real_now(),
        registration_token_digest: seal::digest_text(&token),
    };
    site.bank.store(&Client::key(site.slug(), &client.id), &client, None).await?;
    Ok(answer(StatusCode::CREATED, &describe(&site, &client, Some(&token))))
}

/// `GET /register/{client_id}` with the registration access token.
pub async fn show(site: Site, Path(path): Path<(String, String)>, headers: HeaderMap) -> Result<Response, OAuthError> {
    let client = authorise(&site, &path.1, &headers).await?;
    Ok(answer(StatusCode::OK, &describe(&site, &client, None)))
}

/// `DELETE /register/{client_id}` with the registration access token. Its consents cannot be
/// refreshed any more.
pub async fn delete(site: Site, Path(path): Path<(String, String)>, headers: HeaderMap) -> Result<Response, OAuthError> {
    let client = authorise(&site, &path.1, &headers).await?;
    site.bank.remove(&Client::key(site.slug(), &client.id)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn authorise(site: &Site, id: &str, headers: &HeaderMap) -> Result<Client, OAuthError> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let client = Client::load(site, id).await?.ok_or_else(OAuthError::registration_token)?;
    if seal::same(&seal::digest_text(token), &client.registration_token_digest) {
        Ok(client)
    } else {
        Err(OAuthError::registration_token())
    }
}

fn text(name: &str, value: Option<&str>) -> Result<String, OAuthError> {
    match value.map(str::trim) {
        Some(value) if !value.is_empty() && value.len() <= 255 => Ok(value.to_owned()),
        _ => Err(OAuthError::registration(format!("{name} must be a text of 1 to 255 bytes"))),
    }
}

fn check_method(request: &Request) -> Result<(), OAuthError> {
    if request.token_endpoint_auth_method.as_deref() != Some("private_key_jwt") {
        return Err(OAuthError::registration("token_endpoint_auth_method must be private_key_jwt"));
    }
    let known = ["authorization_code", "refresh_token"];
    if request.grant_types.iter().any(|kind| !known.contains(&kind.as_str())) {
        return Err(OAuthError::registration("grant_types may be authorization_code and refresh_token"));
    }
    if request.response_types.iter().any(|kind| kind != "code") {
        return Err(OAuthError::registration("response_types may only be code"));
    }
    Ok(())
}

/// Plain http is good enough only for a client of a bank that is itself reached by http.
fn check_redirects(addresses: &[String], base_url: &str) -> Result<(), OAuthError> {
    if addresses.is_empty() || addresses.len() > MOST {
        return Err(OAuthError::bad("invalid_redirect_uri", "1 to 20 redirect_uris are needed"));
    }
    let plain_allowed = base_url.starts_with("http://");
    for address in addresses {
        let good = Url::parse(address).is_ok_and(|url| {
            let scheme = url.scheme() == "https" || (url.scheme() == "http" && plain_allowed);
            scheme && url.host().is_some() && url.fragment().is_none() && url.username().is_empty()
        });
        if !good {
            return Err(OAuthError::bad("invalid_redirect_uri", format!("{address} cannot be a redirect address")));
        }
    }
    Ok(())
}

fn read_keys(set: Option<KeySet>, by_address: bool) -> Result<Vec<ClientKey>, OAuthError> {
    if by_address {
        return Err(OAuthError::registration("send the keys themselves in jwks, jwks_uri is not supported"));
    }
    let keys = set.map(|set| set.keys).unwrap_or_default();
    if keys.is_empty() || keys.len() > MOST {
        return Err(OAuthError::registration("jwks must hold 1 to 20 keys"));
    }
    keys.into_iter().map(read_key).collect()
}

fn read_key(key: Key) -> Result<ClientKey, OAuthError> {
    let wrong = || OAuthError::registration("every key in jwks must be a P-256 key for ES256");
    let curve = key.kty == "EC" && key.crv.as_deref() == Some("P-256");
    if !curve || key.alg.is_some_and(|algorithm| algorithm != "ES256") {
        return Err(wrong());
    }
    let (x, y) = (key.x.ok_or_else(wrong)?, key.y.ok_or_else(wrong)?);
    DecodingKey::from_ec_components(&x, &y).map_err(|_| wrong())?;
    Ok(ClientKey { kid: key.kid, x, y })
}

fn describe(site: &Site, client: &Client, token: Option<&str>) -> serde_json::Value {
    let keys: Vec<_> = client
        .keys
        .iter()
        .map(|key| json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": key.kid, "x": key.x, "y": key.y}))
        .collect();
    let mut body = json!({
        "client_id": client.id,
        "client_id_issued_at": client.issued_at,
        "client_name": client.name,
        "redirect_uris": client.redirect_uris,
        "software_id": client.world,
        "jwks": {"keys": keys},
        "token_endpoint_auth_method": "private_key_jwt",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "registration_client_uri": format!("{}/register/{}", site.issuer(), client.id),
        "status": "APPROVED",
    });
    if let Some(token) = token {
        body["registration_access_token"] = json!(token);
    }
    body
}
