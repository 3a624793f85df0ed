use form::{Metadata, Patch};
use kernel::events::changed;
use kernel::{ApiError, ApiResult, Cx, Filter, Slot};

use super::object::{CashBalance, CashBalanceSettings, CustomField, Customer, InvoiceSettings, RenderingOptions, Shipping};
use super::params::{
    CashBalanceParams, Create, Fields, InvoiceSettingsParams, List, ReconciliationMode, RenderingOptionsParams, ShippingParams,
    Update,
};
use super::sources::change_default_source;
use super::tax;
use crate::core::search::{self, Kind, Search, Searchable};
use crate::core::shared::{Address, AddressParams};
use crate::core::test_clocks::{self, TestClock};
use crate::payments::payment_methods::{self, PaymentMethod};
use crate::payments::sources;
use crate::{Call, Nothing, Reply};

const PREFIX: &str = "cus_";
const URL: &str = "/v1/customers";
/// Where the default payment method stands among the parameters.
const DEFAULT_METHOD: &str = "invoice_settings[default_payment_method]";
/// What they can be searched by.
const SEARCHABLE: Searchable = Searchable {
    plural: "customers",
    fields: &[("created", Kind::Number), ("email", Kind::Text), ("name", Kind::Text), ("phone", Kind::Text)],
};

/// Creates a customer.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let p = call.params;
    if let Some(default) = default_method(&p.fields)
        && p.payment_method.as_deref() != Some(default)
    {
        return Err(not_of_customer(default));
    }
    tax::check_ids(&p.tax_id_data)?;
    let created = match &p.test_clock {
        Some(clock) => test_clocks::join(cx, clock).await?,
        None => cx.now(),
    };
    let id = if p.test_clock.is_some() { cx.id_at(PREFIX, 14, created) } else { cx.id(PREFIX, 14) };
    let mut customer = Customer::new(id, created, cx.tenant.livemode());
    customer.invoice_prefix = cx.core.ids().secret("", 8).to_ascii_uppercase();
    customer.metadata = p.metadata;
    customer.test_clock = p.test_clock;
    let account = match &p.fields.source {
        Some(token) => Some(sources::redeem(cx, &call.app, token).await?),
        None => None,
    };
    customer.default_source = account.as_ref().map(|account| account.id.clone());
    let sent_tax = p.fields.tax.clone();
    apply(p.fields, &mut customer)?;
    tax::apply(cx, &customer, sent_tax).await?;
    let doc = cx.insert(&customer).await?;
    cx.emit("customer.created", &doc, None).await?;
    tax::create_ids(cx, &customer, p.tax_id_data).await?;
    if let Some(account) = account {
        sources::add(cx, &call.app, account, &customer.id, Metadata::default()).await?;
    }
    if let Some(method) = p.payment_method {
        let mut method = payment_methods::named(cx, &call.app, &method, "payment_method").await?;
        payment_methods::attach_to(cx, &mut method, &customer.id, "payment_method").await?;
    }
    Ok(Reply::text(doc))
}

/// Updates a customer.
///
/// # Errors
/// 404 if there is none, 400 for wrong parameters.
pub async fn update(cx: &mut Cx<'_>, call: Call<Update>) -> ApiResult<Reply> {
    let id = call.id().to_owned();
    let p = call.params;
    let mut customer = cx.get::<Customer>(&id, "id").await?;
    if let Some(default) = default_method(&p.fields) {
        let method = cx.get_named::<PaymentMethod>(default, DEFAULT_METHOD).await?;
        if method.customer.as_deref() != Some(id.as_str()) {
            return Err(not_of_customer(default));
        }
    }
    let before = serde_json::to_value(&customer.value)?;
    let account = change_default_source(cx, &call.app, &mut customer, p.fields.source.as_deref(), p.default_source).await?;
    p.metadata.apply(&mut customer.metadata)?;
    let sent_tax = p.fields.tax.clone();
    apply(p.fields, &mut customer)?;
    tax::apply(cx, &customer, sent_tax).await?;
    let after = serde_json::to_value(&customer.value)?;
    let doc = cx.update(&mut customer).await?;
    if let Some(previous) = changed(&before, &after) {
        cx.emit("customer.updated", &doc, Some(&previous)).await?;
    }
    if let Some(account) = account {
        sources::add_as_default(cx, &call.app, account, &id, before["default_source"].as_str()).await?;
    }
    Ok(Reply::text(doc))
}

/// Puts what was sent over what is there.
fn apply(sent: Fields, customer: &mut Customer) -> ApiResult<()> {
    apply_address(sent.address, &mut customer.address);
    apply_shipping(sent.shipping, &mut customer.shipping);
    customer.balance = sent.balance.unwrap_or(customer.balance);
    customer.next_invoice_sequence = sent.next_invoice_sequence.unwrap_or(customer.next_invoice_sequence);
    if let Some(prefix) = sent.invoice_prefix {
        customer.invoice_prefix = checked_prefix(prefix)?;
    }
    if let Some(locales) = sent.preferred_locales {
        customer.preferred_locales = locales;
    }
    sent.business_name.apply(&mut customer.business_name);
    sent.individual_name.apply(&mut customer.individual_name);
    sent.description.apply(&mut customer.description);
    apply_email(sent.email, customer)?;
    sent.name.apply(&mut customer.name);
    sent.phone.apply(&mut customer.phone);
    apply_invoice_settings(sent.invoice_settings, &mut customer.invoice_settings)?;
    apply_cash_balance(sent.cash_balance.as_ref(), customer);
    apply_tax_exempt(sent.tax_exempt.map(|value| value.as_str()), customer);
    Ok(())
}

/// Shows a customer; a deleted one as such.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    Ok(Reply::text(cx.raw_or_missing::<Customer>(call.id(), "id").await?))
}

/// Deletes a customer; its id stays retrievable.
///
/// # Errors
/// 404 if there is none.
pub async fn delete(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let customer = cx.get::<Customer>(call.id(), "id").await?;
    remove(cx, customer).await
}

async fn remove(cx: &mut Cx<'_>, mut customer: kernel::Stored<Customer>) -> ApiResult<Reply> {
    let last = serde_json::to_string(&customer.value)?;
    let reply = Reply::deleted(&customer.id, "customer");
    let doc = reply.clone().into_text()?;
    // First of all, so that what goes with the customer finds nobody to change.
    cx.mark_deleted(&mut customer, &doc).await?;
    payment_methods::release_all_of(cx, &customer.id).await?;
    cx.emit("customer.deleted", &last, None).await?;
    Ok(reply)
}

/// A payment method that a customer no longer has is no longer the default.
pub(crate) async fn forget_default_method(cx: &mut Cx<'_>, customer: &str, method: &str) -> ApiResult<()> {
    let Some(mut customer) = cx.find::<Customer>(customer).await? else { return Ok(()) };
    if customer.invoice_settings.default_payment_method.as_deref() != Some(method) {
        return Ok(());
    }
    let before = serde_json::to_value(&customer.value)?;
    customer.invoice_settings.default_payment_method = None;
    let doc = cx.update(&mut customer).await?;
    let previous = changed(&before, &serde_json::to_value(&customer.value)?);
    cx.emit("customer.updated", &doc, previous.as_ref()).await
}

/// Deletes what hangs on a test clock that goes.
///
/// # Errors
/// Those of the database.
pub async fn remove_all_on_clock(cx: &mut Cx<'_>, clock: &TestClock) -> ApiResult<()> {
    let sql = "select id from objects where tenant = $1 and kind = 'customer' and f2 = $2 and deleted = 0 order by id";
    for row in cx.rows(sql, &[clock.id.as_str().into()]).await? {
        if let Some(customer) = cx.find::<Customer>(row.text(0)?).await? {
            remove(cx, customer).await?;
        }
    }
    Ok(())
}

/// Lists customers, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    let filter = Filter::default().with(Slot::F1, p.email.as_deref()).with(Slot::F2, p.test_clock.as_deref()).created(p.created);
    // Customers on test clocks show only when asked for by their clock.
    let filter = filter.without(p.test_clock.is_none().then_some(Slot::F2));
    let page = cx.list::<Customer>(PREFIX, &filter, &p.page).await?;
    Ok(Reply::list(URL, &page))
}

/// Searches customers. Unlike the official one, it sees every write at once.
///
/// # Errors
/// 400 for a query or page that does not read.
pub async fn search(cx: &mut Cx<'_>, call: Call<Search>) -> ApiResult<Reply> {
    search::answer::<Customer>(cx, SEARCHABLE, (PREFIX, URL), call).await
}

fn apply_address(sent: Patch<AddressParams>, address: &mut Option<Address>) {
    match sent {
        Patch::Absent => {}
        Patch::Clear => *address = None,
        Patch::Set(sent) => *address = Some(sent.into_address()),
    }
}

fn apply_shipping(sent: Patch<ShippingParams>, shipping: &mut Option<Shipping>) {
    match sent {
        Patch::Absent => {}
        Patch::Clear => *shipping = None,
        Patch::Set(sent) => {
            let mut phone = None;
            sent.phone.apply(&mut phone);
            *shipping = Some(Shipping { address: sent.address.into_address(), name: sent.name, phone });
        }
    }
}

fn apply_email(sent: Patch<String>, customer: &mut Customer) -> ApiResult<()> {
    if let Patch::Set(email) = &sent {
        let shaped =
            email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
        if !shaped || email.chars().any(char::is_whitespace) {
            let message = format!("Invalid email address: {email}");
            return Err(ApiError::coded("email_invalid", message).with_param("email"));
        }
    }
    sent.apply(&mut customer.email);
    Ok(())
}

fn apply_invoice_settings(sent: Option<InvoiceSettingsParams>, settings: &mut InvoiceSettings) -> ApiResult<()> {
    let Some(sent) = sent else { return Ok(()) };
    match sent.custom_fields {
        Patch::Absent => {}
        Patch::Clear => settings.custom_fields = None,
        Patch::Set(fields) if fields.len() > 4 => {
            return Err(ApiError::invalid_param("invoice_settings[custom_fields]", "An invoice shows at most 4 custom fields."));
        }
        Patch::Set(fields) => {
            let fields = fields.into_iter().map(|field| CustomField { name: field.name, value: field.value }).collect();
            settings.custom_fields = Some(fields);
        }
    }
    sent.default_payment_method.apply(&mut settings.default_payment_method);
    sent.footer.apply(&mut settings.footer);
    match sent.rendering_options {
        Patch::Absent => {}
        Patch::Clear => settings.rendering_options = None,
        Patch::Set(sent) => settings.rendering_options = Some(rendering_options(sent)),
    }
    Ok(())
}

fn rendering_options(sent: RenderingOptionsParams) -> RenderingOptions {
    let mut display = None;
    sent.amount_tax_display.map(|value| value.as_str().to_owned()).apply(&mut display);
    RenderingOptions { amount_tax_display: display, template: sent.template }
}

fn apply_cash_balance(sent: Option<&CashBalanceParams>, customer: &mut Customer) {
    let mode = sent.and_then(|sent| sent.settings.as_ref()).and_then(|settings| settings.reconciliation_mode);
    let Some(mode) = mode else { return };
    let merchant_default = matches!(mode, ReconciliationMode::MerchantDefault);
    let shown = if merchant_default { "automatic" } else { mode.as_str() };
    let settings = CashBalanceSettings { reconciliation_mode: shown.into(), using_merchant_default: merchant_default };
    customer.cash_balance = Some(CashBalance {
        object: "cash_balance".into(),
        available: None,
        customer: customer.id.clone(),
        customer_account: None,
        livemode: customer.livemode,
        settings,
    });
}

fn apply_tax_exempt(sent: Patch<&'static str>, customer: &mut Customer) {
    match sent {
        Patch::Absent => {}
        Patch::Clear => customer.tax_exempt = "none".into(),
        Patch::Set(value) => customer.tax_exempt = value.into(),
    }
}

fn checked_prefix(prefix: String) -> ApiResult<String> {
    let shaped =
        (3..=12).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if shaped {
        return Ok(prefix);
    }
    Err(ApiError::invalid_param("invoice_prefix", "An invoice prefix is 3 to 12 uppercase letters or digits."))
}

fn default_method(sent: &Fields) -> Option<&str> {
    match &sent.invoice_settings.as_ref()?.default_payment_method {
        Patch::Set(id) => Some(id),
        _ => None,
    }
}

fn not_of_customer(id: &str) -> ApiError {
    let message = format!(
        "The customer does not have a payment method with the ID {id}. The payment method must be attached to the customer."
    );
    ApiError::coded("resource_missing", message).with_param(DEFAULT_METHOD)
}
