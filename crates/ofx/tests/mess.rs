//! What banks get wrong, one mistake at a time.

use ofx::{
    AccountKind, BankAccountKind, CorrectionAction, Document, ErrorKind, Format, Severity, StatementKind, StatusCode,
    TransactionKind, Warning,
};

fn read(text: &str) -> (Document, Vec<String>) {
    let reading = ofx::read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"));
    (reading.value, reading.warnings.iter().map(Warning::to_string).collect())
}

/// A file around the inside of a statement.
fn file(inside: &str) -> String {
    format!(
        "OFXHEADER:100\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>\n{inside}\n</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
}

fn rows(inside: &str) -> Vec<(Option<String>, String, Option<String>)> {
    let (document, _) = read(&file(inside));
    let statement = document.statements().next().expect("a statement");
    statement.transactions.iter().map(|row| (row.id.clone(), row.amount.to_string(), row.name.clone())).collect()
}

fn row(id: &str, amount: &str, name: &str) -> (Option<String>, String, Option<String>) {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (some(id), amount.to_owned(), some(name))
}

#[test]
fn one_line_without_end_tags_is_read() {
    let text = "<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20240101<LANGUAGE>ENG<FI><ORG>B<FID>1</FI>\
        <INTU.BID>3000<INTU.USERID>x</SONRS></SIGNONMSGSRSV1><CREDITCARDMSGSRSV1><CCSTMTTRNRS><TRNUID>0<STATUS><CODE>0<SEVERITY>INFO\
        </STATUS><CCSTMTRS><CURDEF>USD<CCACCTFROM><ACCTID>4111</CCACCTFROM><BANKTRANLIST><DTSTART>20240101<DTEND>20240131<STMTTRN>\
        <TRNTYPE>DEBIT<DTPOSTED>20240102120000[0:GMT]<TRNAMT>-1.00<FITID>1<NAME>A</STMTTRN><STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20240103\
        <TRNAMT>+2<FITID>2<NAME>B</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>-9<DTASOF>20240131</LEDGERBAL></CCSTMTRS></CCSTMTTRNRS>\
        </CREDITCARDMSGSRSV1></OFX>";
    let (document, warnings) = read(text);
    assert_eq!(warnings, ["line 1: there is no OFX header"]);
    let sign_on = document.sign_on.as_ref().expect("a sign-on");
    assert_eq!(sign_on.intuit_bank_id.as_deref(), Some("3000"));
    assert_eq!(sign_on.institution.as_ref().and_then(|institution| institution.id.as_deref()), Some("1"));
    let statement = document.statements().next().expect("a statement");
    assert_eq!((statement.kind, statement.transactions.len()), (StatementKind::Card, 2));
    assert_eq!(statement.account.as_ref().map(|account| &account.kind), Some(&AccountKind::Card));
    assert_eq!(statement.transactions[1].kind, Some(TransactionKind::Credit));
}

#[test]
fn lower_case_namespaces_attributes_comments_and_instructions_are_read() {
    let text = "\u{feff}junk\n<?xml version=\"1.0\"?><!-- made by a bank -->\n<?OFX OFXHEADER=\"200\" VERSION=\"220\"?>\n\
        <ofx:OFX xmlns:ofx=\"http://ofx.net/types/2003/04\"><bankmsgsrsv1><stmttrnrs><stmtrs><curdef>usd</curdef>\n\
        <bankacctfrom><bankid>1</bankid><acctid>2</acctid><accttype>savings</accttype></bankacctfrom><!-- <STMTTRN> -->\n\
        <?pi x?><banktranlist><ofx:stmttrn id=\"7\"><trntype>debit</trntype><dtposted>20240101</dtposted><trnamt>-1</trnamt>\n\
        <fitid>a</fitid><name>N</name><memo/></ofx:stmttrn></banktranlist></stmtrs></stmttrnrs></bankmsgsrsv1></ofx:OFX>\n";
    let (document, warnings) = read(text);
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(document.format, Format { version: 220, ..Format::V203 });
    let statement = document.statements().next().expect("a statement");
    assert_eq!(statement.currency.as_deref(), Some("USD"));
    assert_eq!(statement.account.as_ref().map(|account| &account.kind), Some(&AccountKind::Bank(Some(BankAccountKind::Savings))));
    assert_eq!(statement.transactions[0].kind, Some(TransactionKind::Debit));
    assert_eq!(statement.transactions[0].line.0, 6);
}

#[test]
fn aggregates_without_end_tags_do_not_swallow_what_follows() {
    let inside = "<CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>2\n<BANKTRANLIST><DTSTART>20240101\n\
        <STMTTRN><TRNAMT>1<FITID>a\n<STMTTRN><TRNAMT>2<FITID>b<NAME>\n<LEDGERBAL><BALAMT>3\n<AVAILBAL><BALAMT>4";
    let (document, warnings) = read(&file(inside));
    let statement = document.statements().next().expect("a statement");
    assert_eq!(statement.transactions.len(), 2);
    assert_eq!(statement.ledger.as_ref().map(|balance| balance.amount.to_string()).as_deref(), Some("3"));
    assert_eq!(statement.available.as_ref().map(|balance| balance.amount.to_string()).as_deref(), Some("4"));
    assert!(statement.start.is_some());
    assert!(warnings.contains(&"line 7: <STMTTRN> has no end tag".to_owned()), "{warnings:?}");
}

#[test]
fn aggregates_around_the_rest_may_be_missing() {
    let list =
        "<BANKTRANLIST><STMTTRN><DTPOSTED>20240101<TRNAMT>1<FITID>a</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>5</LEDGERBAL>";
    let cases = [
        format!("<OFX><SONRS><STATUS><CODE>0</STATUS></SONRS>{list}</OFX>"),
        format!("<OFX><BANKMSGSRSV1>{list}</BANKMSGSRSV1></OFX>"),
        format!("<OFX><BANKMSGSRSV1><STMTTRNRS>{list}</STMTTRNRS></BANKMSGSRSV1></OFX>"),
        format!("<OFX><STMTRS>{list}</STMTRS></OFX>"),
        format!("<STMTRS>{list}</STMTRS>"),
        format!("<BANKMSGSRSV1><STMTTRNRS><STMTRS>{list}</STMTRS></STMTTRNRS></BANKMSGSRSV1>"),
    ];
    for text in cases {
        let (document, _) = read(&text);
        let found: Vec<_> = document.statements().map(|it| (it.transactions.len(), it.ledger.is_some())).collect();
        assert_eq!(found, [(1, true)], "{text}");
        assert_eq!(document.sign_on.is_some(), text.contains("SONRS"), "{text}");
    }
}

#[test]
fn a_part_at_a_wrong_place_does_not_merge_statements() {
    let one = |id: &str| format!("<STMTTRNRS><STMTRS><BANKACCTFROM><ACCTID>{id}</BANKACCTFROM></STMTRS></STMTTRNRS>");
    let text = format!("<OFX><BANKMSGSRSV1>{}{}<LEDGERBAL><BALAMT>1</LEDGERBAL></BANKMSGSRSV1></OFX>", one("1"), one("2"));
    assert_eq!(read(&text).0.statements().count(), 2);
}

#[test]
fn rows_with_bad_values_are_kept_where_they_can_be() {
    let inside = "<STMTTRN><DTPOSTED>99999999<TRNAMT>-1.234,56<FITID><NAME>  A  &amp; B</STMTTRN>\n\
        <STMTTRN><DTPOSTED>20240101000000.000[-3:GMT]<TRNAMT>abc<FITID>2</STMTTRN>\n\
        <STMTTRN><DTPOSTED>20240101<TRNAMT>1,234<FITID>000</STMTTRN>\n\
        <STMTTRN>nothing</STMTTRN>";
    assert_eq!(rows(inside), [row("", "-1234.56", "A  & B"), row("", "1234", "")]);
    let (_, warnings) = read(&file(inside));
    let expected = [
        "line 5: <DTPOSTED> cannot be read: \"99999999\"",
        "line 5: <FITID> has no value",
        "line 6: <TRNAMT> cannot be read: \"abc\"",
        "line 6: a transaction without an amount was left out",
        "line 7: the comma in \"1,234\" was taken for a thousands separator",
        "line 8: <TRNAMT> has no value",
    ];
    for text in expected {
        assert!(warnings.contains(&text.to_owned()), "{text} in {warnings:#?}");
    }
}

#[test]
fn repeated_rows_are_dropped_and_reused_ids_are_not() {
    let one = |id: &str, amount: &str| format!("<STMTTRN><DTPOSTED>20240101<TRNAMT>{amount}<FITID>{id}<NAME>x</STMTTRN>\n");
    let inside = [one("1", "-1"), one("1", "-1"), one("2", "-1"), one("2", "-5"), one("", "-1"), one("", "-1")].concat();
    let (document, warnings) = read(&file(&inside));
    let statement = document.statements().next().expect("a statement");
    let ids: Vec<_> = statement.transactions.iter().map(|row| row.id.as_deref().unwrap_or("-")).collect();
    assert_eq!(ids, ["1", "2", "2", "-", "-"]);
    let identities: std::collections::BTreeSet<_> = statement.identities().into_iter().collect();
    assert_eq!(identities.len(), 5);
    assert!(warnings.contains(&"line 6: the transaction \"1\" was repeated and left out".to_owned()), "{warnings:?}");
    assert!(warnings.contains(&"line 8: the id \"2\" stands at different transactions".to_owned()), "{warnings:?}");
}

#[test]
fn everything_of_a_transaction_is_read() {
    let inside = "<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20240105<DTUSER>20240103<DTAVAIL>20240106<TRNAMT>-10.00<FITID>f\
        <CORRECTFITID>e<CORRECTACTION>REPLACE<SRVRTID>s<CHECKNUM>101<REFNUM>r<SIC>5411<PAYEEID>p\
        <PAYEE><NAME>Shop<ADDR1>1 Road<CITY>Town<STATE>CA<POSTALCODE>90001<PHONE>555</PAYEE>\
        <BANKACCTTO><BANKID>9<ACCTID>8<ACCTTYPE>CHECKING</BANKACCTTO><MEMO>m<ORIGCURRENCY><CURRATE>1.085<CURSYM>EUR</ORIGCURRENCY></STMTTRN>\
        <BANKTRANLISTP><DTASOF>20240106<STMTTRNP><TRNTYPE>HOLD<DTTRAN>20240106<TRNAMT>-3<NAME>Pump</STMTTRNP></BANKTRANLISTP>";
    let (document, warnings) = read(&file(inside));
    assert_eq!(warnings, ["line 4: <BANKACCTFROM> is missing"]);
    let rows = &document.statements().next().expect("a statement").transactions;
    let row = &rows[0];
    let texts = [&row.server_id, &row.check_number, &row.reference_number, &row.industry_code, &row.payee_id, &row.memo];
    assert_eq!(texts.map(|text| text.as_deref().unwrap_or_default()), ["s", "101", "r", "5411", "p", "m"]);
    let payee = row.payee.as_ref().expect("a payee");
    assert_eq!((payee.name.as_deref(), payee.address.lines.len(), payee.phone.as_deref()), (Some("Shop"), 1, Some("555")));
    let currency = row.currency.as_ref().expect("a currency");
    assert_eq!((currency.code.as_str(), currency.original), ("EUR", true));
    assert_eq!(currency.rate.map(|rate| rate.to_string()).as_deref(), Some("1.085"));
    let correction = row.correction.as_ref().expect("a correction");
    assert_eq!((correction.id.as_str(), correction.action), ("e", Some(CorrectionAction::Replace)));
    assert_eq!(row.counterparty.as_ref().map(|account| account.number.as_str()), Some("8"));
    assert_eq!([row.posted, row.initiated, row.available].map(|date| date.map_or(0, |date| date.date().2)), [5, 3, 6]);
    assert!(rows[1].pending && rows[1].kind == Some(TransactionKind::Hold) && rows[1].initiated.is_some());
}

#[test]
fn errors_without_a_statement_are_data() {
    let text = "OFXHEADER:100 VERSION:103\n<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>3000<SEVERITY>ERROR<MESSAGE>More, please</STATUS>\
        <DTSERVER>20240101<LANGUAGE>ENG</SONRS><MFACHALLENGETRNRS><TRNUID>7<STATUS><CODE>0<SEVERITY>INFO</STATUS><MFACHALLENGERS>\
        <MFACHALLENGE><MFAPHRASEID>MFA13<MFAPHRASELABEL>Last four digits?</MFACHALLENGE><MFACHALLENGE><MFAPHRASEID>MFA107</MFACHALLENGE>\
        </MFACHALLENGERS></MFACHALLENGETRNRS></SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><TRNUID>8<STATUS><CODE>2003<SEVERITY>ERROR</STATUS>\
        <CLTCOOKIE>c</STMTTRNRS></BANKMSGSRSV1></OFX>";
    let (document, warnings) = read(text);
    assert_eq!(warnings, Vec::<String>::new());
    let failure = document.failure().expect("a failure");
    assert_eq!((failure.code, failure.severity), (StatusCode::CHALLENGE_NEEDED, Severity::Error));
    let questions: Vec<_> = document.challenges().map(|it| (it.id.as_str(), it.question.as_deref())).collect();
    assert_eq!(questions, [("MFA13", Some("Last four digits?")), ("MFA107", None)]);
    let answer = &document.answers[1];
    assert_eq!((answer.transaction_id.as_str(), answer.client_cookie.as_deref()), ("8", Some("c")));
    assert_eq!(answer.status.as_ref().map(|status| status.code), Some(StatusCode::ACCOUNT_NOT_FOUND));
    assert_eq!(document.statements().count(), 0);
}

#[test]
fn what_cannot_be_read_is_an_error_with_a_line() {
    let table: [(&[u8], u32, ErrorKind); 8] = [
        (b"", 1, ErrorKind::Empty),
        (b" \r\n ", 1, ErrorKind::Empty),
        (b"Date;Amount\n2024-01-01;5", 1, ErrorKind::NotOfx),
        (b"<!DOCTYPE html><html><body>Please sign in</body></html>", 1, ErrorKind::NotOfx),
        (b"\x00\x01\x02\xff", 1, ErrorKind::NotOfx),
        (b"OFXHEADER:100\n\n<OFX>\n</OFX>", 3, ErrorKind::NoMessages),
        (b"<OFX>\n<SIGNONMSGSRQV1><SONRQ><USERID>x</SONRQ></SIGNONMSGSRQV1></OFX>", 2, ErrorKind::IsRequest),
        (b"%PDF-1.4 <OFXURL>", 1, ErrorKind::NotOfx),
    ];
    for (bytes, line, kind) in table {
        let error = ofx::read(bytes).expect_err("an error");
        assert_eq!((error.line, error.kind), (line, kind), "{}", bytes.escape_ascii());
    }
    let error = ofx::read_request(b"<OFX>\n<SONRS></SONRS></OFX>").expect_err("an error");
    assert_eq!((error.line, error.kind), (2, ErrorKind::IsAnswer));
    let error = ofx::read_request(b"<OFX></OFX>").expect_err("an error");
    assert_eq!(error.to_string(), "line 1: <SONRQ> is missing");
}

/// Reads a text and gives the seconds that it took.
fn seconds(text: &str) -> f64 {
    let started = std::time::Instant::now();
    let _ = ofx::read(text.as_bytes());
    let _ = ofx::read_request(text.as_bytes());
    started.elapsed().as_secs_f64()
}

/// Linear time is about a second for each of these; time that grows with the square is minutes.
const SECONDS: f64 = 20.0;

#[test]
fn searches_for_an_end_that_never_comes_take_linear_time() {
    for piece in ["<!--", "<![CDATA[", "<?", "<!", "<a ", "</a ", "&", "<a b=\""] {
        let text = format!("<OFX>{}", piece.repeat(1_500_000 / piece.len()));
        let taken = seconds(&text);
        assert!(taken < SECONDS, "{piece}: {taken}");
    }
}

#[test]
fn hostile_tags_take_linear_time() {
    let pieces = [
        "<A>",
        "</A>",
        "<A/>",
        "<A>1</B>",
        "<STMTTRN>",
        "</STMTTRN>",
        "<STMTTRN><TRNAMT>1",
        "<STMTTRN><TRNAMT>1<FITID>1</STMTTRN>",
        "<OFX>",
        "</OFX>",
        "<OFX",
        "<MEMO>",
        "<STATUS><CODE>",
        "<BANKACCTFROM>",
        "<STMTTRNRS><STMTRS>",
        "<LEDGERBAL><X><Y>",
        "<BANKMSGSRSV1><LEDGERBAL>",
        "\r",
        "é",
    ];
    for piece in pieces {
        for head in ["<OFX><STMTRS><BANKTRANLIST>", ""] {
            let taken = seconds(&format!("{head}{}", piece.repeat(200_000 / piece.len())));
            assert!(taken < SECONDS, "{piece}: {taken}");
        }
    }
}

#[test]
fn many_rows_of_one_id_take_linear_time() {
    let started = std::time::Instant::now();
    let rows: String = (0..20_000).map(|number| format!("<STMTTRN><TRNAMT>{number}<FITID>1</STMTTRN>")).collect();
    let (document, warnings) = read(&file(&rows));
    assert_eq!(document.statements().next().map(|statement| statement.identities().len()), Some(20_000));
    assert_eq!((warnings.len(), warnings[999].as_str()), (1_000, "line 5: further warnings are left out"));
    assert!(started.elapsed().as_secs_f64() < SECONDS);
}
