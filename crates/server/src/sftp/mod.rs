//! ACH files by SFTP: two directories of the bank's server, used as those of `ach_directory` are.
//!
//! The steps are the same, and so is what they are for. The note of step 2 is renamed to its place, which SFTP refuses if
//! something is there. Nothing is kept on this side, so that several servers may work.

mod connection;
mod settings;

use std::collections::HashSet;
use std::fmt::Display;
use std::sync::Arc;

use api::payments::rails::transport::{Pace, Transport, TransportError};
use kernel::{BoxFuture, Entropy, Ids, Tenant};
use russh_sftp::client::SftpSession;
use russh_sftp::client::error::Error;
use russh_sftp::protocol::{OpenFlags, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use connection::{Connection, Server};
pub use settings::Settings;

const STAGING: &str = ".staging";
const SENT: &str = ".sent";
/// Names of files of the bank that are kept here, if they cannot be moved to [`DONE`].
const TAKEN: &str = ".taken";
const DONE: &str = "done";
/// Most that is read of one file.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// A bank's two directories on its server. Each call has a connection of its own.
#[derive(Clone)]
pub struct Sftp {
    server: Server,
    outbound: String,
    inbound: String,
    entropy: Arc<dyn Entropy>,
}

impl Sftp {
    /// Connects to nothing yet: a bank that is away must not keep the server from starting.
    ///
    /// # Errors
    /// A text that says what is wrong with the settings, without their secrets.
    pub fn open(settings: &Settings, entropy: Arc<dyn Entropy>) -> Result<Sftp, String> {
        let server = settings.server()?;
        Ok(Sftp { server, outbound: settings.outbound.clone(), inbound: settings.inbound.clone(), entropy })
    }

    async fn connect(&self) -> Result<Connection, TransportError> {
        self.server.connect().await.map_err(later)
    }

    /// Waits for a call as long as one may take, and says whose it was.
    async fn in_time<T>(&self, call: impl Future<Output = Result<T, TransportError>> + Send) -> Result<T, TransportError> {
        let done = tokio::time::timeout(self.server.timeout, call).await;
        done.unwrap_or_else(|_| Err(TransportError::Later("no answer within timeout_s".into()))).map_err(|error| match error {
            TransportError::Later(what) => TransportError::Later(format!("SFTP server {}: {what}", self.server.host)),
            refused => refused,
        })
    }

    async fn put(&self, files: &SftpSession, name: &str, content: &[u8]) -> Result<(), TransportError> {
        let staging = within(&self.outbound, STAGING);
        let note = within(&within(&self.outbound, SENT), name);
        let digest = digest(content);
        let own = match files.try_exists(&note).await.map_err(later)? {
            true => None,
            false => Some(self.stage(files, name, &note, &digest, content).await?),
        };
        let text = String::from_utf8(read(files, &note).await?).map_err(later)?;
        let (known, staged) = text.split_once('\n').unwrap_or_default();
        if let Some(own) = own.filter(|own| own != staged) {
            // Another server was faster.
            let _ = files.remove_file(within(&staging, &own)).await;
        }
        if known != digest {
            return Err(TransportError::Refused("another file was sent under this name".into()));
        }
        let Err(error) = files.rename(within(&staging, file_name(staged)?), within(&self.outbound, name)).await else {
            return Ok(());
        };
        // Servers say in many ways that a file is not there. If it is not, it was renamed before, and the bank may have it.
        let waiting = files.read_dir(&staging).await.map_err(later)?.any(|entry| entry.file_name() == staged);
        if waiting { Err(later(error)) } else { Ok(()) }
    }

    /// Steps 1 and 2. Says what its file is called, whether or not the note names it.
    async fn stage(
        &self,
        files: &SftpSession,
        name: &str,
        note: &str,
        digest: &str,
        content: &[u8],
    ) -> Result<String, TransportError> {
        let staging = within(&self.outbound, STAGING);
        for directory in [STAGING, SENT] {
            make(files, &within(&self.outbound, directory)).await?;
        }
        let staged = format!("{name}.{}", Ids(self.entropy.as_ref()).secret("", 16));
        let draft = within(&staging, &format!("{staged}.note"));
        upload(files, &within(&staging, &staged), content).await?;
        upload(files, &draft, format!("{digest}\n{staged}").as_bytes()).await?;
        if let Err(error) = files.rename(&draft, note).await {
            if !files.try_exists(note).await.map_err(later)? {
                return Err(later(error));
            }
            let _ = files.remove_file(&draft).await;
        }
        Ok(staged)
    }

    /// Files by the time of their last change; those that are still being written have names that say so.
    async fn waiting(&self, files: &SftpSession) -> Result<Vec<String>, TransportError> {
        let taken: HashSet<String> = match files.read_dir(within(&self.outbound, TAKEN)).await {
            Ok(notes) => notes.map(|note| note.file_name()).collect(),
            Err(Error::Status(_)) => HashSet::new(),
            Err(error) => return Err(later(error)),
        };
        let mut found = Vec::new();
        for entry in files.read_dir(&self.inbound).await.map_err(later)? {
            let (name, meta) = (entry.file_name(), entry.metadata());
            let unfinished = [".tmp", ".part", ".filepart"].iter().any(|end| name.ends_with(end));
            let regular = meta.permissions.is_none() || meta.is_regular();
            if regular && !unfinished && file_name(&name).is_ok() && !taken.contains(&mark(&name, meta.mtime, meta.size)) {
                found.push((meta.mtime, name));
            }
        }
        found.sort();
        Ok(found.into_iter().map(|(_, name)| name).collect())
    }

    /// Moves a file to `done`, beside others of its name; where the bank does not allow that, remembers it.
    async fn put_away(&self, files: &SftpSession, name: &str) -> Result<(), TransportError> {
        let from = within(&self.inbound, file_name(name)?);
        let meta = match files.metadata(&from).await {
            Err(Error::Status(status)) if status.status_code == StatusCode::NoSuchFile => return Ok(()),
            meta => meta.map_err(later)?,
        };
        match self.move_to_done(files, name, &from).await {
            Err(Error::Status(_)) => {}
            moved => return moved.map_err(later),
        }
        let taken = within(&self.outbound, TAKEN);
        make(files, &taken).await?;
        let note = within(&taken, &mark(name, meta.mtime, meta.size));
        if files.try_exists(&note).await.map_err(later)? { Ok(()) } else { upload(files, &note, b"").await }
    }

    async fn move_to_done(&self, files: &SftpSession, name: &str, from: &str) -> Result<(), Error> {
        let done = within(&self.inbound, DONE);
        let known: HashSet<String> = match files.read_dir(&done).await {
            Ok(entries) => entries.map(|entry| entry.file_name()).collect(),
            Err(Error::Status(_)) => {
                files.create_dir(&done).await?;
                HashSet::new()
            }
            Err(error) => return Err(error),
        };
        let mut free = name.to_owned();
        for number in 2.. {
            if !known.contains(&free) {
                break;
            }
            free = format!("{name}.{number}");
        }
        files.rename(from, within(&done, &free)).await
    }
}

/// What is in a directory of the server.
fn within(directory: &str, name: &str) -> String {
    format!("{}/{name}", directory.trim_end_matches('/'))
}

/// Names lead to no other directory.
fn file_name(name: &str) -> Result<&str, TransportError> {
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
    if plain { Ok(name) } else { Err(TransportError::Refused("that is no name of a file".into())) }
}

/// Tells a file from a later one of the same name.
fn mark(name: &str, changed: Option<u32>, bytes: Option<u64>) -> String {
    format!("{name}.{}.{}", changed.unwrap_or_default(), bytes.unwrap_or_default())
}

fn digest(content: &[u8]) -> String {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, content).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn later(error: impl Display) -> TransportError {
    TransportError::Later(error.to_string())
}

/// Makes a directory if it is not there. Where the server forbids it, what is to be put into it says so.
async fn make(files: &SftpSession, directory: &str) -> Result<(), TransportError> {
    match files.create_dir(directory).await {
        Ok(()) | Err(Error::Status(_)) => Ok(()),
        Err(error) => Err(later(error)),
    }
}

/// Writes a new file, durably if the server can.
async fn upload(files: &SftpSession, path: &str, content: &[u8]) -> Result<(), TransportError> {
    let flags = OpenFlags::CREATE | OpenFlags::EXCLUDE | OpenFlags::WRITE;
    let mut file = files.open_with_flags(path, flags).await.map_err(|error| later(format!("{path}: {error}")))?;
    file.write_all(content).await.map_err(later)?;
    file.flush().await.map_err(later)?;
    file.sync_all().await.map_err(later)?;
    file.close().await.map_err(later)
}

async fn read(files: &SftpSession, path: &str) -> Result<Vec<u8>, TransportError> {
    let file = files.open(path).await.map_err(|error| later(format!("{path}: {error}")))?;
    let mut content = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut content).await.map_err(later)?;
    if content.len() as u64 > FILE_BYTES_MAX {
        return Err(later(format!("{path}: more than {FILE_BYTES_MAX} bytes")));
    }
    Ok(content)
}

impl Transport for Sftp {
    fn send<'a>(&'a self, _: &'a Tenant, name: &'a str, _: Pace, content: &'a [u8]) -> BoxFuture<'a, Result<(), TransportError>> {
        Box::pin(self.in_time(async move {
            file_name(name)?;
            let connection = self.connect().await?;
            let done = self.put(&connection.files, name, content).await;
            connection.close().await;
            done
        }))
    }

    fn list<'a>(&'a self, _: &'a Tenant, _: Option<&'a str>) -> BoxFuture<'a, Result<Vec<String>, TransportError>> {
        Box::pin(self.in_time(async move {
            let connection = self.connect().await?;
            let done = self.waiting(&connection.files).await;
            connection.close().await;
            done
        }))
    }

    fn fetch<'a>(&'a self, _: &'a Tenant, name: &'a str) -> BoxFuture<'a, Result<Vec<u8>, TransportError>> {
        Box::pin(self.in_time(async move {
            let path = within(&self.inbound, file_name(name)?);
            let connection = self.connect().await?;
            let done = read(&connection.files, &path).await;
            connection.close().await;
            done
        }))
    }

    fn taken<'a>(&'a self, _: &'a Tenant, name: &'a str) -> BoxFuture<'a, Result<(), TransportError>> {
        Box::pin(self.in_time(async move {
            let connection = self.connect().await?;
            let done = self.put_away(&connection.files, name).await;
            connection.close().await;
            done
        }))
    }
}
