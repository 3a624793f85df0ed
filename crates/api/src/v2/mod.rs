//! What `/v2` does otherwise than `/v1`: JSON bodies, errors, pages by token, times as text, a version in every request, and
//! idempotency keys that also hold for DELETE, for longer, and for successes only.

mod body;
mod errors;
mod pages;
mod time;

pub(crate) use body::form_of;
pub(crate) use errors::reshape;
pub(crate) use pages::{Address, PageParams, Shown};
pub(crate) use time::{MomentRange, rfc3339};

/// An idempotency key holds for this long.
pub(crate) const KEY_HELD_SECONDS: i64 = 30 * 86_400;

/// Whether a path is one of `/v2`.
pub(crate) fn is_v2(path: &str) -> bool {
    path.starts_with("/v2/")
}
