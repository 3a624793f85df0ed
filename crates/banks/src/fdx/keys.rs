//! The client's key, its assertions (RFC 7523) and the other random values of a login.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use serde_json::{Value, json};

use crate::connector::{CallContext, ClientRegistration, Entropy};
use crate::error::BankError;

/// How long an assertion is valid, in seconds.
const ASSERTION_S: i64 = 60;

/// A new ES256 key as PKCS#8. Made by the cryptographic library's own generator, not by the
/// handed-in one: a private key must not be repeatable.
pub(super) fn generate() -> Result<Vec<u8>, BankError> {
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
        .map_err(|_| BankError::Protocol("no key could be made".to_owned()))?;
    Ok(document.as_ref().to_vec())
}

/// The public half as a JSON Web Key, named by its thumbprint.
pub(super) fn public_jwk(pkcs8: &[u8]) -> Result<Value, BankError> {
    let (x, y) = coordinates(pkcs8)?;
    let kid = thumbprint(&x, &y);
    Ok(json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256", "kid": kid}))
}

fn coordinates(pkcs8: &[u8]) -> Result<(String, String), BankError> {
    let broken = || BankError::Protocol("the stored client key is broken".to_owned());
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map_err(|_| broken())?;
    // Uncompressed point: 0x04, 32 bytes X, 32 bytes Y.
    let point = pair.public_key().as_ref();
    let (x, y) = (point.get(1..33).ok_or_else(broken)?, point.get(33..65).ok_or_else(broken)?);
    Ok((URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y)))
}

/// RFC 7638: hash of the required members in alphabetical order, without white space.
fn thumbprint(x: &str, y: &str) -> String {
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()))
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
}

/// A signed statement that we are the client, good for one call to `audience`.
pub(super) fn assertion(ctx: &CallContext, registration: &ClientRegistration, audience: &str) -> Result<String, BankError> {
    let (x, y) = coordinates(&registration.key_pkcs8)?;
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some(thumbprint(&x, &y));
    let claims = Claims {
        iss: &registration.client_id,
        sub: &registration.client_id,
        aud: audience,
        iat: ctx.now,
        exp: ctx.now.saturating_add(ASSERTION_S),
        jti: random_text(ctx.entropy.as_ref()),
    };
    let key = EncodingKey::from_ec_der(&registration.key_pkcs8);
    jsonwebtoken::encode(&header, &claims, &key)
        .map_err(|_| BankError::Protocol("the client assertion could not be signed".to_owned()))
}

/// 256 unpredictable bits as 43 characters that are safe in URLs.
pub(super) fn random_text(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// PKCE S256 challenge of a verifier (RFC 7636).
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::{assertion, challenge, generate, public_jwk, thumbprint};
    use crate::connector::{CallContext, ClientRegistration, Entropy};
    use jsonwebtoken::jwk::Jwk;
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
    use serde_json::Value;
    use std::sync::Arc;

    struct Sevens;
    impl Entropy for Sevens {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    #[test]
    fn challenge_of_rfc_7636() {
        assert_eq!(challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn thumbprints_are_hashes() {
        assert_eq!(thumbprint("x", "y").len(), 43);
        assert_ne!(thumbprint("x", "y"), thumbprint("y", "x"));
    }

    #[test]
    fn assertions_verify_with_the_published_key() {
        let key = generate().unwrap();
        let jwk = public_jwk(&key).unwrap();
        let registration = ClientRegistration {
            client_id: "c1".to_owned(),
            issuer: "https://b".to_owned(),
            key_pkcs8: key,
            redirect_uri: "https://r".to_owned(),
            metadata: Value::Null,
        };
        let ctx = CallContext { now: 1_000, policy: egress::Policy::default(), user_present: true, entropy: Arc::new(Sevens) };
        let token = assertion(&ctx, &registration, "https://b").unwrap();
        let published: Jwk = serde_json::from_value(jwk.clone()).unwrap();
        let mut validation = Validation::new(Algorithm::ES256);
        validation.validate_exp = false;
        validation.set_audience(&["https://b"]);
        let key = DecodingKey::from_jwk(&published).unwrap();
        let data = decode::<Value>(&token, &key, &validation).unwrap();
        assert_eq!(data.header.kid.as_deref(), jwk["kid"].as_str());
        assert_eq!(data.claims["iss"], "c1");
        assert_eq!(data.claims["sub"], "c1");
        assert_eq!(data.claims["exp"], 1_060);
        assert_eq!(data.claims["jti"].as_str().unwrap().len(), 43);
    }
}
