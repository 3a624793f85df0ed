//! Which of a customer's bank accounts is the default one.

use kernel::events::changed;
use kernel::{ApiError, ApiResult, Cx, Resource, Stored};

use super::object::Customer;
use crate::App;
use crate::payments::sources::{self, BankAccount};

/// Makes another bank account the default: a new one of a token, which is answered and still has to be added, or one that the
/// customer has.
pub(super) async fn change_default_source(
    cx: &mut Cx<'_>,
    app: &App,
    customer: &mut Stored<Customer>,
    token: Option<&str>,
    existing: Option<String>,
) -> ApiResult<Option<BankAccount>> {
    if let Some(token) = token {
        let account = sources::redeem(cx, app, token).await?;
        customer.default_source = Some(account.id.clone());
        return Ok(Some(account));
    }
    if let Some(id) = existing {
        let account = cx.get_named::<BankAccount>(&id, "default_source").await?;
        if account.customer.as_ref() != Some(&customer.id) {
            return Err(ApiError::missing(BankAccount::NOUN, &id, "default_source").as_bad_request());
        }
        customer.default_source = Some(id);
    }
    Ok(None)
}

/// A customer's first bank account is the default one.
pub(crate) async fn default_source_if_none(cx: &mut Cx<'_>, customer: &str, id: &str) -> ApiResult<()> {
    match cx.find::<Customer>(customer).await? {
        Some(customer) if customer.default_source.is_none() => set(cx, customer, Some(id.to_owned())).await,
        _ => Ok(()),
    }
}

/// A bank account that a customer no longer has is no longer the default; the newest one left is.
pub(crate) async fn forget_default_source(cx: &mut Cx<'_>, customer: &str, id: &str) -> ApiResult<()> {
    let found = cx.find::<Customer>(customer).await?.filter(|own| own.default_source.as_deref() == Some(id));
    let Some(customer) = found else { return Ok(()) };
    let sql = "select id from objects where tenant = $1 and kind = $2 and f1 = $3 order by id desc limit 1";
    let row = cx.row(sql, &[BankAccount::KIND.into(), customer.id.as_str().into()]).await?;
    let next = row.map(|mut row| row.take_text(0)).transpose()?;
    set(cx, customer, next).await
}

async fn set(cx: &mut Cx<'_>, mut customer: Stored<Customer>, source: Option<String>) -> ApiResult<()> {
    let before = serde_json::to_value(&customer.value)?;
    customer.default_source = source;
    let doc = cx.update(&mut customer).await?;
    let previous = changed(&before, &serde_json::to_value(&customer.value)?);
    cx.emit("customer.updated", &doc, previous.as_ref()).await
}
