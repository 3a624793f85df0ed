//! What tests of the product share: a whole server with the real wiring, callers of its API, a person who walks the
//! linking flow with script off, a receiver of webhooks, and a bank that misbehaves on demand.
//!
//! Each test owns its world: a database of its own, a server of its own, clocks that only the test moves. Nothing
//! sleeps; a wait is for something that happens, and is bounded.

mod answer;
mod bank;
mod client;
mod gate;
mod held;
mod page;
mod person;
mod phone;
mod receiver;
mod sandbox;
mod server;

pub use answer::Answer;
pub use bank::{Mood, UnreliableBank};
pub use client::{Client, Params, encode};
pub use gate::Gate;
pub use held::HeldWrites;
pub use page::{Control, Page};
pub use person::Person;
pub use phone::Phone;
pub use receiver::{Received, WebhookReceiver};
pub use sandbox::{ALL_PERMISSIONS, Linked, Sandbox, ids};
pub use server::{START, TestServer, each, each_with_bank, on_postgres, on_postgres_with_bank};
pub use store::testing::TestDatabase;
