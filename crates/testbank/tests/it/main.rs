//! The bank over HTTP, without sockets: what a client and a person's browser see.

mod control;
mod data;
mod down;
mod oauth;
mod pages;
mod support;
