//! The test bank as the bank that takes a sandbox's ACH files: what is handed in, what comes back, and what stays apart.

use api::payments::rails::transport::{Pace, TransportError};
use nacha::{Addenda, Batch, BatchHeader, Entry, EntryClass, File, FileHeader, LineEnd, Options, ServiceClass, TransactionCode};
use serde_json::json;
use testkit::{Sandbox, each};

const BANK: &str = "/drawbridge/v1/testbank";

/// A file with one debit of 7 dollars, under the trace number that is answered.
fn file(account: &str) -> (Vec<u8>, String) {
    let trace = "990000000000001".to_owned();
    let mut batch = Batch::new(BatchHeader {
        service_class: ServiceClass::Debits,
        company_name: "ROCKET RIDES".into(),
        company_identification: "9000000001".into(),
        entry_class: EntryClass::Ccd,
        entry_description: "PAYMENT".into(),
        effective_date: "261119".into(),
        odfi: "99000000".into(),
        ..BatchHeader::default()
    });
    batch.entries.push(Entry {
        transaction_code: TransactionCode::CHECKING_DEBIT,
        routing: "110000000".into(),
        account: account.into(),
        amount: 700,
        name: "JENNY ROSEN".into(),
        trace: trace.as_str().into(),
        ..Entry::default()
    });
    let mut file = File::new(FileHeader {
        destination: "990000000".into(),
        origin: "9000000001".into(),
        creation_date: "261118".into(),
        ..FileHeader::default()
    });
    file.push(batch);
    let mut content = Vec::new();
    file.write(&mut content, LineEnd::Lf).expect("a file");
    (content, trace)
}

/// Hands in a file with one debit of an account; answers its trace number.
pub async fn hand_in(sandbox: &Sandbox, account: &str) -> String {
    let (content, trace) = file(account);
    send(sandbox, "handed-in.ach", &content).await.expect("the bank takes it");
    trace
}

async fn send(sandbox: &Sandbox, name: &str, content: &[u8]) -> Result<(), TransportError> {
    let tenant = sandbox.tenant().await;
    let originator = sandbox.app.originators.of(&tenant).expect("an originator");
    originator.transport.send(&tenant, name, Pace::Instant, content).await
}

async fn list(sandbox: &Sandbox, after: Option<&str>) -> Vec<String> {
    let tenant = sandbox.tenant().await;
    let originator = sandbox.app.originators.of(&tenant).expect("an originator");
    originator.transport.list(&tenant, after).await.expect("a list")
}

async fn fetch(sandbox: &Sandbox, name: &str) -> Result<Vec<u8>, TransportError> {
    let tenant = sandbox.tenant().await;
    let originator = sandbox.app.originators.of(&tenant).expect("an originator");
    originator.transport.fetch(&tenant, name).await
}

#[tokio::test]
async fn files_go_to_the_bank_and_come_back() {
    each(async |server| {
        let (sandbox, other) = (server.sandbox(), server.sandbox());
        let (content, trace) = file("000222222227");
        for _ in 0..2 {
            assert_eq!(send(&sandbox, "a.ach", &content).await, Ok(()));
        }
        let refused = send(&sandbox, "a.ach", &file("000123456789").0).await;
        assert!(matches!(refused, Err(TransportError::Refused(_))), "{refused:?}");
        match send(&sandbox, "b.ach", b"nonsense").await {
            Err(TransportError::Refused(text)) => assert!(text.contains("line 1"), "{text}"),
            other => panic!("{other:?}"),
        }
        let names = list(&sandbox, None).await;
        let content = fetch(&sandbox, &names[0]).await.expect("a file");
        let (back, findings) = File::read(content.as_slice(), &Options::strict()).expect("a file");
        assert_eq!((names.len(), findings), (1, vec![]));
        match &back.batches[0].entries[0].addenda[..] {
            [Addenda::Return(own)] => {
                assert_eq!((own.code.to_string(), own.original_trace.to_string()), ("R01".to_owned(), trace.clone()));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(list(&sandbox, Some(&names[0])).await, Vec::<String>::new());
        // Another sandbox is another world.
        assert_eq!(list(&other, None).await, Vec::<String>::new());
        assert!(fetch(&other, &names[0]).await.is_err());
        other.get(&format!("{BANK}/ach_entries/{trace}")).await.error(404, "resource_missing", "id");
        let entry = sandbox.get(&format!("{BANK}/ach_entries/{trace}")).await.ok();
        assert_eq!((&entry["answers"][0]["code"], &entry["amount"]), (&json!("R01"), &json!(700)));
    })
    .await;
}

#[tokio::test]
async fn what_a_test_says_comes_back() {
    each(async |server| {
        let sandbox = server.sandbox();
        let said = [("account_number", "000123456789"), ("code", "R29")];
        let made = sandbox.post(&format!("{BANK}/ach_returns"), &said).await.ok();
        let trace = hand_in(&sandbox, "000123456789").await;
        let entry = sandbox.get(&format!("{BANK}/ach_entries/{trace}")).await.ok();
        assert_eq!(entry["answers"][0]["code"], json!("R29"));
        assert_eq!(list(&sandbox, None).await.len(), 1);
        let id = made["id"].as_str().expect("an id");
        assert_eq!(sandbox.get(&format!("{BANK}/ach_returns")).await.ok()["data"][0]["id"], made["id"]);
        assert_eq!(sandbox.delete(&format!("{BANK}/ach_returns/{id}")).await.ok()["deleted"], json!(true));
        sandbox.get(&format!("{BANK}/ach_returns/{id}")).await.error(404, "resource_missing", "id");
        sandbox.post(&format!("{BANK}/ach_entries/{trace}/return"), &[("code", "R01")]).await.error(400, None, "code");
    })
    .await;
}
