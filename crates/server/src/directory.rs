//! The operator's own banks: a JSON file that names them.
//!
//! ```json
//! [{"id": "fcinst_riverside", "name": "Riverside Bank", "url": "https://riverside.example", "issuer": "https://api.riverside.example"}]
//! ```

use std::path::Path;
use std::sync::Arc;

use api::connections::institutions::Institution;
use banks::{Fdx, FdxConfig};
use serde::Deserialize;

/// A bank that speaks FDX, as the file names it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// `fcinst_…`; accounts refer to it, so it never changes.
    id: String,
    name: String,
    url: Option<String>,
    /// Where its OAuth metadata is found (RFC 8414).
    issuer: String,
    /// Where its FDX API is; `{issuer}/fdx/v6` if not given.
    api_base: Option<String>,
    /// How long one call to it may take, in milliseconds; 15 seconds if not given.
    timeout_ms: Option<u64>,
    /// ABA routing numbers of its accounts, shown to applications.
    #[serde(default)]
    routing_numbers: Vec<String>,
    #[serde(default)]
    featured: bool,
    /// Offered in live mode; a bank's sandbox is offered in test mode.
    #[serde(default = "yes")]
    livemode: bool,
    /// Networks that it may be reached in although they are not public, e.g. `10.0.0.0/8`.
    #[serde(default)]
    allowed_networks: Vec<String>,
}

fn yes() -> bool {
    true
}

/// The banks of a file.
///
/// # Errors
/// A text that says what is wrong with the file.
pub fn read(path: &Path, http: &egress::Client) -> Result<Vec<Institution>, String> {
    let wrong = |what: String| format!("the file of institutions {} cannot be used: {what}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let entries: Vec<Entry> = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    entries.into_iter().map(|entry| institution(entry, http).map_err(wrong)).collect()
}

fn institution(entry: Entry, http: &egress::Client) -> Result<Institution, String> {
    if !entry.id.starts_with("fcinst_") {
        return Err(format!("the id '{}' does not begin with fcinst_", entry.id));
    }
    let networks = entry.allowed_networks.iter().map(|text| text.parse());
    let allowed_networks =
        networks.collect::<Result<Vec<egress::Network>, _>>().map_err(|error| format!("{}: {error}", entry.id))?;
    let mut config = FdxConfig::new(entry.issuer);
    config.api_base = entry.api_base;
    config.timeout_ms = entry.timeout_ms.unwrap_or(config.timeout_ms);
    Ok(Institution {
        id: entry.id,
        name: entry.name,
        url: entry.url,
        routing_numbers: entry.routing_numbers,
        featured: entry.featured,
        livemode: entry.livemode,
        policy: egress::Policy { allowed_networks, ..egress::Policy::default() },
        connector: Arc::new(Fdx::new(config, http.clone())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Vec<Institution>, String> {
        let directory = std::env::temp_dir().join(format!("drawbridge-directory-{}-{}", std::process::id(), text.len()));
        std::fs::write(&directory, text).unwrap();
        let http = egress::Client::new(egress::Limits::default()).unwrap();
        let result = read(&directory, &http);
        std::fs::remove_file(&directory).unwrap();
        result
    }

    #[test]
    fn reads_banks_and_says_what_is_wrong() {
        let good = r#"[{"id": "fcinst_a", "name": "A", "issuer": "https://a.example", "timeout_ms": 900, "allowed_networks": ["10.0.0.0/8"]}]"#;
        let banks = read_text(good).unwrap();
        assert!(banks[0].livemode && banks[0].policy.require_https);
        for (text, said) in [
            ("[", "EOF"),
            (r#"[{"id": "a", "name": "A", "issuer": "https://a"}]"#, "fcinst_"),
            (r#"[{"id": "fcinst_a", "name": "A", "issuer": "https://a.b", "isuer": ""}]"#, "isuer"),
            (r#"[{"id": "fcinst_a", "name": "A", "issuer": "https://a.bc", "allowed_networks": ["x"]}]"#, "fcinst_a"),
        ] {
            let error = read_text(text).err().unwrap_or_default();
            assert!(error.contains(said), "{error}");
        }
    }
}
