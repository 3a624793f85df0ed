//! Pushed authorization requests (RFC 9126).

use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use serde_json::json;

use super::assertion;
use super::consent_request::ConsentRequest;
use super::error::{OAuthError, json as answer};
use super::records::Pushed;
use crate::fields::Fields;
use crate::seal;
use crate::site::Site;

/// How long a `request_uri` can be opened, in seconds.
pub const OPEN_SECONDS: i64 = 300;
/// How long a person may take on the bank's pages after that, in seconds.
pub const PAGES_SECONDS: i64 = 900;
/// What every `request_uri` begins with.
pub const URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
const LONGEST_STATE: usize = 2_048;

/// `POST /par`: keeps the request and answers with the `request_uri` that stands for it.
pub async fn push(site: Site, body: Bytes) -> Result<Response, OAuthError> {
    let fields = Fields::parse(&body);
    let client = assertion::authenticate(&site, &fields, "par").await?;
    if fields.get("request_uri").is_some() || fields.get("request").is_some() {
        return Err(OAuthError::request("send the parameters themselves, not request or request_uri"));
    }
    if fields.get("response_type") != Some("code") {
        return Err(OAuthError::bad("unsupported_response_type", "response_type must be code"));
    }
    let redirect_uri = fields.get("redirect_uri").ok_or_else(|| OAuthError::request("redirect_uri is missing"))?;
    if !client.redirect_uris.iter().any(|registered| registered == redirect_uri) {
        return Err(OAuthError::request("redirect_uri is not one of the registered ones"));
    }
    if fields.get("code_challenge_method") != Some("S256") {
        return Err(OAuthError::request("code_challenge_method must be S256"));
    }
    let challenge = fields.get("code_challenge").filter(|challenge| is_challenge(challenge));
    let challenge = challenge.ok_or_else(|| OAuthError::request("code_challenge must be a base64url SHA-256"))?;
    let bounded = |name: &str| match fields.get(name) {
        Some(value) if value.len() > LONGEST_STATE => Err(OAuthError::request(format!("{name} is too long"))),
        value => Ok(value.map(str::to_owned)),
    };
    let now = site.bank.clock.real_now();
    let pushed = Pushed {
        id: seal::random_text(24),
        client_id: client.id,
        redirect_uri: redirect_uri.to_owned(),
        state: bounded("state")?,
        nonce: bounded("nonce")?,
        code_challenge: challenge.to_owned(),
        request: ConsentRequest::parse(fields.get("scope"), fields.get("authorization_details"))?,
        pushed_at: now,
    };
    let end = now + OPEN_SECONDS + PAGES_SECONDS;
    site.bank.store(&Pushed::key(site.slug(), &pushed.id), &pushed, Some(end)).await?;
    let body = json!({"request_uri": format!("{URI_PREFIX}{}", pushed.id), "expires_in": OPEN_SECONDS});
    Ok(answer(StatusCode::CREATED, &body))
}

fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
