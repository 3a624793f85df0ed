//! `cargo xtask fuzz-form`: feeds mutated inputs to the form decoder.

use std::process::ExitCode;

use clap::Args;

use crate::process::{self, cargo};

/// What to do.
#[derive(Args)]
pub struct Options {
    /// For how long
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Repeats an earlier run, which printed its seed
    #[arg(long)]
    seed: Option<u64>,
    /// Threads
    #[arg(long, default_value_t = 1)]
    threads: u64,
}

/// Entry of the command.
pub fn run(options: &Options) -> ExitCode {
    let mut command = cargo();
    // Optimized for many inputs, with the checks that only debug builds make, such as overflow.
    command.args(["run", "--quiet", "--profile", "fuzz", "--config", "profile.fuzz.inherits='dev'"]);
    command.args(["--config", "profile.fuzz.opt-level=2", "-p", "bench", "--bin", "fuzz-form", "--"]);
    command.args(["--seconds", &(options.minutes * 60).to_string(), "--threads", &options.threads.to_string()]);
    if let Some(seed) = options.seed {
        command.args(["--seed", &seed.to_string()]);
    }
    if process::run(&mut command).success { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
