//! What the rails report about credits to payers.

use kernel::{ApiResult, Cx};
use ledger::movement;

use super::object::{Refund, UsBankTransfer};
use super::ops::write;
use super::send::{fail, usd};
use crate::App;
use crate::payments::book;
use crate::payments::rails::{AchEntry, Returned};

/// The credit is in a file that the bank has: the payer's bank can find it by its trace number.
pub(crate) async fn submitted(cx: &mut Cx<'_>, _app: &App, entry: &AchEntry) -> ApiResult<()> {
    let mut refund = cx.get::<Refund>(&entry.object, "refund").await?;
    let before = serde_json::to_value(&refund.value)?;
    let transfer = UsBankTransfer { reference: entry.trace.clone(), reference_status: Some("available".into()) };
    refund.destination_details.us_bank_transfer = transfer;
    write(cx, &mut refund, &before).await?;
    Ok(())
}

/// The payer has the money, and nothing came back so far.
pub(crate) async fn settled(cx: &mut Cx<'_>, _app: &App, entry: &AchEntry) -> ApiResult<()> {
    let mut refund = cx.get::<Refund>(&entry.object, "refund").await?;
    if refund.status != "pending" {
        return Ok(());
    }
    let before = serde_json::to_value(&refund.value)?;
    let moved = movement::credit_settled(usd(refund.amount)).map_err(book::refused)?;
    book::move_between(cx, &moved, &refund.id).await?;
    refund.status = "succeeded".into();
    refund.pending_reason = None;
    write(cx, &mut refund, &before).await?;
    Ok(())
}

/// The payer's bank did not take the money, or gave it back.
pub(crate) async fn returned(cx: &mut Cx<'_>, _app: &App, entry: &AchEntry, how: &Returned) -> ApiResult<()> {
    let mut refund = cx.get::<Refund>(&entry.object, "refund").await?;
    match refund.status.as_str() {
        "pending" => {}
        // It had left the bank, and is there again.
        "succeeded" => {
            let settled = movement::credit_settled(usd(refund.amount)).map_err(book::refused)?;
            let back = settled.reversed().map_err(book::refused)?;
            book::move_between(cx, &back, &refund.id).await?;
        }
        _ => return Ok(()),
    }
    // R23: the receiver refused the credit. All other codes say something about the account, for which there is no word here.
    let reason = if how.code == "R23" { "declined" } else { "unknown" };
    fail(cx, &mut refund, reason).await
}
