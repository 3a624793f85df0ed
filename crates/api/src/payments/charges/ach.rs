//! What the rails report about a charge's debit.

use kernel::events::changed;
use kernel::{ApiError, ApiResult, Cx, Stored};
use ledger::movement;
use money::{Amount, Currency};

use super::failure::{Failure, before_sending, failure};
use super::object::{Charge, Status};
use super::withdraw::not_sent;
use crate::App;
use crate::numbers::Numbers;
use crate::payments::book::{self, Line};
use crate::payments::rails::{AchEntry, Returned};
use crate::payments::{blocks, disputes, mandates, payment_intents, refunds};

/// The debit was handed to the bank: its money is on the way to the balance.
pub(crate) async fn submitted(cx: &mut Cx<'_>, app: &App, entry: &AchEntry) -> ApiResult<()> {
    let mut charge = of_entry(cx, entry).await?;
    if charge.status != Status::Pending || charge.balance_transaction.is_some() {
        return Ok(());
    }
    let before = serde_json::to_value(&charge.value)?;
    let amount = Amount::new(charge.amount, Currency::USD);
    let fee = app.settings.fees.of_payment(amount).map_err(unbookable)?;
    let movement = movement::payment(amount, fee).map_err(unbookable)?;
    let available_on = entry.settles_at.unwrap_or_else(|| cx.now());
    let line = Line { source: &charge.id, description: charge.description.as_deref(), available_on };
    let posted = book::post(cx, &movement, &line).await?;
    charge.balance_transaction = Some(posted);
    if let Some(account) = charge.bank_account_mut() {
        account.expected_debit_date = entry.effective_date.clone();
    }
    let doc = cx.update(&mut charge).await?;
    let previous = changed(&before, &serde_json::to_value(&charge.value)?);
    cx.emit("charge.updated", &doc, previous.as_ref()).await
}

/// The money has arrived.
pub(crate) async fn settled(cx: &mut Cx<'_>, app: &App, entry: &AchEntry) -> ApiResult<()> {
    let mut charge = of_entry(cx, entry).await?;
    if charge.status != Status::Pending {
        return Ok(());
    }
    let amount = Amount::new(charge.amount, Currency::USD);
    book::move_between(cx, &movement::debit_settled(amount).map_err(unbookable)?, &charge.id).await?;
    charge.status = Status::Succeeded;
    charge.paid = true;
    if let Some(account) = charge.bank_account_mut() {
        account.payment_reference = entry.trace.clone();
    }
    let doc = cx.update(&mut charge).await?;
    cx.emit("charge.succeeded", &doc, None).await?;
    if let Some(intent) = charge.payment_intent.clone() {
        payment_intents::settled(cx, &intent, &charge).await?;
    }
    refunds::charge_settled(cx, app, &charge.id).await
}

/// The debit came back: before it settled the payment fails, afterwards it is disputed.
pub(crate) async fn returned(cx: &mut Cx<'_>, app: &App, entry: &AchEntry, how: &Returned) -> ApiResult<()> {
    let mut charge = of_entry(cx, entry).await?;
    if how.late || charge.status == Status::Succeeded {
        return disputes::of_late_return(cx, app, &charge.id, how).await;
    }
    if charge.status == Status::Failed {
        return Ok(());
    }
    if how.code.is_empty() {
        // No bank took it, so none declined it, and nothing was booked.
        let why = before_sending("processing_error", None);
        not_sent(&mut charge, &why);
        return fail(cx, app, &mut charge, &why).await;
    }
    let why = why(cx, &charge, how).await?;
    give_back(cx, app, &mut charge, entry.settles_at).await?;
    charge.fail(&why);
    if let Some(outcome) = &mut charge.outcome {
        outcome.network_status = Some("declined_by_network".into());
        outcome.r#type = "issuer_declined".into();
        outcome.reason = Some(why.decline_code.unwrap_or(why.code).into());
        outcome.seller_message = Some(why.message.into());
    }
    fail(cx, app, &mut charge, &why).await?;
    let (fingerprint, method) =
        (charge.bank_account().and_then(|account| account.fingerprint.clone()), charge.payment_method.clone());
    let Some(blocked) = why.blocked else { return Ok(()) };
    if let Some(fingerprint) = fingerprint {
        blocks::block(cx, &fingerprint, blocked).await?;
    }
    match method {
        Some(method) => mandates::end_all_of(cx, &method).await,
        None => Ok(()),
    }
}

/// Writes a charge that has failed, tells of it, and leads the failure to what the charge was made for.
pub(super) async fn fail(cx: &mut Cx<'_>, app: &App, charge: &mut Stored<Charge>, why: &Failure) -> ApiResult<()> {
    let doc = cx.update(charge).await?;
    cx.emit("charge.failed", &doc, None).await?;
    if let Some(intent) = charge.payment_intent.clone() {
        payment_intents::failed(cx, &intent, charge, why).await?;
    }
    refunds::charge_failed(cx, app, &charge.id).await
}

/// Takes back what the payment brought, with the fee of the failure. What is not available yet is taken from there, and not
/// from what other payments have brought.
async fn give_back(cx: &mut Cx<'_>, app: &App, charge: &mut Stored<Charge>, settles_at: Option<i64>) -> ApiResult<()> {
    let Some(taken) = &charge.balance_transaction else { return Ok(()) };
    let amount = Amount::new(charge.amount, Currency::USD);
    let fee = Amount::new(book::fee_of(cx, taken).await?, Currency::USD);
    let failure_fee = app.settings.fees.failed_payment.of(amount).map_err(unbookable)?;
    let movement = movement::payment_failed(amount, fee, failure_fee).map_err(unbookable)?;
    let available_on = settles_at.unwrap_or_default().max(cx.now());
    let line = Line { source: &charge.id, description: charge.description.as_deref(), available_on };
    let posted = book::post(cx, &movement, &line).await?;
    charge.failure_balance_transaction = Some(posted);
    Ok(())
}

async fn why(cx: &mut Cx<'_>, charge: &Charge, how: &Returned) -> ApiResult<Failure> {
    let numbers = match &charge.payment_method {
        Some(method) => Numbers::of(cx, method).await?,
        None => None,
    };
    Ok(failure(&how.code, &how.information, numbers.is_some_and(|numbers| numbers.tokenized)))
}

async fn of_entry(cx: &mut Cx<'_>, entry: &AchEntry) -> ApiResult<Stored<Charge>> {
    cx.get::<Charge>(&entry.object, "charge").await
}

fn unbookable(error: impl std::fmt::Display) -> ApiError {
    ApiError::internal(format!("a charge cannot be booked: {error}"))
}
