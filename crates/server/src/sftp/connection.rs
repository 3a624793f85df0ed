//! One connection to a bank's SFTP server. Nothing is said to a server whose key is not the pinned one.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use russh::client::{self, Handle, Handler};
use russh::keys::ssh_key::Fingerprint;
use russh::keys::{Algorithm, HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh::{Disconnect, Preferred};
use russh_sftp::client::{Config, SftpSession};

/// How the server knows us. Never shown.
#[derive(Clone)]
pub(super) enum Login {
    Password(String),
    Key(Arc<PrivateKey>),
}

/// Where a server is, and which one it must be.
#[derive(Clone)]
pub(super) struct Server {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub login: Login,
    /// SHA-256 of the server's public key.
    pub host_key: Fingerprint,
    /// Longest time for one answer.
    pub timeout: Duration,
}

/// An open session. It ends with [`Connection::close`], or when it is dropped.
pub(super) struct Connection {
    ssh: Handle<Pinned>,
    pub files: SftpSession,
}

/// Why there is no session. The texts have no secrets.
#[derive(Debug)]
pub(super) enum ConnectError {
    Ssh(russh::Error),
    /// The fingerprint that the server showed.
    HostKey(String),
    Login,
    Sftp(russh_sftp::client::error::Error),
}

impl fmt::Display for ConnectError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConnectError::Ssh(error) => error.fmt(out),
            ConnectError::HostKey(shown) => {
                write!(
                    out,
                    "its host key is {shown}, not `host_key`; nothing was said to it. Ask the bank before you change that"
                )
            }
            ConnectError::Login => out.write_str("it does not accept the user with this key or password"),
            ConnectError::Sftp(error) => error.fmt(out),
        }
    }
}

impl From<russh::Error> for ConnectError {
    fn from(error: russh::Error) -> ConnectError {
        ConnectError::Ssh(error)
    }
}

/// Accepts one key.
struct Pinned(Fingerprint);

impl Handler for Pinned {
    type Error = ConnectError;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, ConnectError> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = shown else { return Ok(false) };
        let shown = key.fingerprint(HashAlg::Sha256);
        if shown == self.0 { Ok(true) } else { Err(ConnectError::HostKey(shown.to_string())) }
    }
}

impl Server {
    pub(super) async fn connect(&self) -> Result<Connection, ConnectError> {
        // Signatures with SHA-1 are not taken from servers.
        let mut preferred = Preferred::DEFAULT;
        preferred.key.to_mut().retain(|algorithm| !matches!(algorithm, Algorithm::Rsa { hash: None }));
        let config = client::Config { preferred, inactivity_timeout: Some(self.timeout), nodelay: true, ..Default::default() };
        let mut ssh = client::connect(Arc::new(config), (self.host.as_str(), self.port), Pinned(self.host_key)).await?;
        let login = match &self.login {
            Login::Password(password) => ssh.authenticate_password(&self.user, password).await?,
            Login::Key(key) => {
                let hash = ssh.best_supported_rsa_hash().await?.flatten().or(Some(HashAlg::Sha256));
                ssh.authenticate_publickey(&self.user, PrivateKeyWithHashAlg::new(Arc::clone(key), hash)).await?
            }
        };
        if !login.success() {
            return Err(ConnectError::Login);
        }
        let channel = ssh.channel_open_session().await?;
        channel.request_subsystem(true, "sftp").await?;
        let config = Config { request_timeout_secs: self.timeout.as_secs(), ..Config::default() };
        let files = SftpSession::new_with_config(channel.into_stream(), config).await.map_err(ConnectError::Sftp)?;
        Ok(Connection { ssh, files })
    }
}

impl Connection {
    /// Says goodbye; whether the server hears it does not matter.
    pub(super) async fn close(self) {
        let _ = self.files.close().await;
        let _ = self.ssh.disconnect(Disconnect::ByApplication, "", "en").await;
    }
}
