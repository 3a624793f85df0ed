//! What becomes of an intent after it was confirmed, as its charge and its small deposits tell.

use kernel::{ApiError, ApiResult, Cx};

use super::attempt::{debit, fail, step, waited_with};
use super::object::PaymentIntent;
use super::state::{Status, Step};
use crate::App;
use crate::payments::charges::{Charge, Failure};
use crate::payments::intents::method::{kept, why_unusable};
use crate::payments::mandates;
use crate::payments::payment_methods::PaymentMethod;

/// The charge has succeeded.
pub(crate) async fn settled(cx: &mut Cx<'_>, id: &str, charge: &Charge) -> ApiResult<()> {
    let Some(mut intent) = cx.find::<PaymentIntent>(id).await? else { return Ok(()) };
    if intent.status.after(Step::Settle).is_none() || intent.latest_charge.as_deref() != Some(charge.id.as_str()) {
        return Ok(());
    }
    step(&mut intent, Step::Settle)?;
    intent.amount_received = charge.amount;
    let doc = cx.update(&mut intent).await?;
    cx.emit("payment_intent.succeeded", &doc, None).await
}

/// The charge has failed.
pub(crate) async fn failed(cx: &mut Cx<'_>, id: &str, charge: &Charge, why: &Failure) -> ApiResult<()> {
    let Some(mut intent) = cx.find::<PaymentIntent>(id).await? else { return Ok(()) };
    if intent.status != Status::Processing || intent.latest_charge.as_deref() != Some(charge.id.as_str()) {
        return Ok(());
    }
    let method = match &charge.payment_method {
        Some(id) => cx.find::<PaymentMethod>(id).await?.map(|stored| stored.value),
        None => None,
    };
    fail(cx, &mut intent, &why.error(&charge.id), method.as_ref()).await
}

/// The bank account was proved by small deposits: the debit goes its way, or the application confirms once more. It fails if
/// the payment method was taken away meanwhile.
pub(crate) async fn verified(cx: &mut Cx<'_>, app: &App, id: &str) -> ApiResult<()> {
    let Some(mut intent) = cx.find::<PaymentIntent>(id).await? else { return Ok(()) };
    let (Status::RequiresAction, Some(method)) = (intent.status, intent.payment_method.clone()) else { return Ok(()) };
    let mandate = waited_with(cx, id).await?;
    let mut method = kept(cx, &method).await?;
    let customer = intent.customer.clone();
    let lost = why_unusable(cx, &method, customer.as_deref(), "payment_intent_payment_attempt_failed").await?;
    if let Some(error) = lost {
        return fail(cx, &mut intent, &error, Some(&method.value)).await;
    }
    if intent.confirmation_method == "manual" {
        step(&mut intent, Step::HandBack)?;
        intent.next_action = None;
        cx.update(&mut intent).await?;
        return Ok(());
    }
    // The payer may have withdrawn it meanwhile, together with another payment.
    let Some(mandate) = mandate.filter(|own| own.status == "active") else {
        return fail(cx, &mut intent, &mandates::missing("PaymentIntent"), Some(&method.value)).await;
    };
    debit(cx, app, &mut intent, &mut method, Some(&mandate)).await?;
    Ok(())
}

/// The bank account was not proved.
pub(crate) async fn verification_failed(cx: &mut Cx<'_>, id: &str, code: &'static str, message: &str) -> ApiResult<()> {
    let Some(mut intent) = cx.find::<PaymentIntent>(id).await? else { return Ok(()) };
    let (Status::RequiresAction, Some(method)) = (intent.status, intent.payment_method.clone()) else { return Ok(()) };
    waited_with(cx, id).await?;
    let method = kept(cx, &method).await?.value;
    fail(cx, &mut intent, &ApiError::coded(code, message), Some(&method)).await
}
