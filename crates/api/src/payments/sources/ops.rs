use kernel::{ApiError, ApiResult, Cx, Filter, ListParams, Page, Resource, Slot, Stored};
use serde_json::Value as Json;

use super::object::BankAccount;
use super::params::{Create, List, Update, Verify};
use super::{add, deposits, twin};
use crate::core::customers::{self, Customer};
use crate::payments::payment_methods;
use crate::{Call, Nothing, Reply};

const PREFIX: &str = "ba_";

/// Gives a customer a bank account; the first one is the default.
///
/// # Errors
/// 404 for an unknown customer; 400 for a token that is not there or was used, or a bank account that the customer has.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let customer = call.id().to_owned();
    let p = call.params;
    cx.get::<Customer>(&customer, "customer").await?;
    let account = add::redeem(cx, &call.app, &p.source).await?;
    let id = account.id.clone();
    let doc = add::add(cx, &call.app, account, &customer, p.metadata).await?;
    customers::default_source_if_none(cx, &customer, &id).await?;
    Ok(Reply::text(doc))
}

/// Lists the bank accounts of a customer, newest first.
///
/// # Errors
/// 404 for an unknown customer, 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let customer = call.id().to_owned();
    cx.get::<Customer>(&customer, "customer").await?;
    let other = call.params.object.as_deref().is_some_and(|object| object != BankAccount::KIND);
    let page = if other { Page::default() } else { page_of(cx, &customer, &call.params.page).await? };
    Ok(Reply::list(&url(&customer), &page))
}

/// The newest bank accounts of a customer, as an expanded customer shows them.
pub(crate) async fn of_customer(cx: &mut Cx<'_>, customer: &str) -> ApiResult<Json> {
    let page = page_of(cx, customer, &ListParams::default()).await?;
    Ok(serde_json::from_str(&Reply::list(&url(customer), &page).into_text()?)?)
}

async fn page_of(cx: &mut Cx<'_>, customer: &str, page: &ListParams) -> ApiResult<Page> {
    cx.list::<BankAccount>(PREFIX, &Filter::default().with(Slot::F1, Some(customer)), page).await
}

fn url(customer: &str) -> String {
    format!("/v1/customers/{customer}/sources")
}

/// A bank account of a customer, both named in the path.
async fn of_path<P>(cx: &mut Cx<'_>, call: &Call<P>) -> ApiResult<Stored<BankAccount>> {
    let (customer, id) = (&call.ids[0], &call.ids[1]);
    cx.get::<Customer>(customer, "customer").await?;
    let account = cx.get::<BankAccount>(id, "id").await?;
    if account.customer.as_deref() != Some(customer.as_str()) {
        return Err(ApiError::missing(BankAccount::NOUN, id, "id"));
    }
    Ok(account)
}

/// Shows a bank account of a customer.
///
/// # Errors
/// 404 if there is none, or it is another customer's.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    Reply::json(&of_path(cx, &call).await?.value)
}

/// Changes what a bank account says of its holder.
///
/// # Errors
/// 404; 400 for wrong parameters.
pub async fn update(cx: &mut Cx<'_>, call: Call<Update>) -> ApiResult<Reply> {
    let mut account = of_path(cx, &call).await?;
    let p = call.params;
    let before = serde_json::to_value(&account.value)?;
    p.account_holder_name.apply(&mut account.account_holder_name);
    if let Some(own) = p.account_holder_type {
        account.account_holder_type = Some(own.as_str().into());
    }
    let mut metadata = account.metadata.take().unwrap_or_default();
    p.metadata.apply(&mut metadata)?;
    account.metadata = Some(metadata);
    let doc = twin::updated(cx, &mut account, &before).await?;
    twin::changed_account(cx, &account).await?;
    Ok(Reply::text(doc))
}

/// Takes a bank account from its customer, for good.
///
/// # Errors
/// 404 if there is none.
pub async fn delete(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let account = of_path(cx, &call).await?;
    let reply = Reply::deleted(&account.id, BankAccount::KIND);
    match payment_methods::twin_of(cx, &account.id).await? {
        Some(mut method) => payment_methods::release(cx, &mut method).await?,
        None => twin::gone(cx, &account.id).await?,
    }
    Ok(reply)
}

/// Takes the amounts of the deposits that arrived.
///
/// # Errors
/// 404; 400 for wrong amounts, or when none are waited for.
pub async fn verify(cx: &mut Cx<'_>, call: Call<Verify>) -> ApiResult<Reply> {
    let account = of_path(cx, &call).await?.value;
    match account.status.as_str() {
        "verified" => {
            let message = "This bank account has already been verified.";
            return Err(ApiError::coded("payment_method_bank_account_already_verified", message));
        }
        "verification_failed" => {
            let message = "The verification of this bank account has failed. Remove it and add it again.";
            return Err(ApiError::coded("bank_account_verification_failed", message));
        }
        _ => {}
    }
    if let Some(error) = deposits::answer(cx, &call.app, &account.id, call.params.amounts).await? {
        return Ok(Reply::refused(error));
    }
    Ok(Reply::text(cx.raw_or_missing::<BankAccount>(&account.id, "id").await?))
}
