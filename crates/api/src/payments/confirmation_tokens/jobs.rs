use kernel::{ApiResult, Cx};

use super::object::{Content, Held};
use crate::numbers;

/// The job that lets go of what a token holds when its time is over.
pub(crate) const EXPIRE: &str = "expire_confirmation_token";

/// Lets go of what an unused token holds; the token stays to be looked at.
pub(crate) async fn expire(cx: &mut Cx<'_>, id: String) -> ApiResult<()> {
    let Some(content) = cx.find::<Content>(&id).await? else { return Ok(()) };
    if let Held::Draft(draft) = &content.method {
        numbers::forget(cx, &draft.method.id).await?;
    }
    cx.remove(&content).await
}
