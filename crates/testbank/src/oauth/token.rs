//! The token endpoint: authorization codes and refresh tokens become access tokens.

use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::access::{self, AccessClaims};
use super::assertion;
use super::consent_request::{DETAILS_TYPE, Duration};
use super::error::{OAuthError, json as answer};
use super::pushed::{OPEN_SECONDS, PAGES_SECONDS};
use super::records::{Client, Code, Grant, Revocation};
use crate::fields::Fields;
use crate::seal;
use crate::site::Site;

/// How long a code can be exchanged, in seconds of real time.
pub const CODE_SECONDS: i64 = 60;
/// How long a used code is remembered, in seconds: until no page can lead to it any more.
const SPENT_SECONDS: i64 = OPEN_SECONDS + PAGES_SECONDS + CODE_SECONDS;

/// `POST /token`.
pub async fn issue(site: Site, body: Bytes) -> Result<Response, OAuthError> {
    let fields = Fields::parse(&body);
    let client = assertion::authenticate(&site, &fields, "token").await?;
    match fields.get("grant_type") {
        Some("authorization_code") => exchange(&site, &client, &fields).await,
        Some("refresh_token") => refresh(&site, &client, &fields).await,
        Some(_) => Err(OAuthError::bad("unsupported_grant_type", "authorization_code or refresh_token is expected")),
        None => Err(OAuthError::request("grant_type is missing")),
    }
}

async fn exchange(site: &Site, client: &Client, fields: &Fields) -> Result<Response, OAuthError> {
    let code = fields.get("code").ok_or_else(|| OAuthError::request("code is missing"))?;
    let verifier = fields.get("code_verifier").ok_or_else(|| OAuthError::request("code_verifier is missing"))?;
    let redirect_uri = fields.get("redirect_uri").ok_or_else(|| OAuthError::request("redirect_uri is missing"))?;
    let digest = seal::digest_text(code);
    let now = site.bank.clock.real_now();
    let unknown = || OAuthError::grant("the code is unknown, used or expired");
    let record: Code = site.bank.load(&Code::key(site.slug(), &digest)).await?.ok_or_else(unknown)?;
    if record.grant.client_id != client.id || now > record.issued_at + CODE_SECONDS {
        return Err(unknown());
    }
    if record.redirect_uri != redirect_uri {
        return Err(OAuthError::grant("redirect_uri is not the one of the authorization request"));
    }
    if !seal::same(&seal::digest_text(verifier), &record.code_challenge) {
        return Err(OAuthError::grant("code_verifier does not fit the code_challenge"));
    }
    let spent = format!("spent/{}/{digest}", site.slug());
    if !site.bank.claim(&spent, &record.grant.id, Some(now + SPENT_SECONDS)).await? {
        end_after_replay(site, &record.grant).await?;
        return Err(unknown());
    }
    let mut grant = record.grant;
    let secret = seal::random_text(32);
    let refreshable = grant.duration != Duration::OneTime;
    grant.refresh_digest = refreshable.then(|| seal::digest_text(&secret));
    grant.save(&site.bank).await?;
    let refresh_token = refreshable.then(|| format!("{}.{secret}", grant.id));
    respond(site, &grant, refresh_token, record.nonce)
}

/// Somebody holds a code that was used: what came of its first use is not safe any more (RFC 6749, 4.1.2).
async fn end_after_replay(site: &Site, grant: &Grant) -> Result<(), OAuthError> {
    if let Some(grant) = Grant::load(site, &grant.id).await? {
        let at = site.bank.clock.now(&grant.world).await;
        let (reason, initiator) = ("BUSINESS_RULE".to_owned(), "DATA_PROVIDER".to_owned());
        grant.revoke(&site.bank, Revocation { reason, initiator, at }).await?;
    }
    Ok(())
}

async fn refresh(site: &Site, client: &Client, fields: &Fields) -> Result<Response, OAuthError> {
    let token = fields.get("refresh_token").ok_or_else(|| OAuthError::request("refresh_token is missing"))?;
    let invalid = || OAuthError::grant("the refresh token is not valid or its consent has ended");
    let grant = find_by_refresh_token(site, client, token).await?.ok_or_else(invalid)?;
    if !grant.is_active(site.bank.clock.now(&grant.world).await) {
        return Err(invalid());
    }
    // The same token again: without sender constraint a rotation that is lost on the way would end the connection.
    respond(site, &grant, Some(token.to_owned()), None)
}

/// The consent to which a refresh token of this client belongs.
pub async fn find_by_refresh_token(site: &Site, client: &Client, token: &str) -> Result<Option<Grant>, OAuthError> {
    let Some((id, secret)) = token.split_once('.') else {
        return Ok(None);
    };
    let Some(grant) = Grant::load(site, id).await? else {
        return Ok(None);
    };
    let digest = grant.refresh_digest.as_deref().unwrap_or_default();
    let good = seal::same(&seal::digest_text(secret), digest) && grant.client_id == client.id;
    Ok(good.then_some(grant))
}

fn respond(site: &Site, grant: &Grant, refresh_token: Option<String>, nonce: Option<String>) -> Result<Response, OAuthError> {
    let subject = grant.customer().id();
    let mut body = json!({
        "access_token": AccessClaims::issue(site, grant, &subject),
        "token_type": "Bearer",
        "expires_in": access::LIFE,
        "scope": grant.scope,
        "grant_id": grant.id,
        "authorization_details": [details(grant)],
    });
    if let Some(token) = refresh_token {
        body["refresh_token"] = json!(token);
    }
    if grant.scope.split(' ').any(|scope| scope == "openid") {
        body["id_token"] = json!(id_token(site, grant, &subject, nonce));
    }
    Ok(answer(StatusCode::OK, &body))
}

/// What was granted, with the accounts that the person chose (RFC 9396, section 7).
fn details(grant: &Grant) -> Value {
    let resources: Vec<Value> = grant
        .accounts
        .iter()
        .map(|id| json!({"resourceType": "ACCOUNT", "resourceId": id, "dataClusters": grant.clusters}))
        .collect();
    let mut request = json!({"durationType": grant.duration, "resources": resources});
    if let Some(days) = grant.duration_period {
        request["durationPeriod"] = json!(days);
    }
    if let Some(days) = grant.lookback_period {
        request["lookbackPeriod"] = json!(days);
    }
    json!({"type": DETAILS_TYPE, "consentRequest": request})
}

fn id_token(site: &Site, grant: &Grant, subject: &str, nonce: Option<String>) -> String {
    let now = site.bank.clock.real_now();
    let mut claims = json!({
        "iss": site.issuer(), "sub": subject, "aud": grant.client_id, "iat": now, "exp": now + access::LIFE,
        "fdxConsentId": grant.id,
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = json!(nonce);
    }
    site.bank.keys.signer(site.slug()).sign("JWT", &claims)
}
