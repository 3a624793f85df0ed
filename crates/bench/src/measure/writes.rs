//! POST of one object, durable.

use std::path::PathBuf;
use std::process::Command;

use super::report::{Report, count, figures, head};
use super::site::{self, Endpoint, Post, Site};
use super::{CONNECTIONS, Plan, SERVER_CORE};
use crate::server::Server;

/// Measures it beside a server that commits one row, and beside the bare rows.
pub(super) fn measure(plan: &Plan, report: &mut Report) -> Result<(), String> {
    let stencil = Stencil::make(plan)?;
    let ours = Site::new(plan, "writes", Endpoint::Silent)?;
    let alone = Site::new(plan, "writes-alone", Endpoint::None)?;
    let delivering = Site::new(plan, "writes-delivering", Endpoint::Answering)?;
    let database = plan.work.join("insert.db").display().to_string();
    let insert = site::limit(plan, &["insert", "--answer", &stencil.recorded, "--database", &database])?;
    report.section(
        "POST one object, durable",
        "`POST /v1/customers` with an idempotency key, answered after the commit (`synchronous=FULL`): the customer, its event, the\n\
         delivery to one webhook endpoint and its job, the idempotency record, the line of the request log. The endpoint of the first row\n\
         takes events and never answers, so that the rows are written and nothing is delivered beside the measurement; the other two rows\n\
         show a sandbox without endpoints, and one whose endpoint answers, where every event is also sent within the measured time, on the\n\
         same core. The limits: axum that group-commits one row of `objects`, and all rows of such a POST in bare rusqlite, in groups of as\n\
         many as there are connections, without any server. All databases are new at first and grow through all rounds.",
    );
    let mut rows = vec![head("Server")];
    for connections in CONNECTIONS {
        let mut rounds = [const { Vec::new() }; 4];
        let mut bare = Vec::new();
        for _ in 0..plan.sizes.rounds {
            let servers: [&Server; 4] = [&insert, &ours.server, &alone.server, &delivering.server];
            for (server, rounds) in servers.iter().zip(&mut rounds) {
                rounds.push(site::measure(plan, server, connections, &mut site::post())?);
            }
            bare.push(stencil.commit(plan, connections)?);
        }
        let [insert, ours, alone, delivering] = rounds.map(site::median);
        bare.sort_by(f64::total_cmp);
        let bare = bare[bare.len() / 2];
        rows.push(figures("axum, one row", connections, &insert));
        rows.push(vec![
            "rusqlite, all rows".into(),
            format!("groups of {connections}"),
            count(bare),
            String::new(),
            String::new(),
            String::new(),
        ]);
        rows.push(figures("Drawbridge", connections, &ours));
        rows.push(figures("Drawbridge, no endpoint", connections, &alone));
        rows.push(figures("Drawbridge, delivering", connections, &delivering));
        report.share(
            &format!("POST against axum that commits one row, {connections} connections"),
            0.40,
            ours.rate / insert.rate,
        );
        report.share(&format!("POST against its rows in bare rusqlite, {connections} connections"), 0.60, ours.rate / bare);
    }
    report.table(&rows);
    Ok(())
}

/// A POST that was made, for its rows and its answer.
pub(super) struct Stencil {
    /// The database it was made in.
    pub source: PathBuf,
    pub customer: String,
    pub post: Post,
    recorded: String,
}

impl Stencil {
    /// Makes one, with an endpoint that listens.
    pub(super) fn make(plan: &Plan) -> Result<Stencil, String> {
        let site = Site::new(plan, "stencil", Endpoint::Silent)?;
        let post = Post::next();
        let answer = post.make(&mut site.client())?;
        let recorded = site::record(plan, "post.http", &answer)?;
        let customer = answer.json()["id"].as_str().unwrap_or("").to_owned();
        // Killed, so that the delivery's job stays as it is.
        let Site { directory, server } = site;
        drop(server);
        Ok(Stencil { source: site::database(&directory), customer, post, recorded })
    }

    fn commit(&self, plan: &Plan, group: usize) -> Result<f64, String> {
        let database = plan.work.join("rows.db");
        let mut command = Command::new("taskset");
        command.args(["-c", &SERVER_CORE.to_string()]).arg(&plan.limits).arg("rows");
        command.arg("--source").arg(&self.source).arg("--database").arg(&database);
        command.args(["--customer", &self.customer, "--key", &self.post.key, "--email", &self.post.email]);
        command.args(["--group", &group.to_string(), "--milliseconds", &plan.sizes.duration.as_millis().to_string()]);
        let output = command.output().map_err(|error| format!("taskset: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        said.trim().parse().map_err(|_| format!("limits rows: {said}{}", String::from_utf8_lossy(&output.stderr)))
    }
}
