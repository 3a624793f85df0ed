use kernel::{ApiResult, Cx, Resource};
use ledger::{Fee, movement};
use money::{Amount, Currency};
use store::Value;

use super::evidence::Evidence;
use super::object::{Dispute, EvidenceDetails};
use super::ops::PREFIX;
use crate::App;
use crate::payments::book::{self, Line};
use crate::payments::charges::{self, Charge};
use crate::payments::rails::Returned;
use crate::payments::{blocks, mandates, refunds};

/// The payer, and not the payer's bank, took the money back.
const BY_PAYER: &str = "debit_not_authorized";
/// The account may well have funds another day.
const LACK_OF_FUNDS: &str = "insufficient_funds";

/// The reason that a return code is told as.
fn reason(code: &str) -> &'static str {
    match code {
        "R01" | "R09" => LACK_OF_FUNDS,
        "R02" | "R03" | "R04" => "incorrect_account_details",
        "R05" | "R07" | "R08" | "R10" | "R11" | "R29" | "R31" => BY_PAYER,
        "R12" | "R13" | "R14" | "R15" | "R16" | "R17" | "R20" | "R33" | "R34" => "bank_cannot_process",
        _ => "general",
    }
}

/// A settled charge came back: a dispute that is lost at once. The money and a fee leave the balance. The payer's mandates end
/// unless funds were all that was missing, and the bank account is blocked if it cannot be used or this was its second dispute.
pub(crate) async fn of_late_return(cx: &mut Cx<'_>, app: &App, charge: &str, how: &Returned) -> ApiResult<()> {
    let mut charge = cx.get::<Charge>(charge, "charge").await?;
    if charge.disputed {
        return Ok(());
    }
    let reason = reason(&how.code);
    let dispute = lost(cx, app, &charge, how, reason).await?;
    charge.disputed = true;
    cx.update(&mut charge).await?;
    let doc = cx.insert(&dispute).await?;
    for event in ["charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed"] {
        cx.emit(event, &doc, None).await?;
    }
    refunds::charge_disputed(cx, app, &charge.id).await?;
    if let Some(method) = &charge.payment_method
        && reason != LACK_OF_FUNDS
    {
        mandates::end_all_of(cx, method).await?;
    }
    let Some(fingerprint) = charge.bank_account().and_then(|account| account.fingerprint.clone()) else { return Ok(()) };
    let blocked = charges::failure(&how.code, &how.information, false).blocked;
    match blocked {
        // Payers may dispute a payment once.
        Some(_) if reason == BY_PAYER && disputes_of(cx, &fingerprint).await? < 2 => Ok(()),
        Some(blocked) => blocks::block(cx, &fingerprint, blocked).await,
        None => Ok(()),
    }
}

/// Books the loss; answers its dispute.
async fn lost(cx: &mut Cx<'_>, app: &App, charge: &Charge, how: &Returned, reason: &str) -> ApiResult<Dispute> {
    let id = cx.id(PREFIX, 24);
    let amount = Amount::new(charge.amount, Currency::USD);
    // A return by the bank costs what a failed payment does; only what the payer disputes costs more.
    let fees = app.settings.fees;
    let fee: Fee = if reason == BY_PAYER { fees.dispute } else { fees.failed_payment };
    let moved = movement::dispute(amount, fee.of(amount).map_err(book::refused)?).map_err(book::refused)?;
    let description = format!("Dispute of {}", charge.id);
    book::post(cx, &moved, &Line { source: &id, description: Some(&description), available_on: cx.now() }).await?;
    book::move_between(cx, &movement::returned_late(amount).map_err(book::refused)?, &id).await?;
    let lines = book::of_source(cx, &id).await?;
    Ok(Dispute {
        object: Dispute::KIND.into(),
        amount: charge.amount,
        balance_transactions: lines.iter().map(|line| serde_json::from_str(line)).collect::<Result<_, _>>()?,
        charge: charge.id.clone(),
        created: cx.now(),
        currency: charge.currency.clone(),
        enhanced_eligibility_types: Vec::new(),
        evidence: Evidence::default(),
        evidence_details: EvidenceDetails::none(),
        intended_submission_method: None,
        is_charge_refundable: false,
        livemode: cx.tenant.livemode(),
        metadata: form::Metadata::default(),
        network_reason_code: Some(how.code.clone()),
        payment_intent: charge.payment_intent.clone(),
        reason: reason.into(),
        status: "lost".into(),
        id,
    })
}

/// How many payments from a bank account were disputed by the payer, the present one included.
async fn disputes_of(cx: &mut Cx<'_>, fingerprint: &str) -> ApiResult<usize> {
    let sql = "select d.doc from objects d join objects c on c.tenant = d.tenant and c.kind = 'charge' and c.id = d.f1 \
               where d.tenant = $1 and d.kind = 'dispute' and d.deleted = 0 and c.f3 = $2";
    let rows = cx.rows(sql, &[Value::from(fingerprint)]).await?;
    let disputes = rows.iter().map(|row| Ok(serde_json::from_str::<Dispute>(row.text(0)?)?)).collect::<ApiResult<Vec<_>>>()?;
    Ok(disputes.iter().filter(|dispute| dispute.reason == BY_PAYER).count())
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn return_codes_have_reasons() {
        for (code, expected) in [
            ("R01", "insufficient_funds"),
            ("R02", "incorrect_account_details"),
            ("R10", "debit_not_authorized"),
            ("R16", "bank_cannot_process"),
            ("R99", "general"),
        ] {
            assert_eq!(reason(code), expected, "{code}");
        }
    }
}
