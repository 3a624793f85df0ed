//! What an amount is made of, as an application says it, and whether that comes to the amount.

use form::Patch;
use kernel::{ApiError, ApiResult, Cx};

use super::object::{AmountDetails, AmountError, LineItem, LineItems, PaymentIntent, ShippingAmount, TaxAmount};
use super::params::{AmountDetailsParams, LineItemParams};

/// Most line items of a payment.
const ITEMS_MAX: usize = 200;

/// Puts what was sent over what is there. What does not come to the amount is refused, or shown as `error` if the application
/// asked for that.
///
/// # Errors
/// 400 naming `amount_details`, or the line items if there are too many or they say the same as the whole.
pub(super) fn apply(cx: &mut Cx<'_>, sent: Patch<AmountDetailsParams>, intent: &mut PaymentIntent) -> ApiResult<()> {
    let sent = match sent {
        Patch::Absent => return Ok(()),
        Patch::Clear => {
            intent.amount_details = None;
            return Ok(());
        }
        Patch::Set(sent) => sent,
    };
    let enforced = sent.enforce_arithmetic_validation != Some(false);
    let mut details: AmountDetails = intent.amount_details.clone().unwrap_or_default();
    sent.discount_amount.apply(&mut details.discount_amount);
    sent.shipping
        .map(|own| {
            let mut shipping = ShippingAmount::default();
            own.amount.apply(&mut shipping.amount);
            own.from_postal_code.apply(&mut shipping.from_postal_code);
            own.to_postal_code.apply(&mut shipping.to_postal_code);
            shipping
        })
        .apply(&mut details.shipping);
    sent.tax.map(|own| TaxAmount { total_tax_amount: Some(own.total_tax_amount) }).apply(&mut details.tax);
    match sent.line_items {
        Patch::Absent => {}
        Patch::Clear => details.line_items = None,
        Patch::Set(items) => details.line_items = Some(listed(cx, items, &intent.id)?),
    }
    check_said_once(&details)?;
    details.error = mismatch(&details, intent.amount);
    if enforced && let Some(error) = details.error.take() {
        let refused = ApiError::invalid_param("amount_details", error.message.unwrap_or_default());
        return Err(refused);
    }
    intent.amount_details = Some(details);
    Ok(())
}

fn listed(cx: &mut Cx<'_>, sent: Vec<LineItemParams>, intent: &str) -> ApiResult<LineItems> {
    if sent.len() > ITEMS_MAX {
        let message = format!("A payment has at most {ITEMS_MAX} line items.");
        return Err(ApiError::invalid_param("amount_details[line_items]", message));
    }
    let mut data = Vec::with_capacity(sent.len());
    for own in sent {
        data.push(LineItem {
            id: cx.id("uli_", 24),
            object: "payment_intent_amount_details_line_item".into(),
            discount_amount: own.discount_amount,
            payment_method_options: None,
            product_code: own.product_code,
            product_name: own.product_name,
            quantity: own.quantity,
            tax: own.tax.map(|tax| TaxAmount { total_tax_amount: Some(tax.total_tax_amount) }),
            unit_cost: own.unit_cost,
            unit_of_measure: own.unit_of_measure,
        });
    }
    let url = format!("/v1/payment_intents/{intent}/amount_details_line_items");
    Ok(LineItems { object: "list".into(), data, has_more: false, url })
}

/// Discounts and taxes are those of the whole or those of its items.
fn check_said_once(details: &AmountDetails) -> ApiResult<()> {
    let Some(items) = &details.line_items else { return Ok(()) };
    for (whole, of_items, name) in [
        (details.discount_amount.is_some(), items.data.iter().any(|own| own.discount_amount.is_some()), "discount_amount"),
        (details.tax.is_some(), items.data.iter().any(|own| own.tax.is_some()), "tax"),
    ] {
        if whole && of_items {
            let message = format!("You may only specify {name} for the whole amount or for its line items.");
            let param = format!("amount_details[{name}]");
            return Err(ApiError::coded("parameters_exclusive", message).with_param(param));
        }
    }
    Ok(())
}

/// Why the parts cannot make up the amount. Sums are wide and stop at their limits, so that no input overflows them.
fn mismatch(details: &AmountDetails, amount: i64) -> Option<AmountError> {
    let wide = |part: Option<i64>| i128::from(part.unwrap_or(0));
    let shipping = wide(details.shipping.as_ref().and_then(|own| own.amount));
    let tax = wide(details.tax.as_ref().and_then(|own| own.total_tax_amount));
    let amount = i128::from(amount);
    if shipping + tax > amount {
        let code = "amount_details_tax_shipping_discount_greater_than_amount";
        return Some(AmountError::new(code, "Tax and shipping come to more than the amount."));
    }
    let items = details.line_items.as_ref()?;
    let of_items = items.data.iter().map(worth).fold(0_i128, i128::saturating_add);
    let total = of_items.saturating_add(shipping + tax - wide(details.discount_amount));
    (total != amount).then(|| {
        let message = format!("The line items, with shipping, tax and discounts, come to {total}; the amount is {amount}.");
        AmountError::new("amount_details_amount_mismatch", &message)
    })
}

fn worth(item: &LineItem) -> i128 {
    let tax = item.tax.as_ref().and_then(|own| own.total_tax_amount).unwrap_or(0);
    i128::from(item.unit_cost) * i128::from(item.quantity) - i128::from(item.discount_amount.unwrap_or(0)) + i128::from(tax)
}
