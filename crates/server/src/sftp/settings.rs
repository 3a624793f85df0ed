//! What the operator's file says of a bank's server.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use russh::keys::ssh_key::Fingerprint;
use serde::Deserialize;

use super::connection::{Login, Server};
use super::within;

/// Most that `timeout_s` may be.
const TIMEOUT_S_MAX: u64 = 600;

/// A bank's server, as the operator's file names it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub host: String,
    #[serde(default = "usual_port")]
    pub port: u16,
    pub user: String,
    /// In the form of OpenSSH or PEM, without a passphrase.
    pub private_key_file: Option<PathBuf>,
    /// The environment variable that has the password.
    pub password_env: Option<String>,
    /// `SHA256:` and the fingerprint, as `ssh-keygen -l` shows it.
    pub host_key: String,
    pub outbound: String,
    pub inbound: String,
    /// Longest time for one call, with the connection, in seconds.
    #[serde(default = "usual_timeout")]
    pub timeout_s: u64,
}

fn usual_port() -> u16 {
    22
}

fn usual_timeout() -> u64 {
    60
}

impl Settings {
    /// The server, if all that is said can be.
    pub(super) fn server(&self) -> Result<Server, String> {
        let host_key: Fingerprint = match self.host_key.parse() {
            Ok(fingerprint @ Fingerprint::Sha256(_)) => fingerprint,
            _ => return Err("host_key is SHA256: and 43 characters, as `ssh-keygen -l` shows it".into()),
        };
        if !(1..=TIMEOUT_S_MAX).contains(&self.timeout_s) {
            return Err(format!("timeout_s is 1 to {TIMEOUT_S_MAX}"));
        }
        if [&self.host, &self.user, &self.outbound, &self.inbound].iter().any(|text| text.is_empty()) {
            return Err("host, user, outbound and inbound must not be empty".into());
        }
        if within(&self.outbound, "") == within(&self.inbound, "") {
            return Err("outbound and inbound are one directory".into());
        }
        Ok(Server {
            host: self.host.clone(),
            port: self.port,
            user: self.user.clone(),
            login: self.login()?,
            host_key,
            timeout: Duration::from_secs(self.timeout_s),
        })
    }

    /// What the settings say to log in with.
    fn login(&self) -> Result<Login, String> {
        match (&self.private_key_file, &self.password_env) {
            (Some(path), None) => {
                let key = russh::keys::load_secret_key(path, None)
                    .map_err(|error| format!("private_key_file {} cannot be used: {error}", path.display()))?;
                Ok(Login::Key(Arc::new(key)))
            }
            (None, Some(name)) => match std::env::var(name) {
                Ok(password) if !password.is_empty() => Ok(Login::Password(password)),
                _ => Err(format!("password_env names {name}, which has no password")),
            },
            _ => Err("give one of private_key_file and password_env".into()),
        }
    }
}
