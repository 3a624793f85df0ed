use kernel::events::changed;
use kernel::{ApiError, ApiResult, Cx, Filter, ListParams, Resource, Slot, Stored};
use money::{Amount, Currency};
use serde_json::{Value as Json, json};

use super::object::{DestinationDetails, Refund};
use super::params::{Create, List, ListOfCharge, Update};
use super::send;
use crate::payments::charges::{self, Charge};
use crate::payments::named;
use crate::{Call, Nothing, Reply};

const PREFIX: &str = "pyr_";
const URL: &str = "/v1/refunds";
/// Payments older than this are not refunded.
const WINDOW_SECONDS: i64 = 180 * 86_400;

/// Creates a refund of a payment, or of a part of it. It is sent at once if the payment has arrived, and after that if not.
///
/// # Errors
/// 400 for wrong parameters, and for a payment that cannot be refunded or has less left than is asked for.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let p = call.params;
    refuse_what_is_not_there(&p)?;
    let mut charge = match (&p.charge, &p.payment_intent) {
        (Some(charge), None) => cx.get_named::<Charge>(charge, "charge").await?,
        (None, Some(intent)) => charge_of_intent(cx, intent).await?,
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: charge, payment_intent.";
            return Err(ApiError::coded("parameters_exclusive", message).with_param("charge"));
        }
        (None, None) => {
            let message = "One of the following params should be provided for this request: payment_intent or charge.";
            return Err(ApiError::coded("parameter_missing", message));
        }
    };
    let amount = refundable(cx, &charge, p.amount)?;
    if p.currency.as_deref().is_some_and(|own| !own.eq_ignore_ascii_case(&charge.currency)) {
        return Err(ApiError::invalid_param("currency", format!("The payment was made in {}.", charge.currency)));
    }
    let mut refund = Refund {
        id: cx.id(PREFIX, 24),
        object: Refund::KIND.into(),
        amount,
        balance_transaction: None,
        charge: Some(charge.id.clone()),
        created: cx.now(),
        currency: charge.currency.clone(),
        customer: charge.customer.clone(),
        customer_account: None,
        destination_details: DestinationDetails::not_sent(),
        failure_balance_transaction: None,
        failure_reason: None,
        instructions_email: p.instructions_email,
        metadata: p.metadata,
        payment_intent: charge.payment_intent.clone(),
        payment_method: charge.payment_method.clone(),
        pending_reason: Some("charge_pending".into()),
        reason: p.reason.map(|own| own.as_str().into()),
        receipt_number: None,
        source_transfer_reversal: None,
        status: "pending".into(),
        transfer_reversal: None,
    };
    if charge.status == charges::Status::Succeeded {
        send::queue(cx, &mut refund, &charge).await?;
    }
    let doc = cx.insert(&refund).await?;
    cx.emit("refund.created", &doc, None).await?;
    let before = serde_json::to_value(&charge.value)?;
    charge.amount_refunded += amount;
    charge.refunded = charge.amount_refunded == charge.amount;
    let shown = cx.update(&mut charge).await?;
    let previous = changed(&before, &serde_json::to_value(&charge.value)?);
    cx.emit("charge.refunded", &shown, previous.as_ref()).await?;
    Ok(Reply::text(doc))
}

/// What the API has and this server does not.
fn refuse_what_is_not_there(p: &Create) -> ApiResult<()> {
    if p.origin.is_some() || p.customer.is_some() {
        let param = if p.origin.is_some() { "origin" } else { "customer" };
        return Err(ApiError::invalid_param(param, "This customer has no cash balance that could be refunded."));
    }
    for (sent, param, what) in [
        (p.reverse_transfer, "reverse_transfer", "transfer"),
        (p.refund_application_fee, "refund_application_fee", "application fee"),
    ] {
        if sent == Some(true) {
            return Err(ApiError::invalid_param(param, format!("The payment has no {what} that could be reversed.")));
        }
    }
    Ok(())
}

/// The charge of an intent that took the money, or is about to.
async fn charge_of_intent(cx: &mut Cx<'_>, intent: &str) -> ApiResult<Stored<Charge>> {
    named::payment_intent(cx, intent).await?;
    let filter = Filter::default().with(Slot::F2, Some(intent));
    let newest = cx.list::<Charge>("py_", &filter, &ListParams { limit: Some(1), ..ListParams::default() }).await?;
    if let Some(doc) = newest.rows.first() {
        let id = serde_json::from_str::<Charge>(doc)?.id;
        if let Some(charge) = cx.find::<Charge>(&id).await?.filter(|charge| charge.status != charges::Status::Failed) {
            return Ok(charge);
        }
    }
    let message = format!("This PaymentIntent ({intent}) does not have a successful charge to refund.");
    Err(ApiError::coded("payment_intent_unexpected_state", message).with_param("payment_intent"))
}

/// The amount that is to be refunded, if it can be.
fn refundable(cx: &Cx<'_>, charge: &Charge, asked: Option<i64>) -> ApiResult<i64> {
    let id = &charge.id;
    if charge.status == charges::Status::Failed {
        return Err(ApiError::coded("charge_not_refundable", format!("Charge {id} has failed, so nothing can be refunded.")));
    }
    if charge.disputed {
        let message = format!("Charge {id} has been disputed, so it cannot be refunded: the payer has the money already.");
        return Err(ApiError::coded("refund_disputed_payment", message));
    }
    if charge.created + WINDOW_SECONDS < cx.now() {
        let message = format!("Charge {id} is older than 180 days, so it cannot be refunded any more.");
        return Err(ApiError::coded("charge_not_refundable", message));
    }
    let left = charge.amount - charge.amount_refunded;
    if left <= 0 {
        return Err(ApiError::coded("charge_already_refunded", format!("Charge {id} has already been refunded.")));
    }
    let amount = asked.unwrap_or(left);
    if amount > left {
        let [amount, left] = [amount, left].map(|minor| Amount::new(minor, Currency::USD));
        let message = format!("Refund amount ({amount}) is greater than the unrefunded amount of the charge ({left}).");
        return Err(ApiError::invalid_param("amount", message));
    }
    Ok(amount)
}

/// Shows a refund.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    Ok(Reply::text(cx.raw_or_missing::<Refund>(call.id(), "refund").await?))
}

/// Updates a refund's metadata.
///
/// # Errors
/// 404; 400 for wrong parameters.
pub async fn update(cx: &mut Cx<'_>, call: Call<Update>) -> ApiResult<Reply> {
    let id = call.id().to_owned();
    let mut refund = cx.get::<Refund>(&id, "refund").await?;
    let before = serde_json::to_value(&refund.value)?;
    call.params.metadata.apply(&mut refund.metadata)?;
    Ok(Reply::text(write(cx, &mut refund, &before).await?))
}

/// Cancels a refund that waits for the payer to do something. Credits to bank accounts never do.
///
/// # Errors
/// 404; 400 in any other state.
pub async fn cancel(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let mut refund = cx.get::<Refund>(call.id(), "refund").await?;
    if refund.status != "requires_action" {
        let message = format!(
            "You cannot cancel this refund because it has a status of {}. Only a refund with the status requires_action may be canceled.",
            refund.status
        );
        return Err(ApiError::coded("status_transition_invalid", message));
    }
    let before = serde_json::to_value(&refund.value)?;
    refund.status = "canceled".into();
    Ok(Reply::text(write(cx, &mut refund, &before).await?))
}

/// Writes a refund back; its events if anything has changed.
pub(super) async fn write(cx: &mut Cx<'_>, refund: &mut Stored<Refund>, before: &Json) -> ApiResult<String> {
    let doc = cx.update(refund).await?;
    if let Some(previous) = changed(before, &serde_json::to_value(&refund.value)?) {
        cx.emit("charge.refund.updated", &doc, Some(&previous)).await?;
        cx.emit("refund.updated", &doc, Some(&previous)).await?;
    }
    Ok(doc)
}

/// Lists refunds, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    if let Some(charge) = &p.charge {
        cx.get_named::<Charge>(charge, "charge").await?;
    }
    if let Some(intent) = &p.payment_intent {
        named::payment_intent(cx, intent).await?;
    }
    let filter = Filter::default().with(Slot::F1, p.charge.as_deref()).with(Slot::F2, p.payment_intent.as_deref());
    let filter = filter.created(p.rest.created);
    Ok(Reply::list(URL, &cx.list::<Refund>(PREFIX, &filter, &p.rest.page).await?))
}

/// Lists the refunds of a charge, newest first.
///
/// # Errors
/// 404 for an unknown charge, 400 for wrong parameters.
pub async fn list_of_charge(cx: &mut Cx<'_>, call: Call<ListOfCharge>) -> ApiResult<Reply> {
    let charge = call.id().to_owned();
    cx.get::<Charge>(&charge, "charge").await?;
    let filter = Filter::default().with(Slot::F1, Some(&charge)).created(call.params.created);
    let page = cx.list::<Refund>(PREFIX, &filter, &call.params.page).await?;
    Ok(Reply::list(&format!("/v1/charges/{charge}/refunds"), &page))
}

/// The newest refunds of a charge, as its document shows them when asked to.
pub(crate) async fn latest_of(cx: &mut Cx<'_>, charge: &str) -> ApiResult<Json> {
    let filter = Filter::default().with(Slot::F1, Some(charge));
    let page = cx.list::<Refund>(PREFIX, &filter, &ListParams::default()).await?;
    let data = page.rows.iter().map(|doc| Ok(serde_json::from_str(doc)?)).collect::<ApiResult<Vec<Json>>>()?;
    Ok(json!({"object": "list", "data": data, "has_more": page.has_more, "url": format!("/v1/charges/{charge}/refunds")}))
}
