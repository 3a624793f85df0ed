//! Entries come back.

use kernel::{ApiError, ApiResult, Cx};
use store::Value;

use super::entries::StoredEntry;
use super::inbound::Outcome;
use super::state::{EntryState, FileState};
use super::{AchEntry, Returned, kept, send};
use crate::App;
use crate::payments::outcomes;

/// Puts a return into effect; answers what became of it.
///
/// # Errors
/// Those of the database, and an entry of which is not known yet whether the bank has it.
pub(super) async fn apply(
    cx: &mut Cx<'_>,
    app: &App,
    stored: StoredEntry,
    back: &nacha::Entry,
    how: &nacha::Return,
) -> ApiResult<Outcome> {
    if i64::try_from(back.amount) != Ok(stored.entry.amount) {
        return Ok(Outcome::Refused);
    }
    let Some(mut entry) = taken_by_bank(cx, app, stored).await? else { return Ok(Outcome::Refused) };
    match entry.state {
        EntryState::Returned => return Ok(Outcome::Duplicate),
        EntryState::Sent | EntryState::Settled => {}
        _ => return Ok(Outcome::Refused),
    }
    let returned = Returned {
        code: how.code.to_string(),
        information: how.information.to_string(),
        late: entry.state == EntryState::Settled,
    };
    let sql = "update ach_entries set state = 'returned', return_code = $3, return_information = $4, returned_at = $5 \
               where tenant = $1 and id = $2";
    let params = [
        Value::from(entry.id.as_str()),
        Value::from(returned.code.as_str()),
        Value::from(returned.information.as_str()),
        Value::from(cx.now()),
    ];
    cx.run(sql, &params).await?;
    entry.state = EntryState::Returned;
    outcomes::returned(cx, app, &entry, &returned).await?;
    Ok(Outcome::Applied)
}

/// An entry that comes back is one that the bank has: what its file was sent for is told first, if that was not done yet. None
/// if its file never left.
async fn taken_by_bank(cx: &mut Cx<'_>, app: &App, stored: StoredEntry) -> ApiResult<Option<AchEntry>> {
    let mut entry = stored.entry.clone();
    if entry.state != EntryState::Cut {
        return Ok(Some(entry));
    }
    let file = match &stored.file {
        Some(file) => kept::find(cx, file).await?,
        None => None,
    };
    match file.map(|file| file.state) {
        Some(FileState::Sent) => {
            send::submit(cx, app, stored).await?;
            entry.state = EntryState::Sent;
            Ok(Some(entry))
        }
        // Whether the bank has it is found out by the job that hands it over, which comes first.
        Some(FileState::Sending) => Err(ApiError::internal("an entry came back before it was written down as sent")),
        _ => Ok(None),
    }
}
