//! Merging files.

use nacha::report::{MergeError, MergeOptions, merge};
use nacha::{Batch, BatchHeader, Entry, EntryClass, File, FileHeader, Options, ServiceClass, TransactionCode};

fn file(origin: &str, description: &str, traces: std::ops::Range<u32>) -> File {
    let mut file = File::new(FileHeader {
        destination: "061000146".into(),
        origin: origin.into(),
        creation_date: "261123".into(),
        ..FileHeader::default()
    });
    let mut batch = Batch::new(BatchHeader {
        service_class: ServiceClass::Credits,
        company_name: "EXAMPLE".into(),
        company_identification: "1234567890".into(),
        entry_class: EntryClass::Ppd,
        entry_description: description.into(),
        effective_date: "261124".into(),
        odfi: "88888888".into(),
        ..BatchHeader::default()
    });
    batch.entries.extend(traces.map(|trace| Entry {
        transaction_code: TransactionCode::CHECKING_CREDIT,
        routing: "999999992".into(),
        account: "000123456789".into(),
        amount: 100,
        name: "JENNY ROSEN".into(),
        trace: format!("88888888{trace:07}").into(),
        ..Entry::default()
    }));
    file.push(batch);
    file
}

fn merged(files: Vec<File>, max_lines: u64) -> Vec<File> {
    let files = merge(files, &MergeOptions { max_lines }).unwrap_or_else(|error| panic!("{error}"));
    for file in &files {
        let mut bytes = Vec::new();
        file.write(&mut bytes, nacha::LineEnd::Lf).unwrap_or_else(|error| panic!("{error}"));
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        assert!(u64::try_from(lines).is_ok_and(|lines| lines <= max_lines), "{lines} lines");
        assert_eq!(file.check(&Options::strict()).unwrap_or_default(), []);
    }
    files
}

#[test]
fn equal_headers_are_joined_in_the_order_of_traces() {
    let files = merged(vec![file("1", "PAYROLL", 10..13), file("1", "PAYROLL", 1..4), file("1", "BONUS", 20..21)], 10_000);
    let [file] = files.as_slice() else { panic!("{} files", files.len()) };
    let shape: Vec<_> = file.batches.iter().map(|batch| (batch.header.batch_number, batch.entries.len())).collect();
    assert_eq!(shape, [(1, 6), (2, 1)]);
    assert_eq!(file.totals().credit, 700);
}

#[test]
fn what_cannot_be_joined_stays_apart() {
    // Another origin, or the same trace number twice.
    let files = merged(vec![file("1", "PAYROLL", 1..3), file("2", "PAYROLL", 1..3), file("1", "PAYROLL", 2..4)], 10_000);
    let shape: Vec<_> = files.iter().map(|file| file.batches.len()).collect();
    assert_eq!(shape, [2, 1]);
}

#[test]
fn files_are_cut_at_the_limit() {
    let files = merged(vec![file("1", "PAYROLL", 1..31), file("1", "BONUS", 100..105)], 20);
    let entries: usize = files.iter().flat_map(|file| &file.batches).map(|batch| batch.entries.len()).sum();
    assert_eq!((files.len(), entries), (3, 35));
    let modifiers: String = files.iter().filter_map(|file| file.header.as_ref()).map(|header| header.modifier).collect();
    assert_eq!(modifiers, "ABC");
}

#[test]
fn what_cannot_be_merged_is_said() {
    assert_eq!(merge([File::default()], &MergeOptions::default()), Err(MergeError::NoHeader(1)));
    let long = merge([file("1", "PAYROLL", 1..2)], &MergeOptions { max_lines: 4 });
    assert!(matches!(long, Err(MergeError::TooLong { max_lines: 4, .. })));
    let many = merge([file("1", "PAYROLL", 1..1000)], &MergeOptions { max_lines: 10 });
    assert!(matches!(many, Err(MergeError::TooManyFiles { .. })));
}
