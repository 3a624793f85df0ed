//! The table of jobs: what is due, who has it, how it ended.

use store::{Row, Tx, Value};

use super::Job;
use super::room::Room;
use crate::{ApiError, ApiResult, Cx, Tenant};

/// How long a node keeps a job without renewing its lease; then another one may take it.
pub(super) const LEASE_MS: i64 = 60_000;
/// The longest wait between two tries of a job that fails, in milliseconds.
const BACKOFF_MS_MAX: i64 = 3_600_000;

const SELECT: &str = "select tenant, kind, key, lane, run_at_ms, attempts, payload, due_at_ms from jobs";

/// What became due since the last look, but for what has no room now; `limit` jobs at most.
pub(super) async fn select_fresh(tx: &mut Tx, from_ms: i64, now_ms: i64, room: &Room, limit: i64) -> ApiResult<Vec<Job>> {
    let mut sql = format!("{SELECT} where due_at_ms > $1 and due_at_ms <= $2 and lease_until_ms <= $2");
    let mut params = vec![Value::from(from_ms), Value::from(now_ms)];
    for (column, names) in [("lane", room.full_lanes()), ("kind", room.full_kinds())] {
        for name in names {
            params.push(Value::from(name));
            sql.push_str(&format!(" and {column} <> ${}", params.len()));
        }
    }
    params.push(Value::from(limit));
    sql.push_str(&format!(" order by due_at_ms limit ${}", params.len()));
    let rows = tx.query(&sql, &params).await?;
    rows.iter().map(|row| read_job(row, "")).collect()
}

/// What has waited longest in a lane.
pub(super) async fn select_lane(tx: &mut Tx, lane: &str, width: usize, now_ms: i64) -> ApiResult<Vec<Job>> {
    let sql = format!("{SELECT} where lane = $1 and due_at_ms <= $2 and lease_until_ms <= $2 order by due_at_ms limit $3");
    let width = i64::try_from(width).unwrap_or(1);
    let rows = tx.query(&sql, &[Value::from(lane), Value::from(now_ms), Value::from(width)]).await?;
    rows.iter().map(|row| read_job(row, "")).collect()
}

/// When the next job becomes due, in milliseconds of real time.
pub(super) async fn select_next_ms(tx: &mut Tx, now_ms: i64) -> ApiResult<Option<i64>> {
    let sql = "select due_at_ms from jobs where due_at_ms > $1 order by due_at_ms limit 1";
    let next = tx.query_opt(sql, &[Value::from(now_ms)]).await?;
    Ok(next.map(|row| row.int(0)).transpose()?)
}

/// Reads a job from its columns, in the order of the selects here.
pub(super) fn read_job(row: &Row, owner: &str) -> ApiResult<Job> {
    let tenant = Tenant::from_key(row.text(0)?).ok_or_else(|| ApiError::internal("a job's tenant does not read"))?;
    Ok(Job {
        tenant,
        kind: row.text(1)?.to_owned(),
        key: row.text(2)?.to_owned(),
        lane: row.text(3)?.to_owned(),
        run_at_ms: row.int(4)?,
        attempts: row.int(5)?,
        payload: row.text(6)?.to_owned(),
        due_at_ms: row.int(7)?,
        owner: owner.to_owned(),
    })
}

/// Takes a job; false if somebody else has it, or it is done.
pub(super) async fn lease(tx: &mut Tx, job: &mut Job, now_ms: i64) -> ApiResult<bool> {
    let sql = "update jobs set lease_owner = $4, lease_until_ms = $5, attempts = $6 \
               where tenant = $1 and kind = $2 and key = $3 and lease_until_ms <= $7 and attempts = $8 and run_at_ms = $9";
    let params = [
        Value::from(job.tenant.key()),
        Value::from(job.kind.as_str()),
        Value::from(job.key.as_str()),
        Value::from(job.owner.as_str()),
        Value::from(now_ms + LEASE_MS),
        Value::from(job.attempts + 1),
        Value::from(now_ms),
        Value::from(job.attempts),
        Value::from(job.run_at_ms),
    ];
    job.attempts += 1;
    Ok(tx.execute(sql, &params).await? == 1)
}

/// Keeps the leases of these owners until then.
pub(super) async fn renew(tx: &mut Tx, owners: &[String], until_ms: i64) -> ApiResult<()> {
    let places: Vec<String> = (0..owners.len()).map(|index| format!("${}", index + 2)).collect();
    let places = places.join(", ");
    let sql = format!("update jobs set lease_until_ms = $1 where lease_until_ms > 0 and lease_owner in ({places})");
    let mut params = vec![Value::from(until_ms)];
    params.extend(owners.iter().map(|owner| Value::from(owner.as_str())));
    tx.execute(&sql, &params).await?;
    Ok(())
}

/// Ends every lease, whoever has it.
pub(super) async fn free_all(tx: &mut Tx) -> ApiResult<()> {
    tx.execute("update jobs set lease_until_ms = 0 where lease_until_ms > 0", &[]).await?;
    Ok(())
}

/// Writes down how a job ended: it is gone if it was done, and else due again after a while.
pub(super) async fn finish(cx: &mut Cx<'_>, job: &Job, done: bool) -> ApiResult<()> {
    let key = [Value::from(job.kind.as_str()), Value::from(job.key.as_str()), Value::from(job.owner.as_str())];
    if done {
        let sql = "delete from jobs where tenant = $1 and kind = $2 and key = $3 and lease_owner = $4 and attempts = $5";
        let mut params = key.to_vec();
        params.push(Value::from(job.attempts));
        if cx.run(sql, &params).await? == 1 {
            return Ok(());
        }
    } else {
        let sql = "update jobs set run_at_ms = $5, due_at_ms = $6, lease_owner = null, lease_until_ms = 0 \
                   where tenant = $1 and kind = $2 and key = $3 and lease_owner = $4 and attempts > 0";
        let run_at_ms = cx.now_ms() + backoff_ms(job.attempts);
        let mut params = key.to_vec();
        params.extend([Value::from(run_at_ms), Value::from(run_at_ms - cx.offset_ms())]);
        cx.run(sql, &params).await?;
    }
    // Enqueued again while it ran: free it for the next run.
    let sql = "update jobs set lease_owner = null, lease_until_ms = 0 where tenant = $1 and kind = $2 and key = $3 and lease_owner = $4";
    cx.run(sql, &key).await?;
    Ok(())
}

/// How long after its last failed try a job waits, in milliseconds.
fn backoff_ms(attempts: i64) -> i64 {
    (1_000_i64 << attempts.clamp(0, 20)).min(BACKOFF_MS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_longer_after_each_try_up_to_an_hour() {
        let cases = [(0, 1_000), (1, 2_000), (2, 4_000), (11, 2_048_000), (12, 3_600_000), (i64::MAX, 3_600_000), (-1, 1_000)];
        for (attempts, expected) in cases {
            assert_eq!(backoff_ms(attempts), expected, "after {attempts} tries");
        }
    }
}
