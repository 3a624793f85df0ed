//! Collecting a bank account for a setup intent.

use kernel::{ApiResult, BoxFuture, Cx, Stored};

use super::object::{SetupIntent, Status};
use super::ops::{PAGE_FIELDS, give_up_waiting};
use crate::payments::intents::linking::Collects;
use crate::payments::intents::options::PaymentMethodOptions;
use crate::payments::mandates::wording::Scope;

impl Collects for SetupIntent {
    const PAGE_FIELDS: &'static [&'static str] = PAGE_FIELDS;

    fn secret(&self) -> &str {
        &self.client_secret
    }

    fn customer(&self) -> Option<&str> {
        self.customer.as_deref()
    }

    fn bank_options(&self) -> PaymentMethodOptions {
        self.payment_method_options.clone().unwrap_or_default()
    }

    fn scope(&self) -> Scope {
        Scope::Saved
    }

    fn is_open(&self) -> bool {
        self.status.is_open()
    }

    fn pay_by<'a>(cx: &'a mut Cx<'_>, intent: &'a mut Stored<Self>, method: String) -> BoxFuture<'a, ApiResult<()>> {
        Box::pin(async move {
            give_up_waiting(cx, intent).await?;
            intent.payment_method = Some(method);
            intent.status = Status::RequiresConfirmation;
            cx.update(intent).await.map(|_| ())
        })
    }
}
