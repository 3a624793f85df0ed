//! Access tokens: short-lived JWTs (RFC 9068) that name the consent they rest on.

use serde::{Deserialize, Serialize};

use super::records::Grant;
use crate::seal;
use crate::site::AnySite;

/// How long an access token lives, in seconds of real time.
pub const LIFE: i64 = 900;
const KIND: &str = "at+jwt";

/// The claims of an access token.
#[derive(Debug, Serialize, Deserialize)]
pub struct AccessClaims {
    pub iss: String,
    pub sub: String,
    pub aud: String,
    pub client_id: String,
    pub iat: i64,
    pub exp: i64,
    pub jti: String,
    pub scope: String,
    #[serde(rename = "fdxConsentId")]
    pub consent_id: String,
}

impl AccessClaims {
    /// A new token for the consent.
    pub fn issue(site: &AnySite, grant: &Grant, subject: &str) -> String {
        let now = site.bank.clock.real_now();
        let claims = AccessClaims {
            iss: site.issuer(),
            sub: subject.to_owned(),
            aud: audience(site),
            client_id: grant.client_id.clone(),
            iat: now,
            exp: now + LIFE,
            jti: seal::random_text(16),
            scope: grant.scope.clone(),
            consent_id: grant.id.clone(),
        };
        site.bank.keys.signer(site.slug()).sign(KIND, &claims)
    }

    /// The claims of a token that this institution issued, whether or not it has expired.
    pub fn read(site: &AnySite, token: &str) -> Option<AccessClaims> {
        let claims: AccessClaims = site.bank.keys.signer(site.slug()).verify(KIND, token)?;
        (claims.iss == site.issuer() && claims.aud == audience(site)).then_some(claims)
    }

    /// Whether the token can still be used.
    pub fn is_current(&self, site: &AnySite) -> bool {
        site.bank.clock.real_now() < self.exp
    }
}

fn audience(site: &AnySite) -> String {
    format!("{}/fdx/v6", site.issuer())
}
