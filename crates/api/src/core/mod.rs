//! What every integration uses: customers, events, webhook endpoints, clocks, keys and the account itself.

pub mod account;
pub mod api_keys;
pub mod clock;
pub mod customers;
pub mod deliveries;
pub mod event_destinations;
pub mod events;
pub mod mails;
pub mod request_logs;
pub mod retention;
pub mod sandboxes;
pub mod search;
pub mod settings;
pub mod shared;
pub mod test_clocks;
pub mod thin_events;
pub mod webhook_endpoints;
