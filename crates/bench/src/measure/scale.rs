//! Whether much data slows anything down.

use std::time::Instant;

use super::report::{Report, count, figures, head, percent, time};
use super::site::{self, Endpoint, Site};
use super::writes::Stencil;
use super::{CONNECTIONS, Plan, fill};

/// Resident memory that may be used with many objects, MiB.
const MEMORY_MIB: f64 = 150.0;
/// Linked accounts among which many transactions are shared out.
const ACCOUNTS: u64 = 10;

/// POST with many objects stored, beside POST with none; and the memory that many objects take.
pub(super) fn objects(plan: &Plan, report: &mut Report) -> Result<(), String> {
    let stencil = Stencil::make(plan)?;
    let many = plan.sizes.objects;
    let few = Site::new(plan, "objects-none", Endpoint::Silent)?;
    let full = Site::new(plan, "objects-many", Endpoint::Silent)?.close()?;
    let started = Instant::now();
    let ids = fill::customers(&full, &stencil, many)?;
    println!("filled with {many} customers in {:.0} s", started.elapsed().as_secs_f64());
    let full = Site::open_filled(plan, &full)?;
    report.section(
        "Many objects",
        &format!(
            "`POST /v1/customers` as above, in a sandbox with nothing stored and in one with {} customers that came within a month, each with\n\
             its event, delivery and log line; those of the last day with the idempotency record, which is kept for a day.",
            count(many as f64)
        ),
    );
    let mut rows = vec![head("Stored")];
    for connections in CONNECTIONS {
        let mut rounds = [const { Vec::new() }; 2];
        for _ in 0..plan.sizes.rounds {
            for (site, rounds) in [&few, &full].iter().zip(&mut rounds) {
                rounds.push(site::measure(plan, &site.server, connections, &mut site::post())?);
            }
        }
        let [none, all] = rounds.map(site::median);
        rows.push(figures("nothing", connections, &none));
        rows.push(figures(&format!("{} customers", count(many as f64)), connections, &all));
        let change = 1.0 - all.rate / none.rate;
        let what = format!("POST at {} objects, {connections} connections", count(many as f64));
        report.goal(&what, "at most 20 % slower than at none", &format!("{} slower", percent(change)), change <= 0.20);
    }
    report.table(&rows);
    let paths: Vec<String> = ids.iter().map(|id| format!("/v1/customers/{id}")).collect();
    let read = site::measure(plan, &full.server, 64, &mut site::get(&paths))?;
    let resident = full.server.resident_kib() as f64 / 1024.0;
    report.table(&[head("Reads among them"), figures("GET, scattered", 64, &read)]);
    let what = format!("resident memory with {} objects, after reads and writes", count(many as f64));
    report.goal(&what, &format!("under {MEMORY_MIB} MiB"), &format!("{resident:.0} MiB"), resident < MEMORY_MIB);
    full.close()?;
    few.close()?;
    Ok(())
}

/// A page of 100 transactions with few and with many stored.
pub(super) fn transactions(plan: &Plan, report: &mut Report) -> Result<(), String> {
    let many = plan.sizes.transactions;
    let small = filled(plan, "transactions-few", 1_000, 1)?;
    let large = filled(plan, "transactions-many", many, ACCOUNTS)?;
    report.section(
        "A page of 100 transactions",
        &format!(
            "`GET /v1/financial_connections/transactions?account=…&limit=100&starting_after=…` at places all over an account, with 1 000\n\
             transactions stored, and with {} stored in {ACCOUNTS} accounts.",
            count(many as f64)
        ),
    );
    let mut rows = vec![head("Stored")];
    for connections in CONNECTIONS {
        let mut rounds = [const { Vec::new() }; 2];
        for _ in 0..plan.sizes.rounds {
            for ((site, paths), rounds) in [&small, &large].iter().zip(&mut rounds) {
                rounds.push(site::measure(plan, &site.server, connections, &mut site::get(paths))?);
            }
        }
        let [few, all] = rounds.map(site::median);
        rows.push(figures("1 000", connections, &few));
        rows.push(figures(&count(many as f64), connections, &all));
        let ratio = few.rate / all.rate;
        let what = format!("a page at {} transactions, {connections} connections", count(many as f64));
        let got = format!("{ratio:.2} times ({} for {})", time(all.p50), time(few.p50));
        report.goal(&what, "within 1.3 times of 1 000", &got, ratio <= 1.3);
    }
    report.table(&rows);
    Ok(())
}

/// A site with transactions, and paths to pages of them.
fn filled(plan: &Plan, name: &str, count: u64, accounts: u64) -> Result<(Site, Vec<String>), String> {
    let directory = Site::new(plan, name, Endpoint::None)?;
    // The first call opens the sandbox.
    directory.client().get("/v1/account")?;
    let directory = directory.close()?;
    let started = Instant::now();
    let found = fill::transactions(&directory, count, accounts)?;
    println!("filled with {count} transactions in {:.0} s", started.elapsed().as_secs_f64());
    let mut paths = Vec::new();
    let most = found.iter().map(|(_, ids)| ids.len()).max().unwrap_or(0);
    // The oldest tenth has no whole page behind it.
    for place in most / 10..most {
        for (account, ids) in &found {
            if let Some(id) = ids.get(place) {
                paths.push(format!("/v1/financial_connections/transactions?account={account}&limit=100&starting_after={id}"));
            }
        }
    }
    Ok((Site::open_filled(plan, &directory)?, paths))
}
