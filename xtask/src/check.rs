//! `cargo xtask check`: what can be judged without running the product.

use std::process::ExitCode;

use crate::process::{self, cargo};
use crate::tally::Tally;

mod directions;
mod tidy;

/// Entry of the command.
pub fn run() -> ExitCode {
    let sum = all();
    println!("{sum}");
    if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs every check, also after one has failed.
pub fn all() -> Tally {
    let mut sum = Tally::default();
    let formatted = process::run(cargo().args(["fmt", "--all", "--check", "--", "-l"])).success;
    sum += verdict("formatting", if formatted { vec![] } else { vec!["run cargo fmt".into()] });
    sum += verdict("crate directions", directions::complaints());
    for (name, complaints) in tidy::complaints() {
        sum += verdict(name, complaints);
    }
    let mut clippy = cargo();
    clippy.args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]);
    let clean = process::run(&mut clippy).success;
    sum += verdict("clippy", if clean { vec![] } else { vec!["see above".into()] });
    sum
}

fn verdict(name: &str, complaints: Vec<String>) -> Tally {
    let word = if complaints.is_empty() { "ok" } else { "FAILED" };
    println!("check {name} ... {word}");
    for complaint in &complaints {
        println!("  {complaint}");
    }
    Tally::one(complaints.is_empty())
}
