//! Statement files, made up and real.

use std::path::PathBuf;

use banks::file::decode;
use banks::{
    AnswerRefused, Answers, BankConnector, BankError, Category, DataKind, FieldInput, FormKind, FormSignIn, Grant, SignInStep,
    StatementFile, Subcategory, TransactionWindow,
};

use crate::bank::context;

async fn import(text: &str) -> Result<Grant, Option<AnswerRefused>> {
    let answers = Answers::new([("file".to_owned(), text.to_owned())]);
    match StatementFile.answer(&context(), "world_1", None, answers).await.unwrap() {
        SignInStep::Done(grant) => Ok(grant),
        SignInStep::Ask { form, refused, .. } => {
            assert_eq!(form.kind, FormKind::File);
            Err(refused)
        }
    }
}

const ALWAYS: TransactionWindow = TransactionWindow { from: 0, to: i64::MAX };

const OFX: &str = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD\n\
    <BANKACCTFROM><BANKID>110000000<ACCTID>000123456789<ACCTTYPE>CHECKING</BANKACCTFROM>\n\
    <BANKTRANLIST><STMTTRN><TRNTYPE>POS<DTPOSTED>20260105<TRNAMT>-4.50<FITID>a1<NAME>Coffee</STMTTRN></BANKTRANLIST>\n\
    <LEDGERBAL><BALAMT>95.50<DTASOF>20260131</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n";

#[tokio::test]
async fn an_ofx_file_is_an_account() {
    let first = StatementFile.first();
    assert_eq!((first.kind, &first.fields[0].input), (FormKind::File, &FieldInput::File));
    let grant = import(OFX).await.unwrap();
    let ctx = context();
    let accounts = StatementFile.accounts(&ctx, &grant).await.unwrap();
    let account = &accounts[0];
    assert_eq!((account.category, account.subcategory), (Category::Cash, Subcategory::Checking));
    assert_eq!((account.last4.as_deref(), account.balance.as_ref().unwrap().current_minor), (Some("6789"), 9_550));
    let id = &account.bank_account_id;
    assert_eq!(StatementFile.account(&ctx, &grant, id).await.unwrap(), *account);
    let pull = StatementFile.transactions(&ctx, &grant, id, "usd", ALWAYS).await.unwrap();
    assert!(!pull.complete, "a file is about its own days only");
    assert_eq!((pull.rows[0].bank_transaction_id.as_str(), pull.rows[0].amount_minor), ("a1", -450));
    let again = StatementFile.transactions(&ctx, &grant, id, "usd", ALWAYS).await.unwrap();
    assert_eq!(again, pull, "every refresh gives the same");
    let before = TransactionWindow { from: 0, to: pull.rows[0].posted_at.unwrap() - 1 };
    assert!(StatementFile.transactions(&ctx, &grant, id, "usd", before).await.unwrap().rows.is_empty());
    for missing in ["000123456789", ""] {
        assert_eq!(StatementFile.account(&ctx, &grant, missing).await.unwrap_err(), BankError::NotFound);
        let rows = StatementFile.transactions(&ctx, &grant, missing, "usd", ALWAYS).await;
        assert_eq!(rows.unwrap_err(), BankError::NotFound);
    }
}

#[tokio::test]
async fn a_file_proves_nothing() {
    let grant = import(OFX).await.unwrap();
    let ctx = context();
    let id = StatementFile.accounts(&ctx, &grant).await.unwrap()[0].bank_account_id.clone();
    assert_eq!(StatementFile.payment_numbers(&ctx, &grant, &id).await.unwrap(), None);
    assert!(StatementFile.owners(&ctx, &grant, &id).await.unwrap().is_empty());
    assert!(!StatementFile.shares(DataKind::PaymentNumbers) && !StatementFile.shares(DataKind::Ownership));
    assert!(!serde_json::to_string(&grant).unwrap().contains("000123456789"), "the number is not even kept");
    let stored: Grant = serde_json::from_str(&serde_json::to_string(&grant).unwrap()).unwrap();
    assert!(!stored.needs_renewal(i64::MAX - 60));
    StatementFile.renew(&ctx, None, &stored).await.unwrap();
    StatementFile.revoke(&ctx, None, &stored).await.unwrap();
    assert!(StatementFile.consent(&ctx, &stored).await.unwrap().active);
}

#[tokio::test]
async fn a_csv_file_is_an_account_too() {
    let grant = import("Date,Description,Amount,Balance\n01/05/2026,Coffee,-4.50,95.50\n").await.unwrap();
    let ctx = context();
    let accounts = StatementFile.accounts(&ctx, &grant).await.unwrap();
    assert_eq!(accounts[0].balance.as_ref().unwrap().current_minor, 9_550);
    let pull = StatementFile.transactions(&ctx, &grant, &accounts[0].bank_account_id, "usd", ALWAYS).await.unwrap();
    assert_eq!((pull.rows[0].description.as_str(), pull.rows[0].transacted_at), ("Coffee", 1_767_571_200));
}

#[tokio::test]
async fn files_that_cannot_be_read() {
    let unreadable = |line| Some(AnswerRefused::FileUnreadable { line });
    assert_eq!(import("").await.unwrap_err(), Some(AnswerRefused::Missing));
    for (text, line) in [
        ("%PDF-1.7\0\u{1}", None),
        ("hello", Some(1)),
        ("<html></html>", Some(1)),
        ("OFXHEADER:100\n\n<OFX>\n</OFX>", Some(3)),
        ("Date,Amount\n2026-01-05,1\n2026-01-06,x1\n", Some(3)),
    ] {
        assert_eq!(import(text).await.unwrap_err(), unreadable(line), "{text}");
    }
    let large = format!("Date,Amount\n{}", "2026-01-05,1.00\n".repeat(400_000));
    assert_eq!(import(&large).await.unwrap_err(), unreadable(None));
}

/// Samples that hold no statement: profiles, lists, errors.
const WITHOUT_STATEMENT: [&str; 6] = ["profile", "account_listing", "error_message", "signon_success", "whitespace", "simple"];

#[tokio::test]
async fn samples_are_accounts_or_say_where_they_fail() {
    let shared = std::env::var_os("DRAWBRIDGE_SHARED").map(|shared| PathBuf::from(shared).join("samples/ofx"));
    let Some(files) = shared.and_then(|folder| std::fs::read_dir(folder).ok()) else {
        println!("skipped: DRAWBRIDGE_SHARED names no directory with samples/ofx");
        return;
    };
    let ctx = context();
    let mut read = 0;
    for path in files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "ofx")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match import(&decode(&std::fs::read(&path).unwrap())).await {
            Ok(grant) => {
                read += 1;
                for account in StatementFile.accounts(&ctx, &grant).await.unwrap() {
                    let id = &account.bank_account_id;
                    let pull = StatementFile.transactions(&ctx, &grant, id, &account.currency, ALWAYS).await.unwrap();
                    assert!(pull.rows.iter().all(|row| row.posted_at.is_some()), "{name}");
                }
            }
            Err(Some(AnswerRefused::FileUnreadable { line: Some(_) })) => {
                assert!(WITHOUT_STATEMENT.iter().any(|part| name.contains(part)), "{name} has a statement");
            }
            Err(other) => panic!("{name}: {other:?}"),
        }
    }
    assert!(read >= 20, "{read} files were read");
}

#[tokio::test]
async fn tables_that_are_no_statement_are_refused() {
    let Some(shared) = std::env::var_os("DRAWBRIDGE_SHARED") else {
        println!("skipped: DRAWBRIDGE_SHARED is not set");
        return;
    };
    let path = PathBuf::from(shared).join("samples/transactions/mcc_codes.csv");
    let Ok(bytes) = std::fs::read(path) else {
        println!("skipped: there is no samples/transactions/mcc_codes.csv");
        return;
    };
    let refused = import(&decode(&bytes)).await.unwrap_err();
    assert_eq!(refused, Some(AnswerRefused::FileUnreadable { line: Some(1) }));
}
