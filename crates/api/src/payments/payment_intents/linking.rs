//! Collecting a bank account for a payment intent.

use kernel::{ApiResult, BoxFuture, Cx, Stored};

use super::change::reconsider;
use super::object::{PAGE_FIELDS, PaymentIntent};
use super::state::Step;
use crate::payments::intents::linking::Collects;
use crate::payments::intents::options::PaymentMethodOptions;
use crate::payments::mandates::wording::Scope;

impl Collects for PaymentIntent {
    const PAGE_FIELDS: &'static [&'static str] = PAGE_FIELDS;

    fn secret(&self) -> &str {
        &self.client_secret
    }

    fn customer(&self) -> Option<&str> {
        self.customer.as_deref()
    }

    fn bank_options(&self) -> PaymentMethodOptions {
        self.options()
    }

    fn scope(&self) -> Scope {
        if self.future_usage().is_some() { Scope::Saved } else { Scope::Once }
    }

    fn is_open(&self) -> bool {
        self.status.after(Step::Attach).is_some()
    }

    fn pay_by<'a>(cx: &'a mut Cx<'_>, intent: &'a mut Stored<Self>, method: String) -> BoxFuture<'a, ApiResult<()>> {
        Box::pin(async move {
            reconsider(cx, intent).await?;
            intent.payment_method = Some(method);
            intent.status = intent.status.after(Step::Attach).unwrap_or(intent.status);
            cx.update(intent).await.map(|_| ())
        })
    }
}
