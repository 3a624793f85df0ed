//! Fetching data anew: a request or a subscription marks what is wanted as `pending`; a job per account fetches it.
//!
//! `pending` -> `succeeded` or `failed`. One job per account, whatever it is asked for, on all nodes together.

mod fetch;
pub(crate) mod jobs;
mod ops;

pub(crate) use ops::{cancel_daily, release, release_grant, schedule_daily, start};
