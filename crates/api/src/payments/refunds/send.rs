//! How a refund leaves, or does not: what becomes of it when its payment arrives, fails or is disputed.

use kernel::events::changed;
use kernel::{ApiResult, Cx, Stored};
use ledger::movement;
use money::{Amount, Currency};
use nacha::EntryClass;
use store::Value;

use super::object::{INSUFFICIENT_FUNDS, Refund};
use super::ops::write;
use crate::App;
use crate::core::account;
use crate::payments::book::{self, Line};
use crate::payments::charges::Charge;
use crate::payments::rails::{self, Direction, NewEntry, Purpose};

/// What the company says of the entry.
const DESCRIPTION: &str = "REFUND";

/// Takes the money from the balance and queues the credit; a refund that the balance does not cover waits until it does.
pub(super) async fn queue(cx: &mut Cx<'_>, refund: &mut Refund, charge: &Charge) -> ApiResult<()> {
    if !book::funds::cover(cx, refund.amount).await? {
        refund.pending_reason = Some(INSUFFICIENT_FUNDS.into());
        return Ok(());
    }
    let bank = charge.bank_account().cloned().unwrap_or_default();
    let business = account::business_name(cx).await?;
    // Credits go to companies as CCD; to people as PPD, whatever class took the money.
    let class = if bank.account_holder_type.as_deref() == Some("company") { EntryClass::Ccd } else { EntryClass::Ppd };
    let entry = NewEntry {
        purpose: Purpose::Refund,
        object: &refund.id,
        numbers: charge.payment_method.as_deref().unwrap_or_default(),
        direction: Direction::Credit,
        amount: refund.amount,
        class,
        account_type: bank.account_type.as_deref().unwrap_or("checking"),
        description: DESCRIPTION,
        name: charge.billing_details.name.as_deref().unwrap_or_default(),
        descriptor: charge.statement_descriptor.as_deref().unwrap_or(&business),
        not_before: None,
        held: false,
    };
    rails::queue(cx, &entry).await?;
    let moved = movement::refund(usd(refund.amount)).map_err(book::refused)?;
    let description = format!("Refund of {}", charge.id);
    let line = Line { source: &refund.id, description: Some(&description), available_on: cx.now() };
    refund.balance_transaction = Some(book::post(cx, &moved, &line).await?);
    refund.pending_reason = Some("processing".into());
    Ok(())
}

pub(super) fn usd(minor: i64) -> Amount {
    Amount::new(minor, Currency::USD)
}

/// The payment has arrived: refunds that waited for it are sent.
pub(crate) async fn charge_settled(cx: &mut Cx<'_>, _app: &App, charge: &str) -> ApiResult<()> {
    let waiting = waiting_of(cx, charge).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let charge = cx.get::<Charge>(charge, "charge").await?;
    for mut refund in waiting {
        let before = serde_json::to_value(&refund.value)?;
        queue(cx, &mut refund.value, &charge).await?;
        write(cx, &mut refund, &before).await?;
    }
    Ok(())
}

/// Money has become available: refunds that waited for it are sent, the oldest first, as far as it goes.
pub(crate) async fn funds_available(cx: &mut Cx<'_>) -> ApiResult<()> {
    let sql = "select id from objects where tenant = $1 and kind = 'refund' and f3 = $2 and deleted = 0 order by id";
    for row in cx.rows(sql, &[Value::from(INSUFFICIENT_FUNDS)]).await? {
        let Some(mut refund) = cx.find::<Refund>(row.text(0)?).await? else { continue };
        let Some(charge) = refund.charge.clone() else { continue };
        let before = serde_json::to_value(&refund.value)?;
        let charge = cx.get::<Charge>(&charge, "charge").await?;
        queue(cx, &mut refund.value, &charge).await?;
        if refund.waits_for_funds() {
            break;
        }
        write(cx, &mut refund, &before).await?;
    }
    Ok(())
}

/// The payment came back before it arrived, or was called off: there is nothing to refund.
pub(crate) async fn charge_failed(cx: &mut Cx<'_>, _app: &App, charge: &str) -> ApiResult<()> {
    for mut refund in waiting_of(cx, charge).await? {
        let before = serde_json::to_value(&refund.value)?;
        refund.status = "canceled".into();
        refund.pending_reason = None;
        write(cx, &mut refund, &before).await?;
        give_back(cx, &refund).await?;
    }
    Ok(())
}

/// The payer has taken the payment back: refunds that are in no file yet are not sent, so that nobody is paid twice.
pub(crate) async fn charge_disputed(cx: &mut Cx<'_>, _app: &App, charge: &str) -> ApiResult<()> {
    for mut refund in pending_of(cx, charge).await? {
        if refund.waits_for_charge() || refund.waits_for_funds() || rails::withdraw(cx, &refund.id).await? {
            fail(cx, &mut refund, "charge_for_pending_refund_disputed").await?;
        }
    }
    Ok(())
}

/// The refund did not arrive: its money is the holder's again, and the payment can be refunded again.
pub(super) async fn fail(cx: &mut Cx<'_>, refund: &mut Stored<Refund>, reason: &str) -> ApiResult<()> {
    let before = serde_json::to_value(&refund.value)?;
    if refund.balance_transaction.is_some() {
        let moved = movement::refund_failed(usd(refund.amount)).map_err(book::refused)?;
        let description = format!("Refund {} did not arrive", refund.id);
        let line = Line { source: &refund.id, description: Some(&description), available_on: cx.now() };
        refund.failure_balance_transaction = Some(book::post(cx, &moved, &line).await?);
    }
    refund.status = "failed".into();
    refund.failure_reason = Some(reason.into());
    refund.pending_reason = None;
    let doc = write(cx, refund, &before).await?;
    cx.emit("refund.failed", &doc, None).await?;
    give_back(cx, refund).await
}

/// The charge no longer counts a refund.
async fn give_back(cx: &mut Cx<'_>, refund: &Refund) -> ApiResult<()> {
    let Some(id) = refund.charge.as_deref() else { return Ok(()) };
    let mut charge = cx.get::<Charge>(id, "charge").await?;
    let before = serde_json::to_value(&charge.value)?;
    charge.amount_refunded -= refund.amount;
    charge.refunded = false;
    let doc = cx.update(&mut charge).await?;
    let previous = changed(&before, &serde_json::to_value(&charge.value)?);
    cx.emit("charge.updated", &doc, previous.as_ref()).await
}

async fn waiting_of(cx: &mut Cx<'_>, charge: &str) -> ApiResult<Vec<Stored<Refund>>> {
    Ok(pending_of(cx, charge).await?.into_iter().filter(|refund| refund.waits_for_charge()).collect())
}

/// The pending refunds of a charge, oldest first.
async fn pending_of(cx: &mut Cx<'_>, charge: &str) -> ApiResult<Vec<Stored<Refund>>> {
    let sql = "select id from objects where tenant = $1 and kind = 'refund' and f1 = $2 and deleted = 0 order by id";
    let mut pending = Vec::new();
    for row in cx.rows(sql, &[Value::from(charge)]).await? {
        pending.extend(cx.find::<Refund>(row.text(0)?).await?.filter(|refund| refund.status == "pending"));
    }
    Ok(pending)
}
