//! `/drawbridge/v1/clock`: a sandbox's time. It runs on like real time, and its owner may move it forward.

use form::{FormError, Params};
use kernel::{ApiError, ApiResult, Cx};
use serde_json::json;

use crate::{App, Call, Nothing, Reply};

/// The longest way that one call moves a clock.
const STEP_SECONDS_MAX: i64 = 5 * 366 * 86_400;
/// The latest time a clock shows: ids hold their time until then.
pub(crate) const LATEST: i64 = 12_960_000_000;

/// `POST /drawbridge/v1/clock/advance`.
#[derive(Debug, Clone, Params)]
pub struct Advance {
    /// How far, in seconds.
    #[params(min = 0)]
    pub seconds: Option<i64>,
    /// To when, in unix seconds.
    pub to: Option<i64>,
}

/// Shows the sandbox's time.
///
/// # Errors
/// None of its own.
pub async fn retrieve(cx: &mut Cx<'_>, _call: Call<Nothing>) -> ApiResult<Reply> {
    Reply::json(&json!({
        "object": "drawbridge.clock", "now": cx.now(), "offset_seconds": rounded(cx.offset_ms()), "livemode": cx.tenant.livemode(),
    }))
}

/// Whole seconds; the clock moves in milliseconds, and a step takes some.
fn rounded(offset_ms: i64) -> i64 {
    (offset_ms + 500) / 1_000
}

/// Moves the sandbox's clock and answers when all that became due has run.
///
/// # Errors
/// 400 in live mode, without exactly one of `seconds` and `to`, or for a way back.
pub async fn advance(app: App, call: Call<Advance>) -> ApiResult<Reply> {
    let tenant = call.caller.tenant.clone();
    if tenant.livemode() {
        return Err(ApiError::invalid("Real time cannot be moved. Use a test mode key."));
    }
    let now_ms = app.core.read(&tenant, |cx| Box::pin(async move { Ok(cx.now_ms()) })).await?;
    let target_ms = match (call.params.seconds, call.params.to) {
        (Some(seconds), None) => now_ms.saturating_add(seconds.saturating_mul(1_000)),
        (None, Some(to)) => to.saturating_mul(1_000),
        (None, None) => return Err(FormError::missing("seconds").into()),
        (Some(_), Some(_)) => {
            return Err(FormError::exclusive("seconds", "You may only specify one of these parameters: seconds, to.").into());
        }
    };
    let param = if call.params.to.is_some() { "to" } else { "seconds" };
    if target_ms < now_ms {
        let message = format!("The clock only moves forward; it shows {} now.", now_ms / 1_000);
        return Err(ApiError::invalid_param(param, message));
    }
    if target_ms > LATEST * 1_000 {
        return Err(ApiError::invalid_param(param, "The clock ends in the year 2380."));
    }
    if target_ms - now_ms > STEP_SECONDS_MAX * 1_000 {
        return Err(ApiError::invalid_param(param, "One call moves the clock by at most five years."));
    }
    app.runner().advance(&tenant, target_ms).await?;
    let now = app.core.read(&tenant, |cx| Box::pin(async move { Ok((cx.now(), cx.offset_ms())) })).await?;
    Reply::json(&json!({"object": "drawbridge.clock", "now": now.0, "offset_seconds": rounded(now.1), "livemode": false}))
}
