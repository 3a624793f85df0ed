//! Webhook delivery: the signature, one attempt, and when to try again.
//!
//! The caller owns the delivery rows and the clock. It calls [`deliver`] for one attempt and asks
//! [`schedule`] for the time of the next.

mod attempt;
pub mod schedule;
pub mod signature;

pub use attempt::{Attempt, Delivery, EXCERPT_CHARS_MAX, Outcome, deliver};
