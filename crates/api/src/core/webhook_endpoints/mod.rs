//! `/v1/webhook_endpoints`: where events are sent. The signing secret is shown once, when the endpoint is made.

mod names;
mod object;
mod ops;
mod params;

pub(crate) use names::{API_VERSIONS, EVENT_NAMES};
pub use object::WebhookEndpoint;
pub(crate) use ops::{checked_url, forget, make_secret, secret_of};
pub use ops::{create, delete, list, retrieve, update};
