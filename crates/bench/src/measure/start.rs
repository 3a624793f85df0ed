//! How soon the server answers after a start, and how much memory it takes when nothing happens.

use std::time::{Duration, Instant};

use super::Plan;
use super::report::{Report, time};
use super::site::{Endpoint, Post, Site};

/// From the start of the process to the first answer.
const START: Duration = Duration::from_millis(30);
/// Resident memory when idle, MiB.
const MEMORY_MIB: f64 = 30.0;

/// Starts on a directory with some data, again and again, after an orderly end and after a kill.
pub(super) fn measure(plan: &Plan, report: &mut Report) -> Result<(), String> {
    let site = Site::new(plan, "start", Endpoint::None)?;
    let mut client = site.client();
    let mut path = String::new();
    for _ in 0..plan.sizes.customers {
        path = format!("/v1/customers/{}", Post::next().make(&mut client)?.json()["id"].as_str().unwrap_or(""));
    }
    let mut directory = site.close()?;
    let mut rows = vec![["Before", "Median", "Longest"].map(str::to_owned).to_vec()];
    for (name, orderly) in [("an orderly end", true), ("a kill under load", false)] {
        let mut times = Vec::new();
        for _ in 0..plan.sizes.starts {
            let started = Instant::now();
            let site = Site::open(plan, &directory)?;
            site.client().get(&path)?;
            times.push(started.elapsed());
            directory = if orderly { site.close()? } else { killed(plan, site)? };
        }
        times.sort_unstable();
        let median = times[times.len() / 2];
        rows.push(vec![name.to_owned(), time(median), time(times[times.len() - 1])]);
        report.goal(&format!("start to first answer after {name}"), "under 30 ms", &time(median), median < START);
    }
    report.section(
        "Start and memory",
        &format!(
            "From starting the process to a whole answer to `GET /v1/customers/:id`, on a directory with {} customers, over {} starts.",
            plan.sizes.customers, plan.sizes.starts
        ),
    );
    report.table(&rows);
    let site = Site::open(plan, &directory)?;
    site.client().get(&path)?;
    std::thread::sleep(Duration::from_secs(2));
    let resident = site.server.resident_kib() as f64 / 1024.0;
    report.goal(
        "resident memory when idle",
        &format!("under {MEMORY_MIB} MiB"),
        &format!("{resident:.1} MiB"),
        resident < MEMORY_MIB,
    );
    site.close()?;
    Ok(())
}

/// Writes for a moment and kills the server, so that the next start finds a log to read.
fn killed(plan: &Plan, site: Site) -> Result<std::path::PathBuf, String> {
    super::site::measure(plan, &site.server, 16, &mut super::site::post())?;
    let Site { directory, server } = site;
    drop(server);
    Ok(directory)
}
