//! `crash`: kills the server as often as asked and says whether anything was lost.
#![allow(clippy::disallowed_methods, reason = "a tool for people: it measures wall-clock time")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use bench::crash::{Plan, payments, run};
use bench::random::fresh_seed;
use clap::{Parser, ValueEnum};

/// What the clients do
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Load {
    /// Make, change and delete customers
    Customers,
    /// Pay, while files are cut, sent and answered
    Payments,
}

/// Kills the server under load and looks at what is left
#[derive(Parser)]
struct Options {
    /// The `drawbridge` binary
    #[arg(long)]
    server: PathBuf,
    /// An empty directory for the data
    #[arg(long)]
    data: PathBuf,
    /// An empty PostgreSQL database instead of SQLite
    #[arg(long)]
    database: Option<String>,
    /// How often to kill
    #[arg(long, default_value_t = 50)]
    runs: u32,
    /// Clients that write at once
    #[arg(long, default_value_t = 16)]
    clients: usize,
    /// What they do
    #[arg(long, value_enum, default_value_t = Load::Customers)]
    load: Load,
    /// Repeats a run's choices
    #[arg(long)]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let seed = options.seed.unwrap_or_else(fresh_seed);
    let engine = if options.database.is_some() { "PostgreSQL" } else { "SQLite" };
    println!("crash: {engine}, seed {seed}");
    let plan = Plan {
        binary: options.server,
        data: options.data,
        database: options.database,
        runs: options.runs,
        clients: options.clients,
        seed,
    };
    let started = Instant::now();
    let outcome = match options.load {
        Load::Customers => run(&plan),
        Load::Payments => payments::run(&plan),
    };
    match outcome {
        Ok(summary) => {
            for complaint in summary.complaints.iter().take(20) {
                println!("crash: {complaint:?}");
            }
            println!("{}, {:.1} s", summary.line(engine), started.elapsed().as_secs_f64());
            if summary.complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            println!("crash: {error}");
            ExitCode::FAILURE
        }
    }
}
