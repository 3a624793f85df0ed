//! `/v1/financial_connections/sessions`: one request of an application to link accounts of one holder.

mod letter;
mod object;
mod ops;
pub(crate) mod outcome;
mod params;
mod preview;

pub(crate) use object::RelinkResult;
pub use object::{AccountHolder, Pays, Session};
pub(crate) use ops::{Collection, LIFE_SECONDS, by_client_secret, collect, keep_token, with_accounts};
pub use ops::{create, retrieve};
pub(crate) use params::Create;
pub use params::Permission;
