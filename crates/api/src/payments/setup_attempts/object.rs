use kernel::{Columns, Resource};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An attempt, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupAttempt {
    /// `setatt_…`
    pub id: String,
    /// `setup_attempt`
    pub object: String,
    pub application: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attach_to_self: Option<bool>,
    /// Unix seconds.
    pub created: i64,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    pub flow_directions: Option<Vec<String>>,
    pub livemode: bool,
    pub on_behalf_of: Option<String>,
    pub payment_method: String,
    /// For bank accounts there is nothing in it beside the type.
    pub payment_method_details: Value,
    pub setup_error: Option<Value>,
    pub setup_intent: String,
    /// `requires_action`, `succeeded`, `failed` or `abandoned`.
    pub status: String,
    /// `off_session` or `on_session`.
    pub usage: String,
}

impl Resource for SetupAttempt {
    const KIND: &'static str = "setup_attempt";
    const NOUN: &'static str = "setup_attempt";

    fn id(&self) -> &str {
        &self.id
    }

    /// The Setup Intent.
    fn columns(&self) -> Columns {
        [Some(self.setup_intent.clone()), None, None, None]
    }
}
