//! How a Setup Intent ends well or badly.

use kernel::{ApiError, ApiResult, Cx, Stored};

use super::object::{SetupIntent, Status};
use crate::App;
use crate::payments::intents::failure::last_error;
use crate::payments::intents::method::{kept, why_unusable};
use crate::payments::payment_methods::{self, PaymentMethod};
use crate::payments::setup_attempts;

/// The payment method is ready: it belongs to the customer from now on.
pub(super) async fn succeed(
    cx: &mut Cx<'_>,
    intent: &mut Stored<SetupIntent>,
    mut method: Stored<PaymentMethod>,
) -> ApiResult<()> {
    if let Some(customer) = intent.customer.clone() {
        payment_methods::attach_to(cx, &mut method, &customer, "payment_method").await?;
    }
    (intent.next_action, intent.last_setup_error) = (None, None);
    intent.status = Status::Succeeded;
    setup_attempts::conclude(cx, intent, "succeeded", None).await?;
    let doc = cx.update(intent).await?;
    cx.emit("setup_intent.succeeded", &doc, None).await
}

/// The attempt failed: another payment method is needed. Answers the error again.
pub(super) async fn fail(
    cx: &mut Cx<'_>,
    intent: &mut Stored<SetupIntent>,
    method: &PaymentMethod,
    error: ApiError,
) -> ApiResult<ApiError> {
    let kept = last_error(&error, Some(method))?;
    setup_attempts::conclude(cx, intent, "failed", Some(kept.clone())).await?;
    (intent.next_action, intent.payment_method) = (None, None);
    (intent.mandate, intent.single_use_mandate) = (None, None);
    intent.last_setup_error = Some(kept);
    intent.status = Status::RequiresPaymentMethod;
    let doc = cx.update(intent).await?;
    cx.emit("setup_intent.setup_failed", &doc, None).await?;
    Ok(error)
}

/// The intent that waits for an answer, with its payment method.
async fn waiting(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<(Stored<SetupIntent>, Stored<PaymentMethod>)>> {
    let found = cx.find::<SetupIntent>(id).await?.filter(|intent| intent.status == Status::RequiresAction);
    let Some(intent) = found else { return Ok(None) };
    let Some(method) = intent.payment_method.clone() else { return Ok(None) };
    Ok(Some((intent, kept(cx, &method).await?)))
}

/// The holder of the account has said what arrived.
pub(crate) async fn verified(cx: &mut Cx<'_>, _app: &App, id: &str) -> ApiResult<()> {
    let Some((mut intent, method)) = waiting(cx, id).await? else { return Ok(()) };
    let Some(error) = why_unusable(cx, &method, intent.customer.as_deref(), "setup_attempt_failed").await? else {
        return succeed(cx, &mut intent, method).await;
    };
    fail(cx, &mut intent, &method, error).await.map(|_| ())
}

/// The account will not be shown to be its holder's.
pub(crate) async fn verification_failed(
    cx: &mut Cx<'_>,
    _app: &App,
    id: &str,
    code: &'static str,
    message: &str,
) -> ApiResult<()> {
    let Some((mut intent, method)) = waiting(cx, id).await? else { return Ok(()) };
    fail(cx, &mut intent, &method, ApiError::coded(code, message)).await.map(|_| ())
}
