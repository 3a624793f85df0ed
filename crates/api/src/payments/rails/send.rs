//! Files are handed to the bank, each exactly once, whatever crashes.
//!
//! `cut -> sending` is committed before the bank is asked. From then on nobody knows whether the bank has the file, and the
//! only way on is to hand over the same bytes under the same name, which a bank that has them answers with yes and does
//! nothing. Its yes becomes `sent` in a transaction of its own. A crash anywhere between leaves `sending`, and the job runs
//! again; two nodes that run it at once both hand over, the bank takes one, and one of them finds the file `sent` already.
//! What the file was made for is told in steps of some entries, each entry in the transaction that moves it on.

use std::sync::Arc;

use kernel::jobs::{Job, NewJob};
use kernel::{ApiError, ApiResult, Cx, Tenant};
use store::Value;

use super::entries::{self, COLUMNS, StoredEntry};
use super::kept::{self, AchFile};
use super::state::{EntryState, FileState};
use super::transport::TransportError;
use super::{Direction, collect, cut, schedule, settle};
use crate::App;
use crate::payments::outcomes;

/// The job that hands a file over. Its key is the file.
pub(crate) const SEND: &str = "send_ach_file";
/// Entries moved on in one transaction, so that others who write do not wait long.
pub(super) const STEP: i64 = 100;

/// Writes down that a file is to be sent now.
pub(super) async fn plan(cx: &mut Cx<'_>, file: &str) -> ApiResult<()> {
    let lane = cut::lane(cx);
    cx.enqueue(&NewJob { kind: SEND, key: file, lane: &lane, run_at_ms: cx.now_ms(), payload: "" }).await
}

/// Hands a file over and tells what it was made for.
///
/// # Errors
/// Those of the database, and a bank that does not answer now; then it is tried again.
pub(crate) async fn run(app: App, job: Job) -> ApiResult<()> {
    let (tenant, id) = (&job.tenant, Arc::<str>::from(job.key.as_str()));
    let (file, content) = begin(&app, tenant, &id).await?;
    if file.state == FileState::Sending {
        let originator = app.originators.of(tenant);
        let originator = originator.ok_or_else(|| ApiError::internal("the originating bank of a file is no longer named"))?;
        let outcome = match originator.transport.send(tenant, &file.name, file.pace, &content).await {
            Ok(()) => None,
            Err(TransportError::Refused(text)) => Some(text),
            Err(TransportError::Later(text)) => {
                return Err(ApiError::internal(format!("{} was not handed over: {text}", file.name)));
            }
        };
        end(&app, tenant, &id, outcome).await?;
    }
    tell_all(&app, tenant, &id).await
}

/// The file, which from now on may be at the bank; with its content if it is to be handed over.
async fn begin(app: &App, tenant: &Tenant, id: &Arc<str>) -> ApiResult<(AchFile, Vec<u8>)> {
    let id = Arc::clone(id);
    app.core
        .write(tenant, move |cx| {
            let id = Arc::clone(&id);
            Box::pin(async move {
                let mut file = kept::locked(cx, &id).await?;
                if file.state == FileState::Cut {
                    kept::change(cx, &file, FileState::Sending).await?;
                    file.state = FileState::Sending;
                }
                let content = if file.state == FileState::Sending { kept::content(cx, &id).await? } else { Vec::new() };
                Ok((file, content))
            })
        })
        .await
}

/// Writes down what the bank said; `refusal` if it does not take the file.
async fn end(app: &App, tenant: &Tenant, id: &Arc<str>, refusal: Option<String>) -> ApiResult<()> {
    let shared = Arc::new((Arc::clone(id), refusal));
    app.core
        .write(tenant, move |cx| {
            let shared = Arc::clone(&shared);
            Box::pin(async move {
                let (id, refusal) = &*shared;
                let file = kept::locked(cx, id).await?;
                // Another node was quicker.
                if file.state != FileState::Sending {
                    return Ok(());
                }
                match refusal {
                    Some(text) => {
                        tracing::error!(file = file.name, text, "the bank does not take an ACH file");
                        kept::change(cx, &file, FileState::Refused).await?;
                        let sql = "update ach_files set error = $3 where tenant = $1 and id = $2";
                        cx.run(sql, &[Value::from(file.id.as_str()), Value::from(text.as_str())]).await?;
                    }
                    None => sent(cx, &file).await?,
                }
                Ok(())
            })
        })
        .await
}

/// The bank has the file: from this moment its entries' time runs.
async fn sent(cx: &mut Cx<'_>, file: &AchFile) -> ApiResult<()> {
    kept::change(cx, file, FileState::Sent).await?;
    let now = cx.now();
    let sql = "update ach_files set handed_at = $3 where tenant = $1 and id = $2";
    cx.run(sql, &[Value::from(file.id.as_str()), Value::from(now)]).await?;
    let terms = schedule::terms_of_sent(file.pace, file.effective_date.as_deref(), now);
    for (direction, moved) in [(Direction::Debit, file.debit), (Direction::Credit, file.credit)] {
        if moved > 0 {
            let settles_at = terms.settle(direction);
            let sql = "update ach_entries set settles_at = $4 where tenant = $1 and file = $2 and direction = $3";
            let params = [Value::from(file.id.as_str()), Value::from(direction.as_str()), Value::from(settles_at)];
            cx.run(sql, &params).await?;
            settle::plan(cx, &file.id, settles_at).await?;
        }
    }
    collect::plan_regular(cx, file.pace).await
}

/// Tells what the entries of a file were made for that they are sent, or that they are not.
pub(super) async fn tell_all(app: &App, tenant: &Tenant, id: &Arc<str>) -> ApiResult<()> {
    loop {
        let shared = (app.clone(), Arc::clone(id));
        let told = app.core.write(tenant, move |cx| {
            let (app, id) = shared.clone();
            Box::pin(async move { tell_some(cx, &app, &id).await })
        });
        if told.await? == 0 {
            return Ok(());
        }
    }
}

async fn tell_some(cx: &mut Cx<'_>, app: &App, id: &str) -> ApiResult<usize> {
    let file = kept::locked(cx, id).await?;
    let refusal = file.error.as_deref().unwrap_or("the bank did not take the file");
    let sql = format!(
        "select {COLUMNS} from ach_entries where tenant = $1 and file = $2 and state = 'cut' order by id limit $3 for update"
    );
    let rows = cx.rows(&sql, &[Value::from(id), Value::from(STEP)]).await?;
    for row in &rows {
        let stored = StoredEntry::read(row)?;
        match file.state {
            FileState::Sent => submit(cx, app, stored).await?,
            FileState::Refused => cut::refuse(cx, app, &stored, refusal).await?,
            _ => return Ok(0),
        }
    }
    Ok(rows.len())
}

/// The bank has an entry.
pub(super) async fn submit(cx: &mut Cx<'_>, app: &App, stored: StoredEntry) -> ApiResult<()> {
    let mut entry = stored.entry;
    entries::change(cx, &entry, EntryState::Sent).await?;
    entry.state = EntryState::Sent;
    outcomes::submitted(cx, app, &entry).await
}
