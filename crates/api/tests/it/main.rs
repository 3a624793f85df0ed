//! The API over HTTP, with the real wiring, on every engine that is there. One binary; each test owns its world.

mod ach_bank;
mod authorization;
mod connections;
mod core;
mod in_flight;
mod nodes;
mod payments;
mod testbank;
