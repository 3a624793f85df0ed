use form::FormError;
use kernel::events::changed;
use kernel::{ApiError, ApiResult, Cx, Resource, Stored};

use super::instrument::Instrument;
use super::make::{self, apply_billing};
use super::object::PaymentMethod;
use super::params::{Attach, Create, Update};
use super::reach;
use crate::core::customers::{self, Customer};
use crate::payments::sources;
use crate::{Call, Nothing, Reply};

/// Creates a payment method; it belongs to no customer yet.
///
/// # Errors
/// 400 for wrong parameters, or a linked account that cannot be paid from.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let p = call.params;
    if p.payment_method.is_some() || p.customer.is_some() {
        let param = if p.payment_method.is_some() { "payment_method" } else { "customer" };
        let message = "Payment methods are copied from a platform to a connected account only: set Stripe-Account to it.";
        return Err(ApiError::invalid_param(param, message));
    }
    let draft = make::draft(cx, &call.app, p.data, "").await?;
    let doc = draft.publish(cx).await?;
    Ok(Reply::text(reach::shown(&call.caller.access, doc)?))
}

/// Shows a payment method.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let doc = cx.raw_or_missing::<PaymentMethod>(call.id(), "payment_method").await?;
    reach::check_owner(&call.caller.access, &serde_json::from_str(&doc)?)?;
    Ok(Reply::text(reach::shown(&call.caller.access, doc)?))
}

/// Shows a payment method of a customer.
///
/// # Errors
/// 404 if there is none, or it is another customer's.
pub async fn retrieve_of_customer(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let (customer, id) = (call.ids[0].clone(), call.ids[1].clone());
    reach::check(&call.caller.access, Some(&customer))?;
    cx.get::<Customer>(&customer, "customer").await?;
    let method = cx.get::<PaymentMethod>(&id, "payment_method").await?;
    if method.customer.as_deref() != Some(customer.as_str()) {
        return Err(ApiError::missing(PaymentMethod::NOUN, &id, "payment_method"));
    }
    Ok(Reply::text(reach::shown(&call.caller.access, serde_json::to_string(&method.value)?)?))
}

/// Updates a payment method of a customer.
///
/// # Errors
/// 404; 400 for wrong parameters, or while it belongs to no customer.
pub async fn update(cx: &mut Cx<'_>, call: Call<Update>) -> ApiResult<Reply> {
    let id = call.id().to_owned();
    let p = call.params;
    let mut method = cx.get::<PaymentMethod>(&id, "payment_method").await?;
    reach::check_owner(&call.caller.access, &method)?;
    if method.customer.is_none() {
        let message = "You must save this PaymentMethod to a customer before you can update it.";
        return Err(ApiError::coded("payment_method_unexpected_state", message));
    }
    let before = serde_json::to_value(&method.value)?;
    p.metadata.apply(&mut method.metadata)?;
    if let Some(sent) = p.billing_details {
        apply_billing(sent, &mut method.billing_details);
    }
    if let Some(own) = p.allow_redisplay {
        method.allow_redisplay = own.as_str().into();
    }
    if let Some(sent) = p.us_bank_account {
        let account = &mut method.us_bank_account;
        account.account_holder_type =
            sent.account_holder_type.map(|own| own.as_str().into()).or(account.account_holder_type.take());
        account.account_type = sent.account_type.map(|own| own.as_str().into()).or(account.account_type.take());
    }
    let after = serde_json::to_value(&method.value)?;
    let doc = cx.update(&mut method).await?;
    if let Some(previous) = changed(&before, &after) {
        cx.emit("payment_method.updated", &doc, Some(&previous)).await?;
    }
    if sources::is_one(&id) {
        sources::follow(cx, &method).await?;
    }
    Ok(Reply::text(reach::shown(&call.caller.access, doc)?))
}

/// Attaches a payment method to a customer.
///
/// # Errors
/// 404; 400 if it is another customer's, was detached, or is not verified.
pub async fn attach(cx: &mut Cx<'_>, call: Call<Attach>) -> ApiResult<Reply> {
    let id = call.id().to_owned();
    if let Some(account) = &call.params.customer_account {
        let message = format!("No such account: '{account}'");
        return Err(ApiError::coded("resource_missing", message).with_param("customer_account"));
    }
    let customer = call.params.customer.ok_or_else(|| FormError::missing("customer"))?;
    reach::check(&call.caller.access, Some(&customer))?;
    let mut method = match make::from_sample(cx, &call.app, &id).await? {
        Some(method) => method,
        None => cx.get::<PaymentMethod>(&id, "payment_method").await?,
    };
    cx.get_named::<Customer>(&customer, "customer").await?;
    attach_to(cx, &mut method, &customer, "payment_method").await?;
    Ok(Reply::text(reach::shown(&call.caller.access, serde_json::to_string(&method.value)?)?))
}

/// Attaches a payment method to a customer; once more changes nothing.
///
/// # Errors
/// 400 if it cannot be, or the customer was deleted meanwhile.
pub(crate) async fn attach_to(cx: &mut Cx<'_>, method: &mut Stored<PaymentMethod>, customer: &str, param: &str) -> ApiResult<()> {
    if method.customer.as_deref() == Some(customer) {
        return Ok(());
    }
    if method.customer.is_some() {
        let message = "The payment method you provided has already been attached to a customer.";
        return Err(ApiError::coded("payment_method_unexpected_state", message).with_param(param));
    }
    let instrument = cx.find::<Instrument>(&method.id).await?.map(|stored| stored.value);
    if instrument.as_ref().is_none_or(|own| own.spent) {
        let message = "The provided PaymentMethod was detached from a customer, or used without one. It may not be used again.";
        return Err(ApiError::invalid_param(param, message));
    }
    if instrument.is_some_and(|own| !own.verified) {
        let message = "This bank account is not verified yet. Use a SetupIntent or a PaymentIntent to verify and attach it.";
        return Err(ApiError::coded("bank_account_unverified", message).with_param(param));
    }
    cx.get_named::<Customer>(customer, "customer").await?;
    method.customer = Some(customer.to_owned());
    let doc = cx.update(method).await?;
    cx.emit("payment_method.attached", &doc, None).await
}

/// Detaches a payment method from its customer, for good.
///
/// # Errors
/// 404; 400 if it belongs to none.
pub async fn detach(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let mut method = cx.get::<PaymentMethod>(call.id(), "payment_method").await?;
    reach::check_owner(&call.caller.access, &method)?;
    if method.customer.is_none() {
        let message = "The payment method you provided is not attached to a customer so detachment is impossible.";
        return Err(ApiError::coded("payment_method_unexpected_state", message).with_param("payment_method"));
    }
    release(cx, &mut method).await?;
    Ok(Reply::text(reach::shown(&call.caller.access, serde_json::to_string(&method.value)?)?))
}

/// Takes a payment method from its customer, for good. One that is a bank account's other view is told of as that.
pub(crate) async fn release(cx: &mut Cx<'_>, method: &mut Stored<PaymentMethod>) -> ApiResult<()> {
    let before = serde_json::to_value(&method.value)?;
    method.customer = None;
    let doc = cx.update(method).await?;
    if let Some(mut instrument) = cx.find::<Instrument>(&method.id).await? {
        instrument.spent = true;
        cx.update(&mut instrument).await?;
    }
    if let Some(customer) = before["customer"].as_str() {
        customers::forget_default_method(cx, customer, &method.id).await?;
    }
    if sources::is_one(&method.id) {
        return sources::gone(cx, &method.id).await;
    }
    let previous = changed(&before, &serde_json::to_value(&method.value)?);
    cx.emit("payment_method.detached", &doc, previous.as_ref()).await
}

/// The payment method that is the other view of a bank account.
pub(crate) async fn twin_of(cx: &mut Cx<'_>, bank_account: &str) -> ApiResult<Option<Stored<PaymentMethod>>> {
    if sources::is_one(bank_account) { cx.find(bank_account).await } else { Ok(None) }
}

/// Detaches whatever belongs to a customer who is deleted.
pub(crate) async fn release_all_of(cx: &mut Cx<'_>, customer: &str) -> ApiResult<()> {
    let sql = "select id from objects where tenant = $1 and kind = $2 and f1 = $3 order by id";
    for row in cx.rows(sql, &[PaymentMethod::KIND.into(), customer.into()]).await? {
        if let Some(mut method) = cx.find::<PaymentMethod>(row.text(0)?).await? {
            release(cx, &mut method).await?;
        }
    }
    Ok(())
}
