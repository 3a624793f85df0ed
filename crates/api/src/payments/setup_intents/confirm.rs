use kernel::{ApiError, ApiResult, Cx, Stored};

use super::object::{SetupIntent, SinglePayment, Status};
use super::ops::{OPEN, answered, give_up_waiting, opened, unexpected};
use super::outcome::{fail, succeed};
use super::params::Confirm;
use crate::payments::confirmation_tokens;
use crate::payments::intents::method::{Given, check_usable, kept, resolve};
use crate::payments::intents::options::PaymentMethodOptions;
use crate::payments::intents::params::VerifyMicrodeposits;
use crate::payments::intents::types::TypesParams;
use crate::payments::mandates::{self, Acceptance, Terms};
use crate::payments::microdeposits::{self, Subject};
use crate::payments::payment_methods::{PaymentMethod, is_verified};
use crate::payments::{blocks, setup_attempts};
use crate::{App, Call, Reply};

/// What a confirmation brings.
pub(super) struct Confirmation {
    /// In place of what the intent has.
    pub given: Option<Given>,
    pub acceptance: Option<Acceptance>,
    /// `ctoken_…`, in place of both.
    pub token: Option<String>,
}

/// Confirms a Setup Intent.
///
/// # Errors
/// 404; 400 for wrong parameters, without a payment method or a mandate, or at its end; 402 for a blocked bank account.
pub async fn confirm(cx: &mut Cx<'_>, call: Call<Confirm>) -> ApiResult<Reply> {
    let p = call.params.clone();
    let (mut intent, view) = opened(cx, &call, p.client_secret.as_deref()).await?;
    if !intent.status.is_open() {
        return Err(unexpected("confirm", intent.status, &OPEN));
    }
    let types = TypesParams { allowed_payment_method_types: p.allowed_payment_method_types, ..TypesParams::default() };
    intent.types.change(cx, types).await?;
    let options = p.payment_method_options.as_ref().map(|own| own.us_bank_account.as_ref()).unwrap_or_default();
    PaymentMethodOptions::refuse_from_page(&call.caller.access, options, false)?;
    if p.payment_method_options.is_some() {
        let mut options = intent.payment_method_options.take().unwrap_or_default();
        options.change_setup(p.payment_method_options)?;
        intent.payment_method_options = Some(options);
    }
    let given = Given::of(p.payment_method, p.payment_method_data)?;
    let acceptance = mandates::accepted(cx, &call, p.mandate_data)?;
    let what = Confirmation { given, acceptance, token: p.confirmation_token };
    let refused = run(cx, &call.app, &mut intent, what).await?;
    answered(&intent, refused, view)
}

/// Confirms an open intent and writes it back. An error in `Ok` is for the caller: what was written stays.
///
/// # Errors
/// 400 as [`confirm`], where nothing is to stay.
pub(super) async fn run(
    cx: &mut Cx<'_>,
    app: &App,
    intent: &mut Stored<SetupIntent>,
    what: Confirmation,
) -> ApiResult<Option<ApiError>> {
    let what = with_token(cx, &intent.id, what).await?;
    let method = method_of(cx, app, intent, what.given).await?;
    if intent.status == Status::RequiresAction && intent.payment_method.as_deref() == Some(method.id.as_str()) {
        // Its deposits are on their way; a second round would only confuse whoever reads the statement.
        return Ok(None);
    }
    give_up_waiting(cx, intent).await?;
    intent.payment_method = Some(method.id.clone());
    intent.status = Status::RequiresConfirmation;
    if let Some(error) = blocks::refusal(cx, &method).await? {
        setup_attempts::begin(cx, intent, &method.id).await?;
        return fail(cx, intent, &method, error).await.map(Some);
    }
    let verified = is_verified(cx, &method.id).await?;
    let options = intent.payment_method_options.clone().unwrap_or_default();
    if !verified && options.instant_only() {
        setup_attempts::begin(cx, intent, &method.id).await?;
        let message = "This SetupIntent takes accounts that are verified at once only. Link the account instead.";
        let error = ApiError::coded("bank_account_verification_failed", message).with_param("payment_method");
        return fail(cx, intent, &method, error).await.map(Some);
    }
    if !authorize(cx, intent, &method, what.acceptance, &options).await? {
        cx.update(intent).await?;
        return Ok(Some(mandates::missing("SetupIntent")));
    }
    setup_attempts::begin(cx, intent, &method.id).await?;
    if verified {
        succeed(cx, intent, method).await?;
    } else {
        let id = intent.id.clone();
        intent.next_action = Some(microdeposits::start(cx, app, Subject::SetupIntent(&id), &method).await?);
        intent.status = Status::RequiresAction;
        intent.last_setup_error = None;
        let doc = cx.update(intent).await?;
        cx.emit("setup_intent.requires_action", &doc, None).await?;
    }
    Ok(None)
}

/// What a confirmation token brings, if there is one.
async fn with_token(cx: &mut Cx<'_>, intent: &str, what: Confirmation) -> ApiResult<Confirmation> {
    let Some(token) = &what.token else { return Ok(what) };
    if what.given.is_some() {
        let message = "You may only specify one of these parameters: confirmation_token, payment_method.";
        return Err(ApiError::coded("parameters_exclusive", message).with_param("confirmation_token"));
    }
    let spent = confirmation_tokens::spend(cx, token, intent).await?;
    let agreed = spent.mandate_data.map(|own| Acceptance::on_page(cx, own));
    Ok(Confirmation { given: Some(Given::Id(spent.payment_method_id)), acceptance: what.acceptance.or(agreed), token: None })
}

async fn method_of(cx: &mut Cx<'_>, app: &App, intent: &SetupIntent, given: Option<Given>) -> ApiResult<Stored<PaymentMethod>> {
    let customer = intent.customer.as_deref();
    if let Some(given) = given {
        return resolve(cx, app, given, customer).await;
    }
    let Some(id) = &intent.payment_method else {
        let message = "You cannot confirm this SetupIntent because it's missing a payment method. Update it with one, or send \
                       one when confirming.";
        return Err(ApiError::coded("setup_intent_unexpected_state", message));
    };
    let method = kept(cx, id).await?;
    check_usable(cx, &method, customer).await?;
    Ok(method)
}

/// Finds or makes the mandate; false if there is nothing to make one of.
async fn authorize(
    cx: &mut Cx<'_>,
    intent: &mut SetupIntent,
    method: &PaymentMethod,
    acceptance: Option<Acceptance>,
    options: &PaymentMethodOptions,
) -> ApiResult<bool> {
    let single = cx.find::<SinglePayment>(&intent.id).await?.map(|stored| stored.value);
    let terms = Terms {
        noun: "SetupIntent",
        single_use: single.as_ref().map(|own| (own.amount, own.currency.as_str())),
        on_behalf_of: intent.on_behalf_of.as_deref(),
        customer: intent.customer.as_deref(),
        on_paper: options.on_paper(),
    };
    let Some(mandate) = mandates::for_debit(cx, method, None, acceptance, &terms).await? else { return Ok(false) };
    let slot = if mandate.single_use.is_some() { &mut intent.single_use_mandate } else { &mut intent.mandate };
    *slot = Some(mandate.id);
    Ok(true)
}

/// Takes what the account's holder says has arrived.
///
/// # Errors
/// 404; 400 if nothing waits for an answer, for a wrong one, and once there were too many.
pub async fn verify_microdeposits(cx: &mut Cx<'_>, call: Call<VerifyMicrodeposits>) -> ApiResult<Reply> {
    let p = call.params.clone();
    let (intent, view) = opened(cx, &call, p.client_secret.as_deref()).await?;
    if intent.status != Status::RequiresAction {
        return Err(unexpected("verify", intent.status, &[Status::RequiresAction]));
    }
    let answer = microdeposits::read_answer(p.amounts, p.descriptor_code)?;
    let refused = microdeposits::answer(cx, &call.app, Subject::SetupIntent(&intent.id), &answer).await?;
    // The end of the deposits has changed it.
    let intent = cx.get::<SetupIntent>(&intent.id, "intent").await?;
    answered(&intent, refused, view)
}
