//! Files that are there as a whole or not at all.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Whether a file may be put at `target`: nothing is there, or with `force` a regular file. Never a link or a device.
///
/// # Errors
/// What is in the way, as words that follow the file's name.
pub(super) fn check(target: &Path, force: bool) -> Result<(), String> {
    match fs::symlink_metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.to_string()),
        Ok(_) if !force => Err("exists already; --force overwrites it".to_owned()),
        Ok(there) if !there.is_file() => Err("is not a regular file".to_owned()),
        Ok(_) => Ok(()),
    }
}

/// A file beside its target, complete, that only its owner can read. Removed if it does not get to its target.
pub(super) struct Written<'a> {
    path: PathBuf,
    target: &'a Path,
}

impl<'a> Written<'a> {
    /// Writes `bytes` beside `target`.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn beside(target: &'a Path, bytes: &[u8]) -> io::Result<Written<'a>> {
        let name = target.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.tmp", std::process::id()));
        let path = target.with_file_name(hidden);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let written = Written { path, target };
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(written)
    }

    /// Moves the file to its target.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn place(self) -> io::Result<()> {
        fs::rename(&self.path, self.target)
    }
}

impl Drop for Written<'_> {
    fn drop(&mut self) {
        // Fails if the file is where it should be.
        let _ = fs::remove_file(&self.path);
    }
}
