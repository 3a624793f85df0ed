//! What the OAuth side keeps on the shelf.

use serde::{Deserialize, Serialize};

use super::consent_request::{Cluster, ConsentRequest, Duration};
use crate::institutions;
use crate::shelf::ShelfError;
use crate::site::{AnySite, Bank};
use crate::world::Customer;

/// A registered client.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Client {
    pub id: String,
    pub name: String,
    pub redirect_uris: Vec<String>,
    pub keys: Vec<ClientKey>,
    /// The closed world whose customers it sees: its `software_id`.
    pub world: String,
    /// When that world began, in its own unix seconds.
    pub epoch: i64,
    /// Real unix seconds of the registration.
    pub issued_at: i64,
    pub registration_token_digest: String,
}

/// A public P-256 key of a client, for ES256.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClientKey {
    pub kid: Option<String>,
    pub x: String,
    pub y: String,
}

impl Client {
    /// Where the client is kept.
    pub fn key(slug: &str, id: &str) -> String {
        format!("client/{slug}/{id}")
    }

    /// The client, if it is registered at this institution.
    pub async fn load(site: &AnySite, id: &str) -> Result<Option<Client>, ShelfError> {
        site.bank.load(&Client::key(site.slug(), id)).await
    }
}

/// A pushed authorization request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pushed {
    pub id: String,
    pub client_id: String,
    pub redirect_uri: String,
    pub state: Option<String>,
    pub nonce: Option<String>,
    pub code_challenge: String,
    pub request: ConsentRequest,
    /// Real unix seconds.
    pub pushed_at: i64,
}

impl Pushed {
    /// Where the request is kept.
    pub fn key(slug: &str, id: &str) -> String {
        format!("pushed/{slug}/{id}")
    }
}

/// An authorization code that waits to be exchanged.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Code {
    pub redirect_uri: String,
    pub code_challenge: String,
    pub nonce: Option<String>,
    /// Real unix seconds.
    pub issued_at: i64,
    pub grant: Grant,
}

impl Code {
    /// Where the code is kept; the code itself is nowhere.
    pub fn key(slug: &str, digest: &str) -> String {
        format!("code/{slug}/{digest}")
    }
}

/// Why and by whom a consent was ended.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Revocation {
    pub reason: String,
    pub initiator: String,
    /// Unix seconds in the world.
    pub at: i64,
}

/// A person's consent. Every token belongs to one and is worth nothing without it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Grant {
    pub id: String,
    pub slug: String,
    pub client_id: String,
    pub client_name: String,
    pub world: String,
    pub epoch: i64,
    pub username: String,
    /// Identifiers of the accounts that the person shares.
    pub accounts: Vec<String>,
    pub clusters: Vec<Cluster>,
    pub scope: String,
    pub duration: Duration,
    pub duration_period: Option<i64>,
    pub lookback_period: Option<i64>,
    /// Unix seconds in the world.
    pub created_at: i64,
    /// Unix seconds in the world.
    pub expires_at: Option<i64>,
    /// Unix seconds in the world at which the bank ends it on its own, which nobody is told before.
    #[serde(default)]
    pub cut_off_at: Option<i64>,
    pub revocation: Option<Revocation>,
    pub refresh_digest: Option<String>,
}

impl Grant {
    /// Where the consent is kept.
    pub fn key(id: &str) -> String {
        format!("grant/{id}")
    }

    /// The consent with this identifier at this institution.
    pub async fn load(site: &AnySite, id: &str) -> Result<Option<Grant>, ShelfError> {
        let grant: Option<Grant> = site.bank.load(&Grant::key(id)).await?;
        Ok(grant.filter(|grant| grant.slug == site.slug()))
    }

    /// Writes the consent.
    pub async fn save(&self, bank: &Bank) -> Result<(), ShelfError> {
        bank.store(&Grant::key(&self.id), self, None).await
    }

    /// Ends the consent for ever. The first reason stays.
    pub async fn revoke(mut self, bank: &Bank, revocation: Revocation) -> Result<(), ShelfError> {
        if self.revocation.is_none() {
            self.revocation = Some(revocation);
            self.save(bank).await?;
        }
        Ok(())
    }

    /// Whether it still allows anything at a moment of its world.
    pub fn is_active(&self, now: i64) -> bool {
        let lasts = |end: Option<i64>| end.is_none_or(|end| now < end);
        self.revocation.is_none() && lasts(self.expires_at) && lasts(self.cut_off_at)
    }

    /// When somebody ended it before its time, if that has happened by now.
    pub fn revoked_at(&self, now: i64) -> Option<i64> {
        let revoked = self.revocation.as_ref().map(|revocation| revocation.at);
        revoked.or(self.cut_off_at.filter(|end| *end <= now))
    }

    /// Whose data it opens.
    pub fn customer(&self) -> Customer {
        // A stated institution keeps its own books.
        let slug = institutions::find(&self.slug).map_or_else(|| self.slug.clone().into(), |built_in| built_in.ledger);
        let (world, username) = (self.world.clone(), self.username.clone());
        Customer { world, slug, username, epoch: self.epoch }
    }
}
