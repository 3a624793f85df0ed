//! How a token becomes a bank account of a customer.

use form::Metadata;
use kernel::{ApiError, ApiResult, Cx, Resource};

use super::object::BankAccount;
use super::{deposits, twin};
use crate::App;
use crate::payments::{payment_methods, tokens};

/// The name of the parameter that holds a token.
const PARAM: &str = "source";

/// The bank account of a token, which is used up.
///
/// # Errors
/// 400 that names `source`.
pub(crate) async fn redeem(cx: &mut Cx<'_>, app: &App, token: &str) -> ApiResult<BankAccount> {
    tokens::redeem(cx, app, token, PARAM).await
}

/// Gives a customer, who exists, a bank account; one that is not verified gets small deposits. Answers its text.
///
/// # Errors
/// 400 `bank_account_exists` if the customer has it already.
pub(crate) async fn add(
    cx: &mut Cx<'_>,
    app: &App,
    mut account: BankAccount,
    customer: &str,
    metadata: Metadata,
) -> ApiResult<String> {
    if has(cx, customer, account.fingerprint.as_deref().unwrap_or_default()).await? {
        let message = "A bank account with that routing number and account number already exists for this customer.";
        return Err(ApiError::coded("bank_account_exists", message));
    }
    account.customer = Some(customer.to_owned());
    account.metadata = Some(metadata);
    let doc = cx.insert(&account).await?;
    let method = twin::make(cx, &account).await?;
    cx.emit("customer.source.created", &doc, None).await?;
    if account.status == "new" {
        deposits::send(cx, app, &method).await?;
    }
    Ok(doc)
}

/// [`add`] in the place of the customer's default, which goes.
///
/// # Errors
/// As [`add`].
pub(crate) async fn add_as_default(
    cx: &mut Cx<'_>,
    app: &App,
    account: BankAccount,
    customer: &str,
    before: Option<&str>,
) -> ApiResult<()> {
    if let Some(mut method) = payment_methods::twin_of(cx, before.unwrap_or_default()).await? {
        payment_methods::release(cx, &mut method).await?;
    }
    add(cx, app, account, customer, Metadata::default()).await.map(|_| ())
}

async fn has(cx: &mut Cx<'_>, customer: &str, fingerprint: &str) -> ApiResult<bool> {
    let sql = "select 1 from objects where tenant = $1 and kind = $2 and f1 = $3 and f2 = $4";
    Ok(cx.row(sql, &[BankAccount::KIND.into(), customer.into(), fingerprint.into()]).await?.is_some())
}
