use kernel::{ApiError, ApiResult, Cx};

use crate::App;
use crate::payments::rails::{AchEntry, Returned};

pub(crate) async fn submitted(_cx: &mut Cx<'_>, _app: &App, _entry: &AchEntry) -> ApiResult<()> {
    Err(ApiError::internal("not built"))
}

pub(crate) async fn settled(_cx: &mut Cx<'_>, _app: &App, _entry: &AchEntry) -> ApiResult<()> {
    Err(ApiError::internal("not built"))
}

pub(crate) async fn returned(_cx: &mut Cx<'_>, _app: &App, _entry: &AchEntry, _how: &Returned) -> ApiResult<()> {
    Err(ApiError::internal("not built"))
}
