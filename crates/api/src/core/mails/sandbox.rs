use kernel::{ApiError, ApiResult, Filter, ListParams, Tenant};

use super::object::Mail;
use super::ops::PREFIX;
use crate::App;
use crate::core::sandboxes;

/// How many mails are shown.
const SHOWN: i64 = 5;

/// The newest mails of the local sandbox, which the start page shows.
///
/// # Errors
/// 400 if this server has none; those of the database.
pub async fn of_local_sandbox(app: &App) -> ApiResult<Vec<Mail>> {
    let keys = sandboxes::kept_keys(&app.core).await?.ok_or_else(|| ApiError::invalid("This server has no local sandbox."))?;
    let read = |doc: String| serde_json::from_str(&doc).map_err(ApiError::from);
    app.core
        .read(&Tenant::new(&keys.account, false), move |cx| {
            Box::pin(async move {
                let page = ListParams { limit: Some(SHOWN), ..ListParams::default() };
                let page = cx.list::<Mail>(PREFIX, &Filter::default(), &page).await?;
                page.rows.into_iter().map(read).collect()
            })
        })
        .await
}
