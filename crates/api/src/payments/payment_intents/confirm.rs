//! Confirming: from a payment method and a mandate to a debit, or to small deposits that prove the account first.

use kernel::{Access, ApiError, ApiResult, Cx, Stored};

use super::attempt::{debit, fail, step, wait_with};
use super::change::apply_payment;
use super::object::PaymentIntent;
use super::params::{Confirmation, Payment};
use super::state::{Status, Step};
use crate::payments::intents::method::{check_usable, kept};
use crate::payments::mandates::{self, Acceptance, Mandate, Terms};
use crate::payments::microdeposits::{self, Subject};
use crate::payments::payment_methods::{PaymentMethod, is_verified};
use crate::payments::shipping::Shipping;
use crate::payments::{blocks, confirmation_tokens, rails};
use crate::{App, Call};

/// What a confirmation brings beside the payment.
pub(super) struct What {
    acceptance: Option<Acceptance>,
    /// `mandate_…`
    mandate: Option<String>,
    /// `ctoken_…`
    token: Option<String>,
    /// It fails rather than wait for small deposits.
    at_once: bool,
}

impl What {
    /// Reads what was sent.
    ///
    /// # Errors
    /// 400 for an acceptance that is not complete.
    pub(super) fn of<P>(cx: &Cx<'_>, call: &Call<P>, sent: Confirmation) -> ApiResult<What> {
        Ok(What {
            acceptance: mandates::accepted(cx, call, sent.mandate_data)?,
            mandate: sent.mandate,
            token: sent.confirmation_token,
            at_once: sent.error_on_requires_action == Some(true),
        })
    }
}

/// What a refusal and its 402 or 400 leave behind is kept; what is answered is the refusal, if there is one.
///
/// # Errors
/// 400 for what is wrong before anything was tried.
pub(super) async fn run(
    cx: &mut Cx<'_>,
    app: &App,
    access: &Access,
    intent: &mut Stored<PaymentIntent>,
    (mut payment, mut what): (Payment, What),
) -> ApiResult<Option<ApiError>> {
    check_may_confirm(intent, access)?;
    let waited_for = (intent.status == Status::RequiresAction).then(|| intent.payment_method.clone()).flatten();
    if let Some(token) = what.token.take() {
        spend(cx, &token, intent, (&mut payment, &mut what)).await?;
    }
    if payment.payment_method.is_some() && payment.payment_method == waited_for {
        payment.payment_method = None;
    }
    apply_payment(cx, app, payment, intent).await?;
    if intent.status == Status::RequiresAction {
        // Its deposits are on their way; a second round would only confuse whoever reads the statement.
        cx.update(intent).await?;
        return Ok(None);
    }
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
    attempt(cx, app, intent, &mut method, what).await
}

fn check_may_confirm(intent: &PaymentIntent, access: &Access) -> ApiResult<()> {
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
    Ok(())
}

/// The error for a payment method beside the one that a token brings.
pub(super) fn two_methods() -> ApiError {
    let message = "You may only specify one of these parameters: confirmation_token, payment_method.";
    ApiError::coded("parameters_exclusive", message).with_param("confirmation_token")
}

/// Puts in what a confirmation token brings.
async fn spend(
    cx: &mut Cx<'_>,
    token: &str,
    intent: &mut PaymentIntent,
    (payment, what): (&mut Payment, &mut What),
) -> ApiResult<()> {
    if payment.payment_method.is_some() || payment.payment_method_data.is_some() {
        return Err(two_methods());
    }
    let spent = confirmation_tokens::spend(cx, token, &intent.id).await?;
    payment.payment_method = Some(spent.payment_method_id);
    let agreed = spent.mandate_data.map(|own| Acceptance::on_page(cx, own));
    what.acceptance = what.acceptance.take().or(agreed);
    intent.setup_future_usage = spent.setup_future_usage.or(intent.setup_future_usage.take());
    if let Some(own) = spent.shipping {
        let shipping = Shipping { address: own.address, name: Some(own.name), phone: own.phone, ..Shipping::default() };
        intent.shipping = Some(shipping);
    }
    Ok(())
}

/// Tries with a payment method that can be used.
async fn attempt(
    cx: &mut Cx<'_>,
    app: &App,
    intent: &mut Stored<PaymentIntent>,
    method: &mut Stored<PaymentMethod>,
    what: What,
) -> ApiResult<Option<ApiError>> {
    let verified = is_verified(cx, &method.id).await?;
    if !verified && intent.options().us_bank_account.target_date.is_some() {
        let message = "A target date needs a bank account that is verified already.";
        return Err(ApiError::invalid_param("payment_method_options[us_bank_account][target_date]", message));
    }
    if !verified && let Some(error) = cannot_wait(intent, &what) {
        fail(cx, intent, &error, Some(&method.value)).await?;
        return Ok(Some(error));
    }
    let Some(mandate) = mandate(cx, intent, method, what).await? else {
        step(intent, Step::Attach)?;
        cx.update(intent).await?;
        return Ok(Some(mandates::missing("PaymentIntent")));
    };
    if verified {
        return debit(cx, app, intent, method, Some(&mandate)).await;
    }
    ask(cx, app, intent, method, &mandate).await?;
    Ok(None)
}

/// The mandate that the debit runs under.
async fn mandate(cx: &mut Cx<'_>, intent: &PaymentIntent, method: &PaymentMethod, what: What) -> ApiResult<Option<Mandate>> {
    // One that belongs to a customer is there to be used again.
    let again = intent.future_usage().is_some() || method.customer.is_some();
    let terms = Terms {
        noun: "PaymentIntent",
        single_use: (!again).then_some((intent.amount, intent.currency.as_str())),
        on_behalf_of: None,
        customer: intent.customer.as_deref(),
        on_paper: intent.options().on_paper(),
    };
    mandates::for_debit(cx, method, what.mandate.as_deref(), what.acceptance, &terms).await
}

/// Why a bank account that is not verified fails at once instead of waiting for small deposits.
fn cannot_wait(intent: &PaymentIntent, what: &What) -> Option<ApiError> {
    if intent.options().instant_only() {
        let message = "This PaymentIntent takes accounts that are verified at once only. Link the account instead.";
        return Some(ApiError::coded("bank_account_verification_failed", message).with_param("payment_method"));
    }
    if what.at_once {
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
    let id = intent.id.clone();
    wait_with(cx, &id, &mandate.id).await?;
    intent.next_action = Some(microdeposits::start(cx, app, Subject::PaymentIntent(&id), method).await?);
    intent.last_payment_error = None;
    step(intent, Step::Ask)?;
    let doc = cx.update(intent).await?;
    cx.emit("payment_intent.requires_action", &doc, None).await
}
