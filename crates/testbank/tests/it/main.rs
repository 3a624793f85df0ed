//! The bank over HTTP, without sockets: what a client and a person's browser see.

mod ach;
mod consents;
mod control;
mod data;
mod down;
mod numbers;
mod oauth;
mod ofx;
mod pages;
mod simplefin;
mod support;
