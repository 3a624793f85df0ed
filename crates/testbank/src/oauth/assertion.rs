//! Client authentication by signed assertion (`private_key_jwt`, RFC 7523).

use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

use super::error::OAuthError;
use super::records::{Client, ClientKey};
use crate::fields::Fields;
use crate::seal;
use crate::site::Site;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How far in the future an assertion may end, in seconds.
const LONGEST_LIFE: i64 = 300;
/// How much the clocks of bank and client may differ, in seconds.
const SKEW: i64 = 30;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    nbf: Option<i64>,
    jti: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn contains(&self, wanted: &str) -> bool {
        match self {
            Audience::One(one) => one == wanted,
            Audience::Many(many) => many.iter().any(|each| each == wanted),
        }
    }
}

/// The client that signed the request's assertion. `endpoint` is the path of the endpoint that was called.
pub async fn authenticate(site: &Site, fields: &Fields, endpoint: &str) -> Result<Client, OAuthError> {
    if let Some(name) = fields.repeated() {
        return Err(OAuthError::request(format!("{name} is given twice")));
    }
    if fields.get("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(OAuthError::client("client_assertion_type must name the JWT bearer assertion"));
    }
    let assertion = fields.get("client_assertion").ok_or_else(|| OAuthError::client("client_assertion is missing"))?;
    let unread = || OAuthError::client("the client assertion is not a JWT with the needed claims");
    // Only to learn whose key must verify it; nothing else is believed before the signature is checked.
    let claimed: Claims = jsonwebtoken::dangerous::insecure_decode_claims(assertion).map_err(|_| unread())?;
    if fields.get("client_id").is_some_and(|id| id != claimed.sub) {
        return Err(OAuthError::client("client_id is not the subject of the assertion"));
    }
    let client =
        Client::load(site, &claimed.sub).await?.ok_or_else(|| OAuthError::client("no such client is registered here"))?;
    let claims = verify(&client, assertion)?;
    check(site, &client, &claims, endpoint)?;
    site.enter(&client.world).await?;
    let used = format!("jti/{}/{}/{}", site.slug(), client.id, seal::digest_text(&claims.jti));
    if !site.bank.claim(&used, &claims.exp, Some(claims.exp + SKEW + 1)).await? {
        return Err(OAuthError::client("this client assertion was used before"));
    }
    Ok(client)
}

fn verify(client: &Client, assertion: &str) -> Result<Claims, OAuthError> {
    let header = jsonwebtoken::decode_header(assertion)
        .map_err(|_| OAuthError::client("the header of the client assertion cannot be read"))?;
    let fits = |key: &&ClientKey| header.kid.is_none() || key.kid.is_none() || key.kid == header.kid;
    let validation = seal::signature_only(Algorithm::ES256);
    client
        .keys
        .iter()
        .filter(fits)
        .filter_map(|key| DecodingKey::from_ec_components(&key.x, &key.y).ok())
        .find_map(|key| jsonwebtoken::decode::<Claims>(assertion, &key, &validation).ok())
        .map(|data| data.claims)
        .ok_or_else(|| OAuthError::client("no registered key verifies the client assertion"))
}

fn check(site: &Site, client: &Client, claims: &Claims, endpoint: &str) -> Result<(), OAuthError> {
    let now = site.bank.clock.real_now();
    let issuer = site.issuer();
    let audiences = [issuer.clone(), format!("{issuer}/token"), format!("{issuer}/{endpoint}")];
    let problem = if claims.iss != client.id || claims.sub != client.id {
        "iss and sub must both be the client_id"
    } else if !audiences.iter().any(|wanted| claims.aud.contains(wanted)) {
        "aud must be the issuer or the endpoint"
    } else if claims.exp <= now - SKEW {
        "the assertion has expired"
    } else if claims.exp > now + LONGEST_LIFE + SKEW {
        "exp must be at most 300 seconds ahead"
    } else if claims.nbf.is_some_and(|start| start > now + SKEW) {
        "the assertion is not valid yet"
    } else if claims.jti.is_empty() || claims.jti.len() > 256 {
        "jti must be a text of 1 to 256 bytes"
    } else {
        return Ok(());
    };
    Err(OAuthError::client(problem))
}
