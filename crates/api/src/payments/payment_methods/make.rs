use form::FormError;
use kernel::{ApiResult, Cx, Resource, Stored};
use serde::{Deserialize, Serialize};

use super::instrument::Instrument;
use super::object::{BillingDetails, PaymentMethod, StatusDetails, UsBankAccount};
use super::params::{BillingDetailsParams, Data, Type, UsBankAccountParams};
use super::source::{self, Source};
use crate::App;
use crate::core::shared::AddressParams;
use crate::payments::blocks;
use crate::payments::sources::BankAccount;

pub(super) const PREFIX: &str = "pm_";

/// A payment method that nobody sees yet. Its numbers are in the vault, under its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// As it will be shown.
    pub method: PaymentMethod,
    /// Its holder has shown that the account is theirs.
    pub verified: bool,
}

impl Draft {
    /// Stores the payment method and answers its text.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn publish(&self, cx: &mut Cx<'_>) -> ApiResult<String> {
        cx.insert(&Instrument { id: self.method.id.clone(), verified: self.verified, spent: false }).await?;
        cx.insert(&self.method).await
    }

    /// The same for callers who go on with it.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn published(&self, cx: &mut Cx<'_>) -> ApiResult<Stored<PaymentMethod>> {
        self.publish(cx).await?;
        cx.get(&self.method.id, "payment_method").await
    }
}

/// Reads what a payment method is to be made of. `place` is the name of the parameter that holds it, empty for the top.
///
/// # Errors
/// 400 for wrong parameters, or a linked account that cannot be paid from.
pub(crate) async fn draft(cx: &mut Cx<'_>, app: &App, sent: Data, place: &str) -> ApiResult<Draft> {
    let named = |name: &str| match (place, name.split_once('[')) {
        ("", _) => name.to_owned(),
        (place, Some((first, rest))) => format!("{place}[{first}][{rest}"),
        (place, None) => format!("{place}[{name}]"),
    };
    if sent.r#type != Some(Type::UsBankAccount) {
        return Err(FormError::missing(named("type")).into());
    }
    let mut billing_details = BillingDetails::default();
    apply_billing(sent.billing_details.unwrap_or_default(), &mut billing_details);
    if billing_details.name.is_none() {
        return Err(FormError::missing(named("billing_details[name]")).into());
    }
    let bank = named("us_bank_account");
    let account = sent.us_bank_account.ok_or_else(|| FormError::missing(bank.as_str()))?;
    let source = source::read(cx, app, account, &bank).await?;
    let mut draft = of_source(cx, source).await?;
    draft.method.billing_details = billing_details;
    draft.method.metadata = sent.metadata;
    if let Some(own) = sent.allow_redisplay {
        draft.method.allow_redisplay = own.as_str().into();
    }
    Ok(draft)
}

/// Whose account it is, as it was sent ahead of the account itself.
pub(crate) fn told(sent: Data) -> (BillingDetails, form::Metadata) {
    let mut details = BillingDetails::default();
    apply_billing(sent.billing_details.unwrap_or_default(), &mut details);
    (details, sent.metadata)
}

/// A payment method of an account that was collected for an intent.
///
/// # Errors
/// 400 if it cannot be paid from.
pub(crate) async fn draft_of_account(
    cx: &mut Cx<'_>,
    app: &App,
    account: UsBankAccountParams,
    billing_details: BillingDetails,
    metadata: form::Metadata,
) -> ApiResult<Draft> {
    let source = source::read(cx, app, account, "us_bank_account").await?;
    let mut draft = of_source(cx, source).await?;
    draft.method.billing_details = billing_details;
    draft.method.metadata = metadata;
    Ok(draft)
}

/// A new payment method of a bank account that has a name, such as `pm_usBankAccount_success`; none if it is no such name.
///
/// # Errors
/// Those of the database.
pub(super) async fn from_sample(cx: &mut Cx<'_>, app: &App, name: &str) -> ApiResult<Option<Stored<PaymentMethod>>> {
    if !name.starts_with(PREFIX) {
        return Ok(None);
    }
    let Some(source) = source::of_sample(cx, app, name) else { return Ok(None) };
    let draft = of_source(cx, source).await?;
    Ok(Some(draft.published(cx).await?))
}

/// The payment method that a parameter names: an existing one, or a new one of a sample.
///
/// # Errors
/// 400 `resource_missing` if there is none.
pub(crate) async fn named(cx: &mut Cx<'_>, app: &App, id: &str, param: &str) -> ApiResult<Stored<PaymentMethod>> {
    match from_sample(cx, app, id).await? {
        Some(made) => Ok(made),
        None => cx.get_named(id, param).await,
    }
}

/// The other view of a bank account, under its id; the numbers are there already.
///
/// # Errors
/// Those of the database.
pub(crate) async fn of_bank_account(cx: &mut Cx<'_>, account: &BankAccount) -> ApiResult<Draft> {
    let method = of_shown(cx, account.id.clone(), source::of_bank_account(account)).await?;
    Ok(Draft { method, verified: account.status == "verified" })
}

async fn of_source(cx: &mut Cx<'_>, source: Source) -> ApiResult<Draft> {
    let id = cx.id(PREFIX, 24);
    source.numbers.keep(cx, &id).await?;
    let method = of_shown(cx, id, source.shown).await?;
    Ok(Draft { method, verified: source.verified })
}

async fn of_shown(cx: &mut Cx<'_>, id: String, mut shown: UsBankAccount) -> ApiResult<PaymentMethod> {
    let blocked = blocks::find(cx, shown.fingerprint.as_deref().unwrap_or_default()).await?;
    shown.status_details = blocked.map(|blocked| StatusDetails { blocked: Some(blocked) });
    Ok(PaymentMethod {
        id,
        object: PaymentMethod::KIND.into(),
        allow_redisplay: "unspecified".into(),
        billing_details: BillingDetails::default(),
        created: cx.now(),
        customer: None,
        customer_account: None,
        livemode: cx.tenant.livemode(),
        metadata: form::Metadata::default(),
        r#type: Type::UsBankAccount.as_str().into(),
        us_bank_account: shown,
    })
}

pub(super) fn apply_billing(sent: BillingDetailsParams, details: &mut BillingDetails) {
    let mut address = Some(details.address.clone());
    sent.address.map(AddressParams::into_address).apply(&mut address);
    details.address = address.unwrap_or_default();
    sent.email.apply(&mut details.email);
    sent.name.apply(&mut details.name);
    sent.phone.apply(&mut details.phone);
    sent.tax_id.apply(&mut details.tax_id);
}
