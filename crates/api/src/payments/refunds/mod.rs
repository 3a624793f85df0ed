pub(crate) mod ach;

use kernel::{ApiResult, Cx};

use crate::App;

pub(crate) async fn charge_settled(_cx: &mut Cx<'_>, _app: &App, _charge: &str) -> ApiResult<()> {
    Ok(())
}

pub(crate) async fn charge_failed(_cx: &mut Cx<'_>, _app: &App, _charge: &str) -> ApiResult<()> {
    Ok(())
}
