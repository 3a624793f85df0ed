//! Holds what there is of payments against what was promised. Pure.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::Complaint;
use super::load::{Fate, Payment};
use super::observe::Seen;

/// What does not hold.
pub(super) fn judge(made: &[Payment], seen: &Seen) -> Vec<Complaint> {
    let mut court = Court { seen, complaints: Vec::new() };
    court.payments(made);
    court.charges();
    court.bank();
    court.complaints
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

    /// Every payment was answered, is there once, and has the end that its bank account leads to.
    fn payments(&mut self, made: &[Payment]) {
        let mut known = HashSet::new();
        for payment in made {
            let answer = payment.answer.as_ref().filter(|answer| answer.status == 200);
            let Some(answer) = answer else {
                self.lost(format!("a payment answered {:?}", payment.answer));
                continue;
            };
            let id = answer.json()["id"].as_str().unwrap_or_default().to_owned();
            let Some(intent) = self.seen.intents.get(&id) else {
                self.lost(format!("{id} is gone"));
                continue;
            };
            let expected = if payment.fate == Fate::Returns { "requires_payment_method" } else { "succeeded" };
            if intent["status"] != expected || intent["amount"].as_u64() != Some(payment.amount) {
                self.half(format!("{id} of {} should be {expected} and is {intent}", payment.amount));
            }
            let charge = intent["latest_charge"].as_str().unwrap_or_default();
            let disputes = self.seen.disputed.iter().filter(|disputed| *disputed == charge).count();
            if disputes != usize::from(payment.fate == Fate::ReturnsLate) {
                self.half(format!("{charge} of a payment that {:?} has {disputes} disputes", payment.fate));
            }
            let (succeeded, failed) = if payment.fate == Fate::Returns { (0, 1) } else { (1, 0) };
            self.told(&id, "payment_intent.succeeded", succeeded);
            self.told(&id, "payment_intent.payment_failed", failed);
            self.told(charge, "charge.succeeded", succeeded);
            self.told(charge, "charge.failed", failed);
            known.insert(id);
        }
        for id in self.seen.intents.keys().filter(|id| !known.contains(*id)).cloned().collect::<Vec<_>>() {
            self.half(format!("{id} was made twice, or without anybody being told"));
        }
    }

    fn told(&mut self, id: &str, kind: &str, expected: usize) {
        let found = self.seen.events.get(&(id.to_owned(), kind.to_owned())).copied().unwrap_or(0);
        if found != expected {
            self.half(format!("{kind} was told {found} times of {id}, and not {expected}"));
        }
    }

    /// A payment has one charge and a charge one debit; the balance is the sum of its lines.
    fn charges(&mut self) {
        if self.seen.charges.len() != self.seen.intents.len() {
            self.half(format!("{} charges of {} payments", self.seen.charges.len(), self.seen.intents.len()));
        }
        let mut debits: HashMap<&str, Vec<&Value>> = HashMap::new();
        for entry in &self.seen.entries {
            debits.entry(entry["source"].as_str().unwrap_or_default()).or_default().push(entry);
        }
        for charge in &self.seen.charges {
            let own = debits.remove(charge["id"].as_str().unwrap_or_default()).unwrap_or_default();
            if own.len() != 1 || own.iter().any(|entry| entry["amount"] != charge["amount"]) {
                self.half(format!("the debits of {charge} are {own:?}"));
            }
        }
        for (source, entries) in debits {
            self.half(format!("{} entries of {source}, which is no charge", entries.len()));
        }
        if self.seen.balance != self.seen.lines {
            self.half(format!("the balance is {} and its lines sum to {}", self.seen.balance, self.seen.lines));
        }
    }

    /// What was sent is at the bank once, as it was sent, and the bank has refused nothing: it refuses another file under a
    /// name that it knows.
    fn bank(&mut self) {
        let mut names = HashSet::new();
        for file in &self.seen.files {
            if file["status"] != "sent" || !names.insert(file["name"].as_str()) {
                self.half(format!("a file is {file}"));
            }
        }
        let mut taken: HashMap<&str, &Value> = HashMap::new();
        for entry in &self.seen.at_bank {
            if taken.insert(entry["id"].as_str().unwrap_or_default(), entry).is_some() {
                self.half(format!("the bank was sent {entry} twice"));
            }
        }
        for entry in &self.seen.entries {
            match taken.remove(entry["trace_number"].as_str().unwrap_or_default()) {
                Some(found) if found["amount"] == entry["amount"] => {}
                found => self.half(format!("{entry} is at the bank as {found:?}")),
            }
        }
        for (trace, entry) in taken {
            self.half(format!("the bank was sent {trace}, which nobody knows: {entry}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::Answer;

    /// A payment that has settled, with everything that belongs to it.
    fn whole() -> (Vec<Payment>, Seen) {
        let intent = json!({"id": "pi_1", "status": "succeeded", "amount": 500, "latest_charge": "py_1"});
        let answer = Answer { status: 200, headers: Vec::new(), body: intent.to_string() };
        let payment = Payment { amount: 500, fate: Fate::Settles, key: "k".into(), payer: 0, answer: Some(answer) };
        let told = [("pi_1", "payment_intent.succeeded"), ("py_1", "charge.succeeded")];
        let seen = Seen {
            intents: HashMap::from([("pi_1".to_owned(), intent)]),
            charges: vec![json!({"id": "py_1", "amount": 500})],
            events: told.map(|(id, kind)| ((id.to_owned(), kind.to_owned()), 1)).into(),
            files: vec![json!({"status": "sent", "name": "a.ach"})],
            entries: vec![json!({"source": "py_1", "amount": 500, "trace_number": "1"})],
            at_bank: vec![json!({"id": "1", "amount": 500})],
            balance: 496,
            lines: 496,
            ..Seen::default()
        };
        (vec![payment], seen)
    }

    #[test]
    fn a_whole_payment_holds() {
        let (made, seen) = whole();
        assert_eq!(judge(&made, &seen), []);
    }

    #[test]
    fn whatever_is_wrong_is_noticed() {
        type Harm = (&'static str, fn(&mut Seen));
        let harms: [Harm; 11] = [
            ("the payment is gone", |seen| seen.intents.clear()),
            ("it never ended", |seen| seen.intents.get_mut("pi_1").unwrap()["status"] = json!("processing")),
            ("it was made twice", |seen| drop(seen.intents.insert("pi_2".into(), json!({})))),
            ("it was told twice", |seen| *seen.events.get_mut(&("py_1".into(), "charge.succeeded".into())).unwrap() = 2),
            ("it was disputed", |seen| seen.disputed.push("py_1".into())),
            ("it was debited twice", |seen| seen.entries.push(seen.entries[0].clone())),
            ("another amount was debited", |seen| seen.entries[0]["amount"] = json!(501)),
            ("the bank was sent it twice", |seen| seen.at_bank.push(seen.at_bank[0].clone())),
            ("the bank does not have it", |seen| seen.at_bank.clear()),
            ("the bank has refused a file", |seen| seen.files[0]["status"] = json!("refused")),
            ("the balance is another", |seen| seen.balance += 1),
        ];
        for (name, harm) in harms {
            let (made, mut seen) = whole();
            harm(&mut seen);
            assert!(!judge(&made, &seen).is_empty(), "{name}");
        }
    }
}
