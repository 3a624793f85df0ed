use banks::BankError;
use kernel::jobs::Job;
use kernel::{ApiError, ApiResult, Cx};
use store::Value;

use super::{fetch, ops};
use crate::App;
use crate::connections::accounts::{Account, Feature, Link, Subscribable};
use crate::connections::authorizations;
use crate::connections::bank::{self, Access, Failure};
use crate::connections::consents;
use crate::numbers;

/// The job that fetches what is pending on an account.
pub(crate) const RUN: &str = "refresh_account";
/// The job that starts the daily fetch of a subscribed account.
pub(crate) const DAILY: &str = "refresh_daily";
/// The job that lets go of a disconnected account.
pub(crate) const RELEASE: &str = "release_account";
/// The job that ends a grant, if no account needs it.
pub(crate) const RELEASE_GRANT: &str = "release_grant";

/// Accounts of one bank that are fetched at once.
pub(crate) const AT_ONCE: usize = 4;
/// A bank that fails for the moment is tried this often before the refresh counts as failed.
const TRIES_MAX: i64 = 3;
/// A fault of our own is tried this often before the refresh counts as failed, so that it can be asked for again.
const OWN_TRIES_MAX: i64 = 6;
/// A bank that does not take a revocation is tried this often.
const REVOKE_TRIES_MAX: i64 = 10;

/// Fetches what is pending on an account.
pub(crate) async fn run(app: App, job: Job) -> ApiResult<()> {
    let (app, job) = (&app, &job);
    let id = job.key.clone();
    let found = app.core.read(&job.tenant, |cx| Box::pin(async move { read(cx, &id).await })).await?;
    let Some((account, link)) = found else { return Ok(()) };
    // One kind of data that a bank cannot give for the moment does not keep the others waiting.
    let mut put_off = None;
    for feature in pending(&account) {
        let outcome = fetch::fetch(app, &job.tenant, &account, &link, feature).await;
        let outcome = match outcome {
            Err(Failure::Own(error)) if job.attempts < OWN_TRIES_MAX => return Err(error),
            Err(Failure::Own(error)) => {
                tracing::error!(account.id, ?error, "a refresh fails for a fault of our own");
                Err(BankError::Protocol("a fault of this server".into()))
            }
            Err(Failure::Bank(error)) if error.is_transient() && job.attempts < TRIES_MAX => {
                put_off = Some(ApiError::internal(format!("the bank fails for the moment: {error}")));
                continue;
            }
            Err(Failure::Bank(error)) => Err(error),
            Ok(data) => Ok(data),
        };
        let settled = fetch::settle(app, &job.tenant, &link, feature, outcome).await;
        if let Err(error) = settled {
            if job.attempts < OWN_TRIES_MAX {
                return Err(error);
            }
            tracing::error!(account.id, ?error, "what a bank sent cannot be stored");
            let fault = Err(BankError::Protocol("a fault of this server".into()));
            fetch::settle(app, &job.tenant, &link, feature, fault).await?;
        }
    }
    put_off.map_or(Ok(()), Err)
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
        // It follows from the others, so it comes last.
        (Feature::InferredBalances, account.inferred_balances_refresh.as_ref()),
    ];
    let wanted = all.into_iter().filter(|(feature, refresh)| {
        refresh.is_some_and(|refresh| refresh.status == "pending")
            && feature.permissions().iter().all(|permission| account.permits(permission))
    });
    wanted.map(|(feature, _)| feature).collect()
}

/// Starts the daily fetch of a subscribed account, and writes down the next.
pub(crate) async fn daily(cx: &mut Cx<'_>, id: String) -> ApiResult<()> {
    let Some(mut account) = cx.find::<Account>(&id).await? else { return Ok(()) };
    let subscribed = Subscribable::ALL.iter().filter(|one| account.subscriptions.iter().any(|name| name == one.as_str()));
    let permitted = |feature: &Feature| feature.permissions().iter().all(|permission| account.permits(permission));
    let features: Vec<Feature> = subscribed.map(|one| one.feature()).filter(permitted).collect();
    if features.is_empty() || account.status == "disconnected" {
        return Ok(());
    }
    if account.is_active() && ops::start(cx, &mut account, &features).await? {
        cx.update(&mut account).await?;
    }
    ops::schedule_daily(cx, &id).await
}

/// Forgets the data of a disconnected account, and ends its grant unless another account needs it.
pub(crate) async fn release(cx: &mut Cx<'_>, id: String) -> ApiResult<()> {
    let id = id.as_str();
    numbers::forget(cx, id).await?;
    cx.run("delete from bank_transactions where tenant = $1 and account = $2", &[Value::from(id)]).await?;
    let sql = "delete from objects where tenant = $1 and kind = 'financial_connections.account_ownership' and f1 = $2";
    cx.run(sql, &[Value::from(id)]).await?;
    if let Some(link) = cx.find::<Link>(id).await? {
        let now_ms = cx.now_ms();
        ops::release_grant(cx, &link.authorization, &link.institution, now_ms).await?;
    }
    Ok(())
}

/// Whether an account hangs on the grant that is neither disconnected nor beyond its person's consent.
async fn is_needed(cx: &mut Cx<'_>, authorization: &str) -> ApiResult<bool> {
    let sql = "select a.doc from objects l join objects a on a.tenant = l.tenant and a.kind = 'financial_connections.account' and a.id = l.id \
               where l.tenant = $1 and l.kind = 'drawbridge.link' and l.f3 = $2";
    for row in cx.rows(sql, &[Value::from(authorization)]).await? {
        let account: Account = serde_json::from_str(row.text(0)?)?;
        if account.status != "disconnected" && !consents::is_over(cx, &account).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What an authorization without its grant is: inactive, while accounts wait for being linked again, else disconnected.
async fn settle_authorization(cx: &mut Cx<'_>, authorization: &str) -> ApiResult<()> {
    for id in authorizations::accounts_of(cx, authorization).await? {
        if cx.find::<Account>(&id).await?.is_some_and(|account| account.status != "disconnected") {
            let now = cx.now();
            return authorizations::end(cx, authorization, Some(now)).await;
        }
    }
    authorizations::disconnect(cx, authorization).await
}

/// Ends a grant at its bank, if no account needs it.
pub(crate) async fn release_grant(app: App, job: Job) -> ApiResult<()> {
    let authorization = job.key.clone();
    let needed = app.core.read(&job.tenant, |cx| Box::pin(async move { is_needed(cx, &authorization).await })).await?;
    if needed { Ok(()) } else { revoke(&app, &job).await }
}

async fn revoke(app: &App, job: &Job) -> ApiResult<()> {
    let directory = app.banks(&job.tenant).await?;
    let outcome = match directory.get(&job.payload, job.tenant.livemode()) {
        Some(institution) => match Access::open(app, &job.tenant, institution, &job.key, false).await {
            Ok(mut access) => access.ask(bank::Subject::default(), |q| q.connector.revoke(q.ctx, q.registration, q.grant)).await,
            Err(failure) => Err(failure),
        },
        None => Ok(()),
    };
    match outcome {
        Ok(()) | Err(Failure::Bank(BankError::GrantRevoked)) => {}
        Err(Failure::Own(error)) => return Err(error),
        // The person's wish stands whether or not the bank listens: try for a while, then forget the tokens.
        Err(Failure::Bank(error)) if job.attempts < REVOKE_TRIES_MAX => {
            return Err(ApiError::internal(format!("the grant is not revoked yet: {error}")));
        }
        Err(Failure::Bank(error)) => tracing::warn!(%error, "a grant could not be revoked at the bank; its tokens are forgotten"),
    }
    let authorization = job.key.clone();
    app.core
        .write(&job.tenant, move |cx| {
            let authorization = authorization.clone();
            Box::pin(async move {
                bank::forget(cx, &bank::grant_name(&authorization)).await?;
                settle_authorization(cx, &authorization).await
            })
        })
        .await
}
