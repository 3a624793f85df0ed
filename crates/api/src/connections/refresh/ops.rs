use kernel::jobs::NewJob;
use kernel::{ApiError, ApiResult, Cx, Stored};
use store::Value;

use super::jobs;
use crate::connections::accounts::{Account, Feature, Link, Refresh, TransactionRefresh};

/// Seconds between two refreshes of one kind of data in live mode; banks rarely have news sooner.
const LIVE_INTERVAL_SECONDS: i64 = 300;
/// The same in test mode, where nobody waits for a bank.
const TEST_INTERVAL_SECONDS: i64 = 1;
/// A subscribed account is refreshed this often.
const DAY_MS: i64 = 86_400_000;

/// When the next refresh may start after one that started at `attempted_at`.
pub(super) fn next_available(livemode: bool, attempted_at: i64) -> i64 {
    attempted_at + if livemode { LIVE_INTERVAL_SECONDS } else { TEST_INTERVAL_SECONDS }
}

/// Marks what is wanted as pending and writes the job. What is pending already, or was fetched too lately, is left as it is.
/// Answers whether anything was marked; the caller stores the account.
pub(crate) async fn start(cx: &mut Cx<'_>, account: &mut Stored<Account>, features: &[Feature]) -> ApiResult<bool> {
    let now = cx.now();
    let mut started = false;
    for feature in with_sources(features) {
        let present = match feature {
            Feature::Balance => account.balance_refresh.as_ref(),
            Feature::Ownership => account.ownership_refresh.as_ref(),
            Feature::Transactions => account.transaction_refresh.as_ref().map(|refresh| &refresh.refresh),
            Feature::InferredBalances => account.inferred_balances_refresh.as_ref(),
        };
        if present.is_some_and(|refresh| refresh.next_refresh_available_at.is_none_or(|at| at > now)) {
            continue;
        }
        let pending = Refresh { last_attempted_at: now, next_refresh_available_at: None, status: "pending".into() };
        match feature {
            Feature::Balance => account.balance_refresh = Some(pending),
            Feature::Ownership => account.ownership_refresh = Some(pending),
            Feature::InferredBalances => account.inferred_balances_refresh = Some(pending),
            Feature::Transactions => {
                let id = number_refresh(cx, &account.id).await?;
                account.transaction_refresh = Some(TransactionRefresh { id, refresh: pending });
            }
        }
        started = true;
    }
    if started {
        enqueue(cx, &account.id).await?;
    }
    Ok(started)
}

/// Inferred balances follow from balance and transactions, which are fetched with them.
fn with_sources(features: &[Feature]) -> Vec<Feature> {
    let infers = features.contains(&Feature::InferredBalances);
    let wanted =
        |feature: &Feature| features.contains(feature) || (infers && matches!(feature, Feature::Balance | Feature::Transactions));
    Feature::ALL.iter().copied().filter(wanted).collect()
}

/// Writes down that an account is to be fetched now.
pub(super) async fn enqueue(cx: &mut Cx<'_>, account: &str) -> ApiResult<()> {
    let link = link(cx, account).await?;
    let run_at_ms = cx.now_ms();
    cx.enqueue(&NewJob { kind: jobs::RUN, key: account, lane: &link.institution, run_at_ms, payload: "" }).await
}

/// Gives a transaction refresh its id and its place in the order of the account's refreshes.
async fn number_refresh(cx: &mut Cx<'_>, account: &str) -> ApiResult<String> {
    let mut link = link(cx, account).await?;
    link.refreshes += 1;
    let number = link.refreshes;
    cx.update(&mut link).await?;
    let id = cx.id("fctxnref_", 24);
    let sql = "insert into transaction_refreshes (tenant, id, account, number) values ($1, $2, $3, $4)";
    cx.run(sql, &[Value::from(id.as_str()), Value::from(account), Value::from(number)]).await?;
    Ok(id)
}

pub(super) async fn link(cx: &mut Cx<'_>, account: &str) -> ApiResult<Stored<Link>> {
    cx.find::<Link>(account).await?.ok_or_else(|| ApiError::internal("an account without its link"))
}

/// Refreshes a subscribed account a day from now, and every day after.
pub(crate) async fn schedule_daily(cx: &mut Cx<'_>, account: &str) -> ApiResult<()> {
    let run_at_ms = cx.now_ms() + DAY_MS;
    cx.enqueue(&NewJob { kind: jobs::DAILY, key: account, lane: account, run_at_ms, payload: "" }).await
}

/// Ends the daily refreshes.
pub(crate) async fn cancel_daily(cx: &mut Cx<'_>, account: &str) -> ApiResult<()> {
    cx.dequeue(jobs::DAILY, account).await
}

/// Ends a grant that no account needs, at a time on the tenant's clock. The job looks again whether one needs it.
pub(crate) async fn release_grant(cx: &mut Cx<'_>, authorization: &str, institution: &str, run_at_ms: i64) -> ApiResult<()> {
    let job = NewJob { kind: jobs::RELEASE_GRANT, key: authorization, lane: institution, run_at_ms, payload: institution };
    cx.enqueue(&job).await
}

/// Lets go of a disconnected account: its numbers, its data, and at the bank the grant if no other account needs it.
pub(crate) async fn release(cx: &mut Cx<'_>, account: &str) -> ApiResult<()> {
    let run_at_ms = cx.now_ms();
    cx.dequeue(jobs::RUN, account).await?;
    cx.enqueue(&NewJob { kind: jobs::RELEASE, key: account, lane: account, run_at_ms, payload: "" }).await
}
