//! The database of Drawbridge: SQLite inside the process, or PostgreSQL shared by many nodes.
//!
//! This crate knows SQL and no resource. Callers write one SQL text for both engines:
//! - parameters are `$1`, `$2`, …; the same one may be used more than once;
//! - types are `text`, `bigint` and `bytea`; booleans and times are `bigint`; sums need
//!   `cast(sum(x) as bigint)`, because PostgreSQL widens them to `numeric`;
//! - a parameter whose type PostgreSQL cannot infer from its place needs `cast($1 as text)`;
//! - a locking clause (`for update`, `for update skip locked`) stands at the end of the text, where SQLite,
//!   which has one writer only, leaves it away;
//! - no deferred constraints: on SQLite they would fail the commit of other requests as well.
//!
//! [`Store::write`] runs a closure as one transaction and returns only when it is durable. [`Store::read`]
//! runs a closure on a connection that cannot write.

mod config;
mod error;
mod migrate;
mod postgres;
mod row;
mod sqlite;
mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod tx;
mod value;

pub use config::{Config, Database};
pub use error::{Retryable, StoreError};
pub use row::Row;
pub use store::{BoxFuture, Store};
pub use tx::{Engine, Tx};
pub use value::Value;
