//! Payments that are created and confirmed with one request.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::report::{Report, count, figures, head};
use super::site::{self, Endpoint, KEY, Site};
use super::{CONNECTIONS, Plan, SERVER_CORE};
use crate::client::Client;
use crate::limits::scattered;

/// How long a payment may take from its confirmation until its money is there.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);
/// A verified bank account whose bank posts everything.
const BANK_ACCOUNT: &str = "btok_us_verified";

/// How far payments go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// They wait for the next cut-off of a banking day.
    Confirmed,
    /// Files are cut, sent, and settled all the time.
    Settled,
}

/// Measures them beside their rows in bare rusqlite.
pub(super) fn measure(plan: &Plan, report: &mut Report) -> Result<(), String> {
    let stencils = [Stencil::make(plan, Way::Confirmed)?, Stencil::make(plan, Way::Settled)?];
    let sites = [Paying::new(plan, "payments", Way::Confirmed)?, Paying::new(plan, "payments-settling", Way::Settled)?];
    let rows_of = [stencils[0].commit(plan, "payments-count.db", 1)?.1, stencils[1].commit(plan, "payments-count.db", 1)?.1];
    report.section(
        "Create and confirm a payment, durable",
        &format!(
            "`POST /v1/payment_intents` with `confirm`, a mandate, an idempotency key and a verified bank account, answered after the\n\
             commit (`synchronous=FULL`). In the first row payments then wait for the cut-off of a banking day: {} rows each, namely intent,\n\
             charge, mandate, entry of the network, their events, deliveries to one webhook endpoint that never answers, and what every\n\
             POST leaves. In the second row the sandbox settles at once: beside the measurement, on the same core, files are cut, sent to the\n\
             test bank in the same process, and settled, with postings, lines of the balance and further events. It counts confirmed\n\
             payments; those of the last seconds are still on their way when it ends. The limits are the rows of a payment in bare rusqlite,\n\
             in groups of as many as there are connections, without any server: those of a confirmed payment, and all {} of one that has\n\
             settled. What a payment changes in rows that are there, and the files, are not among them, so the second is the easier one for\n\
             rusqlite. All databases are new at first and grow through all rounds.",
            rows_of[0], rows_of[1]
        ),
    );
    let mut rows = vec![head("Server")];
    for connections in CONNECTIONS {
        let (mut measured, mut bare) = ([const { Vec::new() }; 2], [const { Vec::new() }; 2]);
        for _ in 0..plan.sizes.rounds {
            for place in 0..sites.len() {
                let paying = &sites[place];
                measured[place].push(site::measure(plan, &paying.site.server, connections, &mut paying.request())?);
                bare[place].push(stencils[place].commit(plan, ["payments.db", "payments-settled.db"][place], connections)?.0);
            }
        }
        let names = [("Drawbridge", "rusqlite, a confirmed payment"), ("Drawbridge, settling", "rusqlite, a settled payment")];
        for (place, ((name, limit), measured)) in names.into_iter().zip(measured.map(site::median)).enumerate() {
            bare[place].sort_by(f64::total_cmp);
            let bare = bare[place][bare[place].len() / 2];
            let empty = String::new;
            rows.push(vec![limit.into(), format!("groups of {connections}"), count(bare), empty(), empty(), empty()]);
            rows.push(figures(name, connections, &measured));
            if place == 0 {
                let what = format!("Create and confirm against its rows in bare rusqlite, {connections} connections");
                report.share(&what, 0.40, measured.rate / bare);
            }
        }
    }
    report.table(&rows);
    Ok(())
}

/// A server whose sandbox has a customer with a bank account.
struct Paying {
    site: Site,
    customer: String,
    bank_account: String,
}

impl Paying {
    fn new(plan: &Plan, name: &str, way: Way) -> Result<Paying, String> {
        let site = Site::new(plan, name, Endpoint::Silent)?;
        let mut client = site.client();
        if way == Way::Confirmed {
            client.post("/drawbridge/v1/settings", "settlement=banking_days")?;
        }
        let customer = id(&client.post("/v1/customers", "name=Jane%20Smith")?)?;
        let added = client.post(&format!("/v1/customers/{customer}/sources"), &format!("source={BANK_ACCOUNT}"))?;
        Ok(Paying { site, customer, bank_account: id(&added)? })
    }

    /// The form of a payment.
    fn form(&self) -> String {
        format!(
            "amount=2000&currency=usd&confirm=true&customer={}&payment_method={}&mandate_data[customer_acceptance][type]=online\
             &mandate_data[customer_acceptance][online][ip_address]=127.0.0.1\
             &mandate_data[customer_acceptance][online][user_agent]=bench",
            self.customer, self.bank_account
        )
    }

    /// POST of a new payment, each with a key of its own.
    fn request(&self) -> impl FnMut(u64, &mut Vec<u8>) {
        let form = self.form();
        move |_, into| {
            let text = format!(
                "POST /v1/payment_intents HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\nIdempotency-Key: {}\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
                next_key(),
                form.len()
            );
            into.extend_from_slice(text.as_bytes());
        }
    }
}

fn id(made: &Value) -> Result<String, String> {
    made["id"].as_str().map(str::to_owned).ok_or_else(|| format!("no id in {made}"))
}

/// An idempotency key that was not used before.
fn next_key() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(10_000_000);
    format!("{:08}-3f52-4c8e-a7d0-payment00000", scattered(NUMBER.fetch_add(1, Ordering::Relaxed)))
}

/// A payment that was made, for its rows.
struct Stencil {
    source: PathBuf,
    /// Ids and words that its rows name.
    seeds: Vec<String>,
}

impl Stencil {
    fn make(plan: &Plan, way: Way) -> Result<Stencil, String> {
        let paying = Paying::new(plan, &format!("stencil-{way:?}").to_lowercase(), way)?;
        let (mut client, key) = (paying.site.client(), next_key());
        let answer = client.call("POST", "/v1/payment_intents", &paying.form(), Some(&key))?;
        let made = answer.json();
        let charge = made["latest_charge"].as_str().ok_or_else(|| format!("no payment: {}", answer.body))?.to_owned();
        let shown = client.get(&format!("/v1/charges/{charge}"))?;
        let mandate = shown["payment_method_details"]["us_bank_account"]["mandate"].as_str().unwrap_or(&charge).to_owned();
        if way == Way::Settled {
            settle(&mut client, &charge)?;
        }
        let request = answer.header("request-id").ok_or("an answer without its request's id")?.to_owned();
        let seeds = vec![id(&made)?, charge, mandate, request, key];
        // Killed, so that the deliveries' jobs stay as they are.
        let Site { directory, server } = paying.site;
        drop(server);
        Ok(Stencil { source: site::database(&directory), seeds })
    }

    /// Payments per second, and the rows of each.
    fn commit(&self, plan: &Plan, database: &str, group: usize) -> Result<(f64, u64), String> {
        let mut command = Command::new("taskset");
        command.args(["-c", &SERVER_CORE.to_string()]).arg(&plan.limits).arg("payment").arg("--source").arg(&self.source);
        command.args(["--seeds", &self.seeds.join(",")]).arg("--database").arg(plan.work.join(database));
        let milliseconds = plan.sizes.duration.as_millis().to_string();
        command.args(["--group", &group.to_string(), "--milliseconds", &milliseconds]);
        let output = command.output().map_err(|error| format!("taskset: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let read = said.trim().split_once(' ').and_then(|(rate, rows)| Some((rate.parse().ok()?, rows.parse().ok()?)));
        read.ok_or_else(|| format!("limits payment: {said}{}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// Waits until a payment's money is there.
fn settle(client: &mut Client, charge: &str) -> Result<(), String> {
    let end = Instant::now() + SETTLED_WITHIN;
    while Instant::now() < end {
        if client.get(&format!("/v1/charges/{charge}"))?["status"] == "succeeded" {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(format!("{charge} did not settle"))
}
