//! ACH files by way of two directories: one that the bank's own program empties, and one that it fills.
//!
//! A crash, and a second server that works at the same time, must not bring a file to the bank twice, although the bank takes
//! files away and so nothing can be seen of them afterwards. Therefore:
//!
//! 1. the file is written to `outbound/.staging/<name>.<random>` and made durable,
//! 2. a note that names that staged file is linked to `outbound/.sent/<name>`, which succeeds for one of those who try,
//! 3. the staged file that the note names is renamed to `outbound/<name>`.
//!
//! Whoever finds a note goes on with step 3. There the rename either happens or the staged file is gone, because it happened
//! before. Each step is one that a file system does wholly or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use api::payments::rails::transport::{Pace, Transport, TransportError};
use kernel::{BoxFuture, Entropy, Ids, Tenant};

const STAGING: &str = ".staging";
const SENT: &str = ".sent";
const DONE: &str = "done";

/// A bank's two directories.
#[derive(Clone)]
pub struct Directories {
    outbound: PathBuf,
    inbound: PathBuf,
    entropy: Arc<dyn Entropy>,
}

impl Directories {
    /// Uses directories that exist; makes what it needs within them.
    ///
    /// # Errors
    /// Those of the file system, such as a directory that is not there or may not be written.
    pub fn open(outbound: &Path, inbound: &Path, entropy: Arc<dyn Entropy>) -> io::Result<Directories> {
        for directory in [outbound.join(STAGING), outbound.join(SENT), inbound.join(DONE)] {
            match fs::create_dir(&directory) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
        Ok(Directories { outbound: outbound.to_owned(), inbound: inbound.to_owned(), entropy })
    }

    fn put(&self, name: &str, content: &[u8]) -> Result<(), TransportError> {
        let note = self.outbound.join(SENT).join(file_name(name)?);
        let digest = digest(content);
        if !note.try_exists().map_err(later)? {
            self.stage(name, &note, &digest, content).map_err(later)?;
        }
        let text = fs::read_to_string(&note).map_err(later)?;
        let (known, staged) = text.split_once('\n').unwrap_or_default();
        if known != digest {
            return Err(TransportError::Refused("another file was sent under this name".into()));
        }
        match fs::rename(self.outbound.join(STAGING).join(file_name(staged)?), self.outbound.join(name)) {
            Ok(()) => synced(&self.outbound).map_err(later),
            // It was renamed before, and the bank may have it.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(later(error)),
        }
    }

    /// Steps 1 and 2.
    fn stage(&self, name: &str, note: &Path, digest: &str, content: &[u8]) -> io::Result<()> {
        let staging = self.outbound.join(STAGING);
        let staged = format!("{name}.{}", Ids(self.entropy.as_ref()).secret("", 16));
        let draft = staging.join(format!("{staged}.note"));
        write_durably(&staging.join(&staged), content)?;
        write_durably(&draft, format!("{digest}\n{staged}").as_bytes())?;
        synced(&staging)?;
        let linked = fs::hard_link(&draft, note);
        fs::remove_file(&draft)?;
        match linked {
            Ok(()) => synced(&self.outbound.join(SENT)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::remove_file(staging.join(&staged)),
            Err(error) => Err(error),
        }
    }

    /// Files by the time of their last change; those that are still being written have names that say so.
    fn waiting(&self) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.inbound)? {
            let entry = entry?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let unfinished = [".tmp", ".part", ".filepart"].iter().any(|end| name.ends_with(end));
            let meta = entry.metadata()?;
            if meta.is_file() && !name.starts_with('.') && !unfinished {
                found.push((meta.modified()?, name));
            }
        }
        found.sort();
        Ok(found.into_iter().map(|(_, name)| name).collect())
    }

    /// Moves a file to `done`, beside others of its name.
    fn put_away(&self, name: &str) -> Result<(), TransportError> {
        let from = self.inbound.join(file_name(name)?);
        let done = self.inbound.join(DONE);
        let names = std::iter::once(name.to_owned()).chain((2..).map(|number| format!("{name}.{number}")));
        for name in names {
            match fs::hard_link(&from, done.join(&name)) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(later(error)),
                Ok(()) => break,
            }
        }
        match fs::remove_file(&from) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(later(error)),
            _ => synced(&done).map_err(later),
        }
    }
}

/// Names lead to no other directory.
fn file_name(name: &str) -> Result<&str, TransportError> {
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
    if plain { Ok(name) } else { Err(TransportError::Refused("that is no name of a file".into())) }
}

fn digest(content: &[u8]) -> String {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, content).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Other programs read it: who may is said by the directory and the server's umask.
fn write_durably(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes what happened in a directory durable.
fn synced(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

fn later(error: io::Error) -> TransportError {
    TransportError::Later(error.to_string())
}

/// Does work of the file system where it may take its time.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, TransportError> + Send + 'static,
) -> Result<T, TransportError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(TransportError::Later(error.to_string())))
}

impl Transport for Directories {
    fn send<'a>(&'a self, _: &'a Tenant, name: &'a str, _: Pace, content: &'a [u8]) -> BoxFuture<'a, Result<(), TransportError>> {
        let (own, name, content) = (self.clone(), name.to_owned(), content.to_vec());
        Box::pin(blocking(move || own.put(&name, &content)))
    }

    fn list<'a>(&'a self, _: &'a Tenant, _: Option<&'a str>) -> BoxFuture<'a, Result<Vec<String>, TransportError>> {
        let own = self.clone();
        Box::pin(blocking(move || own.waiting().map_err(later)))
    }

    fn fetch<'a>(&'a self, _: &'a Tenant, name: &'a str) -> BoxFuture<'a, Result<Vec<u8>, TransportError>> {
        let (own, name) = (self.clone(), name.to_owned());
        Box::pin(blocking(move || fs::read(own.inbound.join(file_name(&name)?)).map_err(later)))
    }

    fn taken<'a>(&'a self, _: &'a Tenant, name: &'a str) -> BoxFuture<'a, Result<(), TransportError>> {
        let (own, name) = (self.clone(), name.to_owned());
        Box::pin(blocking(move || own.put_away(&name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SystemEntropy;

    struct Place(PathBuf, Directories);

    impl Place {
        fn new(name: &str) -> Place {
            let root = std::env::temp_dir().join(format!("drawbridge-ach-{}-{name}", std::process::id()));
            for part in ["out", "in"] {
                fs::create_dir_all(root.join(part)).expect("a directory");
            }
            let own = Directories::open(&root.join("out"), &root.join("in"), Arc::new(SystemEntropy)).expect("directories");
            Place(root, own)
        }

        /// What the bank finds.
        fn found(&self, part: &str) -> Vec<String> {
            let names = fs::read_dir(self.0.join(part)).expect("a directory").map(|entry| entry.expect("an entry").file_name());
            let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
            names.retain(|name| !name.starts_with('.') && name != DONE);
            names.sort();
            names
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_file_comes_once_although_the_bank_takes_it_away() {
        let place = Place::new("once");
        place.1.put("a.ach", b"one").expect("sent");
        assert_eq!(fs::read(place.0.join("out/a.ach")).expect("a file"), b"one");
        fs::remove_file(place.0.join("out/a.ach")).expect("the bank takes it");
        place.1.put("a.ach", b"one").expect("sent before");
        assert!(place.found("out").is_empty());
        assert!(matches!(place.1.put("a.ach", b"two"), Err(TransportError::Refused(_))));
        assert_eq!(fs::read_dir(place.0.join("out").join(STAGING)).expect("a directory").count(), 0, "nothing is left behind");
    }

    /// After each step at which a crash can come, sending again brings the file once.
    #[test]
    fn a_crash_after_any_step_is_made_good() {
        let place = Place::new("crash");
        let note = |name: &str| place.0.join("out").join(SENT).join(name);
        // After step 1: a staged file that no note names.
        fs::write(place.0.join("out").join(STAGING).join("a.ach.left"), b"half").expect("written");
        place.1.put("a.ach", b"one").expect("sent");
        // After step 2: the note, and the staged file.
        place.1.stage("b.ach", &note("b.ach"), &digest(b"two"), b"two").expect("staged");
        assert_eq!(place.found("out"), ["a.ach"]);
        place.1.put("b.ach", b"two").expect("sent");
        // After step 3.
        place.1.put("b.ach", b"two").expect("sent before");
        assert_eq!(place.found("out"), ["a.ach", "b.ach"]);
        assert_eq!(fs::read(place.0.join("out/b.ach")).expect("a file"), b"two");
    }

    #[test]
    fn of_many_who_send_at_once_one_does() {
        let place = Place::new("race");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| place.1.put("a.ach", b"one").expect("sent"));
            }
        });
        assert_eq!(place.found("out"), ["a.ach"]);
        assert_eq!(fs::read_dir(place.0.join("out").join(STAGING)).expect("a directory").count(), 0);
    }

    #[test]
    fn files_of_the_bank_are_put_away() {
        let place = Place::new("in");
        for name in ["RETURNS.TXT", ".hidden", "half.part"] {
            fs::write(place.0.join("in").join(name), name).expect("written");
        }
        assert_eq!(place.1.waiting().expect("names"), ["RETURNS.TXT"]);
        place.1.put_away("RETURNS.TXT").expect("put away");
        place.1.put_away("RETURNS.TXT").expect("put away before");
        fs::write(place.0.join("in/RETURNS.TXT"), "next day").expect("written");
        place.1.put_away("RETURNS.TXT").expect("put away");
        assert_eq!(place.found("in/done"), ["RETURNS.TXT", "RETURNS.TXT.2"]);
        assert!(place.1.waiting().expect("names").is_empty());
        assert!(matches!(place.1.put_away("../out/x"), Err(TransportError::Refused(_))));
    }
}
