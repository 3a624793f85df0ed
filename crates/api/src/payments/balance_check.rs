//! Held debits: with the setting `balance_check`, a debit of a linked account whose balances may be read waits until the
//! balance covers it. An account that lacks the funds is asked again; in the end the payment fails for want of funds.

use kernel::jobs::{Job, NewJob};
use kernel::{ApiError, ApiResult, Cx};
use serde::{Deserialize, Serialize};

use super::charges::{self, Charge, Status};
use super::payment_methods::PaymentMethod;
use super::rails::{self, EntryState};
use crate::App;
use crate::connections::accounts::{Account, Feature};
use crate::connections::refresh;
use crate::core::settings;

/// The job that looks whether an account covers a debit.
pub(crate) const CHECK: &str = "check_balance";
/// How long after the bank was asked its answer is looked for, and again until it is there.
const LOOK_MS: i64 = 1_000;
/// A bank that has not answered after this long counts as one that cannot be asked.
const ANSWER_SECONDS_MAX: i64 = 3_600;
/// An account that lacks the funds is asked again after this long.
const AGAIN_SECONDS: i64 = 6 * 3_600;
/// A debit is held at most this long.
const HELD_SECONDS_MAX: i64 = 3 * 86_400;

/// How far a check is, as the job keeps it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Round {
    /// When the debit could have been sent first.
    first: i64,
    /// When the bank was asked in this round, unless that is still to be done.
    asked: Option<i64>,
}

/// What is known of an account's funds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Funds {
    Enough,
    Lacking,
    Unknown,
    /// The bank is being asked.
    Asking,
}

/// Whether a debit of this payment method waits for the balance.
pub(crate) async fn applies(cx: &mut Cx<'_>, method: &PaymentMethod) -> ApiResult<bool> {
    let Some(account) = &method.us_bank_account.financial_connections_account else { return Ok(false) };
    if !settings::of_tenant(cx).await?.balance_check {
        return Ok(false);
    }
    Ok(cx.find::<Account>(account).await?.is_some_and(|account| may_be_asked(&account)))
}

fn may_be_asked(account: &Account) -> bool {
    account.is_active() && account.permits("balances")
}

/// Starts to look after a debit that is held.
pub(crate) async fn start(cx: &mut Cx<'_>, charge: &Charge, not_before: Option<i64>) -> ApiResult<()> {
    let first = not_before.unwrap_or(0).max(cx.now());
    plan(cx, &charge.id, Round { first, asked: None }, first * 1_000).await
}

async fn plan(cx: &mut Cx<'_>, charge: &str, round: Round, run_at_ms: i64) -> ApiResult<()> {
    let payload = serde_json::to_string(&round)?;
    cx.enqueue(&NewJob { kind: CHECK, key: charge, lane: charge, run_at_ms, payload: &payload }).await
}

/// Looks whether the account covers the debit of a charge: releases it, asks again, or gives up.
pub(crate) async fn check(app: App, job: Job) -> ApiResult<()> {
    let round: Round = serde_json::from_str(&job.payload)?;
    let (core, tenant) = (app.core.clone(), job.tenant.clone());
    core.write(&tenant, move |cx| {
        let (app, id) = (app.clone(), job.key.clone());
        Box::pin(async move { look(cx, &app, &id, round).await })
    })
    .await
}

async fn look(cx: &mut Cx<'_>, app: &App, id: &str, round: Round) -> ApiResult<()> {
    let charge = cx.get::<Charge>(id, "charge").await?.value;
    let is_held = rails::of_object(cx, id).await?.iter().any(|entry| entry.state == EntryState::Held);
    if charge.status != Status::Pending || !is_held {
        return Ok(());
    }
    let Some(asked) = round.asked else { return ask(cx, &charge, round).await };
    let now = cx.now();
    let is_over = now >= round.first + HELD_SECONDS_MAX;
    match funds(cx, &charge, asked).await? {
        Funds::Asking => {
            let at = cx.now_ms() + LOOK_MS;
            plan(cx, id, round, at).await
        }
        Funds::Enough => rails::release(cx, id).await,
        // What cannot be known does not stop a payment for good.
        Funds::Unknown if is_over => rails::release(cx, id).await,
        Funds::Lacking if is_over => charges::lacks_funds(cx, app, id).await,
        Funds::Lacking | Funds::Unknown => plan(cx, id, Round { asked: None, ..round }, (now + AGAIN_SECONDS) * 1_000).await,
    }
}

/// Has the bank asked for the balance, unless it was asked just now.
async fn ask(cx: &mut Cx<'_>, charge: &Charge, round: Round) -> ApiResult<()> {
    if let Some(account) = account_of(cx, charge).await? {
        let mut account = cx.get::<Account>(&account, "account").await?;
        if may_be_asked(&account) && refresh::start(cx, &mut account, &[Feature::Balance]).await? {
            cx.update(&mut account).await?;
        }
    }
    let at = cx.now_ms() + LOOK_MS;
    plan(cx, &charge.id, Round { asked: Some(cx.now()), ..round }, at).await
}

async fn funds(cx: &mut Cx<'_>, charge: &Charge, asked: i64) -> ApiResult<Funds> {
    let Some(id) = account_of(cx, charge).await? else { return Ok(Funds::Unknown) };
    let account = cx.get::<Account>(&id, "account").await?.value;
    let status = account.balance_refresh.as_ref().map(|refresh| refresh.status.as_str());
    Ok(match status {
        Some("pending") if cx.now() < asked + ANSWER_SECONDS_MAX => Funds::Asking,
        // What an account had before its bank could no longer be asked says nothing of today.
        Some("succeeded") if may_be_asked(&account) => covered(&account, charge.amount),
        _ => Funds::Unknown,
    })
}

/// The linked account that a charge takes from.
async fn account_of(cx: &mut Cx<'_>, charge: &Charge) -> ApiResult<Option<String>> {
    let method = charge.payment_method.as_deref().ok_or_else(|| ApiError::internal("a charge without a payment method"))?;
    let method = cx.find::<PaymentMethod>(method).await?;
    Ok(method.and_then(|method| method.value.us_bank_account.financial_connections_account))
}

/// What is available counts; where a bank does not say it, what is there.
fn covered(account: &Account, amount: i64) -> Funds {
    let Some(balance) = &account.balance else { return Funds::Unknown };
    let available = balance.cash.as_ref().and_then(|cash| cash.available.as_ref()).and_then(|own| own.get("usd"));
    match available.or_else(|| balance.current.get("usd")) {
        Some(there) if *there >= amount => Funds::Enough,
        Some(_) => Funds::Lacking,
        None => Funds::Unknown,
    }
}
