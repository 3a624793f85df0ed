//! The one way out: every HTTP call to somebody else's server goes through [`Client`].
//!
//! Addresses given by tenants or by banks are hostile until proven otherwise. The client resolves
//! names itself, drops every address that is not public, and connects to exactly what it checked,
//! so a name that changes its answer between check and use gains nothing. It follows no redirects,
//! uses no proxy from the environment, and bounds time and body size.
//!
//! What is allowed is said per call by a [`Policy`], because one process serves sandboxes (which may
//! reach the owner's own machine) and live tenants (which never may).

mod address;
mod client;
mod error;
mod policy;
mod resolver;

pub use address::{AddressClass, classify};
pub use client::{Client, Limits, Overflow, Request, Response};
pub use error::EgressError;
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
pub use policy::{Network, NetworkParseError, Policy};
pub use url::Url;
