//! Pages: the linking flow, the start page and the browser SDK. Plain forms that work without scripts; small ES modules
//! improve them. No rule of the product is here: [`Linking`] says what the pages ask of it.

mod answers;
mod assets;
mod backend;
mod flow;
mod handlers;
mod login_cookie;
mod message;
mod origin;
mod product;
mod respond;
pub mod samples;
mod settings;
mod start;
mod texts;

pub use api::connections::linking::view;
pub use backend::{BankCallback, FlowError, Linking, Returned};
pub use handlers::router;
pub use settings::{Settings, StartKeys};
