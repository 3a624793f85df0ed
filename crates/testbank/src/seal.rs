//! The bank's cryptography: randomness, digests, and values sealed so that only the bank can have made them.
//!
//! This is the only file that draws randomness.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use aws_lc_rs::{constant_time, digest, hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// 128 or 256 bits as unguessable text for URLs and headers.
pub fn random_text(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    // The system generator fails only where no process could work at all; an empty secret must not be the answer.
    rand::fill(&mut buffer).expect("the system's random number generator works");
    URL_SAFE_NO_PAD.encode(buffer)
}

/// A random version 4 UUID in its usual spelling.
pub fn random_uuid() -> String {
    let mut bytes = [0u8; 16];
    rand::fill(&mut bytes).expect("the system's random number generator works");
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// SHA-256 as base64url without padding.
pub fn digest_text(text: &str) -> String {
    digest_bytes(text.as_bytes())
}

/// SHA-256 as base64url without padding.
pub fn digest_bytes(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, bytes))
}

/// The first 16 bytes of SHA-256 over `parts`, as hexadecimal. Parts are length-prefixed, so they cannot run together.
pub fn identifier(parts: &[&str]) -> String {
    hash_parts(parts)[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 64 bits of SHA-256 over `parts`: where every deterministic generator starts.
pub fn seed(parts: &[&str]) -> u64 {
    let hash = hash_parts(parts);
    hash[..8].iter().fold(0, |seed, byte| (seed << 8) | u64::from(*byte))
}

fn hash_parts(parts: &[&str]) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    context.finish().as_ref().to_vec()
}

/// Compares in constant time.
pub fn same(left: &str, right: &str) -> bool {
    constant_time::verify_slices_are_equal(left.as_bytes(), right.as_bytes()).is_ok()
}

/// What a sealed value is for. A value sealed for one purpose does not open for another.
#[derive(Clone, Copy)]
pub enum Purpose {
    /// The hidden field that carries a person through the bank's pages.
    Transaction,
    /// Where the next page of a list starts.
    PageKey,
    /// How far an OFX sign-on has come.
    SignOnCookie,
    /// What spares a person the questions of an OFX sign-on.
    AccessKey,
    /// What a person carries from the SimpleFIN server to a client.
    SetupToken,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Purpose::Transaction => "seal transaction",
            Purpose::PageKey => "seal page key",
            Purpose::SignOnCookie => "seal sign-on cookie",
            Purpose::AccessKey => "seal access key",
            Purpose::SetupToken => "seal setup token",
        }
    }
}

/// Every key of the bank, derived from its one secret.
pub struct Keys {
    master: hmac::Key,
}

impl Keys {
    /// Keys derived from `secret`.
    pub fn new(secret: &[u8; 32]) -> Keys {
        Keys { master: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }

    /// 256 bits derived for `label` and `subject`.
    fn derive(&self, label: &str, subject: &str) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.master);
        context.update(&(label.len() as u64).to_be_bytes());
        context.update(label.as_bytes());
        context.update(subject.as_bytes());
        context.sign().as_ref().to_vec()
    }

    /// Text that only the bank can compute from `subject`.
    pub fn derive_text(&self, label: &str, subject: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.derive(label, subject))
    }

    /// Writes `value` as readable but unforgeable text.
    pub fn seal<T: Serialize>(&self, purpose: Purpose, value: &T) -> String {
        let json = serde_json::to_vec(value).expect("sealed values are plain data");
        let body = URL_SAFE_NO_PAD.encode(json);
        let tag = URL_SAFE_NO_PAD.encode(self.derive(purpose.label(), &body));
        format!("{body}.{tag}")
    }

    /// Reads what [`Keys::seal`] wrote; `None` for anything else.
    pub fn open<T: DeserializeOwned>(&self, purpose: Purpose, sealed: &str) -> Option<T> {
        let (body, tag) = sealed.split_once('.')?;
        let expected = URL_SAFE_NO_PAD.encode(self.derive(purpose.label(), body));
        if !same(&expected, tag) {
            return None;
        }
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
    }

    /// The signing key of one institution, the same in every process with the same secret.
    pub fn signer(&self, slug: &str) -> Signer {
        let pair =
            Ed25519KeyPair::from_seed_unchecked(&self.derive("signing key", slug)).expect("32 bytes are a valid Ed25519 seed");
        let public = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        Signer { key_id: identifier(&[&public]), public, pair }
    }
}

/// Signs and verifies the JWTs of one institution with EdDSA.
pub struct Signer {
    key_id: String,
    public: String,
    pair: Ed25519KeyPair,
}

impl Signer {
    /// The public half as a JSON Web Key.
    pub fn public_jwk(&self) -> serde_json::Value {
        serde_json::json!({
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.key_id, "x": self.public,
        })
    }

    /// A compact JWT of `claims` with the given `typ`, so that one kind of token cannot pass for another.
    pub fn sign<T: Serialize>(&self, kind: &str, claims: &T) -> String {
        let document = self.pair.to_pkcs8().expect("an Ed25519 key can be written as PKCS #8");
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(kind.to_owned());
        header.kid = Some(self.key_id.clone());
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(document.as_ref())).expect("plain claims can be signed")
    }

    /// The claims of a JWT of this kind signed here. Times are left to the caller, who has the clock.
    pub fn verify<T: DeserializeOwned>(&self, kind: &str, token: &str) -> Option<T> {
        let key = DecodingKey::from_ed_components(&self.public).ok()?;
        let data = jsonwebtoken::decode::<T>(token, &key, &signature_only(Algorithm::EdDSA)).ok()?;
        (data.header.typ.as_deref() == Some(kind)).then_some(data.claims)
    }
}

/// Checks of the signature alone: the library would read the ambient clock for the rest.
pub fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_values_open_only_for_their_purpose_and_key() {
        let keys = Keys::new(&[7; 32]);
        let sealed = keys.seal(Purpose::PageKey, &("a", 1));
        assert_eq!(keys.open(Purpose::PageKey, &sealed), Some(("a".to_owned(), 1)));
        assert_eq!(keys.open::<(String, i32)>(Purpose::Transaction, &sealed), None);
        assert_eq!(Keys::new(&[8; 32]).open::<(String, i32)>(Purpose::PageKey, &sealed), None);
        assert_eq!(keys.open::<(String, i32)>(Purpose::PageKey, "nonsense"), None);
    }

    #[test]
    fn jwt_kinds_do_not_mix() {
        let signer = Keys::new(&[7; 32]).signer("a");
        let token = signer.sign("at+jwt", &serde_json::json!({"sub": "x"}));
        assert!(signer.verify::<serde_json::Value>("at+jwt", &token).is_some());
        assert!(signer.verify::<serde_json::Value>("JWT", &token).is_none());
        let other = Keys::new(&[7; 32]).signer("b");
        assert!(other.verify::<serde_json::Value>("at+jwt", &token).is_none());
    }

    #[test]
    fn identifiers_do_not_run_together() {
        assert_ne!(identifier(&["ab", "c"]), identifier(&["a", "bc"]));
    }
}
