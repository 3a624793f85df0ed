use form::Metadata;
use kernel::{ApiError, ApiResult, Cx, Filter, Slot, Stored};

use super::attempt::{step, stop_asking};
use super::change::{apply_payment, apply_terms, check_amount, checked_currency, reconsider};
use super::confirm::{What, run, two_methods};
use super::object::PaymentIntent;
use super::params::{Cancel, Confirmation, Create, List, Payment, Update};
use super::state::{Status, Step};
use crate::core::search::{self, Kind, Search, Searchable};
use crate::payments::charges;
use crate::payments::intents::client_secret;
use crate::payments::intents::failure;
use crate::payments::intents::params::Automatic;
use crate::payments::intents::types::{Types, TypesParams};
use crate::{Call, Reply};

pub(super) const PREFIX: &str = "pi_";
const URL: &str = "/v1/payment_intents";
/// The version since which money is captured in the background unless asked otherwise.
const ASYNC_SINCE: &str = "2024-04-10";

/// What they can be searched by.
const SEARCHABLE: Searchable = Searchable {
    plural: "payment_intents",
    fields: &[
        ("amount", Kind::Number),
        ("created", Kind::Number),
        ("currency", Kind::Text),
        ("customer", Kind::Text),
        ("payment_method", Kind::Text),
        ("status", Kind::Text),
    ],
};

/// Creates a payment intent, and confirms it if asked to.
///
/// # Errors
/// 400 for wrong parameters; 402 if the payment is refused.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let p = call.params.clone();
    let confirm = p.confirm == Some(true);
    if !confirm {
        refuse_confirmation(&p.confirmation)?;
    }
    if p.confirmation.confirmation_token.is_some()
        && (p.payment.payment_method.is_some() || p.payment.payment_method_data.is_some())
    {
        return Err(two_methods());
    }
    let what = What::of(cx, &call, p.confirmation)?;
    check_amount(p.amount)?;
    let currency = checked_currency(&p.currency)?;
    let mut payment = p.payment;
    let types = std::mem::take(&mut payment.types);
    let mut intent = new(cx, (p.amount, currency), (types, p.automatic_payment_methods), p.metadata).await?;
    if let Some(method) = p.confirmation_method {
        intent.confirmation_method = method.as_str().into();
    }
    apply_terms(cx, p.terms, &mut intent).await?;
    apply_payment(cx, &call.app, payment, &mut intent).await?;
    let doc = cx.insert(&intent).await?;
    cx.emit("payment_intent.created", &doc, None).await?;
    if !confirm {
        return Ok(Reply::text(doc));
    }
    let mut intent = cx.get::<PaymentIntent>(&intent.id, "intent").await?;
    let refusal = run(cx, &call.app, &call.caller.access, &mut intent, (Payment::default(), what)).await?;
    answer(&intent, refusal)
}

/// The intent, or the refusal with the intent in it.
fn answer(intent: &PaymentIntent, refusal: Option<ApiError>) -> ApiResult<Reply> {
    match refusal {
        Some(error) => {
            Ok(Reply::refused(failure::refusal(error, "payment_intent", serde_json::to_value(intent)?, "last_payment_error")))
        }
        None => Reply::json(intent),
    }
}

/// Refuses what belongs to a confirmation where there is none.
fn refuse_confirmation(sent: &Confirmation) -> ApiResult<()> {
    let given = [
        ("confirmation_token", sent.confirmation_token.is_some()),
        ("error_on_requires_action", sent.error_on_requires_action.is_some()),
        ("mandate", sent.mandate.is_some()),
        ("mandate_data", !sent.mandate_data.is_absent()),
        ("off_session", sent.off_session.is_some()),
        ("return_url", sent.return_url.is_some()),
    ];
    let Some((param, _)) = given.into_iter().find(|(_, given)| *given) else { return Ok(()) };
    let message = format!("'{param}' belongs to a confirmation: send confirm=true as well, or send it when you confirm.");
    Err(ApiError::invalid_param(param, message).before_work())
}

async fn new(
    cx: &mut Cx<'_>,
    (amount, currency): (i64, String),
    (types, automatic): (TypesParams, Option<Automatic>),
    metadata: Metadata,
) -> ApiResult<PaymentIntent> {
    let id = cx.id(PREFIX, 24);
    Ok(PaymentIntent {
        client_secret: client_secret::draw(cx, &id),
        id,
        object: "payment_intent".into(),
        types: Types::new(cx, types, automatic).await?,
        amount,
        amount_capturable: 0,
        amount_details: None,
        hooks: None,
        amount_received: 0,
        application: None,
        application_fee_amount: None,
        canceled_at: None,
        cancellation_reason: None,
        capture_method: if cx.version.since(ASYNC_SINCE) { "automatic_async" } else { "automatic" }.into(),
        confirmation_method: "automatic".into(),
        created: cx.now(),
        currency,
        customer: None,
        customer_account: None,
        description: None,
        last_payment_error: None,
        latest_charge: None,
        livemode: cx.tenant.livemode(),
        managed_payments: None,
        metadata,
        next_action: None,
        on_behalf_of: None,
        payment_details: None,
        payment_method: None,
        payment_method_options: None,
        payment_record: None,
        processing: None,
        receipt_email: None,
        review: None,
        setup_future_usage: None,
        shipping: None,
        source: None,
        statement_descriptor: None,
        statement_descriptor_suffix: None,
        status: Status::RequiresPaymentMethod,
        transfer_group: None,
    })
}

/// Updates a payment intent. What is to be paid, and with what, changes only until the debit is on its way.
///
/// # Errors
/// 404; 400 for wrong parameters, or what can no longer be changed.
pub async fn update(cx: &mut Cx<'_>, call: Call<Update>) -> ApiResult<Reply> {
    let id = call.id().to_owned();
    let p = call.params;
    let mut intent = cx.get::<PaymentIntent>(&id, "intent").await?;
    if !intent.status.may_change() {
        refuse_late_changes(&intent, &p)?;
    }
    if let Some(currency) = p.currency {
        intent.currency = checked_currency(&currency)?;
    }
    if let Some(amount) = p.amount {
        check_amount(amount)?;
        if amount != intent.amount {
            intent.amount = amount;
            reconsider(cx, &mut intent).await?;
        }
    }
    p.metadata.apply(&mut intent.metadata)?;
    apply_terms(cx, p.terms, &mut intent).await?;
    apply_payment(cx, &call.app, p.payment, &mut intent).await?;
    if intent.status.may_change() {
        intent.last_payment_error = None;
    }
    Ok(Reply::text(cx.update(&mut intent).await?))
}

/// Once the debit is on its way, only notes about it change.
fn refuse_late_changes(intent: &PaymentIntent, sent: &Update) -> ApiResult<()> {
    let payment = &sent.payment;
    let given = [
        ("amount", sent.amount.is_some()),
        ("currency", sent.currency.is_some()),
        ("customer", sent.terms.customer.is_some()),
        ("payment_method", payment.payment_method.is_some()),
        ("payment_method_data", payment.payment_method_data.is_some()),
        ("payment_method_options", payment.payment_method_options.is_some()),
        ("setup_future_usage", !payment.setup_future_usage.is_absent()),
        ("statement_descriptor", !sent.terms.statement_descriptor.is_absent()),
    ];
    let Some((param, _)) = given.into_iter().find(|(_, given)| *given) else { return Ok(()) };
    let message = format!(
        "This PaymentIntent's {param} could not be updated because it has a status of {}. You may only update the {param} of a \
         PaymentIntent with one of the following statuses: requires_payment_method, requires_confirmation, requires_action.",
        intent.status.as_str()
    );
    Err(ApiError::coded("payment_intent_unexpected_state", message).with_param(param))
}

/// Lists payment intents, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    if p.customer_account.is_some() {
        // No account is a customer here.
        return Ok(Reply::list(URL, &kernel::Page { rows: Vec::new(), has_more: false }));
    }
    let filter = Filter::default().with(Slot::F1, p.customer.as_deref()).created(p.created);
    Ok(Reply::list(URL, &cx.list::<PaymentIntent>(PREFIX, &filter, &p.page).await?))
}

/// Searches payment intents.
///
/// # Errors
/// 400 for a query or page that does not read.
pub async fn search(cx: &mut Cx<'_>, call: Call<Search>) -> ApiResult<Reply> {
    search::answer::<PaymentIntent>(cx, SEARCHABLE, (PREFIX, URL), call).await
}

/// Cancels a payment intent, for good. One that is processing can be canceled until its debit is in a file.
///
/// # Errors
/// 404; 400 in a final status, or when the debit has left.
pub async fn cancel(cx: &mut Cx<'_>, call: Call<Cancel>) -> ApiResult<Reply> {
    let mut intent = cx.get::<PaymentIntent>(call.id(), "intent").await?;
    if intent.status.after(Step::Cancel).is_none() {
        let message = format!(
            "You cannot cancel this PaymentIntent because it has a status of {}. Only a PaymentIntent with one of the following \
             statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, \
             processing.",
            intent.status.as_str()
        );
        return Err(ApiError::coded("payment_intent_unexpected_state", message));
    }
    take_back(cx, &call.app, &intent).await?;
    step(&mut intent, Step::Cancel)?;
    intent.canceled_at = Some(cx.now());
    intent.cancellation_reason = call.params.cancellation_reason.map(|own| own.as_str().into());
    intent.next_action = None;
    let doc = cx.update(&mut intent).await?;
    cx.emit("payment_intent.canceled", &doc, None).await?;
    Ok(Reply::text(doc))
}

/// Takes back what the intent has set in motion.
async fn take_back(cx: &mut Cx<'_>, app: &crate::App, intent: &Stored<PaymentIntent>) -> ApiResult<()> {
    match (intent.status, &intent.latest_charge) {
        (Status::Processing, Some(charge)) => {
            if charges::withdraw(cx, app, charge).await? {
                return Ok(());
            }
            let message = "You cannot cancel this PaymentIntent because its debit was already sent to the bank. Refund it once \
                           it has succeeded.";
            Err(ApiError::coded("payment_intent_unexpected_state", message))
        }
        (Status::RequiresAction, _) => stop_asking(cx, &intent.id).await,
        _ => Ok(()),
    }
}
