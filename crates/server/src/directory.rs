//! The operator's own banks: a JSON file that names them.
//!
//! ```json
//! [{"id": "fcinst_riverside", "name": "Riverside Bank", "url": "https://riverside.example", "issuer": "https://api.riverside.example"}]
//! ```

use std::path::Path;
use std::sync::Arc;

use api::connections::institutions::{Institution, Offered};
use banks::{BankConnector, Fdx, FdxConfig, Ofx, OfxConfig, SimpleFin, SimpleFinConfig, StatementFile};
use serde::Deserialize;

/// A bank, as the file names it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// `fcinst_…`; accounts refer to it, so it never changes.
    id: String,
    name: String,
    url: Option<String>,
    /// ABA routing numbers of its accounts.
    #[serde(default)]
    routing_numbers: Vec<String>,
    /// How it is spoken with.
    #[serde(default)]
    protocol: Protocol,
    /// FDX: where its OAuth metadata is found (RFC 8414).
    issuer: Option<String>,
    /// FDX: where its API is; `{issuer}/fdx/v6` if not given.
    api_base: Option<String>,
    /// OFX: the address of its server.
    ofx_url: Option<String>,
    /// OFX: `FI/ORG` and `FI/FID`, where it wants them.
    ofx_org: Option<String>,
    ofx_fid: Option<String>,
    /// OFX: the version to speak, such as 102 or 220; 103 if not given.
    ofx_version: Option<u16>,
    /// How long one call to it may take, in milliseconds; the protocol's usual limit if not given.
    timeout_ms: Option<u64>,
    #[serde(default)]
    featured: bool,
    /// Offered in live mode; a bank's sandbox is offered in test mode.
    #[serde(default = "yes")]
    livemode: bool,
    /// Networks that it may be reached in although they are not public, e.g. `10.0.0.0/8`.
    #[serde(default)]
    allowed_networks: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Protocol {
    #[default]
    Fdx,
    Ofx,
    Simplefin,
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
    let connector = connector(&entry, http)?;
    Ok(Institution {
        id: entry.id,
        name: entry.name,
        url: entry.url,
        routing_numbers: entry.routing_numbers,
        featured: entry.featured,
        livemode: entry.livemode,
        offered: Offered::Always,
        policy: egress::Policy { allowed_networks, ..egress::Policy::default() },
        connector,
    })
}

/// The way to talk to a bank; what its protocol needs must be there.
fn connector(entry: &Entry, http: &egress::Client) -> Result<Arc<dyn BankConnector>, String> {
    let needed = |value: &Option<String>, name: &str| value.clone().ok_or_else(|| format!("{}: {name} is missing", entry.id));
    match entry.protocol {
        Protocol::Fdx => {
            let usual = FdxConfig::new(needed(&entry.issuer, "issuer")?);
            let timeout_ms = entry.timeout_ms.unwrap_or(usual.timeout_ms);
            Ok(Arc::new(Fdx::new(FdxConfig { api_base: entry.api_base.clone(), timeout_ms, ..usual }, http.clone())))
        }
        Protocol::Ofx => {
            let usual = OfxConfig::new(needed(&entry.ofx_url, "ofx_url")?);
            let config = OfxConfig {
                org: entry.ofx_org.clone(),
                fid: entry.ofx_fid.clone(),
                version: entry.ofx_version.unwrap_or(usual.version),
                timeout_ms: entry.timeout_ms.unwrap_or(usual.timeout_ms),
                ..usual
            };
            Ok(Arc::new(Ofx::new(config, http.clone())))
        }
        Protocol::Simplefin => {
            let usual = SimpleFinConfig::default();
            let timeout_ms = entry.timeout_ms.unwrap_or(usual.timeout_ms);
            // The clock of a sandbox may move on by days within a minute.
            let reuse_s = if entry.livemode { usual.reuse_s } else { 0 };
            Ok(Arc::new(SimpleFin::new(SimpleFinConfig { timeout_ms, reuse_s, ..usual }, http.clone())))
        }
    }
}

/// "Import a statement file", in both modes, for accounts that turned it on.
#[must_use]
pub fn statement_file() -> Vec<Institution> {
    let connector: Arc<dyn BankConnector> = Arc::new(StatementFile);
    [true, false]
        .map(|livemode| Institution {
            id: "fcinst_statement_file".to_owned(),
            name: "Import a statement file".to_owned(),
            url: None,
            routing_numbers: Vec::new(),
            featured: true,
            livemode,
            offered: Offered::WithStatementFiles,
            // It calls nobody.
            policy: egress::Policy::default(),
            connector: Arc::clone(&connector),
        })
        .into()
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
        let others = r#"[{"id": "fcinst_b", "name": "B", "protocol": "ofx", "ofx_url": "https://b.example/ofx", "ofx_version": 103},
                         {"id": "fcinst_c", "name": "C", "protocol": "simplefin"}]"#;
        assert_eq!(read_text(others).unwrap().len(), 2);
        assert!(banks[0].livemode && banks[0].policy.require_https);
        for (text, said) in [
            ("[", "EOF"),
            (r#"[{"id": "a", "name": "A", "issuer": "https://a"}]"#, "fcinst_"),
            (r#"[{"id": "fcinst_a", "name": "A", "issuer": "https://a.b", "isuer": ""}]"#, "isuer"),
            (r#"[{"id": "fcinst_a", "name": "A", "issuer": "https://a.bc", "allowed_networks": ["x"]}]"#, "fcinst_a"),
            (r#"[{"id": "fcinst_a", "name": "A"}]"#, "issuer is missing"),
            (r#"[{"id": "fcinst_a", "name": "A", "protocol": "ofx"}]"#, "ofx_url is missing"),
            (r#"[{"id": "fcinst_a", "name": "A", "protocol": "telex"}]"#, "telex"),
        ] {
            let error = read_text(text).err().unwrap_or_default();
            assert!(error.contains(said), "{error}");
        }
    }
}
