//! The FDX connector against servers that behave and misbehave.

mod bank;
mod data;
mod failures;
mod login;
mod testbank;
