//! Payments that are made, and the clients' memory of them.

use std::net::SocketAddr;
use std::time::Duration;

use crate::client::{Answer, Client};
use crate::random::Random;

/// How often a request is sent again while another one under its key is still being answered.
const TRIES: u32 = 100;
/// A payer's consent, as servers send it.
const MANDATE: &str = "mandate_data[customer_acceptance][type]=online&mandate_data[customer_acceptance][online][ip_address]=127.0.0.1\
                       &mandate_data[customer_acceptance][online][user_agent]=crash";

/// What the bank does with a debit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Settles,
    /// It comes back before it has settled.
    Returns,
    /// It comes back afterwards.
    ReturnsLate,
}

/// Samples of verified bank accounts, and what becomes of debits from them. None of it blocks the account.
const PAYERS: [(&str, Fate); 3] = [
    ("btok_us_verified", Fate::Settles),
    ("btok_us_verified_insufficientFunds", Fate::Returns),
    ("btok_us_verified_debitNotAuthorized", Fate::ReturnsLate),
];
/// What the bank is told to do with the last of them.
const LATE: &str = "account_number=000333333335&direction=debit&code=R09&late=true";

/// A sandbox with bank accounts.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub key: String,
    customer: String,
    payers: Vec<(String, Fate)>,
}

/// A payment and what came back.
#[derive(Debug, Clone)]
pub(super) struct Payment {
    /// In cents.
    pub amount: u64,
    pub fate: Fate,
    pub key: String,
    pub payer: usize,
    pub answer: Option<Answer>,
}

impl World {
    /// A new sandbox.
    pub(super) fn prepare(address: SocketAddr, key: &str) -> Result<World, String> {
        let mut client = Client::new(address, key);
        let made = client.post("/v1/customers", "name=Jane%20Smith")?;
        let customer = made["id"].as_str().ok_or("a customer without an id")?.to_owned();
        client.post("/drawbridge/v1/testbank/ach_returns", LATE)?;
        let mut payers = Vec::new();
        for (token, fate) in PAYERS {
            let source = client.post(&format!("/v1/customers/{customer}/sources"), &format!("source={token}"))?;
            payers.push((source["id"].as_str().ok_or("a bank account without an id")?.to_owned(), fate));
        }
        Ok(World { key: key.to_owned(), customer, payers })
    }
}

impl Payment {
    fn send(&self, client: &mut Client, world: &World) -> Result<Answer, String> {
        let (method, _) = &world.payers[self.payer];
        let form = format!(
            "amount={}&currency=usd&confirm=true&customer={}&payment_method={method}&{MANDATE}",
            self.amount, world.customer
        );
        client.call("POST", "/v1/payment_intents", &form, Some(&self.key))
    }
}

/// Makes one payment after the other until one gets no answer, which is the last of the list.
pub(super) fn pay_until_broken(address: SocketAddr, world: &World, number: usize, random: &mut Random) -> Vec<Payment> {
    let mut client = Client::new(address, &world.key);
    let mut list: Vec<Payment> = Vec::new();
    loop {
        let payer = random.index(world.payers.len());
        let key = format!("pay-{number}-{}-{:x}", list.len(), random.bits());
        let mut payment = Payment { amount: 100 + random.below(100_000), fate: world.payers[payer].1, key, payer, answer: None };
        payment.answer = payment.send(&mut client, world).ok();
        let answered = payment.answer.is_some();
        list.push(payment);
        if !answered {
            return list;
        }
    }
}

/// Makes the last payment of a list again, under the same key, if nobody knows what became of it.
pub(super) fn send_again(client: &mut Client, world: &World, list: &mut [Payment]) -> Result<(), String> {
    let Some(payment) = list.last_mut().filter(|payment| payment.answer.is_none()) else { return Ok(()) };
    for _ in 0..TRIES {
        let answer = payment.send(client, world)?;
        // The killed node's transaction may still be under way at a database of its own.
        if answer.status != 409 {
            payment.answer = Some(answer);
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(format!("{} stays in use", payment.key))
}

/// Moves the sandbox's clock, which runs what becomes due on the way.
pub(super) fn move_clock(client: &mut Client, seconds: u64) -> Result<(), String> {
    let answer = client.call("POST", "/drawbridge/v1/clock/advance", &format!("seconds={seconds}"), None)?;
    // Others that move it, or jobs of a killed node, may be in the way.
    if matches!(answer.status, 200 | 409) { Ok(()) } else { Err(format!("the clock: {} {}", answer.status, answer.body)) }
}

/// Moves the clock a little, again and again, until the server is gone.
pub(super) fn move_clock_until_broken(mut client: Client, random: &mut Random) {
    while move_clock(&mut client, 1 + random.below(12)).is_ok() {}
}
