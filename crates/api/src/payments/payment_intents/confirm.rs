//! Confirming: from a payment method and a mandate to a debit, or to small deposits that prove the account first.

use kernel::{Access, ApiError, ApiResult, Cx, Stored};

use super::attempt::{debit, fail, step, wait_with};
use super::change::apply_payment;
use super::object::PaymentIntent;
use super::params::{Confirmation, Payment};
use super::state::Step;
use crate::App;
use crate::payments::intents::method::{check_usable, is_verified, kept};
use crate::payments::mandates::{self, Mandate, Terms};
use crate::payments::microdeposits;
use crate::payments::payment_methods::PaymentMethod;
use crate::payments::{blocks, rails};

/// What a refusal and its 402 or 400 leave behind is kept; what is answered is the refusal, if there is one.
///
/// # Errors
/// 400 for what is wrong before anything was tried.
pub(super) async fn run(
    cx: &mut Cx<'_>,
    app: &App,
    access: &Access,
    intent: &mut Stored<PaymentIntent>,
    (payment, confirmation): (Payment, Confirmation),
) -> ApiResult<Option<ApiError>> {
    if !intent.status.may_confirm() {
        let message = format!(
            "This PaymentIntent cannot be confirmed because it has a status of {}. Only a PaymentIntent with one of the \
             following statuses may be confirmed: requires_payment_method, requires_confirmation, requires_action.",
            intent.status.as_str()
        );
        return Err(ApiError::coded("payment_intent_unexpected_state", message));
    }
    if *access == Access::Publishable && intent.confirmation_method == "manual" {
        let message = "This PaymentIntent has confirmation_method=manual: only your server confirms it, with a secret key.";
        return Err(ApiError::invalid(message));
    }
    apply_payment(cx, app, payment, intent).await?;
    let Some(method) = intent.payment_method.clone() else {
        let message = "You cannot confirm this PaymentIntent because it's missing a payment method. Update the PaymentIntent \
                       with one, or confirm it with one.";
        return Err(ApiError::coded("payment_intent_unexpected_state", message));
    };
    rails::require_originator(app, &cx.tenant)?;
    let mut method = kept(cx, &method).await?;
    if blocks::refusal(cx, &method).await?.is_some() {
        return debit(cx, app, intent, &mut method, None).await;
    }
    check_usable(cx, &method, intent.customer.as_deref()).await?;
    let verified = is_verified(cx, &method.id).await?;
    if !verified && intent.options().us_bank_account.target_date.is_some() {
        let message = "A target date needs a bank account that is verified already.";
        return Err(ApiError::invalid_param("payment_method_options[us_bank_account][target_date]", message));
    }
    let Some(mandate) = mandate(cx, access, intent, &method, &confirmation).await? else {
        step(intent, Step::Attach)?;
        cx.update(intent).await?;
        return Ok(Some(mandates::missing("PaymentIntent")));
    };
    if verified {
        return debit(cx, app, intent, &mut method, Some(&mandate)).await;
    }
    if let Some(error) = cannot_wait(intent, &confirmation) {
        mandates::end_pending_of(cx, &method.id).await?;
        fail(cx, intent, &error, Some(&method.value)).await?;
        return Ok(Some(error));
    }
    ask(cx, app, intent, &method, &mandate).await?;
    Ok(None)
}

/// The mandate that the debit runs under.
async fn mandate(
    cx: &mut Cx<'_>,
    access: &Access,
    intent: &PaymentIntent,
    method: &PaymentMethod,
    sent: &Confirmation,
) -> ApiResult<Option<Mandate>> {
    let acceptance = mandates::accepted(cx, access, sent.mandate_data.clone())?;
    // One that belongs to a customer is there to be used again.
    let again = intent.future_usage().is_some() || method.customer.is_some();
    let terms = Terms {
        noun: "PaymentIntent",
        single_use: (!again).then_some((intent.amount, intent.currency.as_str())),
        on_behalf_of: None,
        on_paper: intent.options().on_paper(),
    };
    mandates::for_debit(cx, method, sent.mandate.as_deref(), acceptance, &terms).await
}

/// Why a bank account that is not verified fails at once instead of waiting for small deposits.
fn cannot_wait(intent: &PaymentIntent, sent: &Confirmation) -> Option<ApiError> {
    if intent.options().instant_only() {
        let message = "This bank account is not verified, and verification_method=instant allows no small deposits. Link the \
                       account instead.";
        return Some(ApiError::declined("bank_account_unverified", message).with_param("payment_method"));
    }
    if sent.error_on_requires_action == Some(true) {
        let message = "The bank account has to be verified by small deposits first, and error_on_requires_action was set.";
        return Some(ApiError::declined("payment_intent_action_required", message));
    }
    None
}

/// Sends small deposits, and waits for what the payer says of them.
async fn ask(
    cx: &mut Cx<'_>,
    app: &App,
    intent: &mut Stored<PaymentIntent>,
    method: &PaymentMethod,
    mandate: &Mandate,
) -> ApiResult<()> {
    wait_with(cx, &intent.id, &mandate.id).await?;
    intent.next_action = Some(microdeposits::start(cx, app, &intent.id, method).await?);
    intent.last_payment_error = None;
    step(intent, Step::Ask)?;
    let doc = cx.update(intent).await?;
    cx.emit("payment_intent.requires_action", &doc, None).await
}
