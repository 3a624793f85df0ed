//! How a bank's rows become ours. Banks repeat rows, change ids between pending and posted, and drop rows; the rules:
//!
//! - a row with a known bank id changes the row that has it;
//! - a row of which a complete fetch shows everything but the bank id took another id, and stays the row that it was;
//! - a posted row takes the place of the pending row that it refers to, or else of one that vanished with the same amount,
//!   a similar text and a date at most ten days away;
//! - a pending row that a complete fetch no longer shows is void; a posted one only after it was missing twice.

use std::collections::{HashMap, HashSet};

use banks::{BankTransaction, TransactionPull, TransactionStatus, TransactionWindow};
use kernel::{ApiResult, Cx};
use store::{Row, Value};

/// How far a posted row may lie from the pending one that it replaces.
const MATCH_SECONDS: i64 = 10 * 86_400;
/// A row may be posted this long after it was made.
const POSTING_SECONDS: i64 = 30 * 86_400;
/// Rows in one statement; 16 columns each stay well below both engines' limits.
const BATCH: usize = 50;

/// A row that we have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Existing {
    pub id: String,
    pub bank_key: String,
    pub transacted_at: i64,
    pub amount: i64,
    pub description: String,
    pub status: String,
    pub posted_at: Option<i64>,
    pub missed: i64,
}

/// What a fetch changes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Rows that are new.
    pub insert: Vec<BankTransaction>,
    /// Our id, and what the row becomes.
    pub change: Vec<(String, BankTransaction)>,
    /// Our id, and the bank's new id for a row that is the same otherwise.
    pub rename: Vec<(String, String)>,
    /// Our ids of rows that are void now.
    pub void: Vec<String>,
    /// Our ids of posted rows that were missing for the first time.
    pub miss: Vec<String>,
}

/// Compares what a bank shows with what we have. Pure.
pub(crate) fn plan(existing: &[Existing], pull: &TransactionPull, window: TransactionWindow) -> Plan {
    let mut plan = Plan::default();
    let by_key: HashMap<&str, &Existing> = existing.iter().map(|row| (row.bank_key.as_str(), row)).collect();
    let shown: HashSet<&str> = pull.rows.iter().map(|row| row.bank_transaction_id.as_str()).collect();
    let unseen = || existing.iter().filter(|row| !shown.contains(row.bank_key.as_str()));
    let was_pending: HashSet<&str> = unseen().filter(|row| row.status == "pending").map(|row| row.bank_key.as_str()).collect();
    let mut twins = Twins::new(unseen().filter(|_| pull.complete));
    let mut unknown = Vec::new();
    for row in &pull.rows {
        if let Some(own) = by_key.get(row.bank_transaction_id.as_str()) {
            if differs(own, row) {
                plan.change.push((own.id.clone(), row.clone()));
            }
        } else if row.reference_id.as_deref().is_some_and(|id| was_pending.contains(id)) {
            // The bank itself says which row it was.
            unknown.push(row);
        } else if let Some(own) = twins.take(row) {
            plan.rename.push((own.id.clone(), row.bank_transaction_id.clone()));
        } else {
            unknown.push(row);
        }
    }
    let renamed: HashSet<&str> = plan.rename.iter().map(|(id, _)| id.as_str()).collect();
    let gone = |row: &&Existing| !shown.contains(row.bank_key.as_str()) && !renamed.contains(row.id.as_str());
    let mut vanished: Vec<&Existing> = existing.iter().filter(|row| row.status == "pending").filter(gone).collect();
    for row in unknown {
        if let Some(place) = replaced(&vanished, row) {
            let own = vanished.swap_remove(place);
            plan.change.push((own.id.clone(), row.clone()));
        } else {
            plan.insert.push(row.clone());
        }
    }
    if pull.complete {
        plan.void = vanished.iter().map(|row| row.id.clone()).collect();
        // Banks cut by the day a row was posted.
        let inside =
            |row: &&Existing| (window.from + 86_400 + 1..=window.to).contains(&row.posted_at.unwrap_or(row.transacted_at));
        let missing = existing.iter().filter(|row| row.status == "posted").filter(gone).filter(inside);
        for row in missing {
            if row.missed > 0 { plan.void.push(row.id.clone()) } else { plan.miss.push(row.id.clone()) }
        }
    }
    plan
}

/// Rows that a bank no longer shows under their ids, by everything else that it says about them.
struct Twins<'a>(HashMap<Likeness<'a>, Vec<&'a Existing>>);

/// Amount, times, description, status.
type Likeness<'a> = (i64, i64, Option<i64>, &'a str, &'a str);

impl<'a> Twins<'a> {
    fn new(gone: impl Iterator<Item = &'a Existing>) -> Self {
        let mut twins = Twins(HashMap::new());
        for row in gone {
            let key = (row.amount, row.transacted_at, row.posted_at, row.description.as_str(), row.status.as_str());
            twins.0.entry(key).or_default().push(row);
        }
        twins
    }

    /// A row that is like this one; each is taken once, so that two equal purchases stay two.
    fn take(&mut self, row: &'a BankTransaction) -> Option<&'a Existing> {
        let key = (row.amount_minor, row.transacted_at, row.posted_at, row.description.as_str(), status(row));
        self.0.get_mut(&key)?.pop()
    }
}

fn differs(own: &Existing, row: &BankTransaction) -> bool {
    own.amount != row.amount_minor
        || own.description != row.description
        || own.status != status(row)
        || own.transacted_at != row.transacted_at
        || own.missed > 0
}

/// The vanished pending row whose place a new posted row takes.
fn replaced(vanished: &[&Existing], row: &BankTransaction) -> Option<usize> {
    if row.status != TransactionStatus::Posted {
        return None;
    }
    let referred = row.reference_id.as_deref().and_then(|id| vanished.iter().position(|own| own.bank_key == id));
    referred.or_else(|| {
        vanished.iter().position(|own| {
            own.amount == row.amount_minor
                && (own.transacted_at - row.transacted_at).abs() <= MATCH_SECONDS
                && similar(&own.description, &row.description)
        })
    })
}

/// Texts are similar if half of the shorter one's words stand in the other.
fn similar(one: &str, other: &str) -> bool {
    let words = |text: &str| -> HashSet<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1).map(str::to_lowercase).collect()
    };
    let (one, other) = (words(one), words(other));
    let least = one.len().min(other.len());
    one.intersection(&other).count() * 2 >= least
}

fn status(row: &BankTransaction) -> &'static str {
    match row.status {
        TransactionStatus::Pending => "pending",
        TransactionStatus::Posted => "posted",
    }
}

/// The rows we have that a fetch may touch: those of its window, every pending one, and those with an id that it shows.
pub(crate) async fn existing(
    cx: &mut Cx<'_>,
    account: &str,
    pull: &TransactionPull,
    window: TransactionWindow,
) -> ApiResult<Vec<Existing>> {
    // Room before the window: banks cut at whole days, and by the day a row was posted, not the day it was made.
    let sql = format!("{SELECT} and status <> 'void' and (transacted_at >= $3 or status = 'pending')");
    let rows = cx.rows(&sql, &[Value::from(account), Value::from(window.from - POSTING_SECONDS)]).await?;
    let mut found = rows.into_iter().map(read).collect::<ApiResult<Vec<Existing>>>()?;
    let known: HashSet<&str> = found.iter().map(|row| row.bank_key.as_str()).collect();
    let rest: Vec<&str> = pull.rows.iter().map(|row| row.bank_transaction_id.as_str()).filter(|id| !known.contains(id)).collect();
    for batch in rest.chunks(BATCH * 4) {
        let places: Vec<String> = (0..batch.len()).map(|index| format!("${}", index + 3)).collect();
        let mut params = vec![Value::from(account)];
        params.extend(batch.iter().map(|id| Value::from(*id)));
        let rows = cx.rows(&format!("{SELECT} and bank_key in ({})", places.join(", ")), &params).await?;
        found.extend(rows.into_iter().map(read).collect::<ApiResult<Vec<Existing>>>()?);
    }
    Ok(found)
}

const SELECT: &str = "select id, bank_key, transacted_at, amount, description, status, posted_at, missed from bank_transactions \
                      where tenant = $1 and account = $2";

fn read(mut row: Row) -> ApiResult<Existing> {
    Ok(Existing {
        id: row.take_text(0)?,
        bank_key: row.take_text(1)?,
        transacted_at: row.int(2)?,
        amount: row.int(3)?,
        description: row.take_text(4)?,
        status: row.take_text(5)?,
        posted_at: row.int_opt(6)?,
        missed: row.int(7)?,
    })
}

/// Writes a plan down as the work of one refresh.
pub(crate) async fn write(cx: &mut Cx<'_>, account: &str, refresh: (&str, i64), plan: &Plan) -> ApiResult<()> {
    let now = cx.now();
    for batch in plan.insert.chunks(BATCH) {
        insert(cx, account, refresh, batch).await?;
    }
    for (id, bank_key) in &plan.rename {
        let sql = "update bank_transactions set bank_key = $3, missed = 0 where tenant = $1 and id = $2";
        cx.run(sql, &[Value::from(id.as_str()), Value::from(bank_key.as_str())]).await?;
    }
    for (id, row) in &plan.change {
        let sql = "update bank_transactions set bank_key = $3, transacted_at = $4, amount = $5, description = $6, status = $7, \
                   posted_at = $8, void_at = null, refresh = $9, refresh_number = $10, updated = $11, missed = 0 where tenant = $1 and id = $2";
        let params = [
            Value::from(id.as_str()),
            Value::from(row.bank_transaction_id.as_str()),
            Value::from(row.transacted_at),
            Value::from(row.amount_minor),
            Value::from(row.description.as_str()),
            Value::from(status(row)),
            Value::from(posted_at(row)),
            Value::from(refresh.0),
            Value::from(refresh.1),
            Value::from(now),
        ];
        cx.run(sql, &params).await?;
    }
    for id in &plan.void {
        let sql = "update bank_transactions set status = 'void', void_at = $3, refresh = $4, refresh_number = $5, updated = $3 \
                   where tenant = $1 and id = $2";
        cx.run(sql, &[Value::from(id.as_str()), Value::from(now), Value::from(refresh.0), Value::from(refresh.1)]).await?;
    }
    for id in &plan.miss {
        cx.run("update bank_transactions set missed = missed + 1 where tenant = $1 and id = $2", &[Value::from(id.as_str())])
            .await?;
    }
    Ok(())
}

async fn insert(cx: &mut Cx<'_>, account: &str, refresh: (&str, i64), batch: &[BankTransaction]) -> ApiResult<()> {
    const OWN: usize = 8;
    let mut sql = String::from(
        "insert into bank_transactions (tenant, account, refresh, refresh_number, updated, id, bank_key, transacted_at, amount, \
         currency, description, status, posted_at, void_at, missed) values ",
    );
    let mut values = vec![Value::from(account), Value::from(refresh.0), Value::from(refresh.1), Value::from(cx.now())];
    for (index, row) in batch.iter().enumerate() {
        let first = 6 + index * OWN;
        let places: Vec<String> = (first..first + OWN).map(|place| format!("${place}")).collect();
        let comma = if index > 0 { ", " } else { "" };
        sql.push_str(&format!("{comma}($1, $2, $3, $4, $5, {}, null, 0)", places.join(", ")));
        values.extend([
            Value::from(cx.id("fctxn_", 24)),
            Value::from(row.bank_transaction_id.as_str()),
            Value::from(row.transacted_at),
            Value::from(row.amount_minor),
            Value::from(row.currency.as_str()),
            Value::from(row.description.as_str()),
            Value::from(status(row)),
            Value::from(posted_at(row)),
        ]);
    }
    // A row that another refresh brought meanwhile, or that was void and is back, is brought up to date.
    sql.push_str(
        " on conflict (tenant, account, bank_key) do update set status = excluded.status, amount = excluded.amount, \
         description = excluded.description, posted_at = excluded.posted_at, void_at = null, refresh = excluded.refresh, \
         refresh_number = excluded.refresh_number, updated = excluded.updated, missed = 0",
    );
    cx.run(&sql, &values).await?;
    Ok(())
}

fn posted_at(row: &BankTransaction) -> Option<i64> {
    (row.status == TransactionStatus::Posted).then(|| row.posted_at.unwrap_or(row.transacted_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: TransactionWindow = TransactionWindow { from: 0, to: 100 * 86_400 };

    fn have(id: &str, key: &str, day: i64, amount: i64, text: &str, status: &str) -> Existing {
        Existing {
            id: id.into(),
            bank_key: key.into(),
            transacted_at: day * 86_400,
            amount,
            description: text.into(),
            status: status.into(),
            posted_at: None,
            missed: 0,
        }
    }

    fn shows(key: &str, day: i64, amount: i64, text: &str, status: TransactionStatus) -> BankTransaction {
        BankTransaction {
            bank_transaction_id: key.into(),
            reference_id: None,
            amount_minor: amount,
            currency: "usd".into(),
            description: text.into(),
            status,
            transacted_at: day * 86_400,
            posted_at: None,
        }
    }

    fn pull(rows: Vec<BankTransaction>) -> TransactionPull {
        TransactionPull { rows, complete: true }
    }

    #[test]
    fn a_pending_row_posts_under_another_id() {
        let own = [have("t1", "p1", 50, -500, "COFFEE SHOP 12", "pending")];
        let plan = plan(&own, &pull(vec![shows("x9", 52, -500, "Coffee Shop", TransactionStatus::Posted)]), WINDOW);
        assert_eq!(plan.change.len(), 1);
        assert_eq!(plan.change[0].0, "t1");
        assert!(plan.insert.is_empty() && plan.void.is_empty());
    }

    #[test]
    fn a_reference_wins_over_likeness() {
        let own = [have("t1", "p1", 50, -500, "COFFEE", "pending"), have("t2", "p2", 50, -700, "TANK", "pending")];
        let mut row = shows("x9", 51, -500, "COFFEE", TransactionStatus::Posted);
        row.reference_id = Some("p2".into());
        let plan = plan(&own, &pull(vec![row]), WINDOW);
        assert_eq!(plan.change[0].0, "t2");
        assert_eq!(plan.void, ["t1"]);
    }

    #[test]
    fn a_pending_row_that_vanishes_is_void_but_not_by_a_partial_fetch() {
        let own = [have("t1", "p1", 50, -500, "HOTEL", "pending")];
        assert_eq!(plan(&own, &pull(vec![]), WINDOW).void, ["t1"]);
        assert_eq!(plan(&own, &TransactionPull { rows: vec![], complete: false }, WINDOW), Plan::default());
    }

    #[test]
    fn a_posted_row_must_be_missing_twice() {
        let mut own = [have("t1", "p1", 50, -500, "RENT", "posted")];
        let first = plan(&own, &pull(vec![]), WINDOW);
        assert_eq!((first.void.len(), first.miss.as_slice()), (0, ["t1".to_owned()].as_slice()));
        own[0].missed = 1;
        assert_eq!(plan(&own, &pull(vec![]), WINDOW).void, ["t1"]);
    }

    #[test]
    fn rows_that_only_change_ids_are_the_same_rows() {
        let own = [
            have("t1", "a1", 50, -500, "COFFEE", "posted"),
            have("t2", "a2", 50, -500, "COFFEE", "posted"),
            have("t3", "a3", 51, -700, "TANK", "pending"),
        ];
        let coffee = |key: &str| shows(key, 50, -500, "COFFEE", TransactionStatus::Posted);
        let tank = shows("b3", 51, -700, "TANK", TransactionStatus::Pending);
        let rows = vec![coffee("b1"), coffee("b2"), tank];
        let all = plan(&own, &pull(rows.clone()), WINDOW);
        let mut renamed: Vec<&str> = all.rename.iter().map(|(id, _)| id.as_str()).collect();
        renamed.sort_unstable();
        assert_eq!(renamed, ["t1", "t2", "t3"]);
        assert_eq!(Plan { rename: Vec::new(), ..all }, Plan::default());
        // One more of the same is a new purchase.
        let more = plan(&own, &pull([rows.clone(), vec![coffee("b4")]].concat()), WINDOW);
        assert_eq!((more.rename.len(), more.insert.len()), (3, 1));
        // What a partial fetch leaves out may still be there under its old id.
        let partial = plan(&own, &TransactionPull { rows, complete: false }, WINDOW);
        assert_eq!((partial.rename.len(), partial.insert.len()), (0, 3));
    }

    #[test]
    fn equal_purchases_that_posted_on_other_days_are_two() {
        // The first was posted before the window, so that a complete fetch does not show it.
        let mut old = have("t1", "a1", 50, -500, "COFFEE", "posted");
        old.posted_at = Some(WINDOW.from - 86_400);
        let mut row = shows("b1", 50, -500, "COFFEE", TransactionStatus::Posted);
        row.posted_at = Some(WINDOW.from + 20 * 86_400);
        let plan = plan(&[old], &pull(vec![row]), WINDOW);
        assert_eq!((plan.rename.len(), plan.insert.len(), plan.void.len()), (0, 1, 0));
    }

    #[test]
    fn a_pending_row_that_is_referred_to_wins_over_a_twin() {
        let own = [have("t1", "a1", 50, -500, "COFFEE", "posted"), have("t2", "p2", 50, -500, "COFFEE", "pending")];
        let mut row = shows("b1", 50, -500, "COFFEE", TransactionStatus::Posted);
        row.reference_id = Some("p2".into());
        let plan = plan(&own, &pull(vec![row]), WINDOW);
        assert_eq!((plan.rename.len(), plan.change.len()), (0, 1));
        assert_eq!(plan.change[0].0, "t2");
    }

    #[test]
    fn the_same_rows_change_nothing() {
        let own = [have("t1", "p1", 50, -500, "RENT", "posted")];
        let again = shows("p1", 50, -500, "RENT", TransactionStatus::Posted);
        assert_eq!(plan(&own, &pull(vec![again]), WINDOW), Plan::default());
    }
}
