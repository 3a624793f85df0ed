//! What every resource needs and none owns: the call context, clocks, ids, errors, documents, lists, events, jobs and the
//! vault. Nothing here knows an endpoint.

mod caller;
mod clock;
mod core;
mod cx;
mod documents;
mod entropy;
mod error;
pub mod events;
mod ids;
pub mod jobs;
mod lists;
mod tenant;
pub mod thin;
mod vault;
mod version;

pub use crate::core::Core;
pub use caller::{Access, Caller, Permissions, Right};
pub use clock::{Clock, ManualClock, SystemClock};
pub use cx::{Cx, RequestRef};
pub use documents::{Columns, Resource, Stored};
pub use entropy::{Entropy, SystemEntropy};
pub use error::{ApiError, ApiResult, ErrorType};
pub use ids::Ids;
pub use lists::{Filter, ListParams, Page, Slot, created_bounds, cut};
pub use tenant::Tenant;
pub use vault::{Vault, VaultError};
pub use version::ApiVersion;

/// A boxed future that may cross threads.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
