//! Looking at the server from outside: does it keep what it promised when it is killed, and how fast is it?
//!
//! Everything here talks to the built binary over HTTP, as its users do. Development only.
#![allow(clippy::disallowed_methods, reason = "a tool for people: it measures wall-clock time")]

pub mod client;
pub mod crash;
pub mod limits;
pub mod load;
pub mod measure;
pub mod random;
pub mod receiver;
pub mod server;
