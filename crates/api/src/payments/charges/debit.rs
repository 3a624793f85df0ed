//! The one way to take money from a bank account: it is judged, written down as a charge, and handed to the rails.

use form::Metadata;
use kernel::{ApiError, ApiResult, Cx, Resource};
use nacha::EntryClass;

use super::failure::{Failure, before_sending};
use super::object::{BankAccountDetails, Charge, FraudDetails, Outcome, PaymentMethodDetails, Status};
use super::ops::PREFIX;
use crate::App;
use crate::numbers::Numbers;
use crate::payments::payment_methods::PaymentMethod;
use crate::payments::rails::{self, Direction, NewEntry, Purpose};
use crate::payments::shipping::Shipping;
use crate::payments::surroundings::{Assessment, Digits, Verdict};
use crate::payments::{balance_check, blocks};

/// What is to be taken, and what it is for.
#[derive(Debug, Clone)]
pub(crate) struct Debit<'a> {
    /// Minor units of US dollars.
    pub amount: i64,
    pub method: &'a PaymentMethod,
    pub customer: Option<String>,
    pub payment_intent: Option<String>,
    pub mandate: Option<String>,
    pub description: Option<String>,
    pub metadata: Metadata,
    pub receipt_email: Option<String>,
    pub shipping: Option<Shipping>,
    pub source: Option<serde_json::Value>,
    pub statement_descriptor: Option<String>,
    pub statement_descriptor_suffix: Option<String>,
    pub transfer_group: Option<String>,
    /// Standard entry class.
    pub class: EntryClass,
    /// Company entry description.
    pub purpose: &'static str,
    /// Unix seconds before which it is not sent.
    pub not_before: Option<i64>,
}

/// What became of a debit.
pub(crate) enum Taken {
    /// It is on its way.
    Pending(Charge),
    /// It is not sent; the charge has failed.
    Refused(Charge, Failure),
}

impl Taken {
    /// The charge, either way.
    pub(crate) fn charge(&self) -> &Charge {
        match self {
            Taken::Pending(charge) | Taken::Refused(charge, _) => charge,
        }
    }
}

/// Judges a debit and starts it. The caller announces the charge, in the order that its events belong to.
pub(crate) async fn take(cx: &mut Cx<'_>, app: &App, debit: Debit<'_>) -> ApiResult<Taken> {
    let mut charge = pending(cx, &debit);
    if let Some(failure) = unusable(cx, debit.method).await? {
        charge.outcome = Some(not_sent("invalid", "bank_account_unusable", "The bank account is blocked.", None));
        return refused(cx, charge, failure).await;
    }
    let assessment = assess(cx, app, &debit).await?;
    let failure = match assessment.verdict {
        Verdict::Send | Verdict::Hold => None,
        Verdict::Block => {
            let text = "This payment was blocked because its risk is too high.";
            charge.outcome = Some(not_sent("blocked", "highest_risk_level", text, Some(&assessment)));
            Some(before_sending("payment_intent_payment_attempt_failed", Some("fraudulent")))
        }
        Verdict::WeeklyLimit => {
            let text = "The bank account has reached what may be taken from it in a week.";
            charge.outcome = Some(not_sent("invalid", "charge_exceeds_source_limit", text, Some(&assessment)));
            Some(before_sending("charge_exceeds_source_limit", None))
        }
    };
    if let Some(failure) = failure {
        return refused(cx, charge, failure).await;
    }
    charge.outcome = Some(authorized(&assessment));
    let waits_for_balance = balance_check::applies(cx, debit.method).await?;
    cx.insert(&charge).await?;
    send(cx, &charge, &debit, assessment.verdict == Verdict::Hold || waits_for_balance).await?;
    if waits_for_balance && assessment.verdict != Verdict::Hold {
        balance_check::start(cx, &charge, debit.not_before).await?;
    }
    Ok(Taken::Pending(charge))
}

/// Tells of a charge that was just made.
pub(crate) async fn announce(cx: &mut Cx<'_>, charge: &Charge) -> ApiResult<()> {
    let kind = if charge.status == Status::Pending { "charge.pending" } else { "charge.failed" };
    cx.emit(kind, &serde_json::to_string(charge)?, None).await
}

async fn send(cx: &mut Cx<'_>, charge: &Charge, debit: &Debit<'_>, held: bool) -> ApiResult<()> {
    let method = debit.method;
    let entry = NewEntry {
        purpose: Purpose::Charge,
        object: &charge.id,
        numbers: &method.id,
        direction: Direction::Debit,
        amount: debit.amount,
        class: debit.class,
        account_type: method.us_bank_account.account_type.as_deref().unwrap_or("checking"),
        description: debit.purpose,
        name: method.billing_details.name.as_deref().unwrap_or_default(),
        descriptor: debit.statement_descriptor.as_deref().unwrap_or_else(|| tail(&charge.id)),
        not_before: debit.not_before,
        held,
    };
    rails::queue(cx, &entry).await?;
    Ok(())
}

/// The last fifteen characters of an id: what fits the identification number of an entry.
fn tail(id: &str) -> &str {
    &id[id.len().saturating_sub(15)..]
}

/// Why nothing can be taken from a bank account, whatever the amount.
async fn unusable(cx: &mut Cx<'_>, method: &PaymentMethod) -> ApiResult<Option<Failure>> {
    let Some(fingerprint) = &method.us_bank_account.fingerprint else { return Ok(None) };
    let blocked = blocks::find(cx, fingerprint).await?;
    Ok(blocked.map(|blocked| {
        let mut failure = before_sending("bank_account_unusable", None);
        failure.network_decline_code = blocked.network_code;
        failure
    }))
}

async fn assess(cx: &mut Cx<'_>, app: &App, debit: &Debit<'_>) -> ApiResult<Assessment> {
    let numbers = Numbers::of(cx, &debit.method.id).await?.ok_or_else(|| {
        let message = "The numbers of this bank account are gone. Ask the customer for another payment method.";
        ApiError::coded("bank_account_unusable", message).with_param("payment_method")
    })?;
    let digits = Digits { routing: &numbers.routing, account: numbers.account.expose() };
    Ok(app.surroundings.of(cx.tenant.livemode()).assess(digits, debit.amount))
}

async fn refused(cx: &mut Cx<'_>, mut charge: Charge, failure: Failure) -> ApiResult<Taken> {
    charge.fail(&failure);
    cx.insert(&charge).await?;
    Ok(Taken::Refused(charge, failure))
}

fn authorized(assessment: &Assessment) -> Outcome {
    Outcome {
        advice_code: None,
        network_advice_code: None,
        network_decline_code: None,
        network_status: Some("approved_by_network".into()),
        reason: None,
        risk_level: assessment.level.into(),
        risk_score: assessment.score,
        seller_message: Some("Payment complete.".into()),
        r#type: "authorized".into(),
    }
}

fn not_sent(kind: &str, reason: &str, text: &str, assessment: Option<&Assessment>) -> Outcome {
    Outcome {
        advice_code: None,
        network_advice_code: None,
        network_decline_code: None,
        network_status: Some("not_sent_to_network".into()),
        reason: Some(reason.into()),
        risk_level: assessment.map_or("not_assessed", |own| own.level).into(),
        risk_score: assessment.map_or(0, |own| own.score),
        seller_message: Some(text.into()),
        r#type: kind.into(),
    }
}

fn pending(cx: &mut Cx<'_>, debit: &Debit<'_>) -> Charge {
    let account = &debit.method.us_bank_account;
    let us_bank_account = BankAccountDetails {
        account_holder_type: account.account_holder_type.clone(),
        account_type: account.account_type.clone(),
        bank_name: account.bank_name.clone(),
        expected_debit_date: None,
        fingerprint: account.fingerprint.clone(),
        last4: account.last4.clone(),
        mandate: debit.mandate.clone(),
        payment_reference: None,
        routing_number: account.routing_number.clone(),
    };
    Charge {
        id: cx.id(PREFIX, 24),
        object: Charge::KIND.into(),
        amount: debit.amount,
        amount_captured: debit.amount,
        amount_refunded: 0,
        application: None,
        application_fee: None,
        application_fee_amount: None,
        balance_transaction: None,
        billing_details: debit.method.billing_details.clone(),
        calculated_statement_descriptor: None,
        captured: true,
        created: cx.now(),
        currency: "usd".into(),
        customer: debit.customer.clone(),
        description: debit.description.clone(),
        disputed: false,
        failure_balance_transaction: None,
        failure_code: None,
        failure_message: None,
        fraud_details: FraudDetails::default(),
        livemode: cx.tenant.livemode(),
        metadata: debit.metadata.clone(),
        on_behalf_of: None,
        outcome: None,
        paid: false,
        payment_intent: debit.payment_intent.clone(),
        payment_method: Some(debit.method.id.clone()),
        payment_method_details: Some(PaymentMethodDetails { r#type: "us_bank_account".into(), us_bank_account }),
        receipt_email: debit.receipt_email.clone(),
        receipt_number: None,
        receipt_url: None,
        refunded: false,
        review: None,
        shipping: debit.shipping.clone(),
        source: debit.source.clone(),
        source_transfer: None,
        statement_descriptor: debit.statement_descriptor.clone(),
        statement_descriptor_suffix: debit.statement_descriptor_suffix.clone(),
        status: Status::Pending,
        transfer_data: None,
        transfer_group: debit.transfer_group.clone(),
    }
}
