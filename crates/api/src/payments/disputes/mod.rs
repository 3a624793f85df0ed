//! `/v1/disputes`: payments that payers or their banks took back.

use kernel::{ApiError, ApiResult, Cx};

use crate::App;
use crate::payments::rails::Returned;

/// A settled charge came back: a dispute that is lost at once.
pub(crate) async fn of_late_return(_cx: &mut Cx<'_>, _app: &App, _charge: &str, _how: &Returned) -> ApiResult<()> {
    Err(ApiError::internal("not built"))
}
