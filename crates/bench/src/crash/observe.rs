//! Reading everything that a sandbox shows after a crash.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

use serde_json::Value;

use super::load::Sent;
use crate::client::{Answer, Client};

/// Connections that read at once.
const READERS: usize = 4;

/// What is there.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// By id; deleted ones are not listed.
    pub customers: BTreeMap<String, Value>,
    /// Oldest first.
    pub events: Vec<Value>,
    /// By event.
    pub deliveries: HashMap<String, Vec<Value>>,
    /// By idempotency key: the answer to the same request sent once more.
    pub replays: HashMap<String, Answer>,
    /// By request id: the line of the log.
    pub log: HashMap<String, Value>,
}

pub(super) fn customers(client: &mut Client) -> Result<BTreeMap<String, Value>, String> {
    let list = client.all("/v1/customers", "")?;
    Ok(list.into_iter().map(|customer| (customer["id"].as_str().unwrap_or("").to_owned(), customer)).collect())
}

/// Reads it all. The writes are sent once more first, so that what a repetition would do wrong is seen as well.
pub(super) fn read(address: SocketAddr, key: &str, sent: &[Vec<Sent>]) -> Result<Seen, String> {
    let mut seen = Seen::default();
    let writes: Vec<&Sent> = sent.iter().flatten().collect();
    let replays = share(&writes, address, key, |client, sent| {
        let is_post = sent.request().0 == "POST";
        Ok(if is_post { Some((sent.key.clone(), sent.send(client)?)) } else { None })
    })?;
    seen.replays = replays.into_iter().flatten().collect();
    let mut client = Client::new(address, key);
    seen.customers = customers(&mut client)?;
    seen.events = client.all("/v1/events", "")?;
    seen.events.reverse();
    let events: Vec<&Value> = seen.events.iter().collect();
    let deliveries = share(&events, address, key, |client, event| {
        let id = event["id"].as_str().unwrap_or("");
        let list = client.get(&format!("/drawbridge/v1/deliveries?event={id}"))?;
        Ok((id.to_owned(), list["data"].as_array().cloned().unwrap_or_default()))
    })?;
    seen.deliveries = deliveries.into_iter().collect();
    let log = client.all("/drawbridge/v1/request_logs", "")?;
    seen.log = log.into_iter().map(|line| (line["id"].as_str().unwrap_or("").to_owned(), line)).collect();
    Ok(seen)
}

/// Does the same for every item, on a few connections at once.
fn share<I: Sync, T: Send>(
    items: &[I],
    address: SocketAddr,
    key: &str,
    work: impl Fn(&mut Client, &I) -> Result<T, String> + Sync,
) -> Result<Vec<T>, String> {
    let work = &work;
    let parts = std::thread::scope(|scope| {
        let threads: Vec<_> = items
            .chunks(items.len().div_ceil(READERS).max(1))
            .map(|part| {
                scope.spawn(move || {
                    let mut client = Client::new(address, key);
                    part.iter().map(|item| work(&mut client, item)).collect::<Result<Vec<T>, String>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("a reader panicked".to_owned())))
            .collect::<Vec<_>>()
    });
    let parts = parts.into_iter().collect::<Result<Vec<_>, String>>()?;
    Ok(parts.into_iter().flatten().collect())
}
