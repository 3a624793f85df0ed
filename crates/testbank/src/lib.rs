//! A bank, served over HTTP: OAuth 2.0 in front of an FDX v6 interface, OFX Direct Connect, SimpleFIN, and ACH files.
//!
//! The bank knows nothing of the programs that connect to it. A client registers itself (RFC 7591), pushes an
//! authorization request with PKCE (RFC 9126, RFC 7636), sends a person to the bank's own pages to log in and agree,
//! exchanges the code, and reads accounts over FDX. Every institution lies under `{base_url}/{slug}`; some of them
//! misbehave on purpose (see [`TestBank::institutions`]). Some have no pages and speak OFX Direct Connect instead, and one
//! is a SimpleFIN server. Below `{base_url}/ach` it takes Nacha files and answers them.
//!
//! All figures are pure functions of the world (the `software_id` of a registration, the `CLIENTUID` of OFX), the
//! institution, the person who logs in, the account and the world's clock. Only registrations, consents, single-use marks,
//! what tests state, and what came over ACH are stored.

mod ach;
mod bank;
mod conduct;
mod control;
mod fdx;
mod fields;
mod institutions;
mod oauth;
mod ofx;
mod pages;
mod seal;
mod shelf;
mod simplefin;
mod site;
mod stated;
pub mod values;
mod world;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;

pub use ach::{ODFI_NAME as ACH_NAME, ODFI_ROUTING_NUMBER as ACH_ROUTING_NUMBER};
pub use control::{Command, ControlError};
pub use institutions::{InstitutionInfo, Protocol};
pub use ofx::ORG as OFX_ORG;
pub use shelf::{BoxFuture, Change, Entry, Guard, MemoryShelf, Shelf, ShelfError, WorldClock};

/// No request to a bank is longer: registrations and pushed requests are a few kilobytes.
const BODY_LIMIT: usize = 64 * 1024;

/// What the bank must be told by whoever runs it.
pub struct Config {
    /// Where the router is reachable from outside, without a trailing slash: `http://127.0.0.1:12111/testbank`.
    pub base_url: String,
    /// The key from which every signing and sealing key is derived. Processes that share a shelf share it too;
    /// changing it ends every token.
    pub secret: [u8; 32],
    /// What those who hand in ACH files, and take the bank's own, show as a bearer token. They speak for any world.
    pub ach_key: String,
}

/// What may be said in public about an institution that a test stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// Path segment of its issuer: `{base_url}/{slug}`.
    pub slug: String,
    /// Name shown to people.
    pub name: String,
    /// Its website.
    pub url: Option<String>,
    /// Whether a picker shows it before anybody searches.
    pub featured: bool,
    /// It is a built-in one whose behaviour was stated for this world.
    pub built_in: bool,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// How long a client may wait for one answer, in milliseconds.
    pub timeout_ms: u64,
    /// Another number after each change.
    pub version: u64,
}

/// The institutions that a test stated in a world, for whoever reads the shelf without the bank, as within a transaction.
impl Stated {
    /// The shelf's key whose value is another one after each change of the world; absent while nothing is stated.
    pub fn revision_key(world: &str) -> String {
        stated::revision_of(world)
    }

    /// The keys of the world's institutions, in the order in which they were made, begin so.
    pub fn keys_prefix(world: &str) -> String {
        stated::institutions_of(world)
    }

    /// The institution that lies under such a key.
    ///
    /// # Errors
    /// If the value is none.
    pub fn read(key: &str, value: &[u8]) -> Result<Stated, ShelfError> {
        let own = stated::read_institution(key, value)?;
        Ok(Stated {
            slug: own.slug,
            name: own.name,
            url: own.url,
            featured: own.featured,
            built_in: own.built_in,
            protocol: own.protocol,
            timeout_ms: own.conduct.timeout_ms,
            version: own.version,
        })
    }
}

/// The bank with all its institutions. Cheap to clone.
#[derive(Clone)]
pub struct TestBank {
    bank: Arc<bank::Bank>,
}

impl TestBank {
    /// Opens the bank on its storage. Nothing is read or written until the first request.
    pub fn new(config: Config, shelf: Arc<dyn Shelf>, clock: Arc<dyn WorldClock>) -> TestBank {
        TestBank { bank: Arc::new(bank::Bank::new(config, shelf, clock)) }
    }

    /// All routes, relative to [`Config::base_url`]: nest it under that path.
    pub fn router(&self) -> Router {
        Router::new()
            .merge(oauth::routes())
            .merge(fdx::routes())
            .merge(ofx::routes())
            .merge(simplefin::routes())
            .merge(pages::routes())
            .merge(ach::routes(&self.bank))
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .with_state(self.bank.clone())
    }

    /// Carries out a command by which a test states its world; answers a JSON object.
    ///
    /// # Errors
    /// [`ControlError`]; nothing was changed then.
    pub async fn control(&self, world: &str, command: Command<'_>) -> Result<serde_json::Value, ControlError> {
        control::run(&self.bank, world, command).await
    }

    /// Every built-in institution, in the order in which a picker should show them.
    pub fn institutions() -> &'static [InstitutionInfo] {
        institutions::INSTITUTIONS
    }
}
