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
use kernel::{Entropy, Tenant};
use nacha::{LineEnd, RoutingNumber};
use serde::Deserialize;

use crate::ach_directory::Directories;

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
    outbound: PathBuf,
    inbound: PathBuf,
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
            if one.inbound == other.inbound || one.outbound == other.outbound {
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
    if entry.outbound == entry.inbound {
        return Err("outbound and inbound are one directory".into());
    }
    let directories = Directories::open(&entry.outbound, &entry.inbound, Arc::clone(entropy))
        .map_err(|error| format!("{} or {}: {error}", entry.outbound.display(), entry.inbound.display()))?;
    Ok(Originator {
        transport: Arc::new(directories),
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
}
