//! One run that measures everything and writes it down.

mod fill;
mod link;
mod machine;
mod payments;
mod reads;
mod refresh;
mod report;
mod scale;
mod site;
mod start;
mod writes;

use std::path::PathBuf;
use std::time::Duration;

use report::Report;

/// The core of the server, and of whatever it is compared with.
const SERVER_CORE: u32 = 0;
/// Connections at once.
const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// What to measure with.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The `drawbridge` binary.
    pub server: PathBuf,
    /// The `limits` binary.
    pub limits: PathBuf,
    /// An empty directory on the disk to measure.
    pub work: PathBuf,
    /// How much.
    pub sizes: Sizes,
    /// Only the parts with these names; empty: all.
    pub only: Vec<String>,
}

/// How long, how often, how many.
#[derive(Debug, Clone)]
pub struct Sizes {
    /// Before each measurement.
    pub warm_up: Duration,
    /// Each measurement.
    pub duration: Duration,
    /// Each measurement is made this often, in turn with those it is compared with; the median counts.
    pub rounds: usize,
    /// Customers to read.
    pub customers: u64,
    /// Stored objects, where it should be many.
    pub objects: u64,
    /// Stored bank transactions, where it should be many.
    pub transactions: u64,
    /// People who link accounts, all refreshed at once.
    pub people: usize,
    /// Starts whose times are taken.
    pub starts: usize,
}

impl Sizes {
    /// Those of `docs/performance.md`.
    #[must_use]
    pub fn full() -> Sizes {
        Sizes {
            warm_up: Duration::from_millis(500),
            duration: Duration::from_millis(1_500),
            rounds: 5,
            customers: 10_000,
            objects: 1_000_000,
            transactions: 10_000_000,
            people: 4,
            starts: 15,
        }
    }

    /// Small ones, to see that everything works.
    #[must_use]
    pub fn quick() -> Sizes {
        Sizes {
            warm_up: Duration::from_millis(200),
            duration: Duration::from_millis(500),
            rounds: 1,
            customers: 1_000,
            objects: 20_000,
            transactions: 50_000,
            people: 1,
            starts: 5,
        }
    }
}

/// Measures everything; the text of `docs/performance.md`.
///
/// # Errors
/// In words, if a server does not start or does not answer.
pub fn run(plan: &Plan) -> Result<String, String> {
    let mut report = Report::new(machine::describe(&plan.work), &plan.sizes);
    type Part = fn(&Plan, &mut Report) -> Result<(), String>;
    let parts: [(&str, Part); 7] = [
        ("reads", reads::measure),
        ("writes", writes::measure),
        ("payments", payments::measure),
        ("objects", scale::objects),
        ("transactions", scale::transactions),
        ("refresh", refresh::measure),
        ("start", start::measure),
    ];
    for (name, part) in parts {
        if plan.only.is_empty() || plan.only.iter().any(|wanted| wanted == name) {
            println!("measuring {name}");
            part(plan, &mut report)?;
        }
    }
    Ok(report.into_text())
}
