//! Small deposits that prove a customer's bank account, and what comes of them.

use kernel::{ApiError, ApiResult, Cx};

use super::object::BankAccount;
use super::twin;
use crate::App;
use crate::payments::payment_methods::PaymentMethod;

/// Sends deposits to a new bank account.
pub(super) async fn send(_cx: &mut Cx<'_>, _app: &App, _method: &PaymentMethod) -> ApiResult<()> {
    Ok(())
}

/// Takes the amounts that arrived. None says that they are right; an error is for the caller alone.
pub(super) async fn answer(_cx: &mut Cx<'_>, _app: &App, _id: &str, _amounts: Option<Vec<i64>>) -> ApiResult<Option<ApiError>> {
    Err(ApiError::invalid("No microdeposits wait for an answer here."))
}

/// The amounts were right: the account is its holder's.
pub(crate) async fn verified(cx: &mut Cx<'_>, id: &str) -> ApiResult<()> {
    end(cx, id, "verified").await
}

/// Nobody will show that it is theirs.
pub(crate) async fn verification_failed(cx: &mut Cx<'_>, id: &str) -> ApiResult<()> {
    end(cx, id, "verification_failed").await
}

async fn end(cx: &mut Cx<'_>, id: &str, status: &str) -> ApiResult<()> {
    let Some(mut account) = cx.find::<BankAccount>(id).await? else { return Ok(()) };
    let before = serde_json::to_value(&account.value)?;
    status.clone_into(&mut account.status);
    twin::updated(cx, &mut account, &before).await.map(|_| ())
}
