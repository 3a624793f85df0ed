//! Moving a sandbox's clock: what becomes due on the way runs at its time and in order.

use std::sync::Arc;
use std::time::Duration;

use store::{Engine, Tx, Value};

use super::rows::{lease, read_job};
use super::{Job, Runner};
use crate::{ApiResult, Cx, Tenant};

/// What a clock that moved does to its tenant's jobs.
const SHIFT: &str = "update jobs set due_at_ms = run_at_ms - $2 where tenant = $1";
/// How often to look whether another node is done with what a clock waits for.
const LOOK: Duration = Duration::from_millis(100);

/// What is next on a clock's way.
enum Next {
    /// A job, leased.
    Run(Job),
    /// Something that is at work.
    Busy,
    Nothing,
}

impl Runner {
    /// Moves a sandbox's clock to `target_ms`, running on the way what becomes due, at its time and in order. A clock
    /// that is later already stays where it is.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn advance(self: &Arc<Self>, tenant: &Tenant, target_ms: i64) -> ApiResult<()> {
        loop {
            let finished = self.finished.notified();
            tokio::pin!(finished);
            finished.as_mut().enable();
            match self.take_next(tenant, target_ms).await? {
                Next::Run(job) => {
                    self.set_clock(tenant, job.run_at_ms).await?;
                    if self.handlers.get(job.kind.as_str()).is_some_and(|handler| handler.side_by_side()) {
                        let runner = Arc::clone(self);
                        tokio::spawn(async move { runner.perform(job).await });
                    } else {
                        self.perform(job).await;
                    }
                }
                // It is at work: it ends, or on another node its lease does.
                Next::Busy => tokio::select! {
                    () = finished => {}
                    () = tokio::time::sleep(LOOK) => {}
                },
                Next::Nothing => return self.set_clock(tenant, target_ms).await,
            }
        }
    }

    /// Waits until nothing of the tenant that is due is left undone. For tests.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn settle(self: &Arc<Self>, tenant: &Tenant) -> ApiResult<()> {
        let now = self.core.read(tenant, |cx| Box::pin(async move { Ok(cx.now_ms()) })).await?;
        self.advance(tenant, now).await
    }

    /// Leases the tenant's next job up to `target_ms`.
    async fn take_next(&self, tenant: &Tenant, target_ms: i64) -> ApiResult<Next> {
        let now_ms = self.core.clock.now_ms();
        let owner = self.busy().new_owners(&self.node, 1).swap_remove(0);
        let tenant = tenant.clone();
        let next = self
            .core
            .store
            .write(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Next>> {
                let (tenant, owner) = (tenant.clone(), owner.clone());
                Box::pin(async move { lease_next(tx, &tenant, target_ms, &owner, now_ms).await })
            })
            .await?;
        if let Next::Run(job) = &next {
            self.busy().enter(job);
        }
        Ok(next)
    }

    /// Moves the clock, and with it when the tenant's jobs are due in real time. A clock that is past `target_ms` stays.
    async fn set_clock(&self, tenant: &Tenant, target_ms: i64) -> ApiResult<()> {
        let changed = self
            .core
            .write(tenant, move |cx| Box::pin(async move { move_clock(cx, target_ms).await }))
            .await
            .inspect_err(|_| self.core.forget_offset(tenant))?;
        // Transactions that began before the clock moved may have written jobs by the old one meanwhile.
        if let Some(offset) = changed
            && self.core.store.engine() == Engine::Postgres
        {
            self.core
                .write(tenant, move |cx| Box::pin(async move { cx.run(SHIFT, &[Value::from(offset)]).await.map(|_| ()) }))
                .await?;
        }
        Ok(())
    }
}

/// Writes the time down; gives the new offset, none if it is that late already. What is remembered is ahead of the table
/// when this runs a second time, so the table counts.
async fn move_clock(cx: &mut Cx<'_>, target_ms: i64) -> ApiResult<Option<i64>> {
    let stored = cx.row("select offset_ms from sandbox_clocks where tenant = $1", &[]).await?;
    let stored = stored.map(|row| row.int(0)).transpose()?.unwrap_or(0);
    let offset = target_ms - cx.real_now_ms();
    if offset <= stored {
        return Ok(None);
    }
    let sql = "insert into sandbox_clocks (tenant, offset_ms, version) values ($1, $2, 1) \
               on conflict (tenant) do update set offset_ms = excluded.offset_ms, version = sandbox_clocks.version + 1";
    cx.run(sql, &[Value::from(offset)]).await?;
    cx.run(SHIFT, &[Value::from(offset)]).await?;
    if cx.tx.engine() == Engine::Sqlite {
        cx.core.remember_offset(&cx.tenant, offset);
    }
    Ok(Some(offset))
}

/// Leases the first job on the clock's way that nobody has, unless an earlier one is at work.
async fn lease_next(tx: &mut Tx, tenant: &Tenant, target_ms: i64, owner: &str, now_ms: i64) -> ApiResult<Next> {
    let sql = "select tenant, kind, key, lane, run_at_ms, attempts, payload, due_at_ms, lease_until_ms from jobs \
               where tenant = $1 and run_at_ms <= $2 order by run_at_ms limit 100 for update";
    let rows = tx.query(sql, &[Value::from(tenant.key()), Value::from(target_ms)]).await?;
    let mut busy_at_ms = None;
    for row in rows {
        let run_at_ms = row.int(4)?;
        if busy_at_ms.is_some_and(|busy_at_ms| busy_at_ms < run_at_ms) {
            break;
        }
        if row.int(8)? > now_ms {
            // At work elsewhere: what comes later waits for it, or time would run past it.
            busy_at_ms = Some(run_at_ms);
            continue;
        }
        let mut job = read_job(&row, owner)?;
        if lease(tx, &mut job, now_ms).await? {
            return Ok(Next::Run(job));
        }
        busy_at_ms = Some(run_at_ms);
    }
    Ok(if busy_at_ms.is_some() { Next::Busy } else { Next::Nothing })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use store::StoreError;
    use store::testing::TestDatabase;

    use super::*;
    use crate::{Core, ManualClock, SystemEntropy, Vault};

    const NOW: i64 = 1_795_000_000;

    /// A transaction may run again after it did all its work: a conflict undoes it, or another of its group that fails.
    #[tokio::test]
    async fn a_clock_that_is_moved_twice_in_one_transaction_is_moved() {
        for database in TestDatabase::each().await {
            let entropy = Arc::new(SystemEntropy);
            let vault = Arc::new(Vault::new(&[1; 32], Arc::clone(&entropy) as _));
            let core = Arc::new(Core::new(database.open().await, Arc::new(ManualClock::at(NOW)), entropy, vault));
            let tenant = Tenant::new("acct_moved", false);
            for step in [5_000, 9_000] {
                let runs = Arc::new(AtomicUsize::new(0));
                let moving = core.write(&tenant, move |cx| {
                    let run = runs.fetch_add(1, Ordering::Relaxed);
                    Box::pin(async move {
                        let moved = move_clock(cx, NOW * 1_000 + step).await?;
                        if run == 0 { Err(StoreError::Conflict.into()) } else { Ok(moved) }
                    })
                });
                assert_eq!(moving.await.expect("moves"), Some(step));
                let offsets = core.read(&tenant, |cx| {
                    Box::pin(async move {
                        let row = cx.row("select offset_ms from sandbox_clocks where tenant = $1", &[]).await?;
                        Ok((row.map_or(Ok(0), |row| row.int(0))?, cx.offset_ms()))
                    })
                });
                assert_eq!(offsets.await.expect("reads"), (step, step));
            }
            core.store.close().await;
        }
    }
}
