//! A bank, served over HTTP: OAuth 2.0 in front of an FDX v6 interface, OFX Direct Connect, and SimpleFIN.
//!
//! The bank knows nothing of the programs that connect to it. A client registers itself (RFC 7591), pushes an
//! authorization request with PKCE (RFC 9126, RFC 7636), sends a person to the bank's own pages to log in and agree,
//! exchanges the code, and reads accounts over FDX. Every institution lies under `{base_url}/{slug}`; some of them
//! misbehave on purpose (see [`TestBank::institutions`]). Some have no pages and speak OFX Direct Connect instead, and one
//! is a SimpleFIN server.
//!
//! All figures are pure functions of the world (the `software_id` of a registration, the `CLIENTUID` of OFX), the
//! institution, the person who logs in, the account and the world's clock. Only registrations, consents and single-use
//! marks are stored.

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
mod world;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;

pub use institutions::{InstitutionInfo, Protocol};
pub use ofx::ORG as OFX_ORG;
pub use shelf::{BoxFuture, MemoryShelf, Shelf, ShelfError, WorldClock};

/// No request to a bank is longer: registrations and pushed requests are a few kilobytes.
const BODY_LIMIT: usize = 64 * 1024;

/// What the bank must be told by whoever runs it.
pub struct Config {
    /// Where the router is reachable from outside, without a trailing slash: `http://127.0.0.1:12111/testbank`.
    pub base_url: String,
    /// The key from which every signing and sealing key is derived. Processes that share a shelf share it too;
    /// changing it ends every token.
    pub secret: [u8; 32],
}

/// The bank with all its institutions. Cheap to clone.
#[derive(Clone)]
pub struct TestBank {
    bank: Arc<site::Bank>,
}

impl TestBank {
    /// Opens the bank on its storage. Nothing is read or written until the first request.
    pub fn new(config: Config, shelf: Arc<dyn Shelf>, clock: Arc<dyn WorldClock>) -> TestBank {
        TestBank { bank: Arc::new(site::Bank::new(config, shelf, clock)) }
    }

    /// All routes, relative to [`Config::base_url`]: nest it under that path.
    pub fn router(&self) -> Router {
        Router::new()
            .merge(oauth::routes())
            .merge(fdx::routes())
            .merge(ofx::routes())
            .merge(simplefin::routes())
            .merge(pages::routes())
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .with_state(self.bank.clone())
    }

    /// Every institution, in the order in which a picker should show them.
    pub fn institutions() -> &'static [InstitutionInfo] {
        institutions::INSTITUTIONS
    }
}
