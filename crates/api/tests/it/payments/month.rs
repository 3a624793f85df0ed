//! A month of payments by the calendar of banks, with every return code, early and late, changes, and refunds; after which
//! the ledger, the objects, the events and the files say the same, to the cent.

mod proof;
mod records;
mod world;

use std::collections::BTreeSet;

use store::Engine;
use testkit::{Sandbox, each};

use super::MANDATE;
use proof::Proof;
use records::Records;
use world::{Conduct, PAYING, World};

/// Payments of the month; fewer on PostgreSQL, where every commit of the debug build goes over a socket.
const PAYMENTS: usize = 10_000;
const PAYMENTS_POSTGRES: usize = 1_000;
/// Days on which is paid.
const DAYS: usize = 20;
/// Days after which everything that comes back late has come: the settlement, ten banking days and two weekends more.
const DAYS_AFTER: usize = 24;
const DAY: i64 = 86_400;
/// Payments that are under way at once.
const AT_ONCE: usize = 16;

/// A payment that was made, and the place of its payer.
#[derive(Debug, Clone)]
pub struct Paid {
    pub intent: String,
    pub charge: String,
    pub payer: usize,
    /// In cents.
    pub amount: i64,
    /// The bank account was blocked by then.
    pub refused: bool,
}

/// Whose turn it is: every third payment is one of an account with which something is the matter.
fn payer(number: usize, payers: usize) -> usize {
    if number.is_multiple_of(3) { PAYING + number / 3 % (payers - PAYING) } else { number % PAYING }
}

/// Creates and confirms a payment; none of two have the same amount.
async fn pay(sandbox: Sandbox, customer: String, method: String, number: usize, payer: usize) -> Paid {
    let amount = 1_000 + i64::try_from(number).expect("a small number");
    let text = amount.to_string();
    let params =
        [("amount", &*text), ("currency", "usd"), ("confirm", "true"), ("payment_method", &*method), ("customer", &*customer)];
    let answer = sandbox.post("/v1/payment_intents", &[&params[..], &MANDATE].concat()).await;
    let refused = answer.status == 402;
    let intent = if refused { answer.error(402, "bank_account_unusable", None)["payment_intent"].take() } else { answer.ok() };
    let name = |name: &str| intent[name].as_str().unwrap_or_else(|| panic!("no {name} in {intent}")).to_owned();
    Paid { intent: name("id"), charge: name("latest_charge"), payer, amount, refused }
}

async fn pay_all(sandbox: &Sandbox, world: &World, numbers: std::ops::Range<usize>) -> Vec<Paid> {
    let mut made = Vec::new();
    let mut waiting: Vec<usize> = numbers.collect();
    while !waiting.is_empty() {
        let now = waiting.drain(..AT_ONCE.min(waiting.len()));
        let tasks: Vec<_> = now
            .map(|number| {
                let payer = payer(number, world.payers.len());
                let method = world.payers[payer].method.clone();
                tokio::spawn(pay(sandbox.clone(), world.customer.clone(), method, number, payer))
            })
            .collect();
        for task in tasks {
            made.push(task.await.expect("a payment"));
        }
    }
    made
}

/// Gives back a part of some payments, and all of some others, whatever has become of them.
async fn refund_some(sandbox: &Sandbox, world: &World, made: &[Paid]) {
    for (number, paid) in made.iter().enumerate().filter(|(_, paid)| !paid.refused) {
        let returns_credits = matches!(world.payers[paid.payer].conduct, Conduct::RefusesCredits { .. });
        let amount = match number % 25 {
            _ if returns_credits => "300".to_owned(),
            0 => paid.amount.to_string(),
            7 => "250".to_owned(),
            _ => continue,
        };
        let answer = sandbox.post("/v1/refunds", &[("charge", &paid.charge), ("amount", &amount)]).await;
        // A payment may have failed or be disputed by now.
        assert!(matches!(answer.status, 200 | 400), "{}", answer.text());
    }
}

#[tokio::test]
async fn after_a_month_everything_agrees_to_the_cent() {
    each(async |server| {
        let count = if server.app.core.store.engine() == Engine::Sqlite { PAYMENTS } else { PAYMENTS_POSTGRES };
        let sandbox = server.sandbox();
        sandbox.post("/drawbridge/v1/settings", &[("settlement", "banking_days")]).await.ok();
        let world = World::state(&sandbox).await;
        let mut days: Vec<Vec<Paid>> = Vec::new();
        for day in 0..DAYS + DAYS_AFTER {
            if day < DAYS {
                days.push(pay_all(&sandbox, &world, count * day / DAYS..count * (day + 1) / DAYS).await);
            }
            // Some of today's, which wait for their payments, and some that have been paid for a while.
            for refunded in [Some(day), day.checked_sub(9)].into_iter().flatten().filter_map(|day| days.get(day)) {
                let half = refunded.len() / 2;
                let part = if day < DAYS && std::ptr::eq(refunded, &days[day]) { &refunded[..half] } else { &refunded[half..] };
                refund_some(&sandbox, &world, part).await;
            }
            sandbox.advance(DAY).await;
        }
        let made = days.concat();
        assert_eq!(made.len(), count);
        let wrong = api::payments::book::check(&server.app.core).await.expect("the books are read");
        assert!(wrong.is_empty(), "{wrong:?}");
        let records = Records::read(&sandbox).await;
        let proof = Proof { world: &world, made: &made, records: &records };
        proof.every_payment_has_its_end();
        proof.refunds_and_disputes_have_theirs();
        proof.objects_have_their_events_once();
        proof.entries_are_in_one_file_each();
        proof.the_balance_is_what_came_and_went(&sandbox).await;
        proof.files_say_what_entries_say(&sandbox).await;
        let seen: BTreeSet<&str> = records.entries.iter().filter_map(|entry| entry.return_code.as_deref()).collect();
        for code in world::return_codes() {
            assert!(seen.contains(code.as_str()), "{code} never came back");
        }
    })
    .await;
}
