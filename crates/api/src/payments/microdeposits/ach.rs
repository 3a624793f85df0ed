//! What the rails report about deposits.

use kernel::{ApiError, ApiResult, Cx};
use ledger::movement;
use ledger::{Entry, LedgerError};
use money::{Amount, Currency};

use super::answer::fail;
use super::object::{Failure, Microdeposit, State};
use crate::App;
use crate::payments::book;
use crate::payments::rails::{AchEntry, Returned};

fn amount(entry: &AchEntry) -> Amount {
    Amount::new(entry.amount, Currency::USD)
}

fn entry(made: Result<Entry, LedgerError>) -> ApiResult<Entry> {
    made.map_err(|error| ApiError::internal(error.to_string()))
}

/// The operator pays.
pub(crate) async fn submitted(cx: &mut Cx<'_>, _app: &App, own: &AchEntry) -> ApiResult<()> {
    book::move_between(cx, &entry(movement::microdeposit(amount(own)))?, &own.object).await
}

/// The money has arrived; whether its receiver noticed is up to them.
pub(crate) async fn settled(cx: &mut Cx<'_>, _app: &App, own: &AchEntry) -> ApiResult<()> {
    book::move_between(cx, &entry(movement::credit_settled(amount(own)))?, &own.object).await
}

/// There is no such account, or it takes nothing: then nothing can be taken from it either.
pub(crate) async fn returned(cx: &mut Cx<'_>, app: &App, own: &AchEntry, how: &Returned) -> ApiResult<()> {
    // Without a code it was never sent, and nothing was booked.
    if !how.code.is_empty() {
        book::move_between(cx, &entry(entry(movement::microdeposit(amount(own)))?.reversed())?, &own.object).await?;
        if how.late {
            book::move_between(cx, &entry(entry(movement::credit_settled(amount(own)))?.reversed())?, &own.object).await?;
        }
    }
    let found = cx.find::<Microdeposit>(&own.object).await?.filter(|deposit| deposit.state == State::Pending);
    let Some(mut deposit) = found else { return Ok(()) };
    fail(cx, app, &mut deposit, Failure::Returned).await.map(|_| ())
}
