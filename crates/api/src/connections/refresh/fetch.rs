use std::collections::BTreeMap;
use std::sync::Arc;

use banks::{BankAccount, BankError, Owner, TransactionPull, TransactionWindow};
use kernel::{ApiResult, Cx, Stored, Tenant};
use serde_json::Value as Json;

use super::ops;
use crate::App;
use crate::connections::accounts::{self, Account, Balance, Cause, Feature, Link};
use crate::connections::bank::{Access, Failure, Subject};
use crate::connections::{authorizations, owners, transactions};

/// How far back transactions are fetched.
const HISTORY_SECONDS: i64 = 180 * 86_400;
/// Posted dates move: this much before the last fetch is asked for again.
const OVERLAP_SECONDS: i64 = 10 * 86_400;

/// What a bank said.
#[derive(Debug, Clone)]
pub(super) enum Data {
    Balance(BankAccount),
    Owners(Vec<Owner>),
    Transactions(TransactionPull, TransactionWindow),
    /// Follows from what was fetched before.
    Inferred,
}

/// Asks the bank. No transaction is open meanwhile.
pub(super) async fn fetch(app: &App, tenant: &Tenant, account: &Account, link: &Link, feature: Feature) -> Result<Data, Failure> {
    let directory = app.banks(tenant).await?;
    let institution = directory
        .get(&link.institution, tenant.livemode())
        .ok_or_else(|| BankError::Protocol("the institution is no longer in the directory".into()))?;
    let mut access = Access::open(app, tenant, institution, &link.authorization, false).await?;
    let subject = Subject { id: &link.bank_account, currency: &link.currency };
    match feature {
        Feature::Balance => Ok(Data::Balance(access.ask(subject, |q| q.connector.account(q.ctx, q.grant, q.account.id)).await?)),
        Feature::Ownership => Ok(Data::Owners(access.ask(subject, |q| q.connector.owners(q.ctx, q.grant, q.account.id)).await?)),
        Feature::Transactions => {
            let now = account.transaction_refresh.as_ref().map_or(0, |refresh| refresh.refresh.last_attempted_at);
            let last = link.transactions_from.map(|last| last - OVERLAP_SECONDS);
            let from = last.unwrap_or(i64::MIN).max(now - HISTORY_SECONDS);
            let window = TransactionWindow { from, to: now + 86_400 };
            let pull = access
                .ask(subject, move |q| q.connector.transactions(q.ctx, q.grant, q.account.id, q.account.currency, window))
                .await?;
            Ok(Data::Transactions(pull, window))
        }
        Feature::InferredBalances => Ok(Data::Inferred),
    }
}

/// Writes down how a fetch ended, with its event. Changes nothing if it is no longer pending.
pub(super) async fn settle(
    app: &App,
    tenant: &Tenant,
    asked: &Link,
    feature: Feature,
    outcome: Result<Data, BankError>,
) -> ApiResult<()> {
    let shared = Arc::new((asked.clone(), outcome));
    app.core
        .write(tenant, move |cx| {
            let shared = Arc::clone(&shared);
            Box::pin(async move {
                let (asked, outcome) = &*shared;
                let Some(mut account) = cx.find::<Account>(&asked.id).await? else { return Ok(()) };
                if status_of(&mut account, feature).is_none_or(|refresh| refresh.status != "pending") {
                    return Ok(());
                }
                let link = ops::link(cx, &asked.id).await?;
                if (&link.authorization, link.grants) != (&asked.authorization, asked.grants) {
                    // Linked again meanwhile: the answer came by a grant that no longer counts. Ask by the new one.
                    return ops::enqueue(cx, &account.id).await;
                }
                match outcome {
                    Ok(data) => succeed(cx, &mut account, feature, data).await,
                    Err(error) => fail(cx, &mut account, feature, error).await,
                }
            })
        })
        .await
}

async fn succeed(cx: &mut Cx<'_>, account: &mut Stored<Account>, feature: Feature, data: &Data) -> ApiResult<()> {
    let before = serde_json::to_value(&account.value)?;
    match data {
        Data::Balance(found) if !found.open => return fail(cx, account, feature, &BankError::AccountClosed).await,
        Data::Balance(found) => account.balance = balance(found),
        Data::Inferred if !can_infer(account) => {
            let error = BankError::Protocol("balance or transactions could not be fetched".into());
            return fail(cx, account, feature, &error).await;
        }
        Data::Inferred => {}
        Data::Owners(found) => account.ownership = Some(owners::snapshot(cx, &account.id, found.clone()).await?),
        Data::Transactions(pull, window) => {
            let existing = transactions::existing(cx, &account.id, pull, *window).await?;
            let plan = transactions::plan(&existing, pull, *window);
            let mut link = ops::link(cx, &account.id).await?;
            let id = account.transaction_refresh.as_ref().map(|refresh| refresh.id.clone()).unwrap_or_default();
            transactions::write(cx, &account.id, (&id, link.refreshes), &plan).await?;
            // A partial fetch is asked for again from where the last whole one ended.
            let from = if pull.complete { Some(window.to - 86_400) } else { link.transactions_from.or(Some(window.from)) };
            link.transactions_from = from;
            cx.update(&mut link).await?;
        }
    }
    let livemode = cx.tenant.livemode();
    if let Some(refresh) = status_of(account, feature) {
        refresh.status = "succeeded".into();
        refresh.next_refresh_available_at = Some(ops::next_available(livemode, refresh.last_attempted_at));
    }
    cx.update(account).await?;
    tell(cx, feature, &before, account).await
}

/// Whether the last fetch of everything that balances follow from succeeded.
fn can_infer(account: &Account) -> bool {
    let transactions = account.transaction_refresh.as_ref().map(|refresh| &refresh.refresh);
    let fetched = |refresh: Option<&accounts::Refresh>| refresh.is_some_and(|refresh| refresh.status == "succeeded");
    account.balance.is_some() && fetched(account.balance_refresh.as_ref()) && fetched(transactions)
}

async fn fail(cx: &mut Cx<'_>, account: &mut Stored<Account>, feature: Feature, error: &BankError) -> ApiResult<()> {
    tracing::warn!(account.id, feature = feature.as_str(), %error, "a refresh failed");
    let before = serde_json::to_value(&account.value)?;
    let livemode = cx.tenant.livemode();
    if let Some(refresh) = status_of(account, feature) {
        refresh.status = "failed".into();
        refresh.next_refresh_available_at = Some(ops::next_available(livemode, refresh.last_attempted_at));
    }
    cx.update(account).await?;
    tell(cx, feature, &before, account).await?;
    match error {
        BankError::AccountClosed => accounts::deactivate(cx, account, Cause::AccountClosed).await,
        BankError::AccountLocked | BankError::NotFound => accounts::deactivate(cx, account, Cause::AccountUnavailable).await,
        // A grant that is gone takes every account with it.
        BankError::GrantRevoked => {
            let link = ops::link(cx, &account.id).await?;
            authorizations::end(cx, &link.authorization, None).await
        }
        _ => Ok(()),
    }
}

fn status_of(account: &mut Account, feature: Feature) -> Option<&mut accounts::Refresh> {
    match feature {
        Feature::Balance => account.balance_refresh.as_mut(),
        Feature::Ownership => account.ownership_refresh.as_mut(),
        Feature::Transactions => account.transaction_refresh.as_mut().map(|refresh| &mut refresh.refresh),
        Feature::InferredBalances => account.inferred_balances_refresh.as_mut(),
    }
}

/// The event that a fetch ended.
async fn tell(cx: &mut Cx<'_>, feature: Feature, before: &Json, account: &Account) -> ApiResult<()> {
    let kind = match feature {
        Feature::Balance => "financial_connections.account.refreshed_balance",
        Feature::Ownership => "financial_connections.account.refreshed_ownership",
        Feature::Transactions => "financial_connections.account.refreshed_transactions",
        Feature::InferredBalances => {
            let kind = "financial_connections.account.refreshed_inferred_balances";
            return accounts::emit_preview_change(cx, kind, before, account).await;
        }
    };
    accounts::emit_change(cx, kind, before, account).await
}

/// The balance as accounts show it; none if the bank gave none.
fn balance(found: &BankAccount) -> Option<Balance> {
    let balance = found.balance.as_ref()?;
    let in_currency = |minor: i64| BTreeMap::from([(found.currency.clone(), minor)]);
    let credit = found.category == banks::Category::Credit;
    Some(Balance {
        as_of: balance.as_of,
        cash: (!credit).then(|| accounts::CashBalance { available: balance.available_minor.map(in_currency) }),
        credit: credit.then(|| accounts::CreditBalance { used: balance.credit_used_minor.map(in_currency) }),
        current: in_currency(balance.current_minor),
        r#type: if credit { "credit" } else { "cash" }.into(),
    })
}
