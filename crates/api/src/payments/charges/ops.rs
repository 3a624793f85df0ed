use kernel::events::changed;
use kernel::{ApiError, ApiResult, Cx, Filter, Slot};

use super::object::Charge;
use super::params::{List, Update};
use crate::core::customers::Customer;
use crate::core::search::{self, Kind, Search, Searchable};
use crate::payments::shipping::ShippingParams;
use crate::{Call, Nothing, Reply};

pub(super) const PREFIX: &str = "py_";
const URL: &str = "/v1/charges";

/// What they can be searched by.
const SEARCHABLE: Searchable = Searchable {
    plural: "charges",
    fields: &[
        ("amount", Kind::Number),
        ("billing_details.address.postal_code", Kind::Text),
        ("created", Kind::Number),
        ("currency", Kind::Text),
        ("customer", Kind::Text),
        ("disputed", Kind::Flag),
        ("payment_intent", Kind::Text),
        ("payment_method", Kind::Text),
        ("payment_method_details.us_bank_account.fingerprint", Kind::Text),
        ("payment_method_details.us_bank_account.last4", Kind::Text),
        ("refunded", Kind::Flag),
        ("status", Kind::Text),
    ],
};

/// Shows a charge.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    Ok(Reply::text(cx.raw_or_missing::<Charge>(call.id(), "charge").await?))
}

/// Lists charges, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    let filter = Filter::default()
        .with(Slot::F1, p.customer.as_deref())
        .with(Slot::F2, p.payment_intent.as_deref())
        .with(Slot::F4, p.transfer_group.as_deref())
        .created(p.created);
    Ok(Reply::list(URL, &cx.list::<Charge>(PREFIX, &filter, &p.page).await?))
}

/// Searches charges.
///
/// # Errors
/// 400 for a query or page that does not read.
pub async fn search(cx: &mut Cx<'_>, call: Call<Search>) -> ApiResult<Reply> {
    search::answer::<Charge>(cx, SEARCHABLE, (PREFIX, URL), call).await
}

/// Updates what an application notes about a charge.
///
/// # Errors
/// 404; 400 for wrong parameters, or to change what is set once.
pub async fn update(cx: &mut Cx<'_>, call: Call<Update>) -> ApiResult<Reply> {
    let id = call.id().to_owned();
    let p = call.params;
    let mut charge = cx.get::<Charge>(&id, "charge").await?;
    let before = serde_json::to_value(&charge.value)?;
    if let Some(customer) = p.customer {
        if charge.customer.as_ref().is_some_and(|own| *own != customer) {
            let message = "You cannot change the customer of a charge that has one.";
            return Err(ApiError::invalid_param("customer", message));
        }
        charge.customer = Some(cx.get_named::<Customer>(&customer, "customer").await?.value.id);
    }
    if let Some(group) = p.transfer_group {
        if charge.transfer_group.as_ref().is_some_and(|own| *own != group) {
            let message = "You cannot change the transfer_group of a charge that has one.";
            return Err(ApiError::invalid_param("transfer_group", message));
        }
        charge.transfer_group = Some(group);
    }
    p.metadata.apply(&mut charge.metadata)?;
    p.description.apply(&mut charge.description);
    p.receipt_email.apply(&mut charge.receipt_email);
    p.shipping.map(ShippingParams::into_shipping).apply(&mut charge.shipping);
    if let Some(sent) = p.fraud_details {
        sent.user_report.map(|own| own.as_str().to_owned()).apply(&mut charge.fraud_details.user_report);
    }
    let previous = changed(&before, &serde_json::to_value(&charge.value)?);
    let doc = cx.update(&mut charge).await?;
    if previous.is_some() {
        cx.emit("charge.updated", &doc, previous.as_ref()).await?;
    }
    Ok(Reply::text(doc))
}
