use nacha::{AccountKind, Change, ChangeCode, EntryKind, Options, Purpose, Return, ReturnCode, ServiceClass, TransactionCode};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::decide::{self, Reason};
use super::*;

/// 24 November 2026, 10:15 in New York.
const NOON: i64 = 1_795_533_300;

fn header(class: EntryClass, description: &str) -> BatchHeader {
    BatchHeader {
        service_class: ServiceClass::Mixed,
        company_name: "ROCKET RIDES".into(),
        company_identification: "9000000001".into(),
        entry_class: class,
        entry_description: description.into(),
        effective_date: "261124".into(),
        odfi: "99000000".into(),
        ..BatchHeader::default()
    }
}

fn payment(code: TransactionCode, account: &str, amount: u64, trace: u64) -> Entry {
    Entry {
        transaction_code: code,
        routing: "110000000".into(),
        account: account.into(),
        amount,
        identification: "py_1".into(),
        name: "JENNY ROSEN".into(),
        discretionary: "S".into(),
        trace: format!("99000000{trace:07}").into(),
        ..Entry::default()
    }
}

fn file(batches: Vec<Batch>) -> File {
    let mut file = File::new(FileHeader {
        destination: "990000000".into(),
        origin: "9000000001".into(),
        creation_date: "261123".into(),
        creation_time: "2100".into(),
        destination_name: "DRAWBRIDGE TEST BANK".into(),
        origin_name: "ROCKET RIDES".into(),
        ..FileHeader::default()
    });
    batches.into_iter().for_each(|batch| file.push(batch));
    file
}

fn returned(entry: &Entry, number: u8) -> Addenda {
    let code = ReturnCode::new(number).expect("a code");
    Reason { code, information: String::new(), late: false }.addenda(entry, false, "261124")
}

#[test]
fn a_file_of_answers_as_a_bank_writes_it() {
    let mut batch = Batch::new(header(EntryClass::Web, "PAYMENT"));
    batch.entries.push(payment(TransactionCode::CHECKING_DEBIT, "000222222227", 150_000, 1));
    let mut other = Batch::new(header(EntryClass::Ppd, "ACCTVERIFY"));
    other.entries.push(payment(TransactionCode::CHECKING_CREDIT, "000123456789", 32, 2));
    let received = file(vec![batch, other]);
    let code = ChangeCode::new(1).expect("a code");
    let addenda =
        [returned(&received.batches[0].entries[0], 1), decide::change(&received.batches[1].entries[0], code, "000987654321")];
    let answer = |batch: usize| Answer { batch, entry: 0, release: NOON, addenda: addenda[batch].clone() };
    let mut numbers = Numbers { files: 6, traces: 40 };
    let files = write(&received, vec![answer(0), answer(1)], &mut numbers).expect("a file");
    assert_eq!((numbers, files.len()), (Numbers { files: 7, traces: 42 }, 1));
    assert_eq!(files[0].name, "ach-2026-11-24-000007");
    let text = String::from_utf8(files[0].content.clone()).expect("text");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    assert_eq!(
        lines,
        [
            "101 990000000 9900000002611241015H094101ROCKET RIDES           DRAWBRIDGE TEST BANK",
            "5200ROCKET RIDES                        9000000001WEBPAYMENT         2611243281110000000000001",
            "626990000000000222222227     0000150000py_1           JENNY ROSEN           S 1110000000000041",
            "799R01990000000000001      11000000                                            110000000000041",
            "820000000200990000000000001500000000000000009000000001                         110000000000001",
            "5200ROCKET RIDES                        9000000001CORACCTVERIFY      2611243281110000000000002",
            "621990000000000123456789     0000000000py_1           JENNY ROSEN           S 1110000000000042",
            "798C01990000000000002      11000000000987654321                                110000000000042",
            "820000000200990000000000000000000000000000009000000001                         110000000000002",
            "9000002000001000000040198000000000000150000000000000000",
        ]
    );
}

/// Names, account numbers and identifications as files have them.
fn word(width: usize) -> impl Strategy<Value = Text> {
    proptest::collection::vec(select(b"ABCXYZ019-./ ".to_vec()), 1..=width).prop_map(|bytes| {
        let text = String::from_utf8_lossy(&bytes).trim().to_owned();
        Text::new(if text.is_empty() || text.bytes().all(|byte| matches!(byte, b'0' | b' ')) { "A1".to_owned() } else { text })
    })
}

fn entry() -> impl Strategy<Value = Entry> {
    let codes = (0..=99u8).map(TransactionCode).filter(|code| {
        let live = matches!(code.purpose(), Some(Purpose::Payment | Purpose::Prenote));
        live && matches!(code.account(), Some(AccountKind::Checking | AccountKind::Savings))
    });
    let banks = select(vec!["110000000", "021000021", "091000019"]);
    (select(codes.collect::<Vec<_>>()), banks, word(17), 1..10_000_000_000u64, word(15), word(15)).prop_map(
        |(code, bank, account, amount, identification, name)| Entry {
            transaction_code: code,
            routing: bank.into(),
            account,
            amount: if code.purpose() == Some(Purpose::Payment) { amount } else { 0 },
            identification,
            name,
            discretionary: "S".into(),
            ..Entry::default()
        },
    )
}

fn received() -> impl Strategy<Value = File> {
    let class = select(vec![EntryClass::Ppd, EntryClass::Web, EntryClass::Ccd, EntryClass::Ctx, EntryClass::Cie]);
    let batch = (class, proptest::collection::vec(entry(), 1..6));
    proptest::collection::vec(batch, 1..5).prop_map(|batches| {
        let mut trace = 0_u64;
        let batches = batches.into_iter().map(|(class, entries)| {
            let mut batch = Batch::new(header(class, "PAYMENT"));
            for entry in entries {
                trace += 7;
                let code = entry.transaction_code;
                // Customers send credits only.
                let code = if class == EntryClass::Cie && code.is_debit() { TransactionCode::CHECKING_CREDIT } else { code };
                let amount = if code.purpose() == Some(Purpose::Payment) { entry.amount.max(1) } else { 0 };
                let trace = format!("99000000{trace:07}").into();
                batch.entries.push(Entry { transaction_code: code, amount, trace, ..entry });
            }
            batch
        });
        file(batches.collect())
    })
}

/// The codes with which payments come back.
fn return_number() -> impl Strategy<Value = u8> {
    let codes = ReturnCode::all().filter(|code| code.stage() == nacha::Stage::Return);
    select(codes.map(ReturnCode::number).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is answered when, each file reads without a finding, names the entries that it answers, and its sums are
    /// those of what comes back.
    #[test]
    fn every_file_reads_strictly(
        received in received(),
        answers in proptest::collection::vec((any::<Index>(), return_number(), any::<bool>(), 0..3i64), 1..8),
        traces in select(vec![0, 5, TRACE_MOST - 3]),
    ) {
        prop_assert_eq!(received.check(&Options::strict()).expect("a file"), vec![]);
        let places: Vec<(usize, usize)> =
            received.batches.iter().enumerate().flat_map(|(at, batch)| (0..batch.entries.len()).map(move |place| (at, place))).collect();
        let answers: Vec<Answer> = answers.into_iter().map(|(index, number, change, days)| {
            let (batch, place) = *index.get(&places);
            let entry = &received.batches[batch].entries[place];
            let addenda = match change {
                true => decide::change(entry, ChangeCode::new(4).expect("a code"), "JENNY R ROSEN"),
                false => returned(entry, number),
            };
            Answer { batch, entry: place, release: NOON + days * 86_400, addenda }
        }).collect();
        let count = answers.len();
        let mut numbers = Numbers { files: 0, traces };
        let files = write(&received, answers, &mut numbers).expect("files");
        prop_assert_eq!(files.iter().map(|file| file.answers.len()).sum::<usize>(), count);
        for file in files {
            let (read, findings) = File::read(file.content.as_slice(), &Options::strict()).expect("a file");
            prop_assert_eq!(findings, vec![]);
            let mut said: Vec<(String, u64)> = Vec::new();
            for entry in read.batches.iter().flat_map(|batch| &batch.entries) {
                prop_assert!(entry.kind() != EntryKind::Payment);
                said.push(match &entry.addenda[..] {
                    [Addenda::Return(Return { original_trace, .. })] => (original_trace.to_string(), entry.amount),
                    [Addenda::Change(Change { original_trace, .. })] => (original_trace.to_string(), entry.amount),
                    other => panic!("{other:?}"),
                });
            }
            let mut meant: Vec<(String, u64)> = file.answers.iter().map(|answer| {
                let entry = &received.batches[answer.batch].entries[answer.entry];
                let amount = if matches!(answer.addenda, Addenda::Change(_)) { 0 } else { entry.amount };
                (entry.trace.to_string(), amount)
            }).collect();
            said.sort();
            meant.sort();
            prop_assert_eq!(said, meant);
        }
    }
}
