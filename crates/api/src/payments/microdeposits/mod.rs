//! Small deposits that prove a bank account: real credits of a cent with a code beside them, or of two amounts. Whoever reads
//! the account's statement can say what arrived.
//!
//! ```text
//! pending -- right answer --> verified
//!    |------ too many wrong ones, no answer in ten days, the bank sent a deposit back --> failed
//!    +------ another account was chosen, or nobody wants to know any more --> withdrawn
//! ```
//! What was sent is sealed. The subject, an intent or a customer's bank account, is told of each end but the last.

pub(crate) mod ach;
mod answer;
pub(crate) mod jobs;
mod object;
mod page;
mod start;
mod subject;

pub(crate) use answer::{answer, read_answer};
pub use object::{Failure, Kind, Microdeposit, NextAction, State};
pub use page::{Given, VerifyError, VerifyView, answer_by_token, view};
pub(crate) use start::{start, withdraw};
pub(crate) use subject::Subject;
