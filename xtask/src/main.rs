//! Development commands, run as `cargo xtask <command>`. One file per command; a command returns the process's exit code.
#![allow(clippy::disallowed_methods, reason = "this is a tool for people: it measures wall-clock time and starts processes")]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod check;
mod contract;
mod crash;
mod fuzz;
mod postgres;
mod process;
mod serve;
mod suites;
mod tally;
mod test;
mod tools;
mod workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Development commands of this workspace")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs every test: Rust, SDK suites, browser, checks
    Test(test::Options),
    /// Formatting, lints, crate directions and house rules
    Check,
    /// Measures the server beside its limits and writes docs/performance.md
    Bench(bench::Options),
    /// Kills the server under load and looks whether anything was lost
    Crash(crash::Options),
    /// Feeds mutated inputs to the form decoder
    FuzzForm(fuzz::Options),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Test(options) => test::run(&options),
        Command::Check => check::run(),
        Command::Bench(options) => bench::run(&options),
        Command::Crash(options) => crash::run(&options),
        Command::FuzzForm(options) => fuzz::run(&options),
    }
}
