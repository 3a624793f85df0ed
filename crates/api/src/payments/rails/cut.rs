//! Files are cut: what waits becomes a file, in one transaction. A crash before its commit leaves everything as it was, trace
//! numbers included; after it, the file is there for good and is the only one its entries are in.

use std::sync::Arc;

use kernel::jobs::{Job, NewJob};
use kernel::{ApiError, ApiResult, Cx};
use store::{StoreError, Value};

use super::compose::{self, Heading, Ready, pack, written};
use super::entries::{COLUMNS, StoredEntry};
use super::kept::{self, NewFile, Way};
use super::originator::Originator;
use super::state::{EntryState, FileState};
use super::transport::Pace;
use super::{Returned, schedule, send, trace};
use crate::App;
use crate::core::{account, settings};
use crate::numbers::Numbers;
use crate::payments::outcomes;

/// The job that puts what waits into a file. Its key is the time of the cut-off.
pub(crate) const CUT: &str = "cut_ach_file";
/// Most entries of one file; the rest of a cut-off goes into further ones.
const ENTRIES_MAX: usize = 5_000;
/// Seconds until a tenant without an originator is looked at again.
const NOBODY_WAIT: i64 = 3_600;

/// The lane of all ACH jobs of a tenant, which one process does one after the other.
pub(super) fn lane(cx: &Cx<'_>) -> String {
    format!("ach/{}", cx.tenant.key())
}

/// Cuts the files of a cut-off.
///
/// # Errors
/// Those of the database, and a file that is not right although each of its entries is.
pub(crate) async fn run(app: App, job: Job) -> ApiResult<()> {
    let planned = job.key.parse().unwrap_or(0);
    let originator = Arc::new(app.originators.of(&job.tenant));
    loop {
        let shared = (app.clone(), Arc::clone(&originator));
        let cut = app.core.write(&job.tenant, move |cx| {
            let (app, originator) = shared.clone();
            Box::pin(async move {
                match originator.as_ref() {
                    Some(originator) => cut_one(cx, &app, originator, planned).await,
                    None => wait_for_originator(cx).await,
                }
            })
        });
        if !cut.await? {
            return Ok(());
        }
    }
}

async fn plan_at(cx: &mut Cx<'_>, second: i64) -> ApiResult<()> {
    let (key, lane) = (second.to_string(), lane(cx));
    cx.enqueue(&NewJob { kind: CUT, key: &key, lane: &lane, run_at_ms: second * 1_000, payload: "" }).await
}

async fn wait_for_originator(cx: &mut Cx<'_>) -> ApiResult<bool> {
    tracing::warn!(tenant = %cx.tenant, "ACH entries wait: no originating bank is named for this account");
    let later = cx.now() + NOBODY_WAIT;
    plan_at(cx, later).await?;
    Ok(false)
}

/// Cuts one file; true if more waits that would not fit into it.
async fn cut_one(cx: &mut Cx<'_>, app: &App, originator: &Originator, planned: i64) -> ApiResult<bool> {
    let pace = settings::of_tenant(cx).await?.pace();
    let evening = if pace == Pace::BankingDays { schedule::passed_over(planned) } else { None };
    if let Some(evening) = evening.filter(|evening| *evening > cx.now()) {
        plan_at(cx, evening).await?;
        if !originator.same_day {
            return Ok(false);
        }
    }
    let same_day = evening.is_some() && originator.same_day;
    let waiting = waiting(cx, same_day).await?;
    let amounts: Vec<i64> = waiting.iter().map(|stored| stored.entry.amount).collect();
    let packed = pack(&amounts, originator.limits, moved_today(cx).await?, ENTRIES_MAX);
    if !packed.next_day.is_empty() {
        let next_day = schedule::next_day(cx.now());
        plan_at(cx, schedule::next_cut(pace, next_day)).await?;
    }
    let mut refused: Vec<(&StoredEntry, String)> = Vec::new();
    for position in packed.too_much {
        refused.extend(waiting.get(position).map(|own| (own, "more than the originator's limits allow".to_owned())));
    }
    let (mut taken, mut ready) = (Vec::new(), Vec::new());
    for stored in packed.taken.iter().filter_map(|position| waiting.get(*position)) {
        match Numbers::of(cx, &stored.numbers).await? {
            Some(numbers) => {
                taken.push(stored);
                ready.push(prepared(stored, &numbers));
            }
            None => refused.push((stored, "the account's numbers are no longer kept".to_owned())),
        }
    }
    let heading = heading(cx, originator, pace, same_day).await?;
    let wrong = wrong_by_themselves(originator, &heading, &ready);
    let mut more = !packed.next_file.is_empty();
    if wrong.is_empty() {
        write_file(cx, originator, &heading, (pace, same_day), (&taken, &ready)).await?;
    } else {
        refused.extend(wrong.into_iter().filter_map(|(position, text)| Some((*taken.get(position)?, text))));
        more = true;
    }
    if originator.dry_run {
        // What waits is shown again at each cut-off, until it is sent.
        if !waiting.is_empty() {
            plan_at(cx, schedule::next_cut(Pace::BankingDays, cx.now())).await?;
        }
        return Ok(false);
    }
    for (stored, text) in refused {
        refuse(cx, app, stored, &text).await?;
    }
    Ok(more)
}

/// What can go now, oldest first.
async fn waiting(cx: &mut Cx<'_>, same_day: bool) -> ApiResult<Vec<StoredEntry>> {
    let most = if same_day { i64::try_from(calendar::SAME_DAY_LIMIT).unwrap_or(i64::MAX) } else { i64::MAX };
    let sql = format!(
        "select {COLUMNS} from ach_entries where tenant = $1 and state = 'queued' and (not_before is null or not_before <= $2) \
         and amount <= $3 order by id limit $4 for update"
    );
    let limit = i64::try_from(ENTRIES_MAX + 1).unwrap_or(i64::MAX);
    let params = [Value::from(cx.now()), Value::from(most), Value::from(limit)];
    cx.rows(&sql, &params).await?.iter().map(StoredEntry::read).collect()
}

/// What today's files move, refused ones left out.
async fn moved_today(cx: &mut Cx<'_>) -> ApiResult<i64> {
    let sql = "select cast(coalesce(sum(debit + credit), 0) as bigint) from ach_files \
               where tenant = $1 and direction = 'out' and created >= $2 and state in ('cut', 'sending', 'sent')";
    let start = schedule::start_of_day(cx.now());
    Ok(cx.row(sql, &[Value::from(start)]).await?.map_or(Ok(0), |row| row.int(0))?)
}

fn prepared(stored: &StoredEntry, numbers: &Numbers) -> Ready {
    Ready {
        direction: stored.entry.direction,
        amount: stored.entry.amount,
        class: stored.class,
        savings: stored.account_type == "savings",
        description: stored.description.clone(),
        name: stored.name.clone(),
        descriptor: stored.descriptor.clone(),
        routing: numbers.routing.clone(),
        account: numbers.account.expose().to_owned(),
    }
}

async fn heading(cx: &mut Cx<'_>, originator: &Originator, pace: Pace, same_day: bool) -> ApiResult<Heading> {
    /// One for each file of a day, over again after the last.
    const MODIFIERS: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let (date, time) = schedule::header_time(cx.now());
    let sql = "select count(*) from ach_files where tenant = $1 and direction = 'out' and created >= $2";
    let start = schedule::start_of_day(cx.now());
    let before = cx.row(sql, &[Value::from(start)]).await?.map_or(Ok(0), |row| row.int(0))?;
    let place = usize::try_from(before).unwrap_or(0) % MODIFIERS.len();
    let company_name = match &originator.company_name {
        Some(name) => name.clone(),
        None => account::business_name(cx).await?,
    };
    let effective = schedule::terms(pace, same_day, cx.now()).effective;
    Ok(Heading { date, time, modifier: char::from(MODIFIERS[place]), company_name, effective })
}

/// Entries that no bank would take. They are looked for one by one, and only when the whole is not right.
fn wrong_by_themselves(originator: &Originator, heading: &Heading, ready: &[Ready]) -> Vec<(usize, String)> {
    let sequence = |count: usize| (0..count).map(|number| format!("{:08}{number:07}", originator.odfi.dfi())).collect::<Vec<_>>();
    let check = |entries: &[Ready]| {
        let file = compose::compose(originator, heading, entries, &sequence(entries.len()));
        written(&file, originator).err()
    };
    if ready.is_empty() || check(ready).is_none() {
        return Vec::new();
    }
    let alone = ready.iter().map(std::slice::from_ref).map(check).enumerate();
    alone.filter_map(|(position, error)| Some((position, error?))).collect()
}

async fn write_file(
    cx: &mut Cx<'_>,
    originator: &Originator,
    heading: &Heading,
    (pace, same_day): (Pace, bool),
    (taken, ready): (&[&StoredEntry], &[Ready]),
) -> ApiResult<()> {
    if ready.is_empty() {
        return Ok(());
    }
    let numbers = match originator.dry_run {
        true => trace::next(cx, originator, ready.len()).await?,
        false => trace::take(cx, originator, ready.len()).await?,
    };
    // Numbers ascend in the order of the file, not in that of waiting.
    let mut traces = vec![String::new(); ready.len()];
    for (position, number) in compose::batches(ready).into_iter().flatten().zip(numbers) {
        traces[position] = number;
    }
    let file = compose::compose(originator, heading, ready, &traces);
    let content = written(&file, originator).map_err(ApiError::internal)?;
    let id = cx.id(kept::PREFIX, 24);
    let terms = schedule::terms(pace, same_day, cx.now());
    let state = if originator.dry_run { FileState::DryRun } else { FileState::Cut };
    let new = NewFile {
        way: Way::Out,
        name: &format!("20{}-{}-{id}.ach", heading.date, heading.time),
        state,
        pace,
        content: &content,
        says: &file,
        effective_date: Some(terms.effective.to_string()),
        error: None,
        findings: None,
        original: None,
        by_hand: false,
    };
    kept::keep(cx, &id, &new).await?;
    if originator.dry_run {
        return Ok(());
    }
    for (stored, trace) in taken.iter().zip(&traces) {
        put_into(cx, stored, &id, trace, &terms).await?;
    }
    send::plan(cx, &id).await
}

async fn put_into(cx: &mut Cx<'_>, stored: &StoredEntry, file: &str, trace: &str, terms: &schedule::Terms) -> ApiResult<()> {
    let sql = "update ach_entries set state = 'cut', file = $3, trace = $4, effective_date = $5, settles_at = $6 \
               where tenant = $1 and id = $2 and state = 'queued'";
    let params = [
        Value::from(stored.entry.id.as_str()),
        Value::from(file),
        Value::from(trace),
        Value::from(terms.effective.to_string()),
        Value::from(terms.settle(stored.entry.direction)),
    ];
    match cx.run(sql, &params).await? {
        1 => Ok(()),
        _ => Err(StoreError::Conflict.into()),
    }
}

/// Ends an entry that no bank has taken, and tells what it was made for.
pub(super) async fn refuse(cx: &mut Cx<'_>, app: &App, stored: &StoredEntry, why: &str) -> ApiResult<()> {
    let mut entry = stored.entry.clone();
    super::entries::change(cx, &entry, EntryState::Refused).await?;
    entry.state = EntryState::Refused;
    let sql = "update ach_entries set return_information = $3, returned_at = $4 where tenant = $1 and id = $2";
    cx.run(sql, &[Value::from(entry.id.as_str()), Value::from(why), Value::from(cx.now())]).await?;
    let how = Returned { code: String::new(), information: why.to_owned(), late: false };
    outcomes::returned(cx, app, &entry, &how).await
}
