//! The pages over their router, with a product from memory.

mod client;
mod flow;
mod markup;
mod person;
mod start;
mod style;
mod support;
