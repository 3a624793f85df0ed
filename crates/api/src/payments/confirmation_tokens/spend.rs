use kernel::{ApiError, ApiResult, Cx};

use super::jobs::EXPIRE;
use super::object::{ConfirmationToken, Content, Held, MandateData, Shipping};

/// The name of the parameter that holds a token.
const PARAM: &str = "confirmation_token";

/// What a token brings to the intent that it confirms.
#[derive(Debug, Clone)]
pub(crate) struct Spent {
    /// It exists now, `pm_…`.
    pub payment_method_id: String,
    pub mandate_data: Option<MandateData>,
    /// `on_session` or `off_session`.
    pub setup_future_usage: Option<String>,
    pub shipping: Option<Shipping>,
}

/// Uses a token for an intent, `pi_…` or `seti_…`: its payment method comes to be, and it can be used for no other.
///
/// # Errors
/// 400 for a token that is not there, was used or is too old.
pub(crate) async fn spend(cx: &mut Cx<'_>, id: &str, intent_id: &str) -> ApiResult<Spent> {
    let mut token = cx.get_named::<ConfirmationToken>(id, PARAM).await?;
    if token.payment_intent.is_some() || token.setup_intent.is_some() {
        let message = format!("The confirmation token '{id}' was used already. Make another one.");
        return Err(ApiError::coded("token_already_used", message).with_param(PARAM));
    }
    let content = cx.find::<Content>(id).await?.filter(|_| token.expires_at.is_none_or(|at| cx.now() < at));
    let Some(content) = content else {
        let message = format!("The confirmation token '{id}' has expired. Make another one.");
        return Err(ApiError::invalid_param(PARAM, message));
    };
    let payment_method_id = match &content.method {
        Held::Draft(draft) => {
            draft.publish(cx).await?;
            draft.method.id.clone()
        }
        Held::Existing(id) => id.clone(),
    };
    cx.remove(&content).await?;
    let used_by = if intent_id.starts_with("seti_") { &mut token.setup_intent } else { &mut token.payment_intent };
    *used_by = Some(intent_id.to_owned());
    cx.update(&mut token).await?;
    cx.dequeue(EXPIRE, id).await?;
    Ok(Spent {
        payment_method_id,
        mandate_data: token.value.mandate_data,
        setup_future_usage: token.value.setup_future_usage,
        shipping: token.value.shipping,
    })
}
