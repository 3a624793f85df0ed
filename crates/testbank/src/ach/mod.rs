//! The receiving side of the ACH network: takes files of entries, posts them or answers them, and leaves the answers in an
//! outbox, as the bank behind every routing number of a world.
//!
//! | Request | Does |
//! |---|---|
//! | `POST /ach/{world}/files/{name}?pace=…` | takes a Nacha file; the same name and content may come again |
//! | `GET /ach/{world}/outbox?after={name}` | names the files that the world's clock has released, oldest first |
//! | `GET /ach/{world}/outbox/{name}` | one of them |
//!
//! Files are read strictly: one that any bank would refuse is refused whole, with the line of everything that is wrong.
//! What becomes of an entry is decided by what a test has said about its account, by the table of published numbers, by
//! whether a number that stood in for another one still does, and by the state and the funds of an account that a test
//! stated, in this order. Everything else is posted.

mod answer;
mod books;
mod decide;
mod http;
mod place;
mod receive;
mod received;
mod returning;
mod rows;
mod timing;
mod told;

use std::sync::Arc;

use axum::Router;
use axum::middleware;

use crate::site::Bank;

pub use books::{forget, posted, received};
pub use decide::Reason;
pub use received::{ReceivedEntry, entries, entry};
pub use returning::{Refused, give_back};
pub use told::{Told, tell};

/// The routing number of the bank that sandboxes send their entries through: one that no real bank has.
pub const ODFI_ROUTING_NUMBER: &str = "990000000";

/// How the bank calls itself in files.
pub const ODFI_NAME: &str = "DRAWBRIDGE TEST BANK";

/// Every route of the ACH side.
pub fn routes(bank: &Arc<Bank>) -> Router<Arc<Bank>> {
    http::routes().route_layer(middleware::from_fn_with_state(bank.clone(), http::admit))
}
