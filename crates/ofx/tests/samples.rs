//! Real files, if they are there. The tables are written from reading the files.

use std::path::PathBuf;

use ofx::{Document, ErrorKind, Statement, WarningKind};

/// Account, currency, number of transactions, first amount, booked balance, available balance.
type Expected = (&'static str, &'static str, usize, &'static str, &'static str, &'static str);

const NONE: &str = "";

/// Files with statements: name, version, statements.
const STATEMENTS: &[(&str, u16, &[Expected])] = &[
    ("ofx-bradesco.ofx", 102, &[("34545", "BRL", 6, "-530.86", "0.00", NONE)]),
    ("ofx-santander.ofx", 102, &[("3423130031625", "BRL", 4, "-11.76", "348.29", "2415.87")]),
    ("ofx4j-pag-seguro.ofx", 100, &[("12345678-1", "BRL", 3, "-1901.00", "5326.43", NONE)]),
    ("ofxparse-anzcc.ofx", 203, &[("1234123412341234", "AUD", 1, "-5.50", "-123.45", "123.45")]),
    ("ofxparse-bank_medium.ofx", 102, &[("12300 000012345678", "CAD", 3, "-6.60", "382.34", "682.34")]),
    // Three rows; the third is the second again.
    ("ofxparse-date_missing.ofx", 102, &[("192639749", "USD", 2, "-80.00", "0", NONE)]),
    ("ofxparse-empty_balance.ofx", 102, &[("192639749", "CAD", 1, "120", NONE, NONE)]),
    ("ofxparse-fidelity.ofx", 102, &[("01234567890", "USD", 3, "0.2400", NONE, "18073.98")]),
    ("ofxparse-investment_medium.ofx", 102, &[("ABC123", "CAD", 3, "-3.65", NONE, "1.00")]),
    ("ofxparse-ofx-v102-empty-tags.ofx", 102, &[("12345678", NONE, 1, "12.34", NONE, NONE)]),
    ("ofxparse-suncorp.ofx", 200, &[("123456789", "AUD", 1, "-16.85", "1234.12", "1234.12")]),
    ("ofxparse-td_ameritrade.ofx", 102, &[("121212121", "USD", 0, NONE, NONE, "0")]),
    ("ofxparse-tiaacref.ofx", 102, &[("111A1111 22B222 33C333", "USD", 0, NONE, NONE, "0")]),
    (
        "ofxparser-ofx-multiple-accounts-xml.ofx",
        200,
        &[
            ("54658222458596", "GBP", 0, NONE, "43.01", NONE),
            ("546582659855", "GBP", 2, "-3.98", "3000.25", NONE),
            ("21252344525548", "GBP", 1, "18.70", "11728.56", NONE),
        ],
    ),
    // Its only row has no data.
    ("ofxparser-ofxdata-banking-xml200.ofx", 200, &[("12345678901", "ZAR", 0, NONE, "1234.56", NONE)]),
    (
        "ofxparser-ofxdata-bb-two-stmtrs.ofx",
        102,
        &[("455000-5", "BRL", 0, NONE, "0.00", NONE), ("655000-2", "BRL", 36, "13318.36", "4555.28", NONE)],
    ),
    ("ofxparser-ofxdata-cmfr.ofx", 102, &[("XXXXXXXXXX", "EUR", 42, "-1978.78", "10000.00", "0.00")]),
    ("ofxparser-ofxdata-credit-card.ofx", 102, &[("1234567891234567", "GBP", 1, "-100.00", "-500.00", "500.00")]),
    ("ofxparser-ofxdata-emptyDateTime.ofx", 102, &[(NONE, "AUD", 2, "337.50", NONE, NONE)]),
    ("ofxparser-ofxdata-investments-oneline-xml.ofx", 202, &[("1234567890", "USD", 0, NONE, NONE, NONE)]),
    (
        "ofxparser-ofxdata-memoWithAmpersand.ofx",
        102,
        &[("99999999-9999-9999-9999-999999999999", "BRL", 16, "-33.3", "-734.05", NONE)],
    ),
    (
        "ofxparser-ofxdata-memoWithQuotes.ofx",
        102,
        &[("99999999-9999-9999-9999-999999999999", "BRL", 16, "-33.3", "-734.05", NONE)],
    ),
];

/// Name, version, status of the sign-on, first error, listed accounts, name in the profile.
type Other = (&'static str, u16, u32, Option<u32>, usize, &'static str);

/// Other files.
const OTHERS: &[Other] = &[
    ("ofx4j-fremont-bank-profile.ofx", 102, 15_500, Some(15_500), 0, NONE),
    ("ofx4j-mercantile-brokerage-services-profile.ofx", 102, 0, None, 0, "Pershing NetExchange Client"),
    ("ofx4j-wells-fargo-investments-profile.ofx", 102, 0, None, 0, "Pershing NetExchange Client"),
    ("ofx4j-simple.ofx", 103, 0, None, 0, NONE),
    ("ofxparse-account_listing_aggregation.ofx", 102, 0, None, 4, NONE),
    ("ofxparse-error_message.ofx", 211, 0, Some(2000), 0, NONE),
    ("ofxparse-signon_success_no_message.ofx", 102, 0, None, 0, NONE),
];

/// Files that are an error: name, line, what is wrong.
const ERRORS: &[(&str, u32, ErrorKind)] =
    &[("ofx4j-institutions.xml", 1, ErrorKind::NotOfx), ("ofx4j-whitespace-example.ofx", 11, ErrorKind::NoMessages)];

/// The directory of the samples, if there is one.
fn samples() -> Option<PathBuf> {
    let shared = std::env::var_os("DRAWBRIDGE_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let directory = shared.join("samples/ofx");
    if !directory.is_dir() {
        println!("skipped: no directory {}", directory.display());
        return None;
    }
    Some(directory)
}

fn read(directory: &std::path::Path, name: &str) -> Result<Document, ofx::Error> {
    let bytes = std::fs::read(directory.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let reading = ofx::read(&bytes)?;
    for warning in &reading.warnings {
        println!("{name}: {warning}");
    }
    Ok(reading.value)
}

fn shown(statement: &Statement) -> (String, String, usize, String, String, String) {
    let balance = |balance: &Option<ofx::Balance>| balance.as_ref().map(|it| it.amount.to_string()).unwrap_or_default();
    (
        statement.account.as_ref().map(|account| account.number.clone()).unwrap_or_default(),
        statement.currency.clone().unwrap_or_default(),
        statement.transactions.len(),
        statement.transactions.first().map(|first| first.amount.to_string()).unwrap_or_default(),
        balance(&statement.ledger),
        balance(&statement.available),
    )
}

#[test]
fn statements_of_real_files_are_read() {
    let Some(directory) = samples() else { return };
    for (name, version, expected) in STATEMENTS {
        let document = read(&directory, name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(document.format.version, *version, "{name}");
        let found: Vec<_> = document.statements().map(shown).collect();
        let expected: Vec<_> =
            expected.iter().map(|row| (row.0.into(), row.1.into(), row.2, row.3.into(), row.4.into(), row.5.into())).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn other_real_files_are_read() {
    let Some(directory) = samples() else { return };
    for (name, version, sign_on, failure, accounts, profile) in OTHERS {
        let document = read(&directory, name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(document.format.version, *version, "{name}");
        let status = document.sign_on.as_ref().and_then(|sign_on| sign_on.status.as_ref());
        assert_eq!(status.map(|status| status.code.0), Some(*sign_on), "{name}");
        assert_eq!(document.failure().map(|status| status.code.0), *failure, "{name}");
        assert_eq!(document.accounts().count(), *accounts, "{name}");
        let found = document.profile().and_then(|profile| profile.name.as_deref()).unwrap_or_default();
        assert_eq!(found, *profile, "{name}");
    }
}

#[test]
fn files_without_data_are_an_error_with_a_line() {
    let Some(directory) = samples() else { return };
    for (name, line, kind) in ERRORS {
        let error = read(&directory, name).expect_err(name);
        assert_eq!((error.line, &error.kind), (*line, kind), "{name}");
    }
}

#[test]
fn every_file_that_is_read_is_written_and_read_back() {
    let Some(directory) = samples() else { return };
    let mut read_back = 0;
    for entry in std::fs::read_dir(&directory).expect("the directory") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
        if let Ok(reading) = ofx::read(&bytes) {
            let again = ofx::read(&ofx::write(&reading.value)).expect("a document");
            assert_eq!(again.value, reading.value);
            assert_eq!(again.warnings.iter().filter(|warning| !is_absence(warning)).count(), 0, "{:?}", again.warnings);
            read_back += 1;
        }
    }
    assert!(read_back >= STATEMENTS.len() + OTHERS.len());
}

/// Writing repairs everything except what a file does not have.
fn is_absence(warning: &ofx::Warning) -> bool {
    matches!(warning.kind, WarningKind::ValueMissing { .. } | WarningKind::AggregateMissing { .. })
}

#[test]
fn details_of_real_files_are_read() {
    let Some(directory) = samples() else { return };
    let first = |name: &str| read(&directory, name).expect(name).statements().next().expect(name).clone();

    let row = first("ofxparse-suncorp.ofx").transactions[0].clone();
    assert_eq!(row.name.as_deref(), Some("EFTPOS WDL HANDYWAY ALDI STORE"));

    let row = first("ofxparser-ofxdata-memoWithAmpersand.ofx").transactions[0].clone();
    assert_eq!(row.memo.as_deref(), Some("Amazon.Com.Br Amazon & Cloud 3/3"));
    assert_eq!(row.posted.and_then(|posted| posted.offset_minutes()), Some(-180));

    let accents = read(&directory, "ofxparser-ofxdata-bb-two-stmtrs.ofx").expect("a document");
    let row = accents.statements().nth(1).expect("two statements").transactions[0].clone();
    assert_eq!(row.memo.as_deref(), Some("TED-CRÉDITO EM CONTA"));

    let row = first("ofxparse-investment_medium.ofx").transactions[0].clone();
    assert_eq!(row.currency.map(|currency| currency.code).as_deref(), Some("USD"));

    let profile = read(&directory, "ofx4j-mercantile-brokerage-services-profile.ofx").expect("a document");
    let profile = profile.profile().expect("a profile");
    assert_eq!(profile.address.city.as_deref(), Some("Jersey City"));
    assert_eq!(profile.sign_ons[0].maximum_length, Some(12));
    assert_eq!(profile.message_sets.len(), 5);
}
