//! What pages may do as well, with a publishable key and the client secret: look, confirm, tell what arrived.

use form::Patch;
use kernel::{ApiError, ApiResult, Cx, Stored};

use super::confirm::{What, run};
use super::object::{PAGE_FIELDS, PaymentIntent};
use super::params::Confirm;
use super::state::Status;
use crate::payments::intents::client_secret::{View, demanded, opened, shown};
use crate::payments::intents::failure;
use crate::payments::intents::options::PaymentMethodOptions;
use crate::payments::intents::params::{Retrieve, VerifyMicrodeposits};
use crate::payments::microdeposits::{self, Subject};
use crate::{Call, Reply};

/// Shows a payment intent.
///
/// # Errors
/// 404 if there is none, or for a wrong client secret; 401 for a publishable key without one.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Retrieve>) -> ApiResult<Reply> {
    let (intent, view) = find(cx, &call, call.params.client_secret.as_deref()).await?;
    Ok(Reply::text(shown(serde_json::to_string(&intent.value)?, view, PAGE_FIELDS)?))
}

/// Confirms a payment intent.
///
/// # Errors
/// 404, 401 as [`retrieve`]; 400 in a wrong status or for what is missing; 402 if the payment is refused.
pub async fn confirm(cx: &mut Cx<'_>, call: Call<Confirm>) -> ApiResult<Reply> {
    let (mut intent, view) = find(cx, &call, call.params.client_secret.as_deref()).await?;
    let p = call.params.clone();
    if p.amount_to_confirm.is_some_and(|amount| amount != intent.amount) {
        let message = format!("The amount to confirm is not the amount of this PaymentIntent, which is {}.", intent.amount);
        return Err(ApiError::invalid_param("amount_to_confirm", message));
    }
    let options = p.payment.payment_method_options.as_ref().map(|own| own.us_bank_account.as_ref()).unwrap_or_default();
    let dated = matches!(&options, Patch::Set(own) if !own.target_date.is_absent());
    PaymentMethodOptions::refuse_from_page(&call.caller.access, options.map(|own| &own.setup), dated)?;
    let what = What::of(cx, &call, p.confirmation)?;
    let refusal = run(cx, &call.app, &call.caller.access, &mut intent, (p.payment, what)).await?;
    answer(&intent, view, refusal)
}

/// Takes what a payer says of the small deposits.
///
/// # Errors
/// 404, 401 as [`retrieve`]; 400 in a wrong status, for a wrong answer, or without exactly one.
pub async fn verify_microdeposits(cx: &mut Cx<'_>, call: Call<VerifyMicrodeposits>) -> ApiResult<Reply> {
    let (intent, view) = find(cx, &call, call.params.client_secret.as_deref()).await?;
    if intent.status != Status::RequiresAction || intent.next_action.is_none() {
        let message = format!(
            "You cannot verify microdeposits of this PaymentIntent because it has a status of {}. Only a PaymentIntent with \
             the status requires_action may be verified.",
            intent.status.as_str()
        );
        return Err(ApiError::coded("payment_intent_unexpected_state", message));
    }
    let said = microdeposits::read_answer(call.params.amounts.clone(), call.params.descriptor_code.clone())?;
    let refusal = microdeposits::answer(cx, &call.app, Subject::PaymentIntent(&intent.id), &said).await?;
    let intent = cx.get::<PaymentIntent>(&intent.id, "intent").await?;
    answer(&intent, view, refusal)
}

async fn find<P>(cx: &mut Cx<'_>, call: &Call<P>, secret: Option<&str>) -> ApiResult<(Stored<PaymentIntent>, View)> {
    demanded(&call.caller.access, secret)?;
    let intent = cx.get::<PaymentIntent>(call.id(), "intent").await?;
    let view = opened(&call.caller.access, secret, &intent.client_secret, "payment_intent", &intent.id)?;
    Ok((intent, view))
}

/// The intent as the caller may see it, or the refusal with it.
fn answer(intent: &PaymentIntent, view: View, refusal: Option<ApiError>) -> ApiResult<Reply> {
    let text = shown(serde_json::to_string(intent)?, view, PAGE_FIELDS)?;
    match refusal {
        Some(error) => {
            let value: serde_json::Value = serde_json::from_str(&text)?;
            Ok(Reply::refused(failure::refusal(error, "payment_intent", value, "last_payment_error")))
        }
        None => Ok(Reply::text(text)),
    }
}
