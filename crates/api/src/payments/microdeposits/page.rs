//! The page on which whoever has its address says what arrived: what it shows, and what an answer on it does.

use std::sync::Arc;

use kernel::{ApiError, ApiResult, Cx};

use super::answer::{answer, read_answer};
use super::object::{Failure, Kind, Microdeposit, State};
use super::subject::Subject;
use crate::App;
use crate::connections::linking::door;
use crate::core::account::business_name;
use crate::payments::payment_methods::PaymentMethod;

/// The kind of the doors behind the addresses of these pages.
pub(super) const DOOR: &str = "verify";

/// Why the page cannot be shown.
#[derive(Debug)]
pub enum VerifyError {
    /// The address is unknown, or its time is over.
    NotFound,
    /// The database does not answer; the log says more.
    Unavailable,
}

impl From<ApiError> for VerifyError {
    fn from(error: ApiError) -> Self {
        tracing::error!(?error, "a page of deposits failed");
        VerifyError::Unavailable
    }
}

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyView {
    /// Who wants to be paid from the account.
    pub business: String,
    pub bank_name: Option<String>,
    pub last4: Option<String>,
    /// What is asked for.
    pub kind: Kind,
    /// The form is shown while this is pending.
    pub state: State,
    /// Why they led nowhere, once they have.
    pub failure: Option<Failure>,
    pub livemode: bool,
    /// Unix seconds: the start of the day on which the deposits arrive.
    pub arrival_date: i64,
    /// Answers that may still be given.
    pub attempts_remaining: i64,
}

/// What was typed; only what the page asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// In cents.
    pub amounts: Option<Vec<i64>>,
    pub descriptor_code: Option<String>,
}

/// What the page behind a token shows now.
///
/// # Errors
/// [`VerifyError::NotFound`] for an unknown token.
pub async fn view(app: &App, token: &str) -> Result<VerifyView, VerifyError> {
    let door = door(app, DOOR, token).await?.ok_or(VerifyError::NotFound)?;
    let shown = app.core.read(&door.tenant, move |cx| Box::pin(async move { shown(cx, &door.target).await })).await?;
    shown.ok_or(VerifyError::NotFound)
}

async fn shown(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<VerifyView>> {
    let Some(deposit) = cx.find::<Microdeposit>(id).await? else { return Ok(None) };
    let method = cx.find::<PaymentMethod>(&deposit.payment_method).await?;
    let account = method.map(|method| method.value.us_bank_account);
    let (bank_name, last4) = account.map_or((None, None), |own| (own.bank_name, own.last4));
    Ok(Some(VerifyView {
        business: business_name(cx).await?,
        bank_name,
        last4,
        kind: deposit.kind,
        state: deposit.state,
        failure: deposit.failure,
        livemode: cx.tenant.livemode(),
        arrival_date: deposit.arrival_date,
        attempts_remaining: deposit.attempts_remaining(),
    }))
}

/// Takes an answer. Some text says why it was not taken; [`view`] says how things stand then.
///
/// # Errors
/// [`VerifyError::NotFound`] for an unknown token.
pub async fn answer_by_token(app: &App, token: &str, given: Given) -> Result<Option<String>, VerifyError> {
    let door = door(app, DOOR, token).await?.ok_or(VerifyError::NotFound)?;
    let shared = Arc::new((app.clone(), door.target, given));
    let outcome = app.core.write(&door.tenant, move |cx| {
        let shared = Arc::clone(&shared);
        Box::pin(async move {
            let (app, id, given) = &*shared;
            let read = match read_answer(given.amounts.clone(), given.descriptor_code.clone()) {
                Ok(read) => read,
                Err(error) => return Ok(Some(error.message().to_owned())),
            };
            let Some(deposit) = cx.find::<Microdeposit>(id).await? else { return Ok(None) };
            if deposit.state != State::Pending {
                return Ok(Some("This account waits for no answer any more.".to_owned()));
            }
            let refused = answer(cx, app, Subject::of(&deposit.subject), &read).await?;
            Ok(refused.map(|error| error.message().to_owned()))
        })
    });
    Ok(outcome.await?)
}
