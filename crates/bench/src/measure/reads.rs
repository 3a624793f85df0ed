//! GET of one object.

use super::report::{Report, figures, head};
use super::site::{self, Endpoint, Post, Site};
use super::{CONNECTIONS, Plan};
use crate::load::Figures;
use crate::server::Server;

/// Measures it beside a bare server and beside one that reads.
pub(super) fn measure(plan: &Plan, report: &mut Report) -> Result<(), String> {
    let ours = Site::new(plan, "reads", Endpoint::None)?;
    let mut client = ours.client();
    let mut paths = Vec::new();
    for _ in 0..plan.sizes.customers {
        let made = Post::next().make(&mut client)?.json();
        paths.push(format!("/v1/customers/{}", made["id"].as_str().unwrap_or("")));
    }
    let answer = client.call("GET", &paths[0], "", None)?;
    let recorded = site::record(plan, "get.http", &answer)?;
    let database = ours.database();
    let (database, tenant) = (database.display().to_string(), site::tenant(&database)?);
    let bare = site::limit(plan, &["bare", "--answer", &recorded])?;
    let read = site::limit(plan, &["read", "--answer", &recorded, "--database", &database, "--tenant", &tenant])?;
    report.section(
        "GET one object",
        &format!(
            "`GET /v1/customers/:id`, of one customer and of {} in turn. The limits: axum that answers the same bytes, and axum that reads\n\
             the same document from the same database by its key, with a kept statement.",
            plan.sizes.customers
        ),
    );
    let mut rows = vec![head("Server")];
    for (what, paths) in [("one", &paths[..1]), ("many", &paths[..])] {
        for connections in CONNECTIONS {
            let [bare, read, ours] = in_turn(plan, [&bare, &read, &ours.server], connections, paths)?;
            rows.push(figures(&format!("axum, same bytes ({what})"), connections, &bare));
            rows.push(figures(&format!("axum, one read ({what})"), connections, &read));
            rows.push(figures(&format!("Drawbridge ({what})"), connections, &ours));
            if what == "one" {
                report.share(&format!("GET against bare axum, {connections} connections"), 0.60, ours.rate / bare.rate);
                report.share(&format!("GET against axum with one read, {connections} connections"), 0.80, ours.rate / read.rate);
            }
        }
    }
    report.table(&rows);
    ours.close()?;
    Ok(())
}

fn in_turn<const N: usize>(
    plan: &Plan,
    servers: [&Server; N],
    connections: usize,
    paths: &[String],
) -> Result<[Figures; N], String> {
    let mut rounds = [const { Vec::new() }; N];
    for _ in 0..plan.sizes.rounds {
        for (server, rounds) in servers.iter().zip(&mut rounds) {
            rounds.push(site::measure(plan, server, connections, &mut site::get(paths))?);
        }
    }
    Ok(rounds.map(site::median))
}
