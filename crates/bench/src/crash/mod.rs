//! Killing the server in the middle of its work, again and again, and looking at what is left.
//!
//! One run: clients write from all sides ([`load`]), SIGKILL at a random moment, a start on the same data, then every
//! request that got no answer is sent again under its idempotency key, the whole world is read ([`observe`]) and held
//! against what was promised ([`judge`]). The data goes on from run to run; at the end every event has to arrive.

mod judge;
mod load;
mod observe;
pub mod payments;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::Client;
use crate::random::Random;
use crate::receiver::{Manner, Receipt, Receiver};
use crate::server::{Program, Server};
use judge::{Complaint, Judged};
use load::Sent;

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The `drawbridge` binary.
    pub binary: PathBuf,
    /// An empty directory for the data.
    pub data: PathBuf,
    /// An empty PostgreSQL database; none: SQLite in `data`.
    pub database: Option<String>,
    /// How often to kill.
    pub runs: u32,
    /// Clients that write at once.
    pub clients: usize,
    /// Repeats the choices of a run; the moments at which things happen are the machine's.
    pub seed: u64,
}

/// The longest time between the first write and the kill.
const LOAD_MS: u64 = 250;
/// The same on PostgreSQL, where a fresh server first opens its connections.
const LOAD_MS_POSTGRES: u64 = 700;
/// Jobs of a killed node of several are free again after a minute; on SQLite the one node frees them when it starts.
const DELIVERY_PATIENCE: Duration = Duration::from_secs(150);

/// What the runs came to.
#[derive(Debug, Default)]
pub struct Summary {
    /// Runs that ended.
    pub runs: u32,
    /// Writes that were answered before a kill.
    pub acknowledged: usize,
    /// Requests that a kill left without an answer.
    pub unanswered: usize,
    /// What was waited for to the end, as `ended` names it: events that arrived at every endpoint that listens, or entries that
    /// the bank was sent.
    pub delivered: usize,
    /// What was waited for.
    pub ended: &'static str,
    /// What does not hold.
    pub complaints: Vec<Complaint>,
}

impl Summary {
    /// The line that tells it all.
    #[must_use]
    pub fn line(&self, engine: &str) -> String {
        let lost = self.complaints.iter().filter(|complaint| matches!(complaint, Complaint::Lost(_))).count();
        let half = self.complaints.len() - lost;
        format!(
            "crash: {} runs, {} acknowledged writes, {lost} lost, {half} half ({engine}, {} unanswered and sent again, {} {})",
            self.runs, self.acknowledged, self.unanswered, self.delivered, self.ended
        )
    }
}

/// A sandbox as a run leaves it.
struct Past {
    key: String,
    customers: BTreeMap<String, Value>,
}

/// Kills and looks as often as planned; stops at the first run with a complaint.
///
/// # Errors
/// In words, if the server does not start or does not answer.
pub fn run(plan: &Plan) -> Result<Summary, String> {
    let receiver = Receiver::start(Manner::Answers)?;
    let program = Program::drawbridge(&plan.binary, &plan.data, plan.database.as_deref(), None);
    let mut random = Random::new(plan.seed);
    let (mut past, mut due) = (Vec::new(), Vec::new());
    let mut summary = Summary { ended: "deliveries", ..Summary::default() };
    let mut server = program.start()?;
    while summary.runs < plan.runs && summary.complaints.is_empty() {
        let key = format!("sk_test_crash{:016x}run{}", plan.seed, summary.runs);
        let world = prepare(&server, &key, &receiver, summary.runs)?;
        let sent = load_until_killed(&mut server, &world, plan, &mut random);
        server = program.start()?;
        let judged = look(&server, &world, sent, &receiver)?;
        past.push(Past { key, customers: judged.customers });
        due.extend(judged.due);
        summary.runs += 1;
        summary.acknowledged += judged.acknowledged;
        summary.unanswered += judged.unanswered;
        summary.complaints.extend(judged.complaints);
    }
    if summary.complaints.is_empty() {
        summary.complaints.extend(changed_later(&server, &past)?);
        summary.complaints.extend(undelivered(&due, &receiver));
        summary.delivered = due.len();
    }
    server.stop()?;
    Ok(summary)
}

/// A sandbox with two endpoints, one of them for everything, and a customer that all clients change.
struct World {
    key: String,
    shared: String,
    first: Sent,
    /// Endpoint, path at the receiver, and whether it takes only `customer.created`.
    endpoints: Vec<(String, String, bool)>,
}

fn prepare(server: &Server, key: &str, receiver: &Receiver, run: u32) -> Result<World, String> {
    let mut client = Client::new(server.address, key);
    let mut endpoints = Vec::new();
    for (name, events) in [("all", "*"), ("created", "customer.created")] {
        let path = format!("/{run}/{name}");
        let form = format!("url=http://{}{path}&enabled_events[]={events}", receiver.address);
        let endpoint = client.post("/v1/webhook_endpoints", &form)?;
        let id = endpoint["id"].as_str().ok_or("an endpoint without an id")?;
        endpoints.push((id.to_owned(), path, events != "*"));
    }
    let first = load::first(&mut client)?;
    let shared = first.customer().ok_or("a customer without an id")?;
    Ok(World { key: key.to_owned(), shared, first, endpoints })
}

fn load_until_killed(server: &mut Server, world: &World, plan: &Plan, random: &mut Random) -> Vec<Vec<Sent>> {
    let threads: Vec<_> = (0..plan.clients)
        .map(|number| {
            let client = Client::new(server.address, &world.key);
            let seed = random.bits();
            let shared = world.shared.clone();
            std::thread::spawn(move || load::write_until_broken(client, number, &shared, &mut Random::new(seed)))
        })
        .collect();
    let longest = if plan.database.is_some() { LOAD_MS_POSTGRES } else { LOAD_MS };
    std::thread::sleep(Duration::from_millis(random.below(longest)));
    server.kill();
    // A client that panicked has asserted something; its panic is on the screen and its writes are missed by the judge.
    threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
}

/// Sends again what was not answered, reads everything, and judges.
fn look(server: &Server, world: &World, mut sent: Vec<Vec<Sent>>, receiver: &Receiver) -> Result<Judged, String> {
    let acknowledged = sent.iter().flatten().filter(|sent| sent.answer.is_some()).count();
    let unanswered = sent.iter().flatten().filter(|sent| sent.answer.is_none()).count();
    for list in &mut sent {
        load::send_again(&mut Client::new(server.address, &world.key), list)?;
    }
    sent.push(vec![world.first.clone()]);
    let seen = observe::read(server.address, &world.key, &sent)?;
    let mut judged = judge::judge(&sent, &seen, &world.endpoints, &world.shared, &|receipt| receiver.has(receipt));
    judged.acknowledged = acknowledged;
    judged.unanswered = unanswered;
    Ok(judged)
}

/// What an earlier run left must be as it was, however often the server was killed since.
fn changed_later(server: &Server, past: &[Past]) -> Result<Vec<Complaint>, String> {
    let mut complaints = Vec::new();
    for world in past {
        let now = observe::customers(&mut Client::new(server.address, &world.key))?;
        if now != world.customers {
            complaints.push(Complaint::Lost(format!("the customers of {} changed after their run", world.key)));
        }
    }
    Ok(complaints)
}

/// Waits until every event has arrived wherever it should.
fn undelivered(due: &[Receipt], receiver: &Receiver) -> Vec<Complaint> {
    let end = Instant::now() + DELIVERY_PATIENCE;
    let mut missing: Vec<&Receipt> = due.iter().collect();
    loop {
        missing.retain(|receipt| !receiver.has(receipt));
        if missing.is_empty() || Instant::now() > end {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    missing.iter().map(|(path, event)| Complaint::Half(format!("{event} never arrived at {path}"))).collect()
}
