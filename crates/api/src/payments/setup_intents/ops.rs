use kernel::{ApiError, ApiResult, Cx, Filter, Resource, Slot, Stored};

use super::confirm::{self, Confirmation};
use super::object::{SetupIntent, SinglePayment, Status};
use super::params::{Cancel, Create, List, SingleUseParams, Update, Usage};
use crate::core::customers::Customer;
use crate::payments::intents::client_secret::{self, View};
use crate::payments::intents::failure;
use crate::payments::intents::method::{Given, check_usable, kept, resolve};
use crate::payments::intents::options::PaymentMethodOptions;
use crate::payments::intents::params::Retrieve;
use crate::payments::intents::types::Types;
use crate::payments::mandates;
use crate::payments::microdeposits::{self, Subject};
use crate::payments::setup_attempts;
use crate::{Call, Reply};

const PREFIX: &str = "seti_";
const URL: &str = "/v1/setup_intents";
/// What a publishable key sees.
pub(super) const PAGE_FIELDS: &[&str] = &[
    "id",
    "object",
    "cancellation_reason",
    "client_secret",
    "created",
    "description",
    "last_setup_error",
    "livemode",
    "next_action",
    "payment_method",
    "payment_method_types",
    "status",
    "usage",
];

/// Creates a Setup Intent, and confirms it if asked to.
///
/// # Errors
/// 400 for wrong parameters; 402 and 400 of confirming, after which the Setup Intent exists.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let p = call.params.clone();
    let confirms = p.confirm.unwrap_or(false);
    check_create(cx, &p, confirms).await?;
    let given = Given::of(p.payment_method, p.payment_method_data)?;
    let types = Types::new(cx, p.types, p.automatic_payment_methods).await?;
    let mut options = PaymentMethodOptions::default();
    options.change_setup(p.payment_method_options)?;
    let id = cx.id(PREFIX, 24);
    let method = match given {
        Some(given) => Some(resolve(cx, &call.app, given, p.customer.as_deref()).await?.value.id),
        None => None,
    };
    let directions: Vec<String> = p.flow_directions.iter().map(|own| own.as_str().into()).collect();
    let intent = SetupIntent {
        object: SetupIntent::KIND.into(),
        application: None,
        attach_to_self: p.attach_to_self,
        cancellation_reason: None,
        client_secret: client_secret::draw(cx, &id),
        created: cx.now(),
        customer: p.customer,
        customer_account: None,
        description: p.description,
        flow_directions: Some(directions).filter(|list| !list.is_empty()),
        last_setup_error: None,
        latest_attempt: None,
        livemode: cx.tenant.livemode(),
        mandate: None,
        metadata: p.metadata,
        next_action: None,
        on_behalf_of: p.on_behalf_of,
        status: if method.is_some() { Status::RequiresConfirmation } else { Status::RequiresPaymentMethod },
        payment_method: method,
        payment_method_options: Some(options),
        single_use_mandate: None,
        types,
        usage: p.usage.unwrap_or(Usage::OffSession).as_str().into(),
        id,
    };
    let doc = cx.insert(&intent).await?;
    keep_single_use(cx, &intent.id, p.single_use).await?;
    cx.emit("setup_intent.created", &doc, None).await?;
    if !confirms {
        return Ok(Reply::text(doc));
    }
    let acceptance = mandates::accepted(cx, &call, p.mandate_data)?;
    let what = Confirmation { given: None, acceptance, token: p.confirmation_token };
    let mut intent = cx.get::<SetupIntent>(&intent.id, "intent").await?;
    let refused = confirm::run(cx, &call.app, &mut intent, what).await?;
    answered(&intent, refused, View::Full)
}

/// What needs no look at the payment method.
async fn check_create(cx: &mut Cx<'_>, p: &Create, confirms: bool) -> ApiResult<()> {
    let only_confirming =
        [(p.confirmation_token.is_some(), "confirmation_token"), (p.mandate_data.as_ref().set().is_some(), "mandate_data")];
    if let Some((_, param)) = only_confirming.into_iter().find(|(sent, _)| *sent && !confirms) {
        let message = format!("You can only send {param} together with confirm=true.");
        return Err(ApiError::invalid_param(param, message));
    }
    if p.attach_to_self == Some(true) && p.customer.is_some() {
        let message = "A payment method is set up for this account itself (attach_to_self) or for a customer, not for both.";
        return Err(ApiError::coded("parameters_exclusive", message).with_param("attach_to_self"));
    }
    check_customer(cx, p.customer.as_deref(), p.customer_account.as_deref()).await?;
    if let Some(account) = p.on_behalf_of.as_deref().filter(|own| *own != cx.tenant.account()) {
        let message = format!("No such account: '{account}'");
        return Err(ApiError::coded("resource_missing", message).with_param("on_behalf_of"));
    }
    if p.single_use.as_ref().is_some_and(|own| !own.currency.eq_ignore_ascii_case("usd")) {
        return Err(ApiError::invalid_param("single_use[currency]", "Bank accounts are debited in usd only."));
    }
    Ok(())
}

async fn check_customer(cx: &mut Cx<'_>, customer: Option<&str>, account: Option<&str>) -> ApiResult<()> {
    if let Some(account) = account {
        let message = format!("No such account: '{account}'");
        return Err(ApiError::coded("resource_missing", message).with_param("customer_account"));
    }
    if let Some(customer) = customer {
        cx.get_named::<Customer>(customer, "customer").await?;
    }
    Ok(())
}

async fn keep_single_use(cx: &mut Cx<'_>, id: &str, sent: Option<SingleUseParams>) -> ApiResult<()> {
    let Some(sent) = sent else { return Ok(()) };
    let payment = SinglePayment { id: id.to_owned(), amount: sent.amount, currency: sent.currency.to_ascii_lowercase() };
    cx.insert(&payment).await?;
    Ok(())
}

/// The intent of a call, and how much of it the caller may see.
pub(super) async fn opened<P>(cx: &mut Cx<'_>, call: &Call<P>, secret: Option<&str>) -> ApiResult<(Stored<SetupIntent>, View)> {
    let access = &call.caller.access;
    client_secret::demanded(access, secret)?;
    let intent = cx.get::<SetupIntent>(call.id(), "intent").await?;
    let view = client_secret::opened(access, secret, &intent.client_secret, SetupIntent::NOUN, &intent.id)?;
    Ok((intent, view))
}

/// The intent as it is now, or the refusal with it.
pub(super) fn answered(intent: &SetupIntent, refused: Option<ApiError>, view: View) -> ApiResult<Reply> {
    let shown = client_secret::shown(serde_json::to_string(intent)?, view, PAGE_FIELDS)?;
    match refused {
        None => Ok(Reply::text(shown)),
        Some(error) => {
            let intent = serde_json::from_str(&shown)?;
            Ok(Reply::refused(failure::refusal(error, "setup_intent", intent, "last_setup_error")))
        }
    }
}

/// The error for a step that does not fit the status.
pub(super) fn unexpected(verb: &str, status: Status, fitting: &[Status]) -> ApiError {
    let names: Vec<&str> = fitting.iter().map(|own| own.as_str()).collect();
    let message = format!(
        "You cannot {verb} this SetupIntent because it has a status of {}. Only a SetupIntent with one of the following \
         statuses allows that: {}.",
        status.as_str(),
        names.join(", ")
    );
    ApiError::coded("setup_intent_unexpected_state", message)
}

pub(super) const OPEN: [Status; 3] = [Status::RequiresPaymentMethod, Status::RequiresConfirmation, Status::RequiresAction];

/// Shows a Setup Intent; to a page a part of it.
///
/// # Errors
/// 404 if there is none, or the client secret is wrong.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Retrieve>) -> ApiResult<Reply> {
    let (intent, view) = opened(cx, &call, call.params.client_secret.as_deref()).await?;
    answered(&intent, None, view)
}

/// Changes a Setup Intent that is not at its end.
///
/// # Errors
/// 404; 400 for wrong parameters, or at its end.
pub async fn update(cx: &mut Cx<'_>, call: Call<Update>) -> ApiResult<Reply> {
    let mut intent = cx.get::<SetupIntent>(call.id(), "intent").await?;
    let p = call.params;
    if !intent.status.is_open() {
        return Err(unexpected("update", intent.status, &OPEN));
    }
    check_customer(cx, p.customer.as_deref(), p.customer_account.as_deref()).await?;
    p.metadata.apply(&mut intent.metadata)?;
    p.description.apply(&mut intent.description);
    intent.attach_to_self = p.attach_to_self.or(intent.attach_to_self);
    if let Some(directions) = p.flow_directions {
        let named: Vec<String> = directions.iter().map(|own| own.as_str().into()).collect();
        intent.flow_directions = Some(named).filter(|list| !list.is_empty());
    }
    intent.types.change(cx, p.types).await?;
    let mut options = intent.payment_method_options.take().unwrap_or_default();
    options.change_setup(p.payment_method_options)?;
    intent.payment_method_options = Some(options);
    let customer_changes = p.customer.is_some() && p.customer != intent.customer;
    intent.customer = p.customer.or(intent.customer.take());
    if intent.attach_to_self == Some(true) && intent.customer.is_some() {
        let message = "A payment method is set up for this account itself (attach_to_self) or for a customer, not for both.";
        return Err(ApiError::coded("parameters_exclusive", message).with_param("attach_to_self"));
    }
    if let Some(given) = Given::of(p.payment_method, p.payment_method_data)? {
        let method = resolve(cx, &call.app, given, intent.customer.as_deref()).await?;
        give_up_waiting(cx, &mut intent).await?;
        intent.payment_method = Some(method.value.id);
        intent.status = Status::RequiresConfirmation;
    } else if customer_changes && let Some(id) = intent.payment_method.clone() {
        let method = kept(cx, &id).await?;
        check_usable(cx, &method, intent.customer.as_deref()).await?;
    }
    Ok(Reply::text(cx.update(&mut intent).await?))
}

/// No answer is waited for any more.
pub(super) async fn give_up_waiting(cx: &mut Cx<'_>, intent: &mut SetupIntent) -> ApiResult<()> {
    if intent.status == Status::RequiresAction {
        let id = intent.id.clone();
        microdeposits::withdraw(cx, Subject::SetupIntent(&id)).await?;
        setup_attempts::conclude(cx, intent, "abandoned", None).await?;
        intent.next_action = None;
        for mandate in [intent.mandate.take(), intent.single_use_mandate.take()].into_iter().flatten() {
            mandates::end_pending(cx, &mandate).await?;
        }
    }
    Ok(())
}

/// Cancels a Setup Intent that is not at its end.
///
/// # Errors
/// 404; 400 at its end.
pub async fn cancel(cx: &mut Cx<'_>, call: Call<Cancel>) -> ApiResult<Reply> {
    let mut intent = cx.get::<SetupIntent>(call.id(), "intent").await?;
    if !intent.status.is_open() {
        return Err(unexpected("cancel", intent.status, &OPEN));
    }
    give_up_waiting(cx, &mut intent).await?;
    intent.status = Status::Canceled;
    intent.cancellation_reason = call.params.cancellation_reason.map(|own| own.as_str().into());
    let doc = cx.update(&mut intent).await?;
    cx.emit("setup_intent.canceled", &doc, None).await?;
    Ok(Reply::text(doc))
}

/// Lists Setup Intents, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    check_customer(cx, p.customer.as_deref(), p.customer_account.as_deref()).await?;
    let to_self = p.attach_to_self.map(|own| own.to_string());
    let filter = Filter::default()
        .with(Slot::F1, p.customer.as_deref())
        .with(Slot::F2, p.payment_method.as_deref())
        .with(Slot::F3, to_self.as_deref())
        .created(p.created);
    Ok(Reply::list(URL, &cx.list::<SetupIntent>(PREFIX, &filter, &p.page).await?))
}
