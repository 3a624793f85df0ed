//! `cargo xtask bench`: measures the optimized server beside its limits and writes `docs/performance.md`.

use std::process::{Command, ExitCode};

use clap::Args;

use crate::process::{self, cargo};
use crate::workspace;

/// The core of the measuring client; the server has core 0.
const CLIENT_CORE: &str = "1";

/// What to do.
#[derive(Args)]
pub struct Options {
    /// Small sizes, to see that everything works; prints the page instead of writing it
    #[arg(long)]
    quick: bool,
    /// Only these parts: reads, writes, payments, objects, transactions, refresh, start; prints the page instead of writing it
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// Entry of the command.
pub fn run(options: &Options) -> ExitCode {
    match measure(options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> Result<bool, String> {
    for package in ["server", "bench"] {
        // One after the other: built together, the server would get the features that only the harness asks for.
        if !process::run(cargo().args(["build", "--quiet", "--release", "-p", package])).success {
            return Err(format!("{package} does not build"));
        }
    }
    let binaries = workspace::target().join("release");
    let work = workspace::temporary("bench")?;
    let mut command = Command::new("taskset");
    command.args(["-c", CLIENT_CORE]).arg(binaries.join("bench")).current_dir(workspace::root());
    command
        .arg("--server")
        .arg(binaries.join("drawbridge"))
        .arg("--limits")
        .arg(binaries.join("limits"))
        .arg("--work")
        .arg(&work);
    if options.quick {
        command.arg("--quick");
    }
    if !options.only.is_empty() {
        command.args(["--only", &options.only.join(",")]);
    }
    if !options.quick && options.only.is_empty() {
        command.arg("--output").arg(workspace::root().join("docs/performance.md"));
    }
    let success = process::run(&mut command).success;
    let _ = std::fs::remove_dir_all(&work);
    Ok(success)
}
