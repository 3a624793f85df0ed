//! The vault's master key: from the environment, or a file that only its owner can read.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use kernel::Entropy;

use crate::config::Config;

const KEY_FILE: &str = "vault.key";

/// The master key.
///
/// # Errors
/// A text that says what is wrong with the option, or with the file.
pub fn master_key(config: &Config, entropy: &dyn Entropy) -> Result<[u8; 32], String> {
    match &config.vault_key {
        Some(hex) => from_hex(hex.trim()).ok_or_else(|| "the vault key must be 64 hexadecimal digits".to_owned()),
        None => {
            if config.data.exists() && !config.data.is_dir() {
                return Err(format!("the data directory {} is a file; name a directory with --data", config.data.display()));
            }
            let path = config.data.join(KEY_FILE);
            key_file(&path, entropy).map_err(|error| format!("the vault key file {} cannot be used: {error}", path.display()))
        }
    }
}

fn key_file(path: &Path, entropy: &dyn Entropy) -> io::Result<[u8; 32]> {
    if let Some(directory) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    let mut key = [0; 32];
    entropy.fill(&mut key);
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            file.write_all(hex.as_bytes())?;
            file.sync_all()?;
            Ok(key)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let mut text = String::new();
            fs::File::open(path)?.read_to_string(&mut text)?;
            from_hex(text.trim()).ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "it does not hold 64 hexadecimal digits"))
        }
        Err(error) => Err(error),
    }
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut key = [0; 32];
    for (byte, digits) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(key)
}
