//! The only place that sees bank credentials and account numbers in plain.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{digest, hmac};

use crate::{Entropy, Tenant};

/// Seals bytes with AES-256-GCM. What is sealed for one tenant and name opens for no other.
pub struct Vault {
    key: LessSafeKey,
    derive: hmac::Key,
    entropy: Arc<dyn Entropy>,
}

/// Sealed bytes do not open: another key, another name, or damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VaultError;

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sealed data does not open with this vault key")
    }
}

impl std::error::Error for VaultError {}

impl Vault {
    /// A vault with the given master key.
    #[must_use]
    pub fn new(master: &[u8; 32], entropy: Arc<dyn Entropy>) -> Self {
        let derive = hmac::Key::new(hmac::HMAC_SHA256, master);
        let sealing = hmac::sign(&derive, b"drawbridge sealing key 1");
        let key = UnboundKey::new(&AES_256_GCM, sealing.as_ref()).expect("HMAC-SHA256 gives 32 bytes");
        Vault { key: LessSafeKey::new(key), derive, entropy }
    }

    /// Seals `plain` for a tenant and name.
    #[must_use]
    pub fn seal(&self, tenant: &Tenant, name: &str, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0_u8; NONCE_LEN];
        self.entropy.fill(&mut nonce);
        let mut sealed = plain.to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound(tenant, name)), &mut sealed)
            .expect("sealing in memory does not fail");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what [`Vault::seal`] made.
    ///
    /// # Errors
    /// [`VaultError`] if the key, tenant or name differ, or a byte changed.
    pub fn open(&self, tenant: &Tenant, name: &str, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or(VaultError)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| VaultError)?;
        let mut plain = rest.to_vec();
        let length = self.key.open_in_place(nonce, Aad::from(bound(tenant, name)), &mut plain).map_err(|_| VaultError)?.len();
        plain.truncate(length);
        Ok(plain)
    }

    /// A key of 32 bytes for another purpose, derived from the master key.
    #[must_use]
    pub fn derived(&self, purpose: &str) -> [u8; 32] {
        let tag = hmac::sign(&self.derive, purpose.as_bytes());
        let mut key = [0; 32];
        key.copy_from_slice(tag.as_ref());
        key
    }

    /// A keyed digest, the same for equal values: for recognising an account number without keeping it.
    #[must_use]
    pub fn recognise(&self, purpose: &str, value: &[u8]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.derived(purpose));
        let mut out = [0; 32];
        out.copy_from_slice(hmac::sign(&key, value).as_ref());
        out
    }

    /// The hash by which a high-entropy secret is looked up.
    #[must_use]
    pub fn secret_hash(secret: &str) -> Vec<u8> {
        digest::digest(&digest::SHA256, secret.as_bytes()).as_ref().to_vec()
    }
}

fn bound(tenant: &Tenant, name: &str) -> Vec<u8> {
    [tenant.key().as_bytes(), b"\0", name.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn opens_only_for_the_tenant_and_name_it_was_sealed_for() {
        let vault = Vault::new(&[7; 32], Arc::new(SystemEntropy));
        let ours = Tenant::new("acct_a", false);
        let sealed = vault.seal(&ours, "grant/1", b"secret");
        assert_eq!(vault.open(&ours, "grant/1", &sealed).unwrap(), b"secret");
        assert_eq!(vault.open(&ours, "grant/2", &sealed), Err(VaultError));
        assert_eq!(vault.open(&ours.other_mode(), "grant/1", &sealed), Err(VaultError));
        assert_eq!(Vault::new(&[8; 32], Arc::new(SystemEntropy)).open(&ours, "grant/1", &sealed), Err(VaultError));
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
    }
}
