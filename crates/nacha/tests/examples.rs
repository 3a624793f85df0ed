//! Two files as banks exchange them, and one mistake after the other in them.

use nacha::{Addenda, ChangeCode, EntryKind, File, LineEnd, Options, Rule, Severity, report};

/// A batch of microdeposits with their offset, and a debit with addenda.
const OUT: &str = "\
101 061000146 8888888842611230915A094101FEDERAL RESERVE BANK   EXAMPLE ODFI                   
5200EXAMPLE PLATFORM                    1234567890PPDACCTVERIFY      261124   1888888880000001
622999999992000123456789     0000000032ba_1           JENNY ROSEN             0888888880000001
622999999992000123456789     0000000045ba_1           JENNY ROSEN             0888888880000002
627999999992000123456789     0000000077ba_1           JENNY ROSEN             0888888880000003
820000000302999999970000000000770000000000771234567890                         888888880000001
5225EXAMPLE PLATFORM                    1234567890WEBPURCHASE        261124   1888888880000002
627999999992000123456789     0000150000py_1           JENNY ROSEN           S 1888888880000004
705INVOICE 42                                                                      00010000004
822500000200999999990000001500000000000000001234567890                         888888880000002
9000002000002000000050399999996000000150077000000000077                                       
";

/// The answer: the debit comes back, and the account of a microdeposit has another number.
const BACK: &str = "\
101 888888884 0610001462611250830A094101EXAMPLE ODFI           FEDERAL RESERVE BANK           
5225EXAMPLE PLATFORM                    1234567890WEBPURCHASE        2611243291999999990000001
626888888884000123456789     0000150000py_1           JENNY ROSEN           S 1999999990000101
799R01888888880000004      99999999                                            999999990000101
822500000200888888880000001500000000000000001234567890                         999999990000001
5220EXAMPLE PLATFORM                    1234567890CORACCTVERIFY      2611243291999999990000002
621888888884000123456789     0000000000ba_1           JENNY ROSEN             1999999990000102
798C03888888880000001      99999999999999992   000987654321                    999999990000102
822000000200888888880000000000000000000000001234567890                         999999990000002
9000002000001000000040177777776000000150000000000000000                                       
";

fn blocked(records: &str) -> String {
    let missing = records.lines().count().next_multiple_of(10) - records.lines().count();
    format!("{records}{}", format!("{}\n", "9".repeat(94)).repeat(missing))
}

fn read(text: &str) -> File {
    let (file, findings) = File::read(text.as_bytes(), &Options::strict()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(findings, []);
    file
}

#[test]
fn both_files_are_right_and_come_back_byte_for_byte() {
    for text in [blocked(OUT), blocked(BACK)] {
        let file = read(&text);
        for (line_end, expected) in
            [(LineEnd::Lf, text.clone()), (LineEnd::CrLf, text.replace('\n', "\r\n")), (LineEnd::None, text.replace('\n', ""))]
        {
            let mut written = Vec::new();
            let control = file.write(&mut written, line_end).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(String::from_utf8_lossy(&written), expected);
            assert_eq!(control, file.control());
            assert_eq!(read(&expected), file);
        }
    }
}

#[test]
fn answers_say_what_they_answer() {
    let (out, back) = (read(&blocked(OUT)), read(&blocked(BACK)));
    let (debit, credit) = (&out.batches[1].entries[0], &out.batches[0].entries[0]);
    let (returned, changed) = (&back.batches[0].entries[0], &back.batches[1].entries[0]);
    assert_eq!((returned.kind(), changed.kind(), debit.kind()), (EntryKind::Return, EntryKind::Change, EntryKind::Payment));
    let Some(Addenda::Return(reason)) = returned.addenda.first() else { panic!("no return") };
    assert_eq!(reason.original_trace, debit.trace);
    let Some(Addenda::Change(change)) = changed.addenda.first() else { panic!("no change") };
    assert_eq!(change.original_trace, credit.trace);
    let correction = change.correction().unwrap_or_default();
    assert_eq!(correction.account.as_deref(), Some("000987654321"));
    assert_eq!(ChangeCode::new(3).and_then(|code| code.write(&correction)), Some(change.corrected_data.clone()));
    // The same answers, built here.
    assert_eq!(&debit.answered(returned.addenda[0].clone(), "888888884", "999999990000101"), returned);
    assert_eq!(&credit.answered(changed.addenda[0].clone(), "888888884", "999999990000102"), changed);
}

/// A mistake: line, first column, what to write there, and where it is found: rule, line, first column, what is right.
type Mistake = (usize, usize, &'static str, Rule, u64, usize, &'static str);

const MISTAKES: &[Mistake] = &[
    (1, 2, "02", Rule::PriorityCode, 1, 2, "\"01\""),
    (1, 13, "7", Rule::Destination, 1, 4, "a routing number, whose last digit would be 6"),
    (1, 14, "          ", Rule::Origin, 1, 14, "what the bank assigned, or a blank and a routing number"),
    (1, 24, "261323", Rule::FileCreation, 1, 24, "a day as YYMMDD"),
    (1, 30, "2500", Rule::FileCreation, 1, 30, "a time as HHMM, or blanks"),
    (1, 34, "a", Rule::FileIdModifier, 1, 34, "A to Z or 0 to 9"),
    (1, 35, "095", Rule::RecordSize, 1, 35, "\"094\""),
    (1, 38, "11", Rule::BlockingFactor, 1, 38, "\"10\""),
    (1, 40, "2", Rule::FormatCode, 1, 40, "\"1\""),
    (2, 2, "201", Rule::ServiceClass, 2, 2, "200 (mixed), 220 (credits) or 225 (debits)"),
    (2, 5, "                ", Rule::CompanyName, 2, 5, "the name that receivers know"),
    (2, 41, "0000000000", Rule::CompanyIdentification, 2, 41, "what the bank assigned to the company"),
    (2, 51, "ppd", Rule::EntryClass, 2, 51, "a standard entry class such as PPD, CCD or WEB"),
    (2, 54, "          ", Rule::EntryDescription, 2, 54, "a description for the receiver, such as PAYROLL"),
    (2, 70, "261131", Rule::EffectiveDate, 2, 70, "a day as YYMMDD"),
    (2, 76, "367", Rule::SettlementDate, 2, 76, "blanks, or 001 to 366 from the operator"),
    (2, 79, "3", Rule::OriginatorStatus, 2, 79, "\"1\""),
    (2, 79, "0", Rule::StatusForClass, 2, 79, "\"1\""),
    (2, 80, "8888888x", Rule::OdfiIdentification, 2, 80, "8 digits"),
    (2, 88, "0000000", Rule::BatchNumber, 2, 88, "seven digits from 0000001"),
    (7, 88, "0000001", Rule::BatchNumberOrder, 7, 88, "more than 0000001, the number of the batch before"),
    (3, 2, "25", Rule::TransactionCode, 3, 2, "a known code such as 22, 27, 32 or 37"),
    (3, 2, "21", Rule::ReturnTransactionCode, 3, 2, "an addenda 98 or 99 after it, or another code"),
    (3, 4, "+9999999", Rule::RoutingDigits, 3, 4, "8 digits"),
    (3, 4, "9999999x", Rule::RoutingDigits, 3, 4, "8 digits"),
    (3, 12, "3", Rule::CheckDigit, 3, 12, "\"2\" for 99999999"),
    (3, 13, "                 ", Rule::AccountNumber, 3, 13, "the receiver's account number"),
    (3, 30, "000000003x", Rule::Amount, 3, 30, "10 digits"),
    (3, 30, "0000000000", Rule::ZeroAmount, 3, 30, "more than nothing for a payment"),
    (3, 2, "23", Rule::ZeroAmount, 3, 30, "nothing for a prenote or an entry without money"),
    (3, 55, "                      ", Rule::ReceiverName, 3, 55, "the receiver's name"),
    (3, 79, "1", Rule::AddendaIndicator, 3, 79, "0, because no addenda follow"),
    (8, 79, "0", Rule::AddendaIndicator, 8, 79, "1, because addenda follow"),
    (3, 94, "x", Rule::TraceNumber, 3, 80, "15 digits"),
    (3, 88, "0000002", Rule::TraceOrder, 4, 80, "more than 888888880000002, that of the entry before"),
    (3, 80, "88888887", Rule::TraceOdfi, 3, 80, "\"88888888\" at the beginning, as in line 2"),
    (8, 2, "22", Rule::Direction, 8, 2, "debits only, or class 200"),
    (7, 51, "CIE", Rule::Direction, 8, 2, "credits only, or the description REVERSAL"),
    (7, 51, "RCK", Rule::AddendaType, 8, 79, "no addenda in RCK"),
    (7, 51, "POS", Rule::AddendaType, 8, 79, "addenda 02 in POS"),
    (8, 30, "0002500001", Rule::DebitTotal, 10, 21, "\"000002500001\", as counted"),
    (8, 77, "X ", Rule::PaymentType, 8, 77, "R (recurring) or S (single)"),
    (9, 2, "04", Rule::AddendaType, 9, 2, "02, 05, 10 to 18, 98 or 99"),
    (9, 2, "98C", Rule::ChangeCode, 9, 4, "C and two digits"),
    (9, 2, "99R", Rule::ReturnCode, 9, 4, "R and two digits"),
    (9, 84, "0002", Rule::AddendaSequence, 9, 84, "\"0001\""),
    (9, 88, "0000005", Rule::AddendaTrace, 9, 88, "\"0000004\", the end of the trace number in line 8"),
    (6, 2, "220", Rule::ServiceClassMatch, 6, 2, "\"200\""),
    (6, 5, "000004", Rule::EntryCount, 6, 5, "\"000003\", as counted"),
    (6, 11, "0000000000", Rule::EntryHash, 6, 11, "\"0299999997\", as counted"),
    (6, 33, "000000000078", Rule::CreditTotal, 6, 33, "\"000000000077\", as counted"),
    (6, 45, "1234567891", Rule::CompanyIdentificationMatch, 6, 45, "\"1234567890\", as in line 2"),
    (6, 74, "x", Rule::Reserved, 6, 74, "blanks"),
    (6, 80, "88888887", Rule::OdfiMatch, 6, 80, "\"88888888\", as in line 2"),
    (6, 88, "0000002", Rule::BatchNumberMatch, 6, 88, "\"0000001\", as in line 2"),
    (11, 2, "000001", Rule::BatchCount, 11, 2, "\"000002\", as counted"),
    (11, 8, "000001", Rule::BlockCount, 11, 8, "\"000002\", as counted"),
    (11, 14, "00000004", Rule::EntryCount, 11, 14, "\"00000005\", as counted"),
    (11, 22, "0000000000", Rule::EntryHash, 11, 22, "\"0399999996\", as counted"),
    (11, 94, "x", Rule::Reserved, 11, 56, "blanks"),
    (5, 1, "4", Rule::UnknownRecord, 5, 1, "1, 5, 6, 7, 8 or 9 at the beginning of the line"),
    (5, 55, "\u{7f}", Rule::NonAscii, 5, 55, "a printable ASCII character"),
    (6, 1, "7", Rule::MissingBatchControl, 7, 1, "a batch control (8) before it, for the batch that begins in line 2"),
    (2, 1, "7", Rule::RecordOrder, 2, 1, "an entry (6) before it"),
];

#[test]
fn every_mistake_is_found_where_it_is() {
    let right = blocked(OUT);
    for (line, column, text, rule, at_line, at_column, expected) in MISTAKES {
        let mut lines: Vec<String> = right.lines().map(str::to_owned).collect();
        lines[line - 1].replace_range(column - 1..column - 1 + text.len(), text);
        let wrong = lines.join("\n");
        let findings = report::validate(wrong.as_bytes(), &Options::strict()).unwrap_or_default();
        let found = findings.iter().find(|finding| finding.rule == *rule && finding.line == *at_line);
        let place = found.map(|finding| (finding.columns.0, finding.expected.as_str()));
        assert_eq!(place, Some((*at_column, *expected)), "{text:?} in line {line}: {findings:#?}");
        // Relaxed by its name, the rule is silent and the others stay.
        let mut relaxed = Options::strict();
        assert_eq!(relaxed.allow_named(rule.name()), Ok(()));
        let others = report::validate(wrong.as_bytes(), &relaxed).unwrap_or_default();
        assert_eq!(others.len(), findings.iter().filter(|finding| finding.rule != *rule).count(), "{rule}");
        let lenient = report::validate(wrong.as_bytes(), &Options::lenient()).unwrap_or_default();
        let readable = !matches!(rule, Rule::UnknownRecord | Rule::RecordOrder | Rule::Amount);
        assert_eq!(lenient.iter().all(|finding| finding.severity == Severity::Warning), readable, "{rule}");
    }
}

#[test]
fn parts_of_files_are_said_to_be_parts() {
    let right = blocked(OUT);
    let rows: Vec<&str> = right.lines().collect();
    let without = |skip: std::ops::Range<usize>| {
        let kept: Vec<&str> = rows.iter().enumerate().filter(|(at, _)| !skip.contains(at)).map(|(_, row)| *row).collect();
        kept.join("\n")
    };
    let table = [
        (without(0..1), Rule::MissingFileHeader),
        (without(10..20), Rule::MissingFileControl),
        (without(5..6), Rule::MissingBatchControl),
        (without(11..20), Rule::Blocking),
        (without(1..10), Rule::NoBatches),
        (without(2..5), Rule::EmptyBatch),
        (format!("{right}{}", rows[10]), Rule::RecordOrder),
        (right.replace(' ', "").chars().take(20).collect(), Rule::ShortLine),
        (format!("{}  \n", rows[0]), Rule::LongLine),
        (String::new(), Rule::MissingFileHeader),
    ];
    for (text, rule) in table {
        let findings = report::validate(text.as_bytes(), &Options::strict()).unwrap_or_default();
        assert!(findings.iter().any(|finding| finding.rule == rule), "{rule}: {findings:#?}");
    }
}

#[test]
fn limits_of_classes() {
    // Class, amount in cents, too much.
    for (class, amount, too_much) in [
        ("ARC", 2_500_000, false),
        ("BOC", 2_500_001, true),
        ("POP", 2_500_001, true),
        ("RCK", 250_000, false),
        ("RCK", 250_001, true),
    ] {
        let mut file = read(&blocked(OUT));
        file.batches.remove(0);
        let batch = &mut file.batches[0];
        batch.header.entry_class = class.parse().unwrap_or_default();
        batch.entries[0].addenda.clear();
        batch.entries[0].amount = amount;
        let findings = file.check(&Options::strict()).unwrap_or_default();
        let limits: Vec<_> = findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(limits, if too_much { vec![Rule::AmountLimit] } else { vec![] }, "{class} {amount}");
    }
}

#[test]
fn what_people_see() {
    let text = report::show_text(blocked(BACK).as_bytes(), &Options::strict(), report::Accounts::Masked).unwrap_or_default();
    for part in [
        "File A of 2026-11-25 08:30",
        "Batch 1: WEB",
        "26 return of checking debit  888888884 …6789                    $1,500.00 py_1            JENNY ROSEN",
        "    99 return R01 Insufficient funds , for 888888880000004",
        "    98 change C03 Incorrect routing number and account number: \"999999992   …4321\", for 888888880000001",
        "File says: 2 batches, 1 blocks, 4 entries and addenda, debits $1,500.00, credits $0.00, hash 177777776",
        "Nothing is wrong.",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("000123456789") && !text.contains("000987654321"));
    let full = report::show_text(blocked(BACK).as_bytes(), &Options::strict(), report::Accounts::Full).unwrap_or_default();
    assert!(full.contains("000123456789") && full.contains("999999992   000987654321"));
    let escape = blocked(BACK).replacen("JENNY", "JE\u{1b}[m", 1);
    let shown = report::show_text(escape.as_bytes(), &Options::lenient(), report::Accounts::Masked).unwrap_or_default();
    assert!(shown.contains("JE\u{fffd}[m") && !shown.contains('\u{1b}'), "{shown}");
}

#[test]
fn json_says_it_all_and_is_read_again() {
    let text = blocked(OUT).replacen("PPD", "ppd", 1);
    let mut json = Vec::new();
    report::to_json(text.as_bytes(), &mut json, &Options::strict()).unwrap_or_else(|error| panic!("{error}"));
    let value: serde_json::Value = serde_json::from_slice(&json).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(value["file_header"]["origin"], "888888884");
    assert_eq!(value["batches"][1]["entries"][0]["amount"], 150_000);
    assert_eq!(value["batches"][1]["entries"][0]["addenda"][0]["type"], "05");
    assert_eq!(value["batches"][0]["control"]["totals"]["debit"], 77);
    assert_eq!(value["file_control"]["block_count"], 2);
    assert_eq!(value["findings"][0]["rule"], "entry-class");
    let file = read(&blocked(BACK));
    let json = serde_json::to_string(&file).unwrap_or_default();
    assert_eq!(serde_json::from_str::<File>(&json).ok(), Some(file));
    // Without any record it is JSON as well.
    let mut empty = Vec::new();
    report::to_json(b"".as_slice(), &mut empty, &Options::strict()).unwrap_or_else(|error| panic!("{error}"));
    assert!(serde_json::from_slice::<serde_json::Value>(&empty).is_ok());
}
