use std::sync::Arc;

use banks::{BankError, Consent, PaymentNumbers};
use kernel::jobs::{Job, NewJob};
use kernel::{ApiError, ApiResult, Cx, Tenant};

use super::object::Authorization;
use super::{ops, settle};
use crate::App;
use crate::connections::accounts::{Account, Link};
use crate::connections::bank::{Access, Failure, Subject};

/// The job that asks a bank about an authorization.
pub(crate) const CHECK: &str = "check_authorization";
/// Authorizations of one bank that are asked about at once.
pub(crate) const AT_ONCE: usize = 4;

/// The bank is first asked this long after linking.
pub(super) const FIRST_CHECK_SECONDS: i64 = 10;
/// A bank that fails for the moment is asked this often before it is left until tomorrow.
const TRIES_MAX: i64 = 3;

/// What a bank says about an authorization.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    /// The version of the grant by which it was asked; none if there was no grant.
    pub version: Option<i64>,
    /// None if the bank could not be asked.
    pub consent: Option<Consent>,
    /// The numbers of the accounts that could be asked about, by our id.
    pub numbers: Vec<(String, Option<PaymentNumbers>)>,
}

/// Has the bank asked at a time, unix seconds on the tenant's clock.
pub(super) async fn schedule(cx: &mut Cx<'_>, id: &str, institution: &str, at: i64) -> ApiResult<()> {
    cx.enqueue(&NewJob { kind: CHECK, key: id, lane: institution, run_at_ms: at * 1_000, payload: institution }).await
}

/// The bank is asked no more.
pub(super) async fn cancel(cx: &mut Cx<'_>, id: &str) -> ApiResult<()> {
    cx.dequeue(CHECK, id).await
}

/// Asks the bank about an authorization and writes down what changed.
pub(crate) async fn check(app: App, job: Job) -> ApiResult<()> {
    let id = job.key.clone();
    let links = app.core.read(&job.tenant, |cx| Box::pin(async move { asked_about(cx, &id).await })).await?;
    let Some(links) = links else { return Ok(()) };
    let answer = match ask(&app, &job.tenant, &job, &links).await {
        Ok(answer) => answer,
        Err(Failure::Own(error)) => return Err(error),
        Err(Failure::Bank(error)) if error.is_transient() && job.attempts < TRIES_MAX => {
            return Err(ApiError::internal(format!("the bank fails for the moment: {error}")));
        }
        Err(Failure::Bank(error)) => {
            tracing::warn!(authorization.id = job.key, %error, "a bank could not be asked about an authorization");
            Answer::default()
        }
    };
    let shared = Arc::new((job.key.clone(), job.payload.clone(), answer));
    app.core
        .write(&job.tenant, move |cx| {
            let shared = Arc::clone(&shared);
            Box::pin(async move { settle::settle(cx, &shared.0, &shared.1, &shared.2).await })
        })
        .await
}

/// The accounts whose numbers the bank is asked for; none if the authorization is no longer active.
async fn asked_about(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<Vec<Link>>> {
    if !cx.find::<Authorization>(id).await?.is_some_and(|own| own.is_active()) {
        return Ok(None);
    }
    let mut links = Vec::new();
    for account in ops::accounts_of(cx, id).await? {
        let (account, link) = (cx.find::<Account>(&account).await?, cx.find::<Link>(&account).await?);
        let pays = |account: &Account| account.is_active() && account.permits("payment_method") && account.category == "cash";
        links.extend(link.filter(|_| account.is_some_and(|account| pays(&account))).map(|link| link.value));
    }
    Ok(Some(links))
}

async fn ask(app: &App, tenant: &Tenant, job: &Job, links: &[Link]) -> Result<Answer, Failure> {
    let gone = Consent { active: false, ends_at: None };
    let unknown = || BankError::Protocol("the institution is no longer in the directory".into());
    let directory = app.banks(tenant).await?;
    let institution = directory.get(&job.payload, tenant.livemode()).ok_or_else(unknown)?;
    let mut access = match Access::open(app, tenant, institution, &job.key, false).await {
        Err(Failure::Bank(BankError::GrantRevoked)) => return Ok(Answer { consent: Some(gone), ..Answer::default() }),
        other => other?,
    };
    let answered = consult(&mut access, links).await;
    let version = Some(access.version());
    match answered {
        Ok((consent, numbers)) => Ok(Answer { version, consent: Some(consent), numbers }),
        Err(Failure::Bank(BankError::GrantRevoked)) => Ok(Answer { version, consent: Some(gone), numbers: Vec::new() }),
        Err(failure) => Err(failure),
    }
}

type Numbers = Vec<(String, Option<PaymentNumbers>)>;

async fn consult(access: &mut Access<'_>, links: &[Link]) -> Result<(Consent, Numbers), Failure> {
    let consent = access.ask(Subject::default(), |q| q.connector.consent(q.ctx, q.grant)).await?;
    let mut numbers = Vec::with_capacity(links.len());
    if !consent.active {
        return Ok((consent, numbers));
    }
    for link in links {
        let account = Subject { id: &link.bank_account, currency: &link.currency };
        match access.ask(account, |q| q.connector.payment_numbers(q.ctx, q.grant, q.account.id)).await {
            Ok(found) => numbers.push((link.id.clone(), found)),
            Err(Failure::Bank(error)) if error != BankError::GrantRevoked && !error.is_transient() => {
                // What is wrong with one account shows when it is refreshed; it says nothing about the others.
                tracing::warn!(account.id = link.id, %error, "the numbers of an account could not be read");
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok((consent, numbers))
}
