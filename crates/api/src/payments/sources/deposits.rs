//! Small deposits that prove a customer's bank account, and what comes of them.

use kernel::{ApiError, ApiResult, Cx};

use super::object::BankAccount;
use super::twin;
use crate::App;
use crate::payments::microdeposits::{self, Subject};
use crate::payments::payment_methods::PaymentMethod;

/// Sends deposits to a new bank account.
pub(super) async fn send(cx: &mut Cx<'_>, app: &App, method: &PaymentMethod) -> ApiResult<()> {
    microdeposits::start(cx, app, Subject::BankAccount(&method.id), method).await.map(|_| ())
}

/// Gives up the deposits of a bank account that is gone.
pub(super) async fn withdraw(cx: &mut Cx<'_>, id: &str) -> ApiResult<()> {
    microdeposits::withdraw(cx, Subject::BankAccount(id)).await
}

/// Takes the amounts that arrived. None says that they are right; an error is for the caller alone.
pub(super) async fn answer(cx: &mut Cx<'_>, app: &App, id: &str, amounts: Option<Vec<i64>>) -> ApiResult<Option<ApiError>> {
    let answer = microdeposits::read_answer(amounts, None)?;
    microdeposits::answer(cx, app, Subject::BankAccount(id), &answer).await
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
    let Some(mut account) = cx.find::<BankAccount>(id).await?.filter(|own| own.status != status) else { return Ok(()) };
    let before = serde_json::to_value(&account.value)?;
    status.clone_into(&mut account.status);
    twin::updated(cx, &mut account, &before).await.map(|_| ())
}
