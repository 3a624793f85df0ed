//! Files that came in: kept as they are, read, and entry by entry put into effect.
//!
//! A file is kept with its digest before it has any effect, so that the same one counts once. Each of its entries has a row
//! that is written in the transaction of its effect; a crash in between goes on with the entry after the last row.

use std::sync::Arc;

use kernel::{ApiError, ApiResult, Cx, Tenant};
use nacha::{Addenda, File, Finding, Options, Rule, Severity};
use serde_json::json;
use store::Value;

use super::entries::{COLUMNS, StoredEntry};
use super::kept::{self, NewFile, Way};
use super::state::{FileState, named};
use super::{compose, corrections, returns};
use crate::App;
use crate::core::settings;

const ITEM_PREFIX: &str = "achi_";
/// Entries put into effect in one transaction.
const STEP: usize = 100;
/// Findings kept of a file that is no good.
const FINDINGS_MAX: usize = 50;

named! {
    /// What became of an entry of a file that came in.
    Outcome {
        /// It took effect.
        Applied = "applied",
        /// The same had taken effect before.
        Duplicate = "duplicate",
        /// It is about no entry of ours.
        Unknown = "unknown",
        /// It changes nothing, and is there to be read.
        Recorded = "recorded",
        /// It does not fit the entry that it names.
        Refused = "refused",
    }
}

/// An entry of a file that came in, as far as it is kept in plain.
#[derive(Debug, Clone)]
struct Item {
    kind: &'static str,
    code: Option<String>,
    original_trace: Option<String>,
    information: Option<String>,
    entry: Option<String>,
    outcome: Outcome,
}

/// How files of banks are read: what can be understood is taken, but no half file, and none whose sums are wrong.
fn options() -> Options {
    let mut options = Options::lenient();
    let sums = [
        Rule::MissingFileControl,
        Rule::MissingBatchControl,
        Rule::NoBatches,
        Rule::EntryCount,
        Rule::DebitTotal,
        Rule::CreditTotal,
        Rule::BatchCount,
        Rule::ReturnCode,
        Rule::ChangeCode,
    ];
    for rule in sums {
        options.set(rule, Severity::Error);
    }
    options
}

fn read(content: &[u8]) -> ApiResult<(File, Vec<Finding>)> {
    File::read(content, &options()).map_err(|error| ApiError::internal(error.to_string()))
}

/// Keeps a file that came in; answers its id, or that of the same delivery kept before a crash.
pub(super) async fn receive(cx: &mut Cx<'_>, name: &str, content: &[u8], by_hand: bool) -> ApiResult<String> {
    let sql = "select id, name, handed_at, by_hand from ach_files where tenant = $1 and direction = 'in' and digest = $2 and original is null";
    let known = cx.row(sql, &[Value::from(kept::digest_of(content))]).await?;
    let mut original = None;
    if let Some(known) = known {
        let half_done = !by_hand && known.text(1)? == name && known.int_opt(2)?.is_none() && known.int(3)? == 0;
        if half_done {
            return Ok(known.text(0)?.to_owned());
        }
        original = Some(known.text(0)?.to_owned());
    }
    let (file, findings) = read(content)?;
    let wrong: Vec<&Finding> = findings.iter().filter(|own| own.severity == Severity::Error).take(FINDINGS_MAX).collect();
    let state = match (&original, wrong.is_empty()) {
        (Some(_), _) => FileState::Duplicate,
        (None, true) => FileState::Received,
        (None, false) => FileState::Unreadable,
    };
    let id = cx.id(kept::PREFIX, 24);
    let new = NewFile {
        way: Way::In,
        name,
        state,
        pace: settings::of_tenant(cx).await?.pace(),
        content,
        says: &file,
        effective_date: None,
        error: wrong.first().map(|_| "The file is not right; nothing of it took effect."),
        findings: (!wrong.is_empty()).then(|| json!(wrong.iter().map(|own| shown(own)).collect::<Vec<_>>()).to_string()),
        original: original.as_deref(),
        by_hand,
    };
    kept::keep(cx, &id, &new).await?;
    Ok(id)
}

/// A finding without the value that was found, which may be an account number.
fn shown(finding: &Finding) -> serde_json::Value {
    json!({ "line": finding.line, "record": finding.record, "field": finding.field, "rule": finding.rule, "message": compose::told(finding) })
}

/// The files that are kept and of which not all has taken effect, oldest first.
pub(super) async fn unfinished(cx: &mut Cx<'_>) -> ApiResult<Vec<String>> {
    let sql = "select id from ach_files where tenant = $1 and direction = 'in' and state = 'received' order by id";
    cx.rows(sql, &[]).await?.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// The name of the last file that the bank gave.
pub(super) async fn last_name(cx: &mut Cx<'_>) -> ApiResult<Option<String>> {
    let sql = "select name from ach_files where tenant = $1 and direction = 'in' and by_hand = 0 order by id desc limit 1";
    Ok(cx.row(sql, &[]).await?.map(|row| row.text(0).map(str::to_owned)).transpose()?)
}

/// Writes down that the bank knows that a file is kept.
pub(super) async fn mark_taken(app: &App, tenant: &Tenant, id: &str) -> ApiResult<()> {
    let id = id.to_owned();
    app.core
        .write(tenant, move |cx| {
            let id = id.clone();
            Box::pin(async move {
                let sql = "update ach_files set handed_at = $3 where tenant = $1 and id = $2";
                cx.run(sql, &[Value::from(id), Value::from(cx.now())]).await?;
                Ok(())
            })
        })
        .await
}

/// Puts what a file says into effect, as far as it has not been.
pub(super) async fn apply(app: &App, tenant: &Tenant, id: &str) -> ApiResult<()> {
    let id = Arc::<str>::from(id);
    let own = Arc::clone(&id);
    let found = app.core.read(tenant, move |cx| Box::pin(async move { received(cx, &own).await })).await?;
    let Some(content) = found else { return Ok(()) };
    let (file, _) = read(&content)?;
    let entries: Arc<Vec<nacha::Entry>> = Arc::new(file.batches.into_iter().flat_map(|batch| batch.entries).collect());
    loop {
        let shared = (app.clone(), Arc::clone(&id), Arc::clone(&entries));
        let more = app.core.write(tenant, move |cx| {
            let (app, id, entries) = shared.clone();
            Box::pin(async move { apply_some(cx, &app, &id, &entries).await })
        });
        if !more.await? {
            return Ok(());
        }
    }
}

/// The content of a file that has effect to take.
async fn received(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<Vec<u8>>> {
    match kept::find(cx, id).await? {
        Some(file) if file.state == FileState::Received => Ok(Some(kept::content(cx, id).await?)),
        _ => Ok(None),
    }
}

/// Puts the next entries into effect; false when all are.
async fn apply_some(cx: &mut Cx<'_>, app: &App, id: &str, entries: &[nacha::Entry]) -> ApiResult<bool> {
    let file = kept::locked(cx, id).await?;
    if file.state != FileState::Received {
        return Ok(false);
    }
    let sql = "select count(*) from ach_items where tenant = $1 and file = $2";
    let done = cx.row(sql, &[Value::from(id)]).await?.map_or(Ok(0), |row| row.int(0))?;
    let done = usize::try_from(done).unwrap_or(usize::MAX);
    for (index, entry) in entries.iter().enumerate().skip(done).take(STEP) {
        let item = put_into_effect(cx, app, entry).await?;
        write_down(cx, id, index + 1, entry, &item).await?;
    }
    if done.saturating_add(STEP) < entries.len() {
        return Ok(true);
    }
    kept::change(cx, &file, FileState::Applied).await?;
    Ok(false)
}

async fn write_down(cx: &mut Cx<'_>, file: &str, position: usize, entry: &nacha::Entry, item: &Item) -> ApiResult<()> {
    let id = cx.id(ITEM_PREFIX, 24);
    let sql = "insert into ach_items (tenant, id, file, position, kind, code, trace, original_trace, amount, information, entry, outcome) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let params = [
        Value::from(id),
        Value::from(file),
        Value::from(i64::try_from(position).unwrap_or(i64::MAX)),
        Value::from(item.kind),
        Value::from(item.code.as_deref()),
        Value::from(entry.trace.as_str()),
        Value::from(item.original_trace.as_deref()),
        Value::from(i64::try_from(entry.amount).unwrap_or(i64::MAX)),
        Value::from(item.information.as_deref()),
        Value::from(item.entry.as_deref()),
        Value::from(item.outcome.as_str()),
    ];
    cx.run(sql, &params).await?;
    Ok(())
}

/// What an entry that came in answers, and what becomes of that.
async fn put_into_effect(cx: &mut Cx<'_>, app: &App, entry: &nacha::Entry) -> ApiResult<Item> {
    let about = |kind, code: String, trace: &nacha::Text, information: &str, outcome| Item {
        kind,
        code: Some(code),
        original_trace: Some(trace.to_string()),
        information: Some(information.to_owned()).filter(|text| !text.is_empty()),
        entry: None,
        outcome,
    };
    let answer = entry.addenda.iter().find(|own| matches!(own.kind(), "98" | "99"));
    let mut item = match answer {
        Some(Addenda::Return(own)) => {
            about("return", own.code.to_string(), &own.original_trace, &own.information, Outcome::Unknown)
        }
        Some(Addenda::Change(own)) => about("change", own.code.to_string(), &own.original_trace, "", Outcome::Unknown),
        Some(Addenda::Dishonored(own)) => {
            about("dishonored", own.code.to_string(), &own.original_trace, &own.information, Outcome::Recorded)
        }
        Some(Addenda::Contested(own)) => about("contested", own.code.to_string(), &own.original_trace, "", Outcome::Recorded),
        Some(Addenda::RefusedChange(own)) => {
            about("refused_change", own.code.to_string(), &own.original_trace, "", Outcome::Recorded)
        }
        _ => {
            let kind = if entry.addenda.iter().any(|own| matches!(own, Addenda::Unknown(_))) { "unknown" } else { "payment" };
            Item { kind, code: None, original_trace: None, information: None, entry: None, outcome: Outcome::Unknown }
        }
    };
    let Some(stored) = original(cx, item.original_trace.as_deref()).await? else { return Ok(item) };
    item.entry = Some(stored.entry.id.clone());
    match answer {
        Some(Addenda::Return(own)) => item.outcome = returns::apply(cx, app, stored, entry, own).await?,
        Some(Addenda::Change(own)) => (item.outcome, item.information) = corrections::apply(cx, &stored, own).await?,
        _ => {}
    }
    Ok(item)
}

/// The entry of ours that a trace number is the number of.
async fn original(cx: &mut Cx<'_>, trace: Option<&str>) -> ApiResult<Option<StoredEntry>> {
    let Some(trace) = trace else { return Ok(None) };
    let sql = format!("select {COLUMNS} from ach_entries where tenant = $1 and trace = $2 for update");
    cx.row(&sql, &[Value::from(trace)]).await?.map(|row| StoredEntry::read(&row)).transpose()
}
