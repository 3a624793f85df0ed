//! `cargo xtask crash`: kills the server under load, again and again, and looks whether anything was lost.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::postgres::Postgres;
use crate::process::{self, cargo};
use crate::tally::Tally;
use crate::workspace;

/// What to do.
#[derive(Args)]
pub struct Options {
    /// How often to kill, for each engine
    #[arg(long, default_value_t = 50)]
    runs: u32,
    /// Which database
    #[arg(long, value_enum, default_value_t = Engine::Both)]
    engine: Engine,
    /// Which load
    #[arg(long, value_enum, default_value_t = Load::Both)]
    load: Load,
    /// Clients that write at once
    #[arg(long, default_value_t = 16)]
    clients: u32,
    /// Repeats the choices of an earlier run, which printed its seed
    #[arg(long)]
    seed: Option<u64>,
    /// Kills the optimized build
    #[arg(long)]
    release: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
    Both,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Load {
    Customers,
    Payments,
    Both,
}

impl Load {
    /// The loads of the harness.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Load::Customers => &["customers"],
            Load::Payments => &["payments"],
            Load::Both => &["customers", "payments"],
        }
    }
}

/// Entry of the command.
pub fn run(options: &Options) -> ExitCode {
    match all(options) {
        Ok(tally) if tally.failed == 0 => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// A few kills on SQLite with the debug build, for `cargo xtask test`.
///
/// # Errors
/// In words, if it cannot be run.
pub fn short() -> Result<Tally, String> {
    all(&Options { runs: 3, engine: Engine::Sqlite, load: Load::Both, clients: 16, seed: None, release: false })
}

fn all(options: &Options) -> Result<Tally, String> {
    let binaries = build(options.release)?;
    let mut sum = Tally::default();
    for load in options.load.names() {
        if options.engine != Engine::Postgres {
            sum += one(options, &binaries, load, None)?;
        }
        if options.engine != Engine::Sqlite {
            match Postgres::start()? {
                Some(postgres) => sum += one(options, &binaries, load, Some(&postgres.url))?,
                None => sum += Tally::skipped(),
            }
        }
    }
    Ok(sum)
}

/// Builds the server and the harness; the directory that holds both.
fn build(release: bool) -> Result<PathBuf, String> {
    let mut command = cargo();
    command.args(["build", "--quiet", "--workspace", "--bin", "drawbridge", "--bin", "crash"]);
    if release {
        command.arg("--release");
    }
    if !process::run(&mut command).success {
        return Err("the server or the harness does not build".to_owned());
    }
    Ok(workspace::target().join(if release { "release" } else { "debug" }))
}

fn one(options: &Options, binaries: &Path, load: &str, database: Option<&str>) -> Result<Tally, String> {
    let data = workspace::temporary("crash")?;
    let mut command = std::process::Command::new(binaries.join("crash"));
    command.arg("--server").arg(binaries.join("drawbridge")).arg("--data").arg(&data);
    command.args(["--load", load, "--runs", &options.runs.to_string(), "--clients", &options.clients.to_string()]);
    if let Some(seed) = options.seed {
        command.args(["--seed", &seed.to_string()]);
    }
    if let Some(url) = database {
        command.args(["--database", url]);
    }
    let success = process::run(&mut command).success;
    if success {
        // What a failed run left is evidence.
        let _ = std::fs::remove_dir_all(&data);
    } else {
        println!("The data is in {}.", data.display());
    }
    Ok(Tally::one(success))
}
