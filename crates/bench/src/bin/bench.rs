//! `bench`: measures the server and writes `docs/performance.md`.

use std::path::PathBuf;
use std::process::ExitCode;

use bench::measure::{Plan, Sizes, run};
use clap::Parser;

/// Measures the server beside its limits
#[derive(Parser)]
struct Options {
    /// The `drawbridge` binary, optimized
    #[arg(long)]
    server: PathBuf,
    /// The `limits` binary, optimized
    #[arg(long)]
    limits: PathBuf,
    /// An empty directory on the disk to measure
    #[arg(long)]
    work: PathBuf,
    /// The page to write; none: it is printed
    #[arg(long)]
    output: Option<PathBuf>,
    /// Small sizes, to see that everything works
    #[arg(long)]
    quick: bool,
    /// Only these parts: reads, writes, payments, objects, transactions, refresh, start
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let sizes = if options.quick { Sizes::quick() } else { Sizes::full() };
    let plan = Plan { server: options.server, limits: options.limits, work: options.work, sizes, only: options.only };
    let outcome = run(&plan).and_then(|text| match &options.output {
        Some(path) => std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display())),
        None => {
            println!("\n{text}");
            Ok(())
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}
