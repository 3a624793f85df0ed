//! The servers and loops that say what the machine and the libraries can do. Started by `bench`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use bench::limits::{Answer, Kind, Rows, commit_groups, open, payment_rows, serve};
use clap::{Parser, Subcommand};

/// One limit
#[derive(Parser)]
struct Options {
    #[command(subcommand)]
    limit: Limit,
}

#[derive(Subcommand)]
enum Limit {
    /// axum that answers recorded bytes
    Bare {
        #[arg(long)]
        answer: PathBuf,
    },
    /// axum with one indexed read
    Read {
        #[arg(long)]
        answer: PathBuf,
        #[arg(long)]
        database: PathBuf,
        #[arg(long)]
        tenant: String,
    },
    /// axum that group-commits one row
    Insert {
        #[arg(long)]
        answer: PathBuf,
        #[arg(long)]
        database: PathBuf,
    },
    /// All rows of a POST in group commits, without a server
    Rows {
        /// Where a POST was made
        #[arg(long)]
        source: PathBuf,
        #[arg(long)]
        customer: String,
        #[arg(long)]
        key: String,
        #[arg(long)]
        email: String,
        /// The new database
        #[arg(long)]
        database: PathBuf,
        #[arg(long)]
        group: u64,
        #[arg(long)]
        milliseconds: u64,
    },
    /// All rows that a payment leaves behind in group commits, without a server
    Payment {
        /// Where one was made
        #[arg(long)]
        source: PathBuf,
        /// Ids and words of it
        #[arg(long, value_delimiter = ',')]
        seeds: Vec<String>,
        /// The new database
        #[arg(long)]
        database: PathBuf,
        #[arg(long)]
        group: u64,
        #[arg(long)]
        milliseconds: u64,
    },
}

fn recorded(path: &PathBuf) -> Result<Answer, String> {
    Answer::parse(&std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?)
}

fn run(limit: Limit) -> Result<(), String> {
    let (kind, answer) = match limit {
        Limit::Bare { answer } => (Kind::Bare, answer),
        Limit::Read { answer, database, tenant } => (Kind::Read { database, tenant }, answer),
        Limit::Insert { answer, database } => (Kind::Insert { database }, answer),
        Limit::Rows { source, customer, key, email, database, group, milliseconds } => {
            let (mut rows, words) = Rows::read(&source, &customer, &key, &email)?;
            let connection = open(&database)?;
            let rate = commit_groups(&connection, &mut rows, &words, group, Duration::from_millis(milliseconds));
            println!("{:.1}", rate.map_err(|error| error.to_string())?);
            return Ok(());
        }
        Limit::Payment { source, seeds, database, group, milliseconds } => {
            let (mut rows, words) = payment_rows(&source, &seeds)?;
            let connection = open(&database)?;
            let rate = commit_groups(&connection, &mut rows, &words, group, Duration::from_millis(milliseconds));
            println!("{:.1} {}", rate.map_err(|error| error.to_string())?, rows.count());
            return Ok(());
        }
    };
    let answer = recorded(&answer)?;
    // The same runtime as the product's.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(serve(kind, answer))
}

fn main() -> ExitCode {
    match run(Options::parse().limit) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("limits: {error}");
            ExitCode::FAILURE
        }
    }
}
