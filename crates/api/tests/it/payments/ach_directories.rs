//! Files of live accounts, through the directories of their operator.

use std::fs;
use std::path::PathBuf;

use nacha::{File, Options};
use serde_json::json;
use store::testing::TestDatabase;
use testkit::TestServer;

use super::ach_files::{INTENTS, back, files, from_bank, status, text};
use super::{MANDATE, id, numbers};

/// An operator's file and directories.
struct Operator {
    root: PathBuf,
}

impl Operator {
    fn new(name: &str) -> Operator {
        let root = std::env::temp_dir().join(format!("drawbridge-operator-{}-{name}", std::process::id()));
        for part in ["out", "in"] {
            fs::create_dir_all(root.join(part)).expect("a directory");
        }
        Operator { root }
    }

    /// Says that `account` sends files through the directories.
    fn names(&self, account: &str, dry_run: bool) -> PathBuf {
        let entry = json!({
            "account": account, "odfi": "061000146", "destination": "061000146", "destination_name": "FEDERAL RESERVE BANK",
            "origin": "1234567890", "origin_name": "ROCKET RIDES", "company_identification": "1234567890", "dry_run": dry_run,
            "limits": {"entry": 1_000, "file": 5_000, "day": 5_000, "account_week": 3_000}, "outbound": self.root.join("out"), "inbound": self.root.join("in"),
        });
        let path = self.root.join("ach.json");
        fs::write(&path, json!([entry]).to_string()).expect("written");
        path
    }

    /// The files that the bank finds.
    fn outbound(&self) -> Vec<File> {
        let mut found: Vec<PathBuf> = fs::read_dir(self.root.join("out"))
            .expect("a directory")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|end| end == "ach"))
            .collect();
        found.sort();
        let read = |path: &PathBuf| {
            let (file, findings) = File::read(fs::read(path).expect("a file").as_slice(), &Options::strict()).expect("read");
            assert_eq!(findings, [], "{}", path.display());
            file
        };
        found.iter().map(read).collect()
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// Fifteen hours on, past the next cut-off; live clocks are the real one.
async fn next_cut_off(server: &TestServer) {
    server.clock.advance(15 * 3_600);
    server.run_due().await;
}

#[tokio::test]
async fn live_files_go_through_the_operators_directories() {
    for database in TestDatabase::each().await {
        let operator = Operator::new(&format!("{:?}", database.engine()));
        let server = TestServer::start(database).await;
        let (live, _) = server.account_with_both_modes().await;
        let account = live.account().await;
        let customer = live.customer("Jane").await;
        let params = [&numbers()[..], &[("confirm", "true"), ("customer", &customer)], &MANDATE].concat();
        // Without an originator nothing that needs one begins.
        live.post("/v1/setup_intents", &params).await.error(400, None, None);
        live.post("/drawbridge/v1/settings", &[("settlement", "instant")]).await.error(400, None, "settlement");

        let server = server.again_with_ach(operator.names(&account, true)).await;
        let live = live.on(&server);
        let setup = live.post("/v1/setup_intents", &params).await.ok();
        assert_eq!(setup["status"], json!("requires_action"), "{setup}");
        next_cut_off(&server).await;
        assert_eq!(files(&live, "out").await[0]["status"], json!("dry_run"));
        assert!(operator.outbound().is_empty());

        let server = server.again_with_ach(operator.names(&account, false)).await;
        let live = live.on(&server);
        next_cut_off(&server).await;
        next_cut_off(&server).await;
        let sent = operator.outbound();
        let (batch, entry) = (&sent[0].batches[0], &sent[0].batches[0].entries[0]);
        assert_eq!((sent.len(), batch.header.entry_description.as_str(), entry.amount), (1, "ACCTVERIFY", 1));
        assert_eq!((entry.account.as_str(), batch.header.odfi.as_str()), ("000123456789", "06100014"));
        let code = entry.identification.to_string();
        let path = format!("/v1/setup_intents/{}/verify_microdeposits", id(&setup));
        let proved = live.post(&path, &[("descriptor_code", &code)]).await.ok();
        assert_eq!(proved["status"], json!("succeeded"));

        // More than one entry may move is not sent, and the payment fails; less is.
        let method = text(&proved, "payment_method");
        let pay = async |amount: &str| {
            let whose = [("payment_method", method), ("customer", customer.as_str())];
            let params = [&whose[..], &[("amount", amount), ("currency", "usd"), ("confirm", "true")]].concat();
            live.post(INTENTS, &[&params[..], &MANDATE].concat()).await.ok()
        };
        let (much, little) = (pay("1001").await, pay("900").await);
        // Nor is more than one account may be debited in a week.
        let more = [("amount", "1100"), ("currency", "usd"), ("confirm", "true"), ("payment_method", method)];
        let more = [&more[..], &[("customer", customer.as_str())], &MANDATE].concat();
        live.post(INTENTS, &more).await.error(402, "charge_exceeds_source_limit", None);
        next_cut_off(&server).await;
        next_cut_off(&server).await;
        assert_eq!(status(&live, &much).await, "requires_payment_method");
        let failed = live.get(&format!("/v1/charges/{}", text(&much, "latest_charge"))).await.ok();
        let outcome = &failed["outcome"];
        assert_eq!((&outcome["network_status"], &outcome["type"]), (&json!("not_sent_to_network"), &json!("invalid")));
        assert_eq!((&failed["failure_code"], &outcome["network_decline_code"]), (&json!("processing_error"), &json!(null)));
        assert_eq!(status(&live, &little).await, "processing");
        let sent = operator.outbound();
        assert_eq!((sent.len(), sent[1].totals().debit), (2, 900));

        // The bank puts a return where we look for it.
        let trace = sent[1].batches[0].entries[0].trace.to_string();
        fs::write(operator.root.join("in/RETURNS.TXT"), from_bank(&[(&trace, 900, back(&trace, "R01"))], 1)).expect("written");
        server.clock.advance(15 * 60);
        server.run_due().await;
        assert_eq!(status(&live, &little).await, "requires_payment_method");
        assert!(operator.root.join("in/done/RETURNS.TXT").exists() && !operator.root.join("in/RETURNS.TXT").exists());
        assert_eq!(files(&live, "in").await[0]["status"], json!("applied"));
        server.finish().await;
    }
}
