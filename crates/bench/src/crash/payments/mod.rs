//! Killing the server while payments are made, files are cut and sent, and what comes back is read.
//!
//! One run: clients create and confirm payments, one more moves the sandbox's clock so that files are cut, sent, settled and
//! answered all the time, SIGKILL at a random moment, a start on the same data. Then requests without an answer are sent
//! again under their idempotency keys, the clock goes on until every payment has its end, and what is there is held against
//! what was promised: by the product's own records, and by those of the bank, which knows what it was sent.

mod judge;
mod load;
mod observe;

use std::process::Command;
use std::time::{Duration, Instant};

use super::{Complaint, Plan, Summary};
use crate::client::Client;
use crate::random::Random;
use crate::server::{Program, Server};
use judge::judge;
use load::{Payment, World};

/// The longest time between the first payment and the kill.
const LOAD_MS: u64 = 1_200;
/// The same on PostgreSQL, where a fresh server first opens its connections.
const LOAD_MS_POSTGRES: u64 = 2_000;
/// Jobs of a killed node of several are free again after a minute; on SQLite the one node frees them when it starts.
const PATIENCE: Duration = Duration::from_secs(150);

/// Kills and looks as often as planned; stops at the first run with a complaint.
///
/// # Errors
/// In words, if the server does not start or does not answer.
pub fn run(plan: &Plan) -> Result<Summary, String> {
    let program = Program::drawbridge(&plan.binary, &plan.data, plan.database.as_deref(), None);
    let mut random = Random::new(plan.seed);
    let mut summary = Summary { ended: "entries at the bank", ..Summary::default() };
    let mut server = program.start()?;
    while summary.runs < plan.runs && summary.complaints.is_empty() {
        let world = World::prepare(server.address, &format!("sk_test_paying{:016x}run{}", plan.seed, summary.runs))?;
        let mut made = load_until_killed(&mut server, &world, plan, &mut random);
        server = program.start()?;
        let all = || made.iter().flatten();
        summary.acknowledged += all().filter(|payment| payment.answer.is_some()).count();
        summary.unanswered += all().filter(|payment| payment.answer.is_none()).count();
        let mut client = Client::new(server.address, &world.key);
        for list in &mut made {
            load::send_again(&mut client, &world, list)?;
        }
        let made: Vec<Payment> = made.into_iter().flatten().collect();
        summary.complaints.extend(until_ended(&mut client)?);
        let seen = observe::read(&mut client)?;
        summary.delivered += seen.at_bank.len();
        summary.complaints.extend(judge(&made, &seen));
        summary.runs += 1;
    }
    server.stop()?;
    summary.complaints.extend(books(plan)?);
    Ok(summary)
}

fn load_until_killed(server: &mut Server, world: &World, plan: &Plan, random: &mut Random) -> Vec<Vec<Payment>> {
    let address = server.address;
    let threads: Vec<_> = (0..plan.clients)
        .map(|number| {
            let (world, seed) = (world.clone(), random.bits());
            std::thread::spawn(move || load::pay_until_broken(address, &world, number, &mut Random::new(seed)))
        })
        .collect();
    let (key, seed) = (world.key.clone(), random.bits());
    let mover = std::thread::spawn(move || load::move_clock_until_broken(Client::new(address, &key), &mut Random::new(seed)));
    let longest = if plan.database.is_some() { LOAD_MS_POSTGRES } else { LOAD_MS };
    std::thread::sleep(Duration::from_millis(random.below(longest)));
    server.kill();
    // What a thread that panicked has made is missed by the judge.
    let _ = mover.join();
    threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
}

/// Moves the clock until no payment is under way and nothing more can come back.
fn until_ended(client: &mut Client) -> Result<Option<Complaint>, String> {
    let end = Instant::now() + PATIENCE;
    loop {
        load::move_clock(client, 30)?;
        let under_way = observe::under_way(client)?;
        if under_way.is_empty() {
            break;
        }
        if Instant::now() > end {
            return Ok(Some(Complaint::Half(format!("never ended: {}", under_way.join(", ")))));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    // What comes back late does so some seconds after settlement, and is looked for once a day as well.
    load::move_clock(client, 60)?;
    load::move_clock(client, 86_400)?;
    Ok(None)
}

/// What `drawbridge ledger check` says, which reads the books of all sandboxes.
fn books(plan: &Plan) -> Result<Option<Complaint>, String> {
    let mut command = Command::new(&plan.binary);
    command.env_remove("DRAWBRIDGE_DATABASE").env_remove("DRAWBRIDGE_DATA").env_remove("DRAWBRIDGE_LISTEN");
    command.args(["ledger", "check", "--data"]).arg(&plan.data);
    if let Some(url) = &plan.database {
        command.args(["--database", url]);
    }
    let output = command.output().map_err(|error| format!("{}: {error}", plan.binary.display()))?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Ok((!output.status.success()).then(|| Complaint::Half(format!("the books: {said}"))))
}
