//! What has to be so after a month, looked at from every side.

use std::collections::{BTreeMap, BTreeSet};

use nacha::{File, Options};
use testkit::Sandbox;

use super::super::ach_files::{files, text};
use super::Paid;
use super::records::{Entry, Object, Records};
use super::world::{Conduct, World};

/// Of a failed payment, in cents; also of one that its bank sends back late.
const FAILURE_FEE: i64 = 400;
/// Of one that its payer takes back.
const DISPUTE_FEE: i64 = 1_500;
/// Codes by which a payer takes money back.
const BY_PAYER: [&str; 7] = ["R05", "R07", "R08", "R10", "R11", "R29", "R31"];

pub struct Proof<'a> {
    pub world: &'a World,
    pub made: &'a [Paid],
    pub records: &'a Records,
}

fn counts(kinds: &[(&str, usize)]) -> BTreeMap<String, usize> {
    kinds.iter().filter(|(_, count)| *count > 0).map(|(kind, count)| ((*kind).to_owned(), *count)).collect()
}

impl Proof<'_> {
    fn refunds_of(&self, charge: &str) -> Vec<&Object> {
        self.records.refunds.values().filter(|refund| refund.charge.as_deref() == Some(charge)).collect()
    }

    fn entries_of(&self) -> BTreeMap<&str, Vec<&Entry>> {
        let mut found: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in &self.records.entries {
            found.entry(&entry.object).or_default().push(entry);
        }
        found
    }

    /// Intent, charge and entry of each payment are where the account's conduct leads.
    pub fn every_payment_has_its_end(&self) {
        let entries = self.entries_of();
        let disputed: BTreeMap<&str, &Object> =
            self.records.disputes.values().filter_map(|dispute| Some((dispute.charge.as_deref()?, dispute))).collect();
        assert_eq!(disputed.len(), self.records.disputes.len(), "a charge is disputed once");
        assert_eq!(self.records.intents.len(), self.made.len());
        assert_eq!(self.records.charges.len(), self.made.len());
        for paid in self.made {
            let (intent, charge) = (&self.records.intents[&paid.intent], &self.records.charges[&paid.charge]);
            let linked = (intent.latest_charge.as_deref(), charge.payment_intent.as_deref());
            assert_eq!(linked, (Some(&*paid.charge), Some(&*paid.intent)));
            assert_eq!((intent.amount, charge.amount), (paid.amount, paid.amount));
            let own: Vec<_> = entries.get(&*paid.charge).into_iter().flatten().collect();
            let conduct = &self.world.payers[paid.payer].conduct;
            let code = match conduct {
                Conduct::Returns { code, .. } => Some(code.as_str()),
                _ => None,
            };
            let (status, received, state, code) = match conduct {
                _ if paid.refused => ("failed", 0, None, None),
                Conduct::Returns { late: false, .. } => ("failed", 0, Some("returned"), code),
                Conduct::Returns { late: true, .. } => ("succeeded", paid.amount, Some("returned"), code),
                _ => ("succeeded", paid.amount, Some("settled"), None),
            };
            let intent_status = if status == "failed" { "requires_payment_method" } else { status };
            let found = (intent.status.as_str(), intent.amount_received, charge.status.as_str());
            assert_eq!(found, (intent_status, received, status), "{conduct:?}: {intent:?} {charge:?}");
            let found = own.first().map(|entry| (entry.state.as_str(), entry.return_code.as_deref(), entry.amount));
            assert_eq!(found, state.map(|state| (state, code, paid.amount)), "{conduct:?}: {charge:?}");
            assert!(own.len() <= 1, "one debit: {own:?}");
            let late = status == "succeeded" && code.is_some();
            let dispute = disputed.get(&*paid.charge);
            assert_eq!((charge.disputed, dispute.is_some()), (late, late), "{conduct:?}: {charge:?}");
            let told = dispute.map(|dispute| (dispute.status.as_str(), dispute.network_reason_code.as_deref(), dispute.amount));
            assert_eq!(told, late.then_some(("lost", code, paid.amount)));
            assert_eq!(charge.failure_code.is_some(), status == "failed");
        }
    }

    /// A refund has arrived, or is the holder's again.
    pub fn refunds_and_disputes_have_theirs(&self) {
        let entries = self.entries_of();
        let mut ends = BTreeSet::new();
        for refund in self.records.refunds.values() {
            let own: Vec<&str> = entries.get(&*refund.id).into_iter().flatten().map(|entry| entry.state.as_str()).collect();
            let right = matches!(
                (refund.status.as_str(), &own[..]),
                ("succeeded", ["settled"]) | ("failed", ["returned" | "withdrawn"] | []) | ("canceled", [])
            );
            assert!(right, "{refund:?} {own:?}");
            ends.insert(refund.status.as_str());
        }
        assert_eq!(ends.len(), 3, "refunds of every end: {ends:?}");
        for charge in self.records.charges.values() {
            let refunds = self.refunds_of(&charge.id);
            let sum: i64 = refunds.iter().filter(|refund| refund.status == "succeeded").map(|refund| refund.amount).sum();
            assert_eq!(charge.amount_refunded, sum, "{charge:?} {refunds:?}");
        }
    }

    /// Each object has told of each of its steps once.
    pub fn objects_have_their_events_once(&self) {
        let none = BTreeMap::new();
        let found = |id: &str| self.records.events.get(id).unwrap_or(&none);
        let entries = self.entries_of();
        for paid in self.made {
            let (refused, failed) = (usize::from(paid.refused), self.records.charges[&paid.charge].status == "failed");
            let (failed, sent) = (usize::from(failed), 1 - refused);
            let expected = counts(&[
                ("payment_intent.created", 1),
                ("payment_intent.processing", sent),
                ("payment_intent.succeeded", 1 - failed),
                ("payment_intent.payment_failed", failed),
            ]);
            assert_eq!(found(&paid.intent), &expected, "{paid:?}");
            let refunds = self.refunds_of(&paid.charge);
            let undone = refunds.iter().filter(|refund| refund.status != "succeeded").count();
            let expected = counts(&[
                ("charge.pending", sent),
                ("charge.updated", sent + undone),
                ("charge.succeeded", 1 - failed),
                ("charge.failed", failed),
                ("charge.refunded", refunds.len()),
            ]);
            assert_eq!(found(&paid.charge), &expected, "{paid:?} {refunds:?}");
        }
        for dispute in self.records.disputes.values() {
            let kinds = ["charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed"];
            assert_eq!(found(&dispute.id), &counts(&kinds.map(|kind| (kind, 1))), "{dispute:?}");
        }
        for refund in self.records.refunds.values() {
            let own = found(&refund.id);
            let failed = usize::from(refund.status == "failed");
            let number = |kind: &str| own.get(kind).copied().unwrap_or(0);
            assert_eq!((number("refund.created"), number("refund.failed")), (1, failed), "{refund:?} {own:?}");
            let sent = entries.get(&*refund.id).is_some_and(|all| all.iter().any(|entry| entry.trace.is_some()));
            let settled = usize::from(refund.status == "succeeded");
            let most = 1 + usize::from(sent) + settled.max(failed) + usize::from(failed == 1 && sent);
            assert!((1..=most.max(1)).contains(&number("refund.updated")), "{refund:?} {own:?}");
            assert_eq!(number("refund.updated"), number("charge.refund.updated"), "{refund:?} {own:?}");
        }
    }

    /// Everything that was sent has one place, and a number of its own.
    pub fn entries_are_in_one_file_each(&self) {
        let mut traces = BTreeSet::new();
        for entry in &self.records.entries {
            let known = self.records.charges.contains_key(&entry.object) != self.records.refunds.contains_key(&entry.object);
            assert!(known, "made for one object: {entry:?}");
            let sent = matches!(entry.state.as_str(), "settled" | "returned");
            assert!(sent || entry.state == "withdrawn", "ended: {entry:?}");
            assert_eq!((entry.file.is_some(), entry.trace.is_some()), (sent, sent), "{entry:?}");
            if let Some(trace) = &entry.trace {
                assert!(traces.insert(trace), "{trace} was given twice");
            }
        }
    }

    /// The balance is the sum of its lines, of the postings, and of what the objects say.
    pub async fn the_balance_is_what_came_and_went(&self, sandbox: &Sandbox) {
        let shown = sandbox.get("/v1/balance").await.ok();
        let shown: i64 = ["available", "pending"].iter().filter_map(|name| shown[name][0]["amount"].as_i64()).sum();
        let lines: i64 = self.records.lines.iter().map(|line| line.net).sum();
        assert_eq!((shown, self.records.posted["holder"]), (lines, lines));
        let charges = || self.records.charges.values();
        let paid: i64 = charges().filter(|charge| charge.status == "succeeded").map(|charge| charge.amount).sum();
        let refunded: i64 = charges().map(|charge| charge.amount_refunded).sum();
        let disputed: i64 = self.records.disputes.values().map(|dispute| dispute.amount).sum();
        let mut fees = 0;
        for line in &self.records.lines {
            assert_eq!(line.amount - line.fee, line.net, "{line:?}");
            // What a payment cost is given back when it fails.
            let failed = self.records.charges.get(&line.source).is_some_and(|charge| charge.status == "failed");
            fees += if failed { 0 } else { line.fee };
        }
        let sent: BTreeSet<&str> = self.records.lines.iter().map(|line| line.source.as_str()).collect();
        let failures = charges().filter(|charge| charge.status == "failed" && sent.contains(&*charge.id)).count();
        fees += FAILURE_FEE * i64::try_from(failures).expect("a count");
        assert_eq!(lines, paid - refunded - disputed - fees);
        for dispute in self.records.disputes.values() {
            let code = dispute.network_reason_code.as_deref().unwrap_or_default();
            let expected = if BY_PAYER.contains(&code) { DISPUTE_FEE } else { FAILURE_FEE };
            let own: Vec<i64> = self.records.lines.iter().filter(|line| line.source == dispute.id).map(|line| line.fee).collect();
            assert_eq!(own, [expected], "{dispute:?}");
        }
        // What the bank has is the holder's, less the fees; nothing is still under way.
        assert_eq!(self.records.posted.get("network").copied().unwrap_or(0), 0);
        assert_eq!(self.records.posted["bank"], -(paid - refunded - disputed));
    }

    /// The files that went out hold the entries, once each and with their amounts, and the bank has answered all that came back.
    pub async fn files_say_what_entries_say(&self, sandbox: &Sandbox) {
        let mut in_files: BTreeMap<String, (String, u64)> = BTreeMap::new();
        let out = files(sandbox, "out").await;
        let mut names = BTreeSet::new();
        for file in &out {
            assert_eq!(file["status"], "sent", "{file}");
            assert!(names.insert(text(file, "name")), "{file}");
            let id = text(file, "id");
            let content = sandbox.get(&format!("/drawbridge/v1/ach/files/{id}/content")).await.ok();
            let (read, _) = File::read(text(&content, "content").as_bytes(), &Options::strict()).expect("a file");
            for entry in read.batches.iter().flat_map(|batch| &batch.entries) {
                let before = in_files.insert(entry.trace.to_string(), (id.to_owned(), entry.amount));
                assert!(before.is_none(), "{} is in two files", entry.trace);
            }
            let own: Vec<&Entry> = self.records.entries.iter().filter(|entry| entry.file.as_deref() == Some(id)).collect();
            let total = |direction: &str| own.iter().filter(|own| own.direction == direction).map(|own| own.amount).sum::<i64>();
            let says = ["debit_total", "credit_total"].map(|name| file[name].as_i64().expect("an amount"));
            assert_eq!(says, [total("debit"), total("credit")], "{file}");
        }
        let sent = self.records.entries.iter().filter_map(|entry| {
            let amount = u64::try_from(entry.amount).expect("an amount");
            Some((entry.trace.clone()?, (entry.file.clone()?, amount)))
        });
        assert_eq!(in_files, sent.collect());
        let mut answered = 0;
        for file in files(sandbox, "in").await {
            assert_eq!(file["status"], "applied", "{file}");
            answered += file["entry_count"].as_i64().expect("a count");
        }
        let returned = self.records.entries.iter().filter(|entry| entry.state == "returned").count();
        let corrected = self.made.iter().filter(|paid| matches!(self.world.payers[paid.payer].conduct, Conduct::Corrects(_)));
        assert!(answered >= i64::try_from(returned).expect("a count"), "{answered} of {returned}");
        assert!(answered <= i64::try_from(returned + corrected.count()).expect("a count"), "{answered} of {returned}");
    }
}
