//! The connectors against servers that behave and misbehave.

mod bank;
mod data;
mod failures;
mod login;
mod ofx;
mod simplefin;
mod statement_file;
mod testbank;
mod testbank_ofx;
mod testbank_simplefin;
