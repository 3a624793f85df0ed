use std::sync::Arc;

use banks::BankError;
use kernel::jobs::{Handler, Job};
use kernel::{ApiError, ApiResult, BoxFuture, Cx, Tenant};
use store::Value;

use super::{fetch, ops};
use crate::App;
use crate::connections::accounts::{Account, Feature, Link};
use crate::connections::bank::{self, Access, Failure};

/// Accounts of one bank that are fetched at once.
const AT_ONCE: usize = 4;
/// A bank that fails for the moment is tried this often before the refresh counts as failed.
const TRIES_MAX: i64 = 3;

/// Fetches what is pending on an account.
pub(crate) struct Run(pub App);

impl Run {
    pub(crate) const KIND: &'static str = "refresh_account";
}

impl Handler for Run {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    fn lane_width(&self) -> usize {
        AT_ONCE
    }

    fn run(&self, job: Job) -> BoxFuture<'static, ApiResult<()>> {
        let app = self.0.clone();
        Box::pin(async move { refresh(&app, &job).await })
    }
}

async fn refresh(app: &App, job: &Job) -> ApiResult<()> {
    let id = job.key.clone();
    let found = app.core.read(&job.tenant, |cx| Box::pin(async move { read(cx, &id).await })).await?;
    let Some((account, link)) = found else { return Ok(()) };
    for feature in pending(&account) {
        let outcome = fetch::fetch(app, &job.tenant, &account, &link, feature).await;
        let outcome = match outcome {
            Err(Failure::Own(error)) => return Err(error),
            Err(Failure::Bank(error)) if error.is_transient() && job.attempts < TRIES_MAX => {
                return Err(ApiError::internal(format!("the bank fails for the moment: {error}")));
            }
            Err(Failure::Bank(error)) => Err(error),
            Ok(data) => Ok(data),
        };
        fetch::settle(app, &job.tenant, &account.id, feature, outcome).await?;
    }
    Ok(())
}

async fn read(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<(Account, Link)>> {
    let Some(account) = cx.find::<Account>(id).await? else { return Ok(None) };
    let link = ops::link(cx, id).await?;
    Ok(Some((account.value, link.value)))
}

fn pending(account: &Account) -> Vec<Feature> {
    let transactions = account.transaction_refresh.as_ref().map(|refresh| &refresh.refresh);
    let all = [
        (Feature::Balance, account.balance_refresh.as_ref()),
        (Feature::Ownership, account.ownership_refresh.as_ref()),
        (Feature::Transactions, transactions),
    ];
    let wanted = all.into_iter().filter(|(_, refresh)| refresh.is_some_and(|refresh| refresh.status == "pending"));
    wanted.map(|(feature, _)| feature).collect()
}

/// Starts the daily refresh of a subscribed account, and writes down the next.
pub(crate) struct Daily(pub App);

impl Daily {
    pub(crate) const KIND: &'static str = "refresh_daily";
}

impl Handler for Daily {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    fn run(&self, job: Job) -> BoxFuture<'static, ApiResult<()>> {
        let core = Arc::clone(&self.0.core);
        Box::pin(async move {
            let id = job.key.clone();
            core.write(&job.tenant, move |cx| {
                let id = id.clone();
                Box::pin(async move { start_daily(cx, &id).await })
            })
            .await
        })
    }
}

async fn start_daily(cx: &mut Cx<'_>, id: &str) -> ApiResult<()> {
    let Some(mut account) = cx.find::<Account>(id).await? else { return Ok(()) };
    if account.subscriptions.is_empty() || account.status == "disconnected" {
        return Ok(());
    }
    if account.is_active() && ops::start(cx, &mut account, &[Feature::Transactions]).await? {
        cx.update(&mut account).await?;
    }
    ops::schedule_daily(cx, id).await
}

/// Lets go of a disconnected account.
pub(crate) struct Release(pub App);

impl Release {
    pub(crate) const KIND: &'static str = "release_account";
}

impl Handler for Release {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    fn run(&self, job: Job) -> BoxFuture<'static, ApiResult<()>> {
        let app = self.0.clone();
        Box::pin(async move { release(&app, &job).await })
    }
}

async fn release(app: &App, job: &Job) -> ApiResult<()> {
    let id = job.key.clone();
    let link = app
        .core
        .write(&job.tenant, move |cx| {
            let id = id.clone();
            Box::pin(async move {
                bank::forget(cx, &bank::numbers_name(&id)).await?;
                cx.run("delete from bank_transactions where tenant = $1 and account = $2", &[Value::from(id.as_str())]).await?;
                let Some(link) = cx.find::<Link>(&id).await? else { return Ok(None) };
                Ok((!is_needed(cx, &link.authorization).await?).then_some(link.value))
            })
        })
        .await?;
    match link {
        Some(link) => revoke(app, &job.tenant, &link, job.attempts).await,
        None => Ok(()),
    }
}

/// Whether an account that is not disconnected hangs on the grant.
async fn is_needed(cx: &mut Cx<'_>, authorization: &str) -> ApiResult<bool> {
    let sql = "select a.doc from objects l join objects a on a.tenant = l.tenant and a.kind = 'financial_connections.account' and a.id = l.id \
               where l.tenant = $1 and l.kind = 'drawbridge.link' and l.f3 = $2";
    for row in cx.rows(sql, &[Value::from(authorization)]).await? {
        let account: Account = serde_json::from_str(row.text(0)?)?;
        if account.status != "disconnected" {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn revoke(app: &App, tenant: &Tenant, link: &Link, attempts: i64) -> ApiResult<()> {
    let Some(institution) = app.directory.get(&link.institution, tenant.livemode()) else { return Ok(()) };
    let outcome = match Access::open(app, tenant, institution, &link.authorization, false).await {
        Ok(mut access) => access.ask(bank::Subject::default(), |q| q.connector.revoke(q.ctx, q.registration, q.grant)).await,
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(()) | Err(Failure::Bank(BankError::GrantRevoked)) => {}
        Err(Failure::Own(error)) => return Err(error),
        // The person's wish stands whether or not the bank listens: try for a while, then forget the tokens.
        Err(Failure::Bank(error)) if attempts < 10 => {
            return Err(ApiError::internal(format!("the grant is not revoked yet: {error}")));
        }
        Err(Failure::Bank(error)) => tracing::warn!(%error, "a grant could not be revoked at the bank; its tokens are forgotten"),
    }
    let name = bank::grant_name(&link.authorization);
    app.core
        .write(tenant, move |cx| {
            let name = name.clone();
            Box::pin(async move { bank::forget(cx, &name).await })
        })
        .await
}
