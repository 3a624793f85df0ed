//! Charges without a payment intent: a customer's bank account that was verified, debited on the word of the application alone.

use kernel::{ApiError, ApiResult, Cx};
use nacha::EntryClass;

use super::debit::{Debit, Taken, announce, take};
use super::params::Create;
use crate::core::customers::Customer;
use crate::payments::payment_intents::{check_amount, checked_currency, refuse_connect};
use crate::payments::payment_methods::{PaymentMethod, is_verified};
use crate::payments::shipping::ShippingParams;
use crate::payments::{rails, statement_descriptor};
use crate::{Call, Reply};

/// The kind of documents that show bank accounts of customers.
const BANK_ACCOUNT: &str = "bank_account";

/// Debits a customer's bank account.
///
/// # Errors
/// 400 for wrong parameters, or a bank account that is not the customer's or not verified; 402 if the payment is refused.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let p = call.params;
    refuse_connect(&[
        ("application_fee", p.application_fee.is_some()),
        ("application_fee_amount", p.application_fee_amount.is_some()),
        ("destination", p.destination.is_some()),
        ("on_behalf_of", p.on_behalf_of.is_some()),
        ("transfer_data", p.transfer_data.is_some()),
    ])?;
    check_amount(p.amount)?;
    checked_currency(&p.currency)?;
    if p.capture == Some(false) {
        let message = "Payments by bank accounts cannot be captured later.";
        return Err(ApiError::invalid_param("capture", message));
    }
    for (param, text) in
        [("statement_descriptor", &p.statement_descriptor), ("statement_descriptor_suffix", &p.statement_descriptor_suffix)]
    {
        text.as_deref().map_or(Ok(()), |text| statement_descriptor::check(text, param))?;
    }
    rails::require_originator(&call.app, &cx.tenant)?;
    let method = method_of(cx, p.customer.as_deref(), p.source).await?;
    let source = cx.raw(BANK_ACCOUNT, &method.id).await?;
    let company = method.us_bank_account.account_holder_type.as_deref() == Some("company");
    let debit = Debit {
        amount: p.amount,
        method: &method,
        customer: p.customer,
        payment_intent: None,
        mandate: None,
        description: p.description,
        metadata: p.metadata,
        receipt_email: p.receipt_email,
        shipping: p.shipping.map(ShippingParams::into_shipping),
        source: source.map(|doc| serde_json::from_str(&doc)).transpose()?,
        statement_descriptor: p.statement_descriptor,
        statement_descriptor_suffix: p.statement_descriptor_suffix,
        transfer_group: p.transfer_group,
        class: if company { EntryClass::Ccd } else { EntryClass::Web },
        purpose: "PAYMENT",
        not_before: None,
    };
    let taken = take(cx, &call.app, debit).await?;
    announce(cx, taken.charge()).await?;
    match taken {
        Taken::Pending(charge) => Reply::json(&charge),
        Taken::Refused(charge, why) => Ok(Reply::refused(why.error(&charge.id))),
    }
}

/// The bank account: the one that is named, or the customer's default.
async fn method_of(cx: &mut Cx<'_>, customer: Option<&str>, source: Option<String>) -> ApiResult<PaymentMethod> {
    let Some(customer) = customer else {
        let message = "Bank accounts are debited for the customer who has them: name the customer.";
        return Err(ApiError::coded("parameter_missing", message).with_param("customer"));
    };
    let customer = cx.get_named::<Customer>(customer, "customer").await?;
    let Some(source) = source.or_else(|| customer.default_source.clone()) else {
        let message = "The customer has no default bank account: name the source.";
        return Err(ApiError::coded("missing", message).with_param("source"));
    };
    // A bank account of a customer is a payment method of the same id.
    let method = cx.find::<PaymentMethod>(&source).await?.map(|stored| stored.value);
    let Some(method) = method.filter(|method| method.customer.as_ref() == Some(&customer.id)) else {
        let message = format!("Customer {} does not have a linked source with ID {source}.", customer.id);
        return Err(ApiError::coded("missing", message).with_param("source"));
    };
    if !is_verified(cx, &method.id).await? {
        let message = "The customer's bank account must be verified before it can be debited.";
        return Err(ApiError::coded("bank_account_unverified", message).with_param("source"));
    }
    Ok(method)
}
