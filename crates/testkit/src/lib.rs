//! What tests of the product share: a whole server with the real wiring, callers of its API, a person who walks the
//! linking flow with script off, and a receiver of webhooks.
//!
//! Each test owns its world: a database of its own, a server of its own, clocks that only the test moves. Nothing
//! sleeps; a wait is for something that happens, and is bounded.

mod answer;
mod client;
mod page;
mod person;
mod receiver;
mod sandbox;
mod server;

pub use answer::Answer;
pub use client::{Client, Params, encode};
pub use page::{Control, Page};
pub use person::Person;
pub use receiver::{Gate, Received, WebhookReceiver};
pub use sandbox::{ALL_PERMISSIONS, Linked, Sandbox, ids};
pub use server::{START, TestServer, each, on_postgres};
pub use store::testing::TestDatabase;
