//! Puts the parts together: configuration, command line, wiring, the HTTP shell. The only place that knows them all.

pub mod ach;
pub mod ach_directory;
pub mod bank;
pub mod books;
pub mod cli;
pub mod config;
pub mod directory;
pub mod fees;
pub mod http;
pub mod live_ach;
pub mod mail;
pub mod secrets;
#[cfg(feature = "sftp")]
pub mod sftp;
pub mod test_ach;
pub mod test_values;
pub mod wiring;
pub mod world;

pub use config::Config;
pub use wiring::{Running, StartError, start};
