//! Decoding of bracketed forms (`a[b][0]=c`) into typed parameters, with errors that name the
//! parameter the way its sender wrote it.
//!
//! Two steps: [`Form::parse`] turns bytes into a tree of names and texts, within [`Limits`];
//! [`Form::decode`] turns the tree into a struct that derives [`Params`](derive@Params).
//! Everything here is pure, and no input makes it panic.
//!
//! ```
//! use form::{Form, Limits, ParamEnum, Params, Patch};
//!
//! #[derive(Debug, PartialEq, ParamEnum)]
//! enum Permission {
//!     Balances,
//!     PaymentMethod,
//! }
//!
//! #[derive(Debug, Params)]
//! struct Holder {
//!     customer: String,
//! }
//!
//! #[derive(Debug, Params)]
//! struct Create {
//!     account_holder: Holder,
//!     #[params(required)]
//!     permissions: Vec<Permission>,
//!     #[params(max = 300)]
//!     description: Patch<String>,
//!     #[params(min = 1, maximum = 100)]
//!     limit: Option<i64>,
//! }
//!
//! let limits = Limits::default();
//! let body = b"account_holder[customer]=cus_1&permissions[]=payment_method&description=";
//! let create: Create = Form::parse(body, &limits)?.decode()?;
//! assert_eq!(create.account_holder.customer, "cus_1");
//! assert_eq!(create.permissions, [Permission::PaymentMethod]);
//! assert_eq!(create.description, Patch::Clear);
//! assert_eq!(create.limit, None);
//!
//! let body = b"account_holder[customer]=cus_1&permissions[0]=everything";
//! let error = Form::parse(body, &limits)?.decode::<Create>().unwrap_err();
//! assert_eq!(error.param.as_deref(), Some("permissions[0]"));
//! assert_eq!(
//!     error.message,
//!     "Invalid permissions[0]: must be one of balances, payment_method"
//! );
//! # Ok::<(), form::FormError>(())
//! ```

// The derives write `::form::…`; inside this crate that name has to exist as well.
extern crate self as form;

mod array;
mod decode;
mod encode;
mod error;
mod fuzz;
mod metadata;
mod node;
mod parse;
mod patch;
mod path;
mod range;
mod scalar;

pub use decode::{Decode, Params, Rules, Unknown};
#[doc(hidden)]
pub use decode::{decode_struct, find_unknown};
pub use error::FormError;
/// Derives the decoding of an enum of unit variants from its names.
///
/// A variant is named by its snake_case form, or by `#[params(rename = "…")]`. Besides
/// [`Decode`] and `Display` the derive writes `ALL` (every variant, in order),
/// `as_str(&self) -> &'static str` and `parse(text: &str) -> Option<Self>`.
///
/// ```
/// #[derive(Debug, PartialEq, form::ParamEnum)]
/// enum Status {
///     Active,
///     #[params(rename = "gone")]
///     Disconnected,
/// }
///
/// assert_eq!(Status::Disconnected.as_str(), "gone");
/// assert_eq!(Status::parse("active"), Some(Status::Active));
/// assert_eq!(Status::ALL.len(), 2);
/// ```
pub use form_derive::ParamEnum;
/// Derives [`Params`](trait@Params) and [`Decode`] for a struct with named fields.
///
/// A parameter is named like its field. `#[params(…)]` on a field takes:
///
/// | attribute | meaning |
/// |---|---|
/// | `rename = "x"` | the parameter's name |
/// | `max = 300` | most characters of a string, or of each string of a list (default 5000) |
/// | `min = 1`, `maximum = 100` | bounds of an integer, both inclusive |
/// | `max_items = 10` | most elements of a list |
/// | `required` | a list must be sent with at least one element, an `Option` must be sent |
/// | `empty` | an empty string is accepted: `None` of an `Option`, `""` of a `String` |
/// | `not_blank` | refuses strings of nothing but white space |
/// | `flatten` | the field is a params struct whose parameters stand beside this struct's own |
pub use form_derive::Params;
#[doc(hidden)]
pub use fuzz::fuzz_one;
pub use metadata::{METADATA_KEY_CHARS, METADATA_KEYS, METADATA_VALUE_CHARS, Metadata, MetadataPatch};
pub use node::{Fields, Node};
pub use parse::{Form, Limits};
pub use patch::Patch;
pub use path::Path;
pub use range::Range;
#[doc(hidden)]
pub use scalar::decode_enum;
pub use scalar::scalar;
