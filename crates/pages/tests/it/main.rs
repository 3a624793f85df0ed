//! The pages over their router, with a product from memory.

mod client;
mod flow;
mod languages;
mod markup;
mod person;
mod questions;
mod start;
mod style;
mod support;
mod verify;
