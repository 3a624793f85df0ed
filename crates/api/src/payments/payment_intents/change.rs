//! Putting what was sent over what is there, with the rules of each field.

use form::Patch;
use kernel::{ApiError, ApiResult, Cx};
use money::Currency;

use super::amounts;
use super::attempt::stop_asking;
use super::object::{Hooks, HooksInputs, HooksTax, PaymentDetails, PaymentIntent};
use super::params::{CaptureMethod, HooksParams, Payment, PaymentDetailsParams, Terms};
use super::state::{Status, Step};
use crate::App;
use crate::core::customers::Customer;
use crate::payments::intents::method::{Given, resolve};
use crate::payments::shipping::ShippingParams;
use crate::payments::statement_descriptor;

/// Least and most that a payment can be, in cents.
const AMOUNT: (i64, i64) = (50, 99_999_999);

/// That an amount can be paid.
///
/// # Errors
/// 400 `amount_too_small` or `amount_too_large`, naming `amount`.
pub(crate) fn check_amount(amount: i64) -> ApiResult<()> {
    let (code, message) = if amount < AMOUNT.0 {
        ("amount_too_small", "Amount must be at least $0.50 usd")
    } else if amount > AMOUNT.1 {
        ("amount_too_large", "Amount must be no more than $999,999.99")
    } else {
        return Ok(());
    };
    Err(ApiError::coded(code, message).with_param("amount"))
}

/// The currency, in lower case: US dollars, for that is what bank accounts are debited in here.
///
/// # Errors
/// 400 for one that is none, or another.
pub(crate) fn checked_currency(text: &str) -> ApiResult<String> {
    let Ok(currency) = Currency::parse(&text.to_ascii_lowercase()) else {
        let message = "Invalid currency: it must be a three-letter ISO code, such as usd.";
        return Err(ApiError::invalid_param("currency", message));
    };
    if currency != Currency::USD {
        let message = "Payments by us_bank_account are in US dollars: the currency must be usd.";
        return Err(ApiError::coded("payment_intent_invalid_currency", message).with_param("currency"));
    }
    Ok("usd".into())
}

/// Refuses what belongs to Connect, which is not there yet.
///
/// # Errors
/// 400 naming the parameter.
pub(crate) fn refuse_connect(sent: &[(&str, bool)]) -> ApiResult<()> {
    let Some((param, _)) = sent.iter().find(|(_, given)| *given) else { return Ok(()) };
    let message = format!("'{param}' is for platforms with connected accounts, which this server does not have yet.");
    Err(ApiError::invalid_param(*param, message))
}

/// What only servers set.
pub(super) async fn apply_terms(cx: &mut Cx<'_>, sent: Terms, intent: &mut PaymentIntent) -> ApiResult<()> {
    refuse_connect(&[
        ("application_fee_amount", matches!(sent.application_fee_amount, Patch::Set(_))),
        ("on_behalf_of", sent.on_behalf_of.is_some()),
        ("transfer_data", sent.transfer_data.is_some()),
    ])?;
    if let Some(account) = sent.customer_account {
        let message = format!("No such account: '{account}'");
        return Err(ApiError::coded("resource_missing", message).with_param("customer_account"));
    }
    if let Some(customer) = sent.customer {
        if intent.customer.as_ref().is_some_and(|own| *own != customer) && intent.payment_method.is_some() {
            let message = "The customer cannot be changed while a payment method is set that may be of the present one.";
            return Err(ApiError::invalid_param("customer", message));
        }
        intent.customer = Some(cx.get_named::<Customer>(&customer, "customer").await?.value.id);
    }
    if let Patch::Set(text) = &sent.statement_descriptor {
        statement_descriptor::check(text, "statement_descriptor")?;
    }
    if let Patch::Set(text) = &sent.statement_descriptor_suffix {
        statement_descriptor::check(text, "statement_descriptor_suffix")?;
    }
    sent.description.apply(&mut intent.description);
    sent.statement_descriptor.apply(&mut intent.statement_descriptor);
    sent.statement_descriptor_suffix.apply(&mut intent.statement_descriptor_suffix);
    intent.transfer_group = sent.transfer_group.or(intent.transfer_group.take());
    Ok(())
}

/// What is to be paid with, and how.
pub(super) async fn apply_payment(cx: &mut Cx<'_>, app: &App, sent: Payment, intent: &mut PaymentIntent) -> ApiResult<()> {
    match sent.capture_method {
        Some(CaptureMethod::Manual) => {
            let message = "Payments by us_bank_account cannot be captured later: use automatic or automatic_async.";
            return Err(ApiError::invalid_param("capture_method", message));
        }
        Some(method) => intent.capture_method = method.as_str().into(),
        None => {}
    }
    intent.types.change(cx, sent.types).await?;
    if let Some(options) = sent.payment_method_options {
        let mut own = intent.options();
        own.change_payment(Some(options), today(cx)?)?;
        intent.payment_method_options = Some(own);
    }
    apply_payment_details(sent.payment_details, intent);
    amounts::apply(cx, sent.amount_details, intent)?;
    apply_hooks(sent.hooks, intent);
    sent.receipt_email.apply(&mut intent.receipt_email);
    sent.setup_future_usage.map(|own| own.as_str().to_owned()).apply(&mut intent.setup_future_usage);
    sent.shipping.map(ShippingParams::into_shipping).apply(&mut intent.shipping);
    if let Some(given) = Given::of(sent.payment_method, sent.payment_method_data)? {
        let method = resolve(cx, app, given, intent.customer.as_deref()).await?;
        reconsider(cx, intent).await?;
        intent.payment_method = Some(method.value.id);
        intent.status = intent.status.after(Step::Attach).unwrap_or(intent.status);
    }
    Ok(())
}

/// What it waited for no longer counts: it has to be confirmed again.
pub(super) async fn reconsider(cx: &mut Cx<'_>, intent: &mut PaymentIntent) -> ApiResult<()> {
    if intent.status != Status::RequiresAction {
        return Ok(());
    }
    stop_asking(cx, &intent.id).await?;
    intent.next_action = None;
    intent.status = intent.status.after(Step::Attach).unwrap_or(intent.status);
    Ok(())
}

/// The day in New York, where the days of banks are counted.
pub(super) fn today(cx: &Cx<'_>) -> ApiResult<jiff::civil::Date> {
    let now = jiff::Timestamp::from_second(cx.now()).map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(calendar::eastern_date(now))
}

fn apply_payment_details(sent: Patch<PaymentDetailsParams>, intent: &mut PaymentIntent) {
    match sent {
        Patch::Absent => {}
        Patch::Clear => intent.payment_details = None,
        Patch::Set(sent) => {
            let details = intent.payment_details.get_or_insert_with(PaymentDetails::default);
            sent.customer_reference.apply(&mut details.customer_reference);
            sent.order_reference.apply(&mut details.order_reference);
        }
    }
}

/// Kept and shown: there is nothing here that would act on it.
fn apply_hooks(sent: Option<HooksParams>, intent: &mut PaymentIntent) {
    let Some(tax) = sent.and_then(|own| own.inputs).and_then(|inputs| inputs.tax) else { return };
    let mut named = intent.hooks.take().and_then(|hooks| hooks.inputs.tax).map(|tax| tax.calculation);
    tax.calculation.apply(&mut named);
    intent.hooks = named.map(|calculation| Hooks { inputs: HooksInputs { tax: Some(HooksTax { calculation }) } });
}
