//! The running bank: storage, clocks, keys, and where institutions are found.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Config;
use crate::institutions::{self, ConsentLife, Health, Institution};
use crate::seal::Keys;
use crate::shelf::{Shelf, ShelfError, WorldClock};
use crate::stated::{self, StatedWorld, StatedWorlds};

/// Everything that handlers share.
pub struct Bank {
    base_url: String,
    ach_key: String,
    /// The keys derived from the configured secret.
    pub keys: Keys,
    /// The clocks.
    pub clock: Arc<dyn WorldClock>,
    shelf: Arc<dyn Shelf>,
    stated: StatedWorlds,
}

impl Bank {
    pub fn new(config: Config, shelf: Arc<dyn Shelf>, clock: Arc<dyn WorldClock>) -> Bank {
        let base_url = config.base_url.trim_end_matches('/').to_owned();
        Bank { base_url, ach_key: config.ach_key, keys: Keys::new(&config.secret), clock, shelf, stated: StatedWorlds::default() }
    }

    /// Where the whole bank is reachable.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// What those who hand in ACH files show.
    pub fn ach_key(&self) -> &str {
        &self.ach_key
    }

    /// Reads a stored record. A record that cannot be read is a failure, never an absence.
    pub async fn load<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, ShelfError> {
        let Some(bytes) = self.shelf.get(key).await? else {
            return Ok(None);
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| ShelfError(format!("{key}: {error}")))
    }

    /// Writes a record, replacing it.
    pub async fn store<T: Serialize>(&self, key: &str, value: &T, expires_at: Option<i64>) -> Result<(), ShelfError> {
        self.shelf.put(key, encode(key, value)?, expires_at).await
    }

    /// Writes a record that must not exist yet; false if it does.
    pub async fn claim<T: Serialize>(&self, key: &str, value: &T, expires_at: Option<i64>) -> Result<bool, ShelfError> {
        self.shelf.put_new(key, encode(key, value)?, expires_at).await
    }

    /// When a world began: at its first contact with any institution, in its own unix seconds. None if there is no such world.
    pub async fn epoch(&self, world: &str) -> Result<Option<i64>, ShelfError> {
        let key = format!("epoch/{world}");
        if let Some(epoch) = self.load(&key).await? {
            return Ok(Some(epoch));
        }
        if !self.clock.knows(world).await? {
            return Ok(None);
        }
        let now = self.clock.now(world).await;
        self.claim(&key, &now, None).await?;
        Ok(Some(self.load(&key).await?.unwrap_or(now)))
    }

    /// Removes a record.
    pub async fn remove(&self, key: &str) -> Result<(), ShelfError> {
        self.shelf.delete(key).await
    }

    /// The storage.
    pub fn shelf(&self) -> &dyn Shelf {
        self.shelf.as_ref()
    }

    /// What is stated in a world now.
    pub async fn stated(&self, world: &str) -> Result<Arc<StatedWorld>, ShelfError> {
        self.stated.read(self.shelf(), world).await
    }

    /// The institution behind a path segment: a built-in one, or one that was stated in some world.
    pub async fn institution(&self, slug: &str) -> Result<Option<Institution>, ShelfError> {
        if let Some(built_in) = institutions::find(slug) {
            return Ok(Some(built_in));
        }
        let Some(world) = self.load::<String>(&stated::slug_key(slug)).await? else { return Ok(None) };
        let stated = self.stated(&world).await?;
        Ok(stated.institutions.get(slug).map(|own| Institution {
            slug: own.slug.clone().into(),
            name: own.name.clone().into(),
            url: own.url.clone().unwrap_or_default().into(),
            world: Some(world),
            protocol: own.protocol,
            health: Health::Up,
            prefilled_login: false,
            account_choice: true,
            scripted: false,
            consents: ConsentLife { first_is_cut_off: false, longest_days: None },
            ledger: own.slug.clone().into(),
            accounts: &[],
        }))
    }
}

fn encode<T: Serialize>(key: &str, value: &T) -> Result<Vec<u8>, ShelfError> {
    serde_json::to_vec(value).map_err(|error| ShelfError(format!("{key}: {error}")))
}
