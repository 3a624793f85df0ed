//! Entries settle: their time has come and nothing came back.

use std::sync::Arc;

use kernel::jobs::{Job, NewJob};
use kernel::{ApiError, ApiResult, Cx};
use store::Value;

use super::entries::{self, COLUMNS, StoredEntry};
use super::state::EntryState;
use super::transport::Pace;
use super::{collect, cut, kept, schedule, send};
use crate::App;
use crate::payments::outcomes;

/// The job that settles the entries of a file whose time has come. Its key is the file, and the time.
pub(crate) const SETTLE: &str = "settle_ach_file";

/// Writes down that entries of a file settle then.
pub(super) async fn plan(cx: &mut Cx<'_>, file: &str, at: i64) -> ApiResult<()> {
    let (key, lane) = (format!("{file}/{at}"), cut::lane(cx));
    cx.enqueue(&NewJob { kind: SETTLE, key: &key, lane: &lane, run_at_ms: at * 1_000, payload: "" }).await
}

/// Settles what is due in a file. The bank is asked first for what came back: while it does not answer, nothing settles.
///
/// # Errors
/// Those of the database, and a bank that does not answer now.
pub(crate) async fn run(app: App, job: Job) -> ApiResult<()> {
    let (file, at) = job.key.split_once('/').ok_or_else(|| ApiError::internal("a settlement without its time"))?;
    let (file, at) = (Arc::<str>::from(file), at.parse().unwrap_or(0));
    // A crash may have left entries that nobody was told of yet; they are told in order.
    send::tell_all(&app, &job.tenant, &file).await?;
    if app.originators.of(&job.tenant).is_none() {
        let why = "no originating bank is set up any more, so nobody knows what came back: nothing settles";
        return Err(ApiError::internal(why));
    }
    collect::all(&app, &job.tenant).await?;
    loop {
        let shared = (app.clone(), Arc::clone(&file));
        let settled = app.core.write(&job.tenant, move |cx| {
            let (app, file) = shared.clone();
            Box::pin(async move { settle_some(cx, &app, &file, at).await })
        });
        if settled.await? == 0 {
            return Ok(());
        }
    }
}

async fn settle_some(cx: &mut Cx<'_>, app: &App, file: &str, at: i64) -> ApiResult<usize> {
    let sql = format!(
        "select {COLUMNS} from ach_entries where tenant = $1 and file = $2 and state = 'sent' and settles_at <= $3 \
         order by id limit $4 for update"
    );
    let rows = cx.rows(&sql, &[Value::from(file), Value::from(at), Value::from(send::STEP)]).await?;
    for row in &rows {
        let mut entry = StoredEntry::read(row)?.entry;
        entries::change(cx, &entry, EntryState::Settled).await?;
        entry.state = EntryState::Settled;
        let sql = "update ach_entries set settled_at = $3 where tenant = $1 and id = $2";
        cx.run(sql, &[Value::from(entry.id.as_str()), Value::from(cx.now())]).await?;
        outcomes::settled(cx, app, &entry).await?;
    }
    let pace = kept::locked(cx, file).await?.pace;
    if rows.is_empty() && pace == Pace::Instant {
        let at = cx.now() + schedule::INSTANT_LATE;
        collect::plan_once(cx, file, at).await?;
    }
    Ok(rows.len())
}
