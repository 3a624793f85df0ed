use kernel::events::changed;
use kernel::{ApiError, ApiResult, Cx, Resource, Stored};

use super::acceptance::Acceptance;
use super::object::{Mandate, Nothing, PaymentMethodDetails, SingleUse, UsBankAccountDetails};
use crate::payments::letters;
use crate::payments::payment_methods::{PaymentMethod, is_verified};
use crate::{Call, Nothing as NoParams, Reply};

/// What a debit needs of a mandate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms<'a> {
    /// `SetupIntent` or `PaymentIntent`.
    pub noun: &'static str,
    /// For this amount in minor units and currency only; else for any number of payments.
    pub single_use: Option<(i64, &'a str)>,
    /// The account in whose name money is taken.
    pub on_behalf_of: Option<&'a str>,
    /// The payer, if they are a customer.
    pub customer: Option<&'a str>,
    /// The payer signed on paper.
    pub on_paper: bool,
}

/// Shows a mandate.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<NoParams>) -> ApiResult<Reply> {
    Ok(Reply::text(cx.raw_or_missing::<Mandate>(call.id(), "mandate").await?))
}

/// The mandate that a debit runs under: the one that is named; a new one if the payer agreed just now; else one for any number
/// of payments that stands already. None if there is none of these: see [`missing`].
///
/// A new mandate is pending while the bank account is not verified.
///
/// # Errors
/// 400 if the named one is not of this payment method, not active, or not for this payment.
pub(crate) async fn for_debit(
    cx: &mut Cx<'_>,
    method: &PaymentMethod,
    named: Option<&str>,
    acceptance: Option<Acceptance>,
    terms: &Terms<'_>,
) -> ApiResult<Option<Mandate>> {
    if let Some(id) = named {
        let mandate = cx.get_named::<Mandate>(id, "mandate").await?.value;
        check(&mandate, method, terms)?;
        return Ok(Some(mandate));
    }
    match acceptance {
        Some(acceptance) => create(cx, method, acceptance, terms).await.map(Some),
        None => standing(cx, method, terms).await,
    }
}

/// The error for a debit without a mandate.
pub(crate) fn missing(noun: &str) -> ApiError {
    let message = format!(
        "This {noun} requires a mandate, but no existing mandate was found. Collect mandate acceptance from the customer and try \
         again, providing acceptance data in the mandate_data parameter."
    );
    ApiError::coded(code(noun), message)
}

fn code(noun: &str) -> &'static str {
    if noun == "SetupIntent" { "setup_intent_mandate_invalid" } else { "payment_intent_mandate_invalid" }
}

fn check(mandate: &Mandate, method: &PaymentMethod, terms: &Terms<'_>) -> ApiResult<()> {
    let wrong = if mandate.payment_method != method.id {
        "The mandate belongs to another payment method."
    } else if mandate.status != "active" {
        "The mandate is not active."
    } else if mandate.on_behalf_of.as_deref() != terms.on_behalf_of {
        "The mandate was given to another account."
    } else if !covers(mandate, terms) {
        "The mandate is for another payment only."
    } else {
        return Ok(());
    };
    Err(ApiError::coded(code(terms.noun), wrong).with_param("mandate"))
}

/// One for a single payment covers that payment.
fn covers(mandate: &Mandate, terms: &Terms<'_>) -> bool {
    mandate.single_use.as_ref().is_none_or(|own| terms.single_use == Some((own.amount, own.currency.as_str())))
}

async fn standing(cx: &mut Cx<'_>, method: &PaymentMethod, terms: &Terms<'_>) -> ApiResult<Option<Mandate>> {
    let verified = is_verified(cx, &method.id).await?;
    // One that waits for the same verification will do for it.
    let usable = |mandate: &Mandate| mandate.status == "active" || (mandate.status == "pending" && !verified);
    for mandate in all_of(cx, &method.id).await? {
        let own = mandate.value;
        if usable(&own) && own.multi_use.is_some() && own.on_behalf_of.as_deref() == terms.on_behalf_of {
            return Ok(Some(own));
        }
    }
    Ok(None)
}

async fn create(cx: &mut Cx<'_>, method: &PaymentMethod, acceptance: Acceptance, terms: &Terms<'_>) -> ApiResult<Mandate> {
    let active = is_verified(cx, &method.id).await?;
    let single_use = terms.single_use.map(|(amount, currency)| SingleUse { amount, currency: currency.to_owned() });
    let mandate = Mandate {
        id: cx.id("mandate_", 24),
        object: Mandate::KIND.into(),
        customer_acceptance: acceptance.0,
        livemode: cx.tenant.livemode(),
        multi_use: single_use.is_none().then_some(Nothing {}),
        on_behalf_of: terms.on_behalf_of.map(str::to_owned),
        payment_method: method.id.clone(),
        payment_method_details: PaymentMethodDetails {
            r#type: "us_bank_account".into(),
            us_bank_account: UsBankAccountDetails { collection_method: terms.on_paper.then(|| "paper".into()) },
        },
        r#type: if single_use.is_some() { "single_use" } else { "multi_use" }.into(),
        single_use,
        status: if active { "active" } else { "pending" }.into(),
    };
    cx.insert(&mandate).await?;
    letters::mandate(cx, &mandate, method, terms.customer).await?;
    Ok(mandate)
}

/// Newest first.
async fn all_of(cx: &mut Cx<'_>, method: &str) -> ApiResult<Vec<Stored<Mandate>>> {
    let sql = "select id from objects where tenant = $1 and kind = $2 and f1 = $3 order by id desc";
    let mut found = Vec::new();
    for row in cx.rows(sql, &[Mandate::KIND.into(), method.into()]).await? {
        found.extend(cx.find::<Mandate>(row.text(0)?).await?);
    }
    Ok(found)
}

async fn move_to(cx: &mut Cx<'_>, mandate: &mut Stored<Mandate>, status: &str) -> ApiResult<()> {
    let before = serde_json::to_value(&mandate.value)?;
    mandate.status = status.into();
    let previous = changed(&before, &serde_json::to_value(&mandate.value)?);
    let doc = cx.update(mandate).await?;
    cx.emit("mandate.updated", &doc, previous.as_ref()).await
}

async fn move_all(cx: &mut Cx<'_>, method: &str, from: &[&str], to: &str) -> ApiResult<()> {
    for mut mandate in all_of(cx, method).await? {
        if from.contains(&mandate.status.as_str()) {
            move_to(cx, &mut mandate, to).await?;
        }
    }
    Ok(())
}

/// The payment method was verified: what was agreed meanwhile counts.
pub(crate) async fn activate_all_of(cx: &mut Cx<'_>, payment_method: &str) -> ApiResult<()> {
    move_all(cx, payment_method, &["pending"], "active").await
}

/// The payment method could not be verified: what was agreed meanwhile is void.
pub(crate) async fn end_pending_of(cx: &mut Cx<'_>, payment_method: &str) -> ApiResult<()> {
    move_all(cx, payment_method, &["pending"], "inactive").await
}

/// What a mandate was given for is called off before the bank account was verified: it is void.
pub(crate) async fn end_pending(cx: &mut Cx<'_>, id: &str) -> ApiResult<()> {
    match cx.find::<Mandate>(id).await? {
        Some(mut mandate) if mandate.status == "pending" => move_to(cx, &mut mandate, "inactive").await,
        _ => Ok(()),
    }
}

/// Ends the mandates of a payment method, with `mandate.updated`.
pub(crate) async fn end_all_of(cx: &mut Cx<'_>, payment_method: &str) -> ApiResult<()> {
    move_all(cx, payment_method, &["pending", "active"], "inactive").await
}

/// A payment was made under a mandate: one for a single payment is used up.
pub(crate) async fn used(cx: &mut Cx<'_>, id: &str) -> ApiResult<()> {
    match cx.find::<Mandate>(id).await? {
        Some(mut mandate) if mandate.single_use.is_some() && mandate.status == "active" => {
            move_to(cx, &mut mandate, "inactive").await
        }
        _ => Ok(()),
    }
}
