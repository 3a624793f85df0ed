//! Holds what is there against what was promised. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::load::{Action, Sent};
use super::observe::Seen;
use crate::receiver::Receipt;

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Complaint {
    /// A write that was acknowledged is not there as it was answered.
    Lost(String),
    /// A part of a write is there and another one is not, or it is there twice.
    Half(String),
}

/// The outcome of one look.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub acknowledged: usize,
    pub unanswered: usize,
    pub complaints: Vec<Complaint>,
    /// What has arrived or has yet to.
    pub due: Vec<Receipt>,
    pub customers: BTreeMap<String, Value>,
}

/// `endpoints`: id, path at the receiver, and whether it takes only `customer.created`. All requests are answered by now.
pub(super) fn judge(
    sent: &[Vec<Sent>],
    seen: &Seen,
    endpoints: &[(String, String, bool)],
    shared: &str,
    arrived: &dyn Fn(&Receipt) -> bool,
) -> Judged {
    let mut court = Court { seen, complaints: Vec::new() };
    court.answers(sent);
    court.customers(sent, shared);
    court.shared_customer(sent, shared);
    court.events(sent, shared);
    let due = court.deliveries(endpoints, arrived);
    Judged { complaints: court.complaints, due, customers: seen.customers.clone(), ..Judged::default() }
}

struct Court<'a> {
    seen: &'a Seen,
    complaints: Vec<Complaint>,
}

impl Court<'_> {
    fn lost(&mut self, text: String) {
        self.complaints.push(Complaint::Lost(text));
    }

    fn half(&mut self, text: String) {
        self.complaints.push(Complaint::Half(text));
    }

    /// Every request has a good answer, the same one again under its key, and a line in the log.
    fn answers(&mut self, sent: &[Vec<Sent>]) {
        for sent in sent.iter().flatten() {
            let Some(answer) = &sent.answer else {
                self.half(format!("{:?} has no answer", sent.action));
                continue;
            };
            let deletes = matches!(sent.action, Action::Delete { .. });
            // A deletion has no key: sent again after it was done, it finds nothing.
            if answer.status != 200 && !(deletes && answer.status == 404) {
                self.lost(format!("{:?} answered {}: {}", sent.action, answer.status, answer.body));
                continue;
            }
            if !deletes {
                match self.seen.replays.get(&sent.key) {
                    Some(again) if again.status == answer.status && again.body == answer.body => {
                        if again.header("idempotent-replayed") != Some("true") {
                            self.half(format!("{:?} was carried out again under its key", sent.action));
                        }
                    }
                    Some(again) => {
                        self.half(format!("{:?} answered {} and then {}", sent.action, answer.body, again.body));
                    }
                    None => self.half(format!("{:?} was not sent again", sent.action)),
                }
            }
            let request = answer.header("request-id").unwrap_or("");
            // A replayed answer has the id of the repetition, which is not the one that wrote.
            let replayed = answer.header("idempotent-replayed").is_some();
            if !replayed && !self.seen.log.contains_key(request) {
                self.half(format!("{:?}: {request} is not in the log", sent.action));
            }
        }
    }

    /// Every customer of one client alone is as the last answer about it said.
    fn customers(&mut self, sent: &[Vec<Sent>], shared: &str) {
        let mut expected: HashMap<String, Option<Value>> = HashMap::new();
        for sent in sent.iter().flatten() {
            let (Some(customer), Some(answer)) = (sent.customer(), &sent.answer) else { continue };
            let deleted = matches!(sent.action, Action::Delete { .. });
            expected.insert(customer, (!deleted).then(|| answer.json()));
        }
        for (id, expected) in expected.iter().filter(|(id, _)| *id != shared) {
            match (expected, self.seen.customers.get(id)) {
                (Some(expected), Some(found)) if expected == found => {}
                (None, None) => {}
                (Some(_), None) => self.lost(format!("customer {id} is gone")),
                (None, Some(_)) => self.lost(format!("customer {id} is back")),
                (Some(expected), Some(found)) => self.lost(format!("customer {id} is {found} and should be {expected}")),
            }
        }
        let unknown: Vec<String> = self.seen.customers.keys().filter(|id| !expected.contains_key(*id)).cloned().collect();
        for id in unknown {
            // Every request that got no answer was sent again, so each customer is known, unless it was made twice.
            self.half(format!("customer {id} was made without anybody being told"));
        }
    }

    /// The customer that all changed holds everybody's last change.
    fn shared_customer(&mut self, sent: &[Vec<Sent>], shared: &str) {
        let found = self.seen.customers.get(shared).cloned().unwrap_or_default();
        for list in sent {
            let last = list.iter().rev().find_map(|sent| match &sent.action {
                Action::Count { client, number, .. } => Some((*client, *number)),
                _ => None,
            });
            if let Some((client, number)) = last
                && found["metadata"][format!("c{client}")].as_str() != Some(number.to_string().as_str())
            {
                self.lost(format!("change {number} of client {client} is not in {found}"));
            }
        }
    }

    /// Every write has its one event, every event its write, and the newest event of an object shows the object.
    fn events(&mut self, sent: &[Vec<Sent>], shared: &str) {
        let mut of_key: HashMap<&str, usize> = HashMap::new();
        let mut of_object: HashMap<&str, Vec<&Value>> = HashMap::new();
        for event in &self.seen.events {
            if let Some(key) = event["request"]["idempotency_key"].as_str() {
                *of_key.entry(key).or_default() += 1;
            }
            of_object.entry(event["data"]["object"]["id"].as_str().unwrap_or("")).or_default().push(event);
        }
        let mut deleted = HashSet::new();
        for sent in sent.iter().flatten() {
            if let Action::Delete { customer } = &sent.action {
                deleted.insert(customer.clone());
            } else {
                let count = of_key.remove(sent.key.as_str()).unwrap_or(0);
                if count != 1 {
                    self.half(format!("{:?} has {count} events", sent.action));
                }
            }
        }
        for key in of_key.keys() {
            self.half(format!("an event of {key}, which nobody sent"));
        }
        for (id, events) in &of_object {
            self.events_of_object(id, events, deleted.contains(*id), *id == shared);
        }
        for id in self.seen.customers.keys().filter(|id| !of_object.contains_key(id.as_str())) {
            self.complaints.push(Complaint::Half(format!("customer {id} has no event")));
        }
    }

    fn events_of_object(&mut self, id: &str, events: &[&Value], deleted: bool, shared: bool) {
        let count = |kind: &str| events.iter().filter(|event| event["type"] == kind).count();
        if count("customer.created") != 1 || count("customer.deleted") != usize::from(deleted) {
            self.half(format!("the events of {id} are {:?}", events.iter().map(|event| &event["type"]).collect::<Vec<_>>()));
        }
        let Some(found) = self.seen.customers.get(id) else {
            if !deleted {
                self.half(format!("{id} has events and does not exist"));
            }
            return;
        };
        // Changes that wait for each other may get their ids in another order than they are made in.
        let shown = match events.last() {
            Some(last) if !shared => last["data"]["object"] == *found,
            _ => events.iter().any(|event| event["data"]["object"] == *found),
        };
        if !shown {
            self.half(format!("no event shows {found}"));
        }
    }

    /// Every event has a delivery for each endpoint that listens, and each has arrived or is due.
    fn deliveries(&mut self, endpoints: &[(String, String, bool)], arrived: &dyn Fn(&Receipt) -> bool) -> Vec<Receipt> {
        let mut due = Vec::new();
        for event in &self.seen.events {
            let id = event["id"].as_str().unwrap_or("");
            let found = self.seen.deliveries.get(id).map_or(&[][..], Vec::as_slice);
            let listening: Vec<_> =
                endpoints.iter().filter(|(_, _, only_created)| !only_created || event["type"] == "customer.created").collect();
            if found.len() != listening.len() {
                self.complaints.push(Complaint::Half(format!("{id} has {} deliveries and not {}", found.len(), listening.len())));
            }
            for (endpoint, path, _) in listening {
                let receipt = (path.clone(), id.to_owned());
                let delivery = found.iter().find(|delivery| delivery["webhook_endpoint"] == endpoint.as_str());
                let state = delivery.map_or("missing", |delivery| delivery["status"].as_str().unwrap_or(""));
                let holds = match state {
                    "succeeded" => arrived(&receipt),
                    "pending" => delivery.is_some_and(|delivery| delivery["next_attempt_at"].is_number()),
                    _ => false,
                };
                if !holds {
                    self.complaints.push(Complaint::Half(format!("the delivery of {id} to {path} is {state}")));
                }
                due.push(receipt);
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::Answer;

    const ENDPOINT: &str = "we_1";

    fn answer(body: &Value, replayed: bool) -> Answer {
        let mut headers = vec![("request-id".to_owned(), "req_1".to_owned())];
        if replayed {
            headers.push(("idempotent-replayed".to_owned(), "true".to_owned()));
        }
        Answer { status: 200, headers, body: body.to_string() }
    }

    /// One customer, made and then changed, with everything that belongs to it.
    fn whole() -> (Vec<Vec<Sent>>, Seen) {
        let made = json!({"id": "cus_1", "description": null});
        let changed = json!({"id": "cus_1", "description": "u"});
        let sent = |action, key: &str, body| Sent { action, key: key.to_owned(), answer: Some(answer(body, false)) };
        let list = vec![
            sent(Action::Create { word: "w".into() }, "k1", &made),
            sent(Action::Update { customer: "cus_1".into(), word: "u".into() }, "k2", &changed),
        ];
        let event = |id: &str, kind: &str, key: &str, object: &Value| json!({"id": id, "type": kind, "request": {"idempotency_key": key}, "data": {"object": object}});
        let delivery = |state: &str| vec![json!({"webhook_endpoint": ENDPOINT, "status": state, "next_attempt_at": 5})];
        let seen = Seen {
            customers: BTreeMap::from([("cus_1".to_owned(), changed.clone())]),
            events: vec![event("evt_1", "customer.created", "k1", &made), event("evt_2", "customer.updated", "k2", &changed)],
            deliveries: HashMap::from([("evt_1".to_owned(), delivery("succeeded")), ("evt_2".to_owned(), delivery("pending"))]),
            replays: HashMap::from([("k1".to_owned(), answer(&made, true)), ("k2".to_owned(), answer(&changed, true))]),
            log: HashMap::from([("req_1".to_owned(), json!({}))]),
        };
        (vec![list], seen)
    }

    fn complaints(sent: &[Vec<Sent>], seen: &Seen) -> Vec<Complaint> {
        let endpoints = [(ENDPOINT.to_owned(), "/all".to_owned(), false)];
        judge(sent, seen, &endpoints, "cus_shared", &|(_, event)| event == "evt_1").complaints
    }

    #[test]
    fn a_whole_world_holds() {
        let (sent, seen) = whole();
        assert_eq!(complaints(&sent, &seen), []);
    }

    #[test]
    fn whatever_is_missing_is_noticed() {
        type Harm = (&'static str, fn(&mut Seen));
        let harms: [Harm; 11] = [
            ("a customer", |seen| drop(seen.customers.remove("cus_1"))),
            ("its last change", |seen| seen.customers.get_mut("cus_1").unwrap()["description"] = Value::Null),
            ("the first event", |seen| drop(seen.events.remove(0))),
            ("the last event", |seen| drop(seen.events.pop())),
            ("an event's object", |seen| seen.events[1]["data"]["object"]["description"] = json!("x")),
            ("a delivery", |seen| drop(seen.deliveries.remove("evt_2"))),
            ("a delivery's time", |seen| seen.deliveries.get_mut("evt_2").unwrap()[0]["next_attempt_at"] = Value::Null),
            ("a failed delivery", |seen| seen.deliveries.get_mut("evt_2").unwrap()[0]["status"] = json!("failed")),
            ("a delivery that never arrived", |seen| seen.deliveries.get_mut("evt_2").unwrap()[0]["status"] = json!("succeeded")),
            ("a kept answer", |seen| seen.replays.get_mut("k1").unwrap().headers.clear()),
            ("the log", |seen| seen.log.clear()),
        ];
        for (name, harm) in harms {
            let (sent, mut seen) = whole();
            harm(&mut seen);
            assert!(!complaints(&sent, &seen).is_empty(), "{name}");
        }
    }

    #[test]
    fn what_is_there_twice_is_noticed() {
        let (sent, mut seen) = whole();
        seen.customers.insert("cus_2".to_owned(), json!({"id": "cus_2"}));
        let event = seen.events[0].clone();
        seen.events.insert(0, event);
        assert!(complaints(&sent, &seen).len() >= 3);
    }

    #[test]
    fn a_change_of_the_shared_customer_is_not_lost() {
        let action = Action::Count { customer: "cus_1".into(), client: 3, number: 7 };
        let seen = |shown: &str| Seen {
            customers: BTreeMap::from([("cus_1".to_owned(), json!({"id": "cus_1", "metadata": {"c3": shown}}))]),
            ..Seen::default()
        };
        let sent = vec![vec![Sent { action, key: "k".into(), answer: Some(answer(&json!({}), false)) }]];
        let lost = |shown: &str| {
            let found = judge(&sent, &seen(shown), &[], "cus_1", &|_| true).complaints;
            found.iter().any(|complaint| matches!(complaint, Complaint::Lost(_)))
        };
        assert!(lost("6") && !lost("7"));
    }
}
