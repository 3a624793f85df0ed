//! Pages: the linking flow, the person's own page, the page of small deposits, the start page and the browser SDK. Plain forms that work without scripts;
//! small ES modules improve them. No rule of the product is here: [`Linking`], [`People`] and [`Verifying`] say what the pages ask of it.

mod answers;
mod assets;
mod backend;
mod consent_text;
mod flow;
mod handlers;
mod login_cookie;
mod message;
mod origin;
mod people;
mod person;
mod person_handlers;
mod person_samples;
mod person_texts;
mod product;
mod respond;
pub mod samples;
mod settings;
mod start;
mod texts;
mod to_bank;
mod verify;
mod verify_handlers;
mod verifying;

pub use api::connections::linking::view;
pub use backend::{BankCallback, ConsentText, FlowError, Linking, Returned};
pub use handlers::router;
pub use people::People;
pub use person_handlers::person_router;
pub use settings::{Settings, StartKeys};
pub use verify_handlers::verify_router;
pub use verifying::Verifying;
