//! `cargo xtask test`: everything that must hold, one step after the other, with one sum at the end.

use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, ValueEnum};

use crate::postgres::Postgres;
use crate::process::{self, cargo};
use crate::tally::{self, Tally};
use crate::{check, crash, suites};

/// What to run.
#[derive(Args)]
pub struct Options {
    /// Runs only the named steps
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    only: Vec<Step>,
}

/// A step, in the order in which they run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Unit and HTTP tests in Rust, on SQLite and on PostgreSQL
    Rust,
    /// The server binary for the suites that follow
    Build,
    /// The Node SDK
    Node,
    /// The Python SDK
    Python,
    /// The linking flow in Chromium
    Browser,
    /// A few kills under load, after which nothing may be lost
    Crash,
    /// Formatting, lints, crate directions and house rules
    Check,
}

impl Step {
    fn title(self) -> &'static str {
        match self {
            Step::Rust => "Rust tests, on SQLite and PostgreSQL",
            Step::Build => "Build of the server",
            Step::Node => "Node SDK against the server",
            Step::Python => "Python SDK against the server",
            Step::Browser => "Linking flow in Chromium",
            Step::Crash => "Kills under load",
            Step::Check => "Checks",
        }
    }

    fn run(self) -> Result<Tally, String> {
        match self {
            Step::Rust => rust(),
            Step::Build => Ok(Tally::one(process::run(cargo().args(["build", "--workspace", "--bin", "drawbridge"])).success)),
            Step::Node => suites::node(),
            Step::Python => suites::python(),
            Step::Browser => suites::browser(),
            Step::Crash => crash::short(),
            Step::Check => Ok(check::all()),
        }
    }

    fn needs_binary(self) -> bool {
        matches!(self, Step::Node | Step::Python | Step::Browser)
    }
}

/// Runs the steps and prints the sum, alone on the last line.
fn run_steps(steps: &[Step]) -> Tally {
    let mut sum = Tally::default();
    let mut lines = Vec::new();
    let mut built = true;
    for &step in steps {
        println!("\n=== {} ===", step.title());
        let started = Instant::now();
        let result = if step.needs_binary() && !built {
            println!("not run: the server does not build");
            Ok(Tally::skipped())
        } else {
            step.run()
        };
        let count = result.unwrap_or_else(|error| {
            println!("{error}");
            Tally::one(false)
        });
        if step == Step::Build {
            built = count.failed == 0;
        }
        let seconds = started.elapsed().as_secs();
        println!("--- {}: {count} in {seconds} s", step.title());
        lines.push(format!("{:<40} {count} ({seconds} s)", step.title()));
        sum += count;
    }
    println!("\n=== Summary ===\n{}\n{sum}", lines.join("\n"));
    sum
}

/// Entry of the command.
pub fn run(options: &Options) -> ExitCode {
    let steps: Vec<Step> = Step::value_variants()
        .iter()
        .copied()
        .filter(|step| {
            let needed = *step == Step::Build && options.only.iter().any(|wanted| wanted.needs_binary());
            options.only.is_empty() || options.only.contains(step) || needed
        })
        .collect();
    if run_steps(&steps).failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn rust() -> Result<Tally, String> {
    let postgres = Postgres::start()?;
    let mut command = cargo();
    command.args(["test", "--workspace", "--no-fail-fast"]);
    let mut sum = Tally::default();
    match &postgres {
        Some(postgres) => {
            command.env("DRAWBRIDGE_TEST_POSTGRES", &postgres.url);
        }
        None => {
            println!("Tests on PostgreSQL are skipped.");
            sum += Tally::skipped();
        }
    }
    let outcome = process::run(&mut command);
    sum += tally::of_cargo(&outcome.output).checked(outcome.success);
    Ok(sum)
}
