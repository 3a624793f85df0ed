//! One attempt to take what an intent asks for.

use jiff::civil::Date;
use kernel::{ApiError, ApiResult, Columns, Cx, Resource, Stored};
use nacha::EntryClass;
use serde::{Deserialize, Serialize};

use super::change::today;
use super::object::PaymentIntent;
use super::state::Step;
use crate::App;
use crate::payments::charges::{self, Debit, Taken};
use crate::payments::intents::failure::last_error;
use crate::payments::mandates::{self, Mandate};
use crate::payments::microdeposits::{self, Subject};
use crate::payments::payment_methods::{self, Instrument, PaymentMethod};

/// Banking days that a debit with a target date needs at least.
const TARGET_BANKING_DAYS: i32 = 3;

/// What a debit that waits for its bank account to be verified will run under; never shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Waiting {
    /// The payment intent's.
    id: String,
    mandate: String,
}

impl Resource for Waiting {
    const KIND: &'static str = "drawbridge.waiting_payment";
    const NOUN: &'static str = "payment_intent";

    fn id(&self) -> &str {
        &self.id
    }

    fn columns(&self) -> Columns {
        [None, None, None, None]
    }
}

/// Remembers the mandate until the bank account is verified.
pub(super) async fn wait_with(cx: &mut Cx<'_>, intent: &str, mandate: &str) -> ApiResult<()> {
    match cx.find::<Waiting>(intent).await? {
        Some(mut waiting) => {
            waiting.mandate = mandate.to_owned();
            cx.update(&mut waiting).await?;
        }
        None => {
            cx.insert(&Waiting { id: intent.to_owned(), mandate: mandate.to_owned() }).await?;
        }
    }
    Ok(())
}

/// The mandate that was remembered, and forgets it.
pub(super) async fn waited_with(cx: &mut Cx<'_>, intent: &str) -> ApiResult<Option<Mandate>> {
    let Some(waiting) = cx.find::<Waiting>(intent).await? else { return Ok(None) };
    cx.remove(&waiting).await?;
    Ok(cx.find::<Mandate>(&waiting.mandate).await?.map(|stored| stored.value))
}

/// Gives up the small deposits that an intent waits for, and what was agreed for it. Others may wait with the same payment
/// method: what was agreed for them stands.
pub(super) async fn stop_asking(cx: &mut Cx<'_>, intent: &str) -> ApiResult<()> {
    microdeposits::withdraw(cx, Subject::PaymentIntent(intent)).await?;
    match waited_with(cx, intent).await? {
        Some(mandate) => mandates::end_pending(cx, &mandate.id).await,
        None => Ok(()),
    }
}

/// Takes the money; what is answered is the refusal, if it is refused.
pub(super) async fn debit(
    cx: &mut Cx<'_>,
    app: &App,
    intent: &mut Stored<PaymentIntent>,
    method: &mut Stored<PaymentMethod>,
    mandate: Option<&Mandate>,
) -> ApiResult<Option<ApiError>> {
    let options = intent.options().us_bank_account;
    let class = class_of(method, mandate);
    let goods = options.transaction_purpose.as_deref() == Some("goods") && class == EntryClass::Web;
    let taken = charges::take(
        cx,
        app,
        Debit {
            amount: intent.amount,
            method: &method.value,
            customer: intent.customer.clone(),
            payment_intent: Some(intent.id.clone()),
            mandate: mandate.map(|own| own.id.clone()),
            description: intent.description.clone(),
            metadata: intent.metadata.clone(),
            receipt_email: intent.receipt_email.clone(),
            shipping: intent.shipping.clone(),
            source: None,
            statement_descriptor: intent.statement_descriptor.clone(),
            statement_descriptor_suffix: intent.statement_descriptor_suffix.clone(),
            transfer_group: intent.transfer_group.clone(),
            class,
            purpose: if goods { "PURCHASE" } else { "PAYMENT" },
            not_before: options.target_date.as_deref().map(|date| send_at(cx, date)).transpose()?,
        },
    )
    .await?;
    intent.latest_charge = Some(taken.charge().id.clone());
    match taken {
        Taken::Pending(charge) => {
            if let Some(mandate) = mandate {
                mandates::used(cx, &mandate.id).await?;
            }
            keep_or_use_up(cx, intent, method).await?;
            step(intent, Step::Debit)?;
            intent.next_action = None;
            intent.last_payment_error = None;
            let doc = cx.update(intent).await?;
            cx.emit("payment_intent.processing", &doc, None).await?;
            charges::announce(cx, &charge).await?;
            Ok(None)
        }
        Taken::Refused(charge, why) => {
            charges::announce(cx, &charge).await?;
            let error = why.error(&charge.id);
            fail(cx, intent, &error, Some(&method.value)).await?;
            Ok(Some(error))
        }
    }
}

/// The attempt has failed: another payment method is needed.
pub(super) async fn fail(
    cx: &mut Cx<'_>,
    intent: &mut Stored<PaymentIntent>,
    error: &ApiError,
    method: Option<&PaymentMethod>,
) -> ApiResult<()> {
    step(intent, Step::Fail)?;
    intent.last_payment_error = Some(last_error(error, method)?);
    intent.next_action = None;
    intent.payment_method = None;
    let doc = cx.update(intent).await?;
    cx.emit("payment_intent.payment_failed", &doc, None).await
}

/// Takes a step that was found to be allowed.
pub(super) fn step(intent: &mut PaymentIntent, step: Step) -> ApiResult<()> {
    let next = intent.status.after(step);
    let next = next.ok_or_else(|| ApiError::internal(format!("{} does not allow {step:?}", intent.status.as_str())))?;
    intent.status = next;
    Ok(())
}

/// Attaches a payment method that is to be kept for later to the customer; one that belongs to nobody has had its one use.
async fn keep_or_use_up(cx: &mut Cx<'_>, intent: &PaymentIntent, method: &mut Stored<PaymentMethod>) -> ApiResult<()> {
    if let (Some(customer), Some(_)) = (&intent.customer, intent.future_usage()) {
        payment_methods::attach_to(cx, method, customer, "payment_method").await?;
    }
    if method.customer.is_none()
        && let Some(mut instrument) = cx.find::<Instrument>(&method.id).await?
    {
        instrument.spent = true;
        cx.update(&mut instrument).await?;
    }
    Ok(())
}

/// Companies are debited as such; people by what they signed: online, or on paper.
pub(super) fn class_of(method: &PaymentMethod, mandate: Option<&Mandate>) -> EntryClass {
    if method.us_bank_account.account_holder_type.as_deref() == Some("company") {
        return EntryClass::Ccd;
    }
    let on_paper = mandate.is_some_and(|own| {
        own.customer_acceptance.r#type == "offline"
            && own.payment_method_details.us_bank_account.collection_method.as_deref() == Some("paper")
    });
    if on_paper { EntryClass::Ppd } else { EntryClass::Web }
}

/// When a debit is sent so that it touches the account on its target date, or on the first day after it that banks work and
/// that is far enough ahead.
fn send_at(cx: &Cx<'_>, target: &str) -> ApiResult<i64> {
    let target: Date = target.parse().map_err(|_| ApiError::internal("a stored target date does not read"))?;
    Ok(sent_for(target, today(cx)?))
}

fn sent_for(target: Date, today: Date) -> i64 {
    let earliest = calendar::add_banking_days(today, TARGET_BANKING_DAYS);
    let day = if calendar::is_banking_day(target) { target } else { calendar::next_banking_day(target) };
    let sent = calendar::previous_banking_day(day.max(earliest));
    calendar::instant(sent.at(0, 0, 0, 0)).as_second()
}

#[cfg(test)]
mod tests {
    use super::sent_for;
    use jiff::civil::date;

    /// Target date, today, and the day on which it is sent.
    #[test]
    fn debits_with_a_target_date_are_sent_the_banking_day_before() {
        for (target, today, sent) in [
            (date(2026, 11, 20), date(2026, 11, 13), date(2026, 11, 19)),
            // A Sunday: Monday, so sent on Friday.
            (date(2026, 11, 22), date(2026, 11, 13), date(2026, 11, 20)),
            // Thanksgiving: Friday, so sent on Wednesday.
            (date(2026, 11, 26), date(2026, 11, 13), date(2026, 11, 25)),
            // Three days, but over a weekend: the third banking day.
            (date(2026, 11, 16), date(2026, 11, 13), date(2026, 11, 17)),
        ] {
            assert_eq!(sent_for(target, today), calendar::instant(sent.at(0, 0, 0, 0)).as_second(), "{target}");
        }
    }
}
