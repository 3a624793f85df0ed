//! What the clients do, and their memory of it.

use std::time::Duration;

use crate::client::{Answer, Client};
use crate::random::{Random, fresh_seed};

/// How often a request is sent again while another one under its key is still being answered.
const TRIES: u32 = 100;

/// One thing to do. The same action always makes the same request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    /// A new customer, marked with a word of its own.
    Create { word: String },
    /// A change of a customer that only this client touches.
    Update { customer: String, word: String },
    /// A change of the customer that all clients touch: each counts up in a place of its own.
    Count { customer: String, client: usize, number: u64 },
    /// The end of a customer that only this client touches.
    Delete { customer: String },
}

/// A request and what came back.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub action: Action,
    pub key: String,
    pub answer: Option<Answer>,
}

impl Sent {
    /// Method, path and form.
    pub(super) fn request(&self) -> (&'static str, String, String) {
        match &self.action {
            Action::Create { word } => (
                "POST",
                "/v1/customers".to_owned(),
                format!("email={word}@example.com&name=Customer%20{word}&metadata[word]={word}&address[city]=Springfield"),
            ),
            Action::Update { customer, word } => {
                ("POST", format!("/v1/customers/{customer}"), format!("description={word}&metadata[last]={word}"))
            }
            Action::Count { customer, client, number } => {
                ("POST", format!("/v1/customers/{customer}"), format!("metadata[c{client}]={number}"))
            }
            Action::Delete { customer } => ("DELETE", format!("/v1/customers/{customer}"), String::new()),
        }
    }

    /// Sends it.
    pub(super) fn send(&self, client: &mut Client) -> Result<Answer, String> {
        let (method, path, form) = self.request();
        let key = (method == "POST").then_some(self.key.as_str());
        client.call(method, &path, &form, key)
    }

    /// The customer that it made or was about.
    pub(super) fn customer(&self) -> Option<String> {
        match &self.action {
            Action::Create { .. } => self.answer.as_ref()?.json()["id"].as_str().map(str::to_owned),
            Action::Update { customer, .. } | Action::Count { customer, .. } | Action::Delete { customer } => {
                Some(customer.clone())
            }
        }
    }
}

/// The customer that all clients change.
pub(super) fn first(client: &mut Client) -> Result<Sent, String> {
    let mut sent =
        Sent { action: Action::Create { word: "shared".to_owned() }, key: format!("first-{:x}", fresh_seed()), answer: None };
    sent.answer = Some(sent.send(client)?);
    Ok(sent)
}

/// Writes one request after the other until one gets no answer, which is the last of the list.
pub(super) fn write_until_broken(mut client: Client, number: usize, shared: &str, random: &mut Random) -> Vec<Sent> {
    let mut list: Vec<Sent> = Vec::new();
    let mut own: Vec<String> = Vec::new();
    let mut counted = 0;
    loop {
        let action = match (random.below(100), own.is_empty()) {
            (0..=19, _) => {
                counted += 1;
                Action::Count { customer: shared.to_owned(), client: number, number: counted }
            }
            (20..=44, false) => {
                Action::Update { customer: own[random.index(own.len())].clone(), word: format!("u{number}x{}", list.len()) }
            }
            (45..=49, false) => Action::Delete { customer: own.swap_remove(random.index(own.len())) },
            _ => Action::Create { word: format!("w{number}x{}", list.len()) },
        };
        let mut sent = Sent { action, key: format!("key-{number}-{}-{:x}", list.len(), random.bits()), answer: None };
        sent.answer = sent.send(&mut client).ok();
        let answered = sent.answer.is_some();
        if answered && matches!(sent.action, Action::Create { .. }) {
            own.extend(sent.customer());
        }
        list.push(sent);
        if !answered {
            return list;
        }
    }
}

/// Sends the last request of a list again, under the same key, if nobody knows what became of it.
pub(super) fn send_again(client: &mut Client, list: &mut [Sent]) -> Result<(), String> {
    let Some(sent) = list.last_mut().filter(|sent| sent.answer.is_none()) else { return Ok(()) };
    for _ in 0..TRIES {
        let answer = sent.send(client)?;
        // The killed node's transaction may still be under way at a database of its own.
        if answer.status != 409 {
            sent.answer = Some(answer);
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(format!("{:?} stays in use", sent.action))
}
