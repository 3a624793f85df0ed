pub(crate) mod ach;

use kernel::{ApiError, ApiResult, Cx};

use crate::App;
use crate::payments::intents::params::VerifyMicrodeposits;
use crate::payments::payment_methods::PaymentMethod;

pub(crate) async fn start(_cx: &mut Cx<'_>, _app: &App, _intent: &str, _method: &PaymentMethod) -> ApiResult<serde_json::Value> {
    Err(ApiError::internal("not built"))
}

pub(crate) async fn answer(
    _cx: &mut Cx<'_>,
    _app: &App,
    _intent: &str,
    _sent: &VerifyMicrodeposits,
) -> ApiResult<Option<ApiError>> {
    Err(ApiError::internal("not built"))
}
