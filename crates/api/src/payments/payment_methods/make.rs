//! New payment methods: of what callers send, and of samples.

use form::{FormError, Metadata};
use kernel::{ApiResult, Cx, Resource, Stored};

use super::instrument::Instrument;
use super::object::{BillingDetails, PaymentMethod, StatusDetails};
use super::ops::{PREFIX, apply_billing};
use super::params::{AllowRedisplay, BillingDetailsParams, Type, UsBankAccountParams};
use super::source::{self, Source};
use crate::App;
use crate::payments::blocks;

/// Whose name stands at a sample's account.
const SAMPLE_HOLDER: &str = "Jenny Rosen";

/// What a payment method is made of.
#[derive(Debug, Clone)]
pub(crate) struct New {
    pub allow_redisplay: Option<AllowRedisplay>,
    pub billing_details: Option<BillingDetailsParams>,
    pub metadata: Metadata,
    pub us_bank_account: Option<UsBankAccountParams>,
}

/// Makes a payment method, which belongs to nobody yet. `at` is the parameter that it was sent in, empty for the endpoint of
/// payment methods itself.
///
/// # Errors
/// 400 for a missing name, wrong numbers, or a linked account that cannot be paid from.
pub(crate) async fn make(cx: &mut Cx<'_>, app: &App, new: New, at: &str) -> ApiResult<Stored<PaymentMethod>> {
    let own = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}[{name}]") };
    let mut billing_details = BillingDetails::default();
    apply_billing(new.billing_details.unwrap_or_default(), &mut billing_details);
    if billing_details.name.is_none() {
        return Err(FormError::missing(format!("{}[name]", own("billing_details"))).into());
    }
    let sent = new.us_bank_account.ok_or_else(|| FormError::missing(own("us_bank_account")))?;
    let source = source::read(cx, sent, &own("us_bank_account")).await?;
    let redisplay = new.allow_redisplay.unwrap_or(AllowRedisplay::Unspecified);
    keep(cx, app, source, billing_details, redisplay, new.metadata).await
}

/// A fresh payment method of a sample that has this name here, if there is one.
///
/// # Errors
/// Those of the database.
pub(crate) async fn make_of_sample(cx: &mut Cx<'_>, app: &App, name: &str) -> ApiResult<Option<Stored<PaymentMethod>>> {
    let Some(sample) = app.surroundings.of(cx.tenant.livemode()).sample(name) else { return Ok(None) };
    let source = source::of_sample(cx, sample);
    let details = BillingDetails { name: Some(SAMPLE_HOLDER.into()), ..BillingDetails::default() };
    keep(cx, app, source, details, AllowRedisplay::Unspecified, Metadata::new()).await.map(Some)
}

async fn keep(
    cx: &mut Cx<'_>,
    app: &App,
    source: Source,
    billing_details: BillingDetails,
    redisplay: AllowRedisplay,
    metadata: Metadata,
) -> ApiResult<Stored<PaymentMethod>> {
    let mut us_bank_account = source.shown;
    if us_bank_account.bank_name.is_none() {
        us_bank_account.bank_name = app.surroundings.of(cx.tenant.livemode()).bank_name(&source.numbers.routing);
    }
    if let Some(blocked) = blocks::find(cx, us_bank_account.fingerprint.as_deref().unwrap_or_default()).await? {
        us_bank_account.status_details = Some(StatusDetails { blocked: Some(blocked) });
    }
    let method = PaymentMethod {
        id: cx.id(PREFIX, 24),
        object: PaymentMethod::KIND.into(),
        allow_redisplay: redisplay.as_str().into(),
        billing_details,
        created: cx.now(),
        customer: None,
        customer_account: None,
        livemode: cx.tenant.livemode(),
        metadata,
        r#type: Type::UsBankAccount.as_str().into(),
        us_bank_account,
    };
    source.numbers.keep(cx, &method.id).await?;
    cx.insert(&Instrument { id: method.id.clone(), verified: source.verified, spent: false }).await?;
    cx.insert(&method).await?;
    cx.get(&method.id, "payment_method").await
}
