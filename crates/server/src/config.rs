//! How the server is told to run.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use clap::builder::FalseyValueParser;

/// The file name of the SQLite database within the data directory.
const DATABASE_FILE: &str = "drawbridge.db";

/// Options of every command that opens the data.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Directory for the database and the vault key
    #[arg(long, global = true, env = "DRAWBRIDGE_DATA", default_value = "./drawbridge-data", value_name = "DIR")]
    pub data: PathBuf,
    /// A PostgreSQL database instead of SQLite in the data directory
    #[arg(long, global = true, env = "DRAWBRIDGE_DATABASE", value_name = "URL")]
    pub database: Option<String>,
    /// The vault's master key, 64 hexadecimal digits; without it, a file in the data directory. Nodes that share a
    /// database need the same one.
    #[arg(long, global = true, env = "DRAWBRIDGE_VAULT_KEY", value_name = "HEX", hide_env_values = true)]
    pub vault_key: Option<String>,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, global = true, env = "DRAWBRIDGE_LISTEN", default_value = "127.0.0.1:12111", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Where browsers and banks reach this server, if not at the address it listens on
    #[arg(long, global = true, env = "DRAWBRIDGE_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// A JSON file that names the banks that can be linked besides the test bank's
    #[arg(long, global = true, env = "DRAWBRIDGE_INSTITUTIONS", value_name = "FILE")]
    pub institutions: Option<PathBuf>,
    /// The mail server that sends the mails of live mode, such as smtps://user:password@mail.example.com
    #[arg(long, global = true, env = "DRAWBRIDGE_SMTP", value_name = "URL", hide_env_values = true, requires = "mail_from")]
    pub smtp: Option<String>,
    /// The sender of mails, such as "Rocket Rides <bank@example.com>"
    #[arg(long, global = true, env = "DRAWBRIDGE_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// A JSON file that says in whose name live accounts send ACH files, and through which directories
    #[arg(long, global = true, env = "DRAWBRIDGE_ACH", value_name = "FILE")]
    pub ach: Option<PathBuf>,
    /// A JSON file that says what is taken for payments, failed payments and disputes
    #[arg(long, global = true, env = "DRAWBRIDGE_FEES", value_name = "FILE")]
    pub fees: Option<PathBuf>,
    /// Unknown test keys open no sandboxes, even on a loopback address
    #[arg(long, global = true, env = "DRAWBRIDGE_NO_OPEN_SANDBOXES", value_parser = FalseyValueParser::new())]
    pub no_open_sandboxes: bool,
}

impl Config {
    /// The database that the options name.
    #[must_use]
    pub fn store(&self) -> store::Config {
        let database = match &self.database {
            Some(url) => store::Database::Postgres { url: url.clone() },
            None => store::Database::Sqlite { path: self.data.join(DATABASE_FILE) },
        };
        store::Config::new(database)
    }
}
