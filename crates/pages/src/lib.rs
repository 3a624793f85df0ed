//! Pages: the linking flow, the person's own page, the start page and the browser SDK. Plain forms that work without scripts;
//! small ES modules improve them. No rule of the product is here: [`Linking`] and [`People`] say what the pages ask of it.

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

pub use api::connections::linking::view;
pub use backend::{BankCallback, ConsentText, FlowError, Linking, Returned};
pub use handlers::router;
pub use people::People;
pub use person_handlers::person_router;
pub use settings::{Settings, StartKeys};
