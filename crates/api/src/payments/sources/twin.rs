//! A bank account as a payment method: what both views have in common is kept the same.

use kernel::events::changed;
use kernel::{ApiResult, Cx, Stored};

use super::deposits;
use super::object::BankAccount;
use crate::core::customers;
use crate::payments::payment_methods::{self, PaymentMethod};

/// Whether a payment method is the other view of a bank account.
pub(crate) fn is_one(payment_method: &str) -> bool {
    payment_method.starts_with("ba_")
}

/// Makes the payment method of a new bank account.
pub(super) async fn make(cx: &mut Cx<'_>, account: &BankAccount) -> ApiResult<PaymentMethod> {
    let mut draft = payment_methods::of_bank_account(cx, account).await?;
    show(account, &mut draft.method);
    draft.publish(cx).await?;
    Ok(draft.method)
}

fn show(account: &BankAccount, method: &mut PaymentMethod) {
    method.customer.clone_from(&account.customer);
    method.billing_details.name.clone_from(&account.account_holder_name);
    method.us_bank_account.account_holder_type.clone_from(&account.account_holder_type);
    method.metadata = account.metadata.clone().unwrap_or_default();
}

/// The bank account was changed: so is the payment method.
pub(super) async fn changed_account(cx: &mut Cx<'_>, account: &BankAccount) -> ApiResult<()> {
    let Some(mut method) = cx.find::<PaymentMethod>(&account.id).await? else { return Ok(()) };
    show(account, &mut method);
    cx.update(&mut method).await.map(|_| ())
}

/// The payment method was changed: so is the bank account.
pub(crate) async fn follow(cx: &mut Cx<'_>, method: &PaymentMethod) -> ApiResult<()> {
    let Some(mut account) = cx.find::<BankAccount>(&method.id).await? else { return Ok(()) };
    let before = serde_json::to_value(&account.value)?;
    account.account_holder_name.clone_from(&method.billing_details.name);
    account.account_holder_type.clone_from(&method.us_bank_account.account_holder_type);
    account.account_type.clone_from(&method.us_bank_account.account_type);
    account.routing_number.clone_from(&method.us_bank_account.routing_number);
    account.fingerprint.clone_from(&method.us_bank_account.fingerprint);
    if let Some(last4) = &method.us_bank_account.last4 {
        account.last4.clone_from(last4);
    }
    account.metadata = Some(method.metadata.clone());
    updated(cx, &mut account, &before).await.map(|_| ())
}

/// Stores a changed bank account and tells of it; answers its text.
pub(super) async fn updated(cx: &mut Cx<'_>, account: &mut Stored<BankAccount>, before: &serde_json::Value) -> ApiResult<String> {
    let previous = changed(before, &serde_json::to_value(&account.value)?);
    let doc = cx.update(account).await?;
    if let Some(previous) = previous {
        cx.emit("customer.source.updated", &doc, Some(&previous)).await?;
    }
    Ok(doc)
}

/// The payment method belongs to no customer any more: the bank account is gone.
pub(crate) async fn gone(cx: &mut Cx<'_>, id: &str) -> ApiResult<()> {
    let Some(account) = cx.find::<BankAccount>(id).await? else { return Ok(()) };
    let last = serde_json::to_string(&account.value)?;
    deposits::withdraw(cx, id).await?;
    cx.remove(&account).await?;
    cx.emit("customer.source.deleted", &last, None).await?;
    match &account.customer {
        Some(customer) => customers::forget_default_source(cx, customer, id).await,
        None => Ok(()),
    }
}
