//! The operator's own bank: a JSON file that says in whose name live accounts send ACH files, and within which limits.
//!
//! ```json
//! [{"account": "acct_1Abc", "odfi": "061000146", "destination": "061000146", "destination_name": "FEDERAL RESERVE BANK",
//!   "origin": "1234567890", "origin_name": "ROCKET RIDES", "company_identification": "1234567890",
//!   "outbound": "/var/lib/ach/out", "inbound": "/var/lib/ach/in",
//!   "limits": {"entry": 2500000, "file": 50000000, "day": 100000000}}]
//! ```

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use api::payments::rails::originator::{Limits, Originator, Originators};
use api::payments::rails::transport::Transport;
use kernel::{Entropy, Tenant};
use nacha::{LineEnd, RoutingNumber};
use serde::Deserialize;

use crate::ach_directory::Directories;
#[cfg(feature = "sftp")]
use crate::sftp::{Settings as SftpSettings, Sftp};

/// Without the feature it is only seen that somebody wants it.
#[cfg(not(feature = "sftp"))]
type SftpSettings = serde::de::IgnoredAny;

/// Most that the seven digits of a trace number say.
const TRACE_MAX: u32 = 9_999_999;

/// An account's originator, as the file names it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    account: String,
    /// The originating bank's routing number.
    odfi: String,
    destination: String,
    destination_name: String,
    origin: String,
    origin_name: String,
    company_name: Option<String>,
    company_identification: String,
    /// In cents.
    limits: EntryLimits,
    /// Where the bank's program takes files, and where it puts them.
    outbound: Option<PathBuf>,
    inbound: Option<PathBuf>,
    /// Instead of both: directories of the bank's server.
    sftp: Option<SftpSettings>,
    /// First and last sequence number of trace numbers; accounts with one bank divide them.
    #[serde(default = "all_traces")]
    traces: [u32; 2],
    #[serde(default)]
    same_day: bool,
    #[serde(default)]
    dry_run: bool,
    #[serde(default)]
    line_end: End,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryLimits {
    entry: i64,
    file: i64,
    day: i64,
    account_week: Option<i64>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum End {
    #[default]
    Lf,
    Crlf,
}

fn all_traces() -> [u32; 2] {
    [1, TRACE_MAX]
}

/// The originators of live accounts.
#[derive(Debug, Default)]
pub struct LiveAch(HashMap<String, Originator>);

impl Originators for LiveAch {
    fn of(&self, tenant: &Tenant) -> Option<Originator> {
        if tenant.livemode() { self.0.get(tenant.account()).cloned() } else { None }
    }
}

/// The originators of a file.
///
/// # Errors
/// A text that says what is wrong with the file.
pub fn read(path: &Path, entropy: &Arc<dyn Entropy>) -> Result<LiveAch, String> {
    let wrong = |what: String| format!("the file of ACH originators {} cannot be used: {what}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let entries: Vec<Entry> = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    check_together(&entries).map_err(wrong)?;
    let read = entries.into_iter().map(|entry| {
        let account = entry.account.clone();
        let originator = originator(entry, entropy).map_err(|what| format!("{account}: {what}"))?;
        Ok((account, originator))
    });
    Ok(LiveAch(read.collect::<Result<_, _>>().map_err(wrong)?))
}

/// What two accounts must not share: files of one would be taken for the other's.
fn check_together(entries: &[Entry]) -> Result<(), String> {
    for (position, one) in entries.iter().enumerate() {
        for other in &entries[position + 1..] {
            let both = format!("{} and {}", one.account, other.account);
            if one.account == other.account {
                return Err(format!("{} is there twice", one.account));
            }
            let ([outbound, inbound], [other_outbound, other_inbound]) = (one.places(), other.places());
            if shared(outbound, other_outbound) || shared(inbound, other_inbound) {
                return Err(format!("{both} share a directory"));
            }
            let ([first, last], [other_first, other_last]) = (one.traces, other.traces);
            if one.odfi == other.odfi && first <= other_last && other_first <= last {
                return Err(format!("{both} share trace numbers of one bank: give each its own `traces`"));
            }
        }
    }
    Ok(())
}

fn shared(one: Option<String>, other: Option<String>) -> bool {
    one.is_some() && one == other
}

impl Entry {
    /// What tells its outbound and inbound directory from those of other entries.
    fn places(&self) -> [Option<String>; 2] {
        #[cfg(feature = "sftp")]
        if let Some(SftpSettings { host, port, outbound, inbound, .. }) = &self.sftp {
            return [outbound, inbound].map(|path| Some(format!("{host}:{port} {}", path.trim_end_matches('/'))));
        }
        [&self.outbound, &self.inbound].map(|path| path.as_ref().map(|path| path.display().to_string()))
    }

    /// The way to the bank.
    fn transport(&self, entropy: &Arc<dyn Entropy>) -> Result<Arc<dyn Transport>, String> {
        match (&self.outbound, &self.inbound, &self.sftp) {
            (Some(outbound), Some(inbound), None) if outbound == inbound => Err("outbound and inbound are one directory".into()),
            (Some(outbound), Some(inbound), None) => {
                let directories = Directories::open(outbound, inbound, Arc::clone(entropy))
                    .map_err(|error| format!("{} or {}: {error}", outbound.display(), inbound.display()))?;
                Ok(Arc::new(directories))
            }
            (None, None, Some(settings)) => sftp(settings, entropy).map_err(|what| format!("sftp: {what}")),
            _ => Err("give either outbound and inbound, or sftp".into()),
        }
    }
}

#[cfg(feature = "sftp")]
fn sftp(settings: &SftpSettings, entropy: &Arc<dyn Entropy>) -> Result<Arc<dyn Transport>, String> {
    Ok(Arc::new(Sftp::open(settings, Arc::clone(entropy))?))
}

#[cfg(not(feature = "sftp"))]
fn sftp(_: &SftpSettings, _: &Arc<dyn Entropy>) -> Result<Arc<dyn Transport>, String> {
    Err("this server was built without it; build it with `cargo build --release -p server --features sftp`".into())
}

fn originator(entry: Entry, entropy: &Arc<dyn Entropy>) -> Result<Originator, String> {
    let odfi: RoutingNumber = entry.odfi.parse().map_err(|_| "odfi is no routing number".to_owned())?;
    for (name, text, most) in [
        ("destination", &entry.destination, 10),
        ("destination_name", &entry.destination_name, 23),
        ("origin", &entry.origin, 10),
        ("origin_name", &entry.origin_name, 23),
        ("company_identification", &entry.company_identification, 10),
    ] {
        if text.trim().is_empty() || text.len() > most || !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(format!("{name} has 1 to {most} plain characters"));
        }
    }
    let [first, last] = entry.traces;
    if first > last || last > TRACE_MAX {
        return Err(format!("traces are two numbers up to {TRACE_MAX}, the smaller one first"));
    }
    let EntryLimits { entry: per_entry, file, day, account_week } = entry.limits;
    let most = Limits::default();
    if per_entry < 1 || file < per_entry || day < file || file > most.file || per_entry > most.entry {
        return Err(format!("limits are cents, entry up to {} and no more than file, file no more than day", most.entry));
    }
    if account_week.is_some_and(|most| most < 1) {
        return Err("limits are cents, account_week above zero".into());
    }
    let transport = entry.transport(entropy)?;
    Ok(Originator {
        transport,
        odfi,
        destination: entry.destination,
        destination_name: entry.destination_name,
        origin: entry.origin,
        origin_name: entry.origin_name,
        company_name: entry.company_name,
        company_identification: entry.company_identification,
        limits: Limits { entry: per_entry, file, day, account_week },
        traces: first..=last,
        same_day: entry.same_day,
        dry_run: entry.dry_run,
        line_end: match entry.line_end {
            End::Lf => LineEnd::Lf,
            End::Crlf => LineEnd::CrLf,
        },
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use kernel::SystemEntropy;
    use serde_json::{Value, json};

    use super::*;

    fn read_value(name: &str, value: &Value) -> Result<LiveAch, String> {
        let path = std::env::temp_dir().join(format!("drawbridge-live-ach-{}-{name}", std::process::id()));
        fs::write(&path, value.to_string()).expect("written");
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let found = read(&path, &entropy);
        fs::remove_file(&path).expect("removed");
        found
    }

    #[test]
    fn reads_originators_and_says_what_is_wrong() {
        let root = std::env::temp_dir().join(format!("drawbridge-live-ach-{}", std::process::id()));
        for part in ["out", "in", "out2", "in2"] {
            fs::create_dir_all(root.join(part)).expect("a directory");
        }
        let good = json!({
            "account": "acct_a", "odfi": "061000146", "destination": "061000146", "destination_name": "FEDERAL RESERVE BANK",
            "origin": "1234567890", "origin_name": "ROCKET RIDES", "company_identification": "1234567890",
            "limits": {"entry": 100, "file": 1_000, "day": 2_000}, "outbound": root.join("out"), "inbound": root.join("in"),
        });
        let with = |name: &str, value: Value| {
            let mut entry = good.clone();
            entry[name] = value;
            entry
        };
        let found = read_value("good", &json!([good])).expect("an originator");
        let live = found.of(&Tenant::new("acct_a", true)).expect("of the account");
        assert_eq!((live.limits.file, live.traces), (1_000, 1..=TRACE_MAX));
        assert!(found.of(&Tenant::new("acct_a", false)).is_none() && found.of(&Tenant::new("acct_b", true)).is_none());
        let mut other = with("account", json!("acct_b"));
        for (name, part) in [("outbound", "out2"), ("inbound", "in2")] {
            other[name] = json!(root.join(part));
        }
        let table = [
            (json!([with("odfi", json!("061000147"))]), "routing number"),
            (json!([with("origin_name", json!("A NAME THAT IS MUCH TOO LONG"))]), "origin_name"),
            (json!([with("limits", json!({"entry": 5, "file": 4, "day": 9}))]), "limits"),
            (json!([with("limits", json!({"entry": 5, "file": 5, "day": 9, "account_week": 0}))]), "account_week"),
            (json!([with("inbound", json!(root.join("nowhere")))]), "nowhere"),
            (json!([with("traces", json!([9, 1]))]), "traces"),
            (json!([with("inbond", json!("x"))]), "inbond"),
            (json!([with("outbound", Value::Null)]), "either outbound and inbound, or sftp"),
            (json!([with("sftp", json!({}))]), if cfg!(feature = "sftp") { "host" } else { "or sftp" }),
            (json!([good, good]), "twice"),
            (json!([good, with("account", json!("acct_b"))]), "share a directory"),
            (json!([good, other]), "share trace numbers"),
        ];
        for (value, said) in table {
            let error = read_value("bad", &value).err().unwrap_or_default();
            assert!(error.contains(said), "{said}: {error}");
        }
        fs::remove_dir_all(root).expect("removed");
    }

    /// Settings of an entry by SFTP, and what is said of it.
    fn read_sftp(settings: Value) -> String {
        let entry = json!({
            "account": "acct_a", "odfi": "061000146", "destination": "061000146", "destination_name": "FEDERAL RESERVE BANK",
            "origin": "1234567890", "origin_name": "ROCKET RIDES", "company_identification": "1234567890",
            "limits": {"entry": 100, "file": 1_000, "day": 2_000}, "sftp": settings,
        });
        read_value("sftp", &json!([entry])).err().unwrap_or_default()
    }

    #[cfg(not(feature = "sftp"))]
    #[test]
    fn without_sftp_says_how_to_build_with_it() {
        let error = read_sftp(json!({"host": "bank.example", "user": "rocket"}));
        assert!(error.contains("--features sftp"), "{error}");
    }

    #[cfg(feature = "sftp")]
    #[test]
    fn says_what_is_wrong_with_sftp() {
        let good = json!({
            "host": "bank.example", "user": "rocket", "password_env": "PATH", "outbound": "/out", "inbound": "/in",
            "host_key": "SHA256:Nh0Me49Zh9fDw/VYUfq43IJmI1T+XrjiYONPND8GzaM",
        });
        assert_eq!(read_sftp(good.clone()), "");
        let table = [
            ("host_key", json!("MD5:00:11"), "host_key"),
            ("timeout_s", json!(0), "timeout_s"),
            ("inbound", json!("/out/"), "one directory"),
            ("password_env", json!("DRAWBRIDGE_NO_SUCH_VARIABLE"), "has no password"),
            ("password_env", Value::Null, "one of private_key_file and password_env"),
            ("private_key_file", json!("/nowhere/key"), "one of private_key_file and password_env"),
            ("password", json!("hunter2"), "password"),
        ];
        for (name, value, said) in table {
            let mut settings = good.clone();
            settings[name] = value;
            let error = read_sftp(settings);
            assert!(error.contains(said), "{said}: {error}");
        }
    }
}
