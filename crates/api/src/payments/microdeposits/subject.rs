//! What an account is verified for, and how it hears of the end.

use kernel::{ApiResult, Cx};

use super::object::Kind;
use crate::App;
use crate::payments::payment_intents::{self, PaymentIntent};
use crate::payments::setup_intents::{self, SetupIntent};
use crate::payments::sources::{self, BankAccount};

/// What an account is verified for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject<'a> {
    /// `pi_…`
    PaymentIntent(&'a str),
    /// `seti_…`
    SetupIntent(&'a str),
    /// `ba_…`, of a customer.
    BankAccount(&'a str),
}

impl<'a> Subject<'a> {
    pub(super) fn of(id: &'a str) -> Subject<'a> {
        match id.split('_').next() {
            Some("pi") => Subject::PaymentIntent(id),
            Some("seti") => Subject::SetupIntent(id),
            _ => Subject::BankAccount(id),
        }
    }

    pub(super) fn id(self) -> &'a str {
        match self {
            Subject::PaymentIntent(id) | Subject::SetupIntent(id) | Subject::BankAccount(id) => id,
        }
    }

    /// A customer's bank account takes amounts only; intents take the code, which is harder to guess.
    pub(super) fn kind(self) -> Kind {
        match self {
            Subject::BankAccount(_) => Kind::Amounts,
            Subject::PaymentIntent(_) | Subject::SetupIntent(_) => Kind::DescriptorCode,
        }
    }

    /// Whose customer the account's holder is.
    pub(super) async fn customer(self, cx: &mut Cx<'_>) -> ApiResult<Option<String>> {
        Ok(match self {
            Subject::SetupIntent(id) => cx.find::<SetupIntent>(id).await?.and_then(|intent| intent.value.customer),
            Subject::PaymentIntent(id) => cx.find::<PaymentIntent>(id).await?.and_then(|intent| intent.value.customer),
            Subject::BankAccount(id) => cx.find::<BankAccount>(id).await?.and_then(|account| account.value.customer),
        })
    }

    /// The account is its holder's.
    pub(super) async fn verified(self, cx: &mut Cx<'_>, app: &App) -> ApiResult<()> {
        match self {
            Subject::SetupIntent(id) => setup_intents::verified(cx, app, id).await,
            Subject::PaymentIntent(id) => payment_intents::verified(cx, app, id).await,
            Subject::BankAccount(id) => sources::verified(cx, id).await,
        }
    }

    /// It will not be shown to be.
    pub(super) async fn failed(self, cx: &mut Cx<'_>, app: &App, code: &'static str, message: &str) -> ApiResult<()> {
        match self {
            Subject::SetupIntent(id) => setup_intents::verification_failed(cx, app, id, code, message).await,
            Subject::PaymentIntent(id) => payment_intents::verification_failed(cx, id, code, message).await,
            Subject::BankAccount(id) => sources::verification_failed(cx, id).await,
        }
    }
}
