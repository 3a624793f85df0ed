//! Entries: written down, held, released, taken back.

use kernel::jobs::NewJob;
use kernel::{ApiError, ApiResult, Cx};
use store::{Row, StoreError, Value};

use super::state::EntryState;
use super::{AchEntry, Direction, NewEntry, Purpose, cut, schedule};
use crate::core::settings;

const PREFIX: &str = "ache_";
/// Most that an entry's amount field holds, in cents.
const AMOUNT_MAX: i64 = 9_999_999_999;

/// The columns that [`StoredEntry::read`] reads.
pub(super) const COLUMNS: &str = "id, state, purpose, object, numbers, direction, amount, class, account_type, description, \
                                  name, descriptor, created, file, trace, effective_date, settles_at, return_code, \
                                  return_information, returned_at, settled_at, not_before";

/// An entry with all that is kept of it.
#[derive(Debug, Clone)]
pub(super) struct StoredEntry {
    pub entry: AchEntry,
    pub numbers: String,
    pub class: nacha::EntryClass,
    pub account_type: String,
    pub description: String,
    pub name: String,
    pub descriptor: String,
    pub created: i64,
    pub file: Option<String>,
    pub return_code: Option<String>,
    pub return_information: Option<String>,
    pub returned_at: Option<i64>,
    pub settled_at: Option<i64>,
    pub not_before: Option<i64>,
}

impl Purpose {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Purpose::Charge => "charge",
            Purpose::Refund => "refund",
            Purpose::Microdeposit => "microdeposit",
        }
    }

    fn read(text: &str) -> Purpose {
        match text {
            "charge" => Purpose::Charge,
            "refund" => Purpose::Refund,
            _ => Purpose::Microdeposit,
        }
    }
}

impl Direction {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Direction::Debit => "debit",
            Direction::Credit => "credit",
        }
    }

    fn read(text: &str) -> Direction {
        if text == "debit" { Direction::Debit } else { Direction::Credit }
    }
}

impl StoredEntry {
    /// Reads a row of [`COLUMNS`].
    pub(super) fn read(row: &Row) -> ApiResult<StoredEntry> {
        let text = |column| row.text(column).map(str::to_owned);
        let text_opt = |column| row.text_opt(column).map(|found| found.map(str::to_owned));
        let entry = AchEntry {
            id: text(0)?,
            state: EntryState::read(row.text(1)?)?,
            purpose: Purpose::read(row.text(2)?),
            object: text(3)?,
            direction: Direction::read(row.text(5)?),
            amount: row.int(6)?,
            trace: text_opt(14)?,
            effective_date: text_opt(15)?,
            settles_at: row.int_opt(16)?,
        };
        Ok(StoredEntry {
            entry,
            numbers: text(4)?,
            class: row.text(7)?.parse().unwrap_or_default(),
            account_type: text(8)?,
            description: text(9)?,
            name: text(10)?,
            descriptor: text(11)?,
            created: row.int(12)?,
            file: text_opt(13)?,
            return_code: text_opt(17)?,
            return_information: text_opt(18)?,
            returned_at: row.int_opt(19)?,
            settled_at: row.int_opt(20)?,
            not_before: row.int_opt(21)?,
        })
    }
}

/// Writes an entry down to be sent with the next file; answers its id.
pub(crate) async fn queue(cx: &mut Cx<'_>, new: &NewEntry<'_>) -> ApiResult<String> {
    if !(1..=AMOUNT_MAX).contains(&new.amount) {
        return Err(ApiError::internal("an entry moves between one cent and $99,999,999.99"));
    }
    let id = cx.id(PREFIX, 24);
    let state = if new.held { EntryState::Held } else { EntryState::Queued };
    let sql = "insert into ach_entries (tenant, id, state, purpose, object, numbers, direction, amount, class, account_type, \
               description, name, descriptor, not_before, created) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let params = [
        Value::from(id.as_str()),
        Value::from(state.as_str()),
        Value::from(new.purpose.as_str()),
        Value::from(new.object),
        Value::from(new.numbers),
        Value::from(new.direction.as_str()),
        Value::from(new.amount),
        Value::from(new.class.code()),
        Value::from(new.account_type),
        Value::from(new.description),
        Value::from(new.name),
        Value::from(new.descriptor),
        Value::from(new.not_before),
        Value::from(cx.now()),
    ];
    cx.run(sql, &params).await?;
    if !new.held {
        plan_cut(cx, new.not_before).await?;
    }
    Ok(id)
}

/// Takes back the entries of an object that are in no file yet; false if one is, and then none is taken back.
pub(crate) async fn withdraw(cx: &mut Cx<'_>, object: &str) -> ApiResult<bool> {
    let entries = locked_of_object(cx, object).await?;
    if entries.iter().any(|stored| !stored.entry.state.is_ours()) {
        return Ok(false);
    }
    for stored in entries {
        if stored.entry.state.may_become(EntryState::Withdrawn) {
            change(cx, &stored.entry, EntryState::Withdrawn).await?;
        }
    }
    Ok(true)
}

/// Lets the entries of an object that are held go with the next file.
pub(crate) async fn release(cx: &mut Cx<'_>, object: &str) -> ApiResult<()> {
    for stored in locked_of_object(cx, object).await? {
        if stored.entry.state == EntryState::Held {
            change(cx, &stored.entry, EntryState::Queued).await?;
            plan_cut(cx, stored.not_before).await?;
        }
    }
    Ok(())
}

/// The entries of an object, oldest first.
pub(crate) async fn of_object(cx: &mut Cx<'_>, object: &str) -> ApiResult<Vec<AchEntry>> {
    let sql = format!("select {COLUMNS} from ach_entries where tenant = $1 and object = $2 order by id");
    let rows = cx.rows(&sql, &[Value::from(object)]).await?;
    rows.iter().map(|row| Ok(StoredEntry::read(row)?.entry)).collect()
}

async fn locked_of_object(cx: &mut Cx<'_>, object: &str) -> ApiResult<Vec<StoredEntry>> {
    let sql = format!("select {COLUMNS} from ach_entries where tenant = $1 and object = $2 order by id for update");
    cx.rows(&sql, &[Value::from(object)]).await?.iter().map(StoredEntry::read).collect()
}

/// Moves an entry on. Somebody who was quicker makes the transaction start over, and then it finds the entry as it is.
pub(super) async fn change(cx: &mut Cx<'_>, entry: &AchEntry, next: EntryState) -> ApiResult<()> {
    if !entry.state.may_become(next) {
        return Err(ApiError::internal(format!("an entry does not go from {} to {}", entry.state.as_str(), next.as_str())));
    }
    let sql = "update ach_entries set state = $3 where tenant = $1 and id = $2 and state = $4";
    let params = [Value::from(entry.id.as_str()), Value::from(next.as_str()), Value::from(entry.state.as_str())];
    match cx.run(sql, &params).await? {
        1 => Ok(()),
        _ => Err(StoreError::Conflict.into()),
    }
}

/// Writes down that a file is to be cut once `not_before` is over. Entries of one cut-off share the job, so that writing one
/// more does not put it off.
pub(super) async fn plan_cut(cx: &mut Cx<'_>, not_before: Option<i64>) -> ApiResult<()> {
    let pace = settings::of_tenant(cx).await?.pace();
    let from = not_before.unwrap_or(0).max(cx.now());
    let at = schedule::next_cut(pace, from);
    let (key, lane) = (at.to_string(), cut::lane(cx));
    cx.enqueue(&NewJob { kind: cut::CUT, key: &key, lane: &lane, run_at_ms: at * 1_000, payload: "" }).await
}
