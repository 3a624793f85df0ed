//! The product: every endpoint and every rule. `routes.rs` is the table of all endpoints; the folder of a resource is
//! `<area>/<resource>/`. This crate knows no HTML, no database driver and no test bank.

pub mod app;
mod auth;
pub mod connections;
pub mod core;
pub mod dispatch;
mod download;
mod expand;
pub mod extension;
mod idempotency;
mod numbers;
mod page;
pub mod payments;
mod reply;
mod request_log;
mod route;
mod router;
pub mod routes;
mod task;
pub mod upload;
mod v2;
mod versions;

pub use app::{App, Settings};
pub use connections::linking::try_session;
pub use dispatch::{Incoming, Outgoing};
pub use download::Download;
pub use reply::Reply;
pub use route::{Call, Client, Keys, Nothing, Route};
