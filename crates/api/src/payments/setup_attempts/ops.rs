use form::{Params, Range};
use kernel::{ApiResult, Cx, Filter, ListParams, Resource, Slot};
use serde_json::{Value, json};

use super::object::SetupAttempt;
use crate::payments::setup_intents::SetupIntent;
use crate::{Call, Reply};

const PREFIX: &str = "setatt_";
const URL: &str = "/v1/setup_attempts";

/// `GET /v1/setup_attempts`.
#[derive(Debug, Clone, Params)]
pub struct List {
    pub setup_intent: String,
    pub created: Option<Range>,
    #[params(flatten)]
    pub page: ListParams,
}

/// Lists the attempts of a Setup Intent, newest first.
///
/// # Errors
/// 400 without a Setup Intent that is there.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    cx.get_named::<SetupIntent>(&p.setup_intent, "setup_intent").await?;
    let filter = Filter::default().with(Slot::F1, Some(p.setup_intent.as_str())).created(p.created);
    Ok(Reply::list(URL, &cx.list::<SetupAttempt>(PREFIX, &filter, &p.page).await?))
}

/// Writes down that a Setup Intent is confirmed with its present payment method; it then names this attempt as its latest.
pub(crate) async fn begin(cx: &mut Cx<'_>, intent: &mut SetupIntent, method: &str) -> ApiResult<()> {
    let attempt = SetupAttempt {
        id: cx.id(PREFIX, 24),
        object: SetupAttempt::KIND.into(),
        application: None,
        attach_to_self: intent.attach_to_self,
        created: cx.now(),
        customer: intent.customer.clone(),
        customer_account: None,
        flow_directions: intent.flow_directions.clone(),
        livemode: intent.livemode,
        on_behalf_of: intent.on_behalf_of.clone(),
        payment_method: method.to_owned(),
        payment_method_details: json!({"type": "us_bank_account", "us_bank_account": {}}),
        setup_error: None,
        setup_intent: intent.id.clone(),
        status: "requires_action".into(),
        usage: intent.usage.clone(),
    };
    cx.insert(&attempt).await?;
    intent.latest_attempt = Some(attempt.id);
    Ok(())
}

/// Writes down what came of the latest attempt of a Setup Intent, unless that is known.
pub(crate) async fn conclude(cx: &mut Cx<'_>, intent: &SetupIntent, status: &str, error: Option<Value>) -> ApiResult<()> {
    let Some(id) = &intent.latest_attempt else { return Ok(()) };
    let open = cx.find::<SetupAttempt>(id).await?.filter(|attempt| attempt.status == "requires_action");
    let Some(mut attempt) = open else { return Ok(()) };
    attempt.status = status.into();
    attempt.setup_error = error;
    cx.update(&mut attempt).await?;
    Ok(())
}
