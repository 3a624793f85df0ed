use std::sync::Arc;

use jiff::civil::date;
use kernel::{BoxFuture, Tenant};
use nacha::LineEnd;
use proptest::prelude::*;

use super::*;
use crate::payments::rails::transport::{Pace, Transport, TransportError};

struct Nowhere;

impl Transport for Nowhere {
    fn send<'a>(&'a self, _: &'a Tenant, _: &'a str, _: Pace, _: &'a [u8]) -> BoxFuture<'a, Result<(), TransportError>> {
        Box::pin(async { Ok(()) })
    }

    fn list<'a>(&'a self, _: &'a Tenant, _: Option<&'a str>) -> BoxFuture<'a, Result<Vec<String>, TransportError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn fetch<'a>(&'a self, _: &'a Tenant, _: &'a str) -> BoxFuture<'a, Result<Vec<u8>, TransportError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

fn originator() -> Originator {
    Originator {
        transport: Arc::new(Nowhere),
        odfi: "888888884".parse().expect("a routing number"),
        destination: "061000146".into(),
        destination_name: "FEDERAL RESERVE BANK".into(),
        origin: "888888884".into(),
        origin_name: "EXAMPLE ODFI".into(),
        company_name: None,
        company_identification: "1234567890".into(),
        limits: Limits::default(),
        traces: 1..=9_999_999,
        same_day: false,
        dry_run: false,
        line_end: LineEnd::Lf,
    }
}

fn heading() -> Heading {
    Heading {
        date: "261123".into(),
        time: "2100".into(),
        modifier: 'A',
        company_name: "Rocket Rides, Incorporated".into(),
        effective: date(2026, 11, 24),
    }
}

fn traces(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("88888888{number:07}")).collect()
}

#[test]
fn what_does_not_fit_waits_and_smaller_ones_pass() {
    let limits = Limits { entry: 500, file: 600, day: 1_000, account_week: None };
    let pack = |amounts: &[i64], spent| pack(amounts, limits, spent, 3);
    let expect = |taken: &[usize], next_file: &[usize], next_day: &[usize], too_much: &[usize]| Packed {
        taken: taken.to_vec(),
        next_file: next_file.to_vec(),
        next_day: next_day.to_vec(),
        too_much: too_much.to_vec(),
    };
    assert_eq!(pack(&[500, 501, 200, 100], 0), expect(&[0, 3], &[2], &[], &[1]));
    assert_eq!(pack(&[300, 200], 600), expect(&[0], &[], &[1], &[]));
    assert_eq!(pack(&[1, 1, 1, 1], 0), expect(&[0, 1, 2], &[3], &[], &[]));
    assert_eq!(pack(&[1], 1_000), expect(&[], &[], &[0], &[]));
}

fn ready() -> impl Strategy<Value = Ready> {
    let classes = prop::sample::select(vec![
        (EntryClass::Web, Direction::Debit),
        (EntryClass::Ccd, Direction::Debit),
        (EntryClass::Ccd, Direction::Credit),
        (EntryClass::Ppd, Direction::Credit),
        (EntryClass::Ppd, Direction::Debit),
        (EntryClass::Tel, Direction::Debit),
    ]);
    let description = prop::sample::select(vec!["PAYMENT", "PURCHASE", "ACCTVERIFY", "REFUND"]);
    (classes, description, 1..=9_999_999_999_i64, any::<bool>(), "[1-9][0-9]{0,16}", "[A-Za-z][ -~é]{0,40}", "[ -~]{0,30}")
        .prop_map(|((class, direction), description, amount, savings, account, name, descriptor)| Ready {
            direction,
            amount,
            class,
            savings,
            description: description.into(),
            name,
            descriptor,
            routing: "110000000".into(),
            account,
        })
}

proptest! {
    /// Whatever is in it, a file is one that a strict bank takes, says what went in, and is the same each time.
    #[test]
    fn files_are_what_went_in(entries in prop::collection::vec(ready(), 1..40)) {
        let traces = traces(entries.len());
        let file = compose(&originator(), &heading(), &entries, &traces);
        let bytes = written(&file, &originator()).map_err(TestCaseError::fail)?;
        prop_assert_eq!(&written(&file, &originator()), &Ok(bytes.clone()));
        prop_assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count() % 10, 0);
        let total: i64 = entries.iter().map(|own| own.amount).sum();
        let totals = file.totals();
        prop_assert_eq!(i64::try_from(totals.debit + totals.credit), Ok(total));
        for batch in &file.batches {
            let directions = batch.entries.iter().map(|own| own.debit() > 0);
            prop_assert_eq!(directions.collect::<std::collections::BTreeSet<_>>().len(), 1);
        }
    }

    /// Every entry is in one batch, and none in two.
    #[test]
    fn batches_have_each_entry_once(entries in prop::collection::vec(ready(), 0..40)) {
        let mut all: Vec<usize> = batches(&entries).into_iter().flatten().collect();
        all.sort_unstable();
        prop_assert_eq!(all, (0..entries.len()).collect::<Vec<_>>());
    }

    /// Nothing is lost, nothing is taken twice, and no limit is passed.
    #[test]
    fn packing_keeps_the_limits(
        amounts in prop::collection::vec(1..1_000_i64, 0..60), entry in 1..900_i64, file in 1..3_000_i64, day in 1..5_000_i64,
        spent in 0..5_000_i64,
    ) {
        let packed = pack(&amounts, Limits { entry, file, day, account_week: None }, spent, 20);
        let sum: i64 = packed.taken.iter().map(|position| amounts[*position]).sum();
        prop_assert!(sum <= file && (sum == 0 || spent + sum <= day) && packed.taken.len() <= 20);
        let mut all = [packed.taken, packed.next_file, packed.next_day, packed.too_much].concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..amounts.len()).collect::<Vec<_>>());
    }
}

#[test]
fn names_that_a_file_cannot_hold_stop_no_payment() {
    let table = [
        ("東京", "東京", "EXAMPLE ODFI", "ACCOUNT HOLDER"),
        ("東京 Rides", "東京 Tanaka", "Rides", "Tanaka"),
        ("", "", "EXAMPLE ODFI", "ACCOUNT HOLDER"),
    ];
    for (company_name, name, company_written, name_written) in table {
        let ready = Ready {
            direction: Direction::Debit,
            amount: 2_000,
            class: EntryClass::Web,
            savings: false,
            description: "PAYMENT".into(),
            name: name.into(),
            descriptor: "py_1".into(),
            routing: "110000000".into(),
            account: "000123456789".into(),
        };
        let heading = Heading { company_name: company_name.into(), ..heading() };
        let file = compose(&originator(), &heading, &[ready], &traces(1));
        assert_eq!(written(&file, &originator()).err(), None, "{company_name}");
        let batch = &file.batches[0];
        assert_eq!((&*batch.header.company_name, &*batch.entries[0].name), (company_written, name_written));
    }
}
