//! Money the whole way: payments, refunds and disputes through files and the test bank, after which the books are right.

use serde_json::{Value, json};
use testkit::{Sandbox, TestServer, each};

use super::{MANDATE, id, linked_method};

/// A payment of $20.00 that was confirmed; expanded by its charge.
async fn paying(sandbox: &Sandbox, method: &str) -> Value {
    let params = [("amount", "2000"), ("currency", "usd"), ("confirm", "true"), ("payment_method", method)];
    let all = [&params[..], &[("expand[]", "latest_charge")], &MANDATE].concat();
    sandbox.post("/v1/payment_intents", &all).await.ok()
}

/// A payment by a sample that was proved by small deposits; its charge.
async fn paying_by(sandbox: &Sandbox, sample: &str) -> String {
    let made = paying(sandbox, sample).await;
    let path = format!("/v1/payment_intents/{}/verify_microdeposits", id(&made));
    let proved = sandbox.post(&path, &[("amounts[]", "32"), ("amounts[]", "45")]).await.ok();
    proved["latest_charge"].as_str().expect("a charge").to_owned()
}

async fn charge(sandbox: &Sandbox, id: &str) -> Value {
    sandbox.find(&format!("/v1/charges/{id}"), &[("expand[]", "balance_transaction")]).await.ok()
}

async fn refund(sandbox: &Sandbox, charge: &str, amount: &str) -> Value {
    sandbox.post("/v1/refunds", &[("charge", charge), ("amount", amount)]).await.ok()
}

async fn shown(sandbox: &Sandbox, refund: &Value) -> Value {
    sandbox.get(&format!("/v1/refunds/{}", id(refund))).await.ok()
}

/// Available and pending, in cents.
async fn balance(sandbox: &Sandbox) -> [i64; 2] {
    let balance = sandbox.get("/v1/balance").await.ok();
    ["available", "pending"].map(|name| balance[name][0]["amount"].as_i64().expect("an amount"))
}

async fn books_are_right(server: &TestServer) {
    let wrong = api::payments::book::check(&server.app.core).await.expect("the books are read");
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Types of events of a group, oldest first.
async fn kinds(sandbox: &Sandbox, group: &str) -> Vec<String> {
    let events = sandbox.events(group).await;
    events.iter().rev().map(|event| event["type"].as_str().expect("a type").to_owned()).collect()
}

#[tokio::test]
async fn a_payment_is_refunded() {
    each(async |server| {
        let sandbox = server.sandbox();
        let made = paying(&sandbox, &linked_method(&sandbox).await).await;
        sandbox.advance(60).await;
        let paid = charge(&sandbox, &id(&made["latest_charge"])).await;
        let line = &paid["balance_transaction"];
        assert_eq!([&line["amount"], &line["fee"], &line["net"]], [&json!(2000), &json!(16), &json!(1984)]);
        assert_eq!(line["fee_details"][0]["amount"], json!(16));
        assert_eq!(balance(&sandbox).await, [1984, 0]);

        let intent = id(&made);
        let refund = sandbox.post("/v1/refunds", &[("payment_intent", &intent), ("amount", "500")]).await.ok();
        assert_eq!((&refund["status"], &refund["charge"]), (&json!("pending"), &paid["id"]));
        assert_eq!(balance(&sandbox).await, [1484, 0]);
        sandbox.advance(60).await;
        let done = shown(&sandbox, &refund).await;
        assert_eq!((&done["status"], &done["pending_reason"]), (&json!("succeeded"), &Value::Null));
        let transfer = &done["destination_details"]["us_bank_transfer"];
        assert_eq!((&transfer["reference_status"], transfer["reference"].as_str().unwrap().len()), (&json!("available"), 15));
        let expected = ["refund.created", "refund.updated", "refund.updated"];
        assert_eq!(kinds(&sandbox, "refund.*").await, expected);
        books_are_right(server).await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_waits_for_its_payment_or_ends_with_it() {
    each(async |server| {
        let sandbox = server.sandbox();
        let arriving = paying_by(&sandbox, "pm_usBankAccount_success").await;
        let waiting = refund(&sandbox, &arriving, "2000").await;
        assert_eq!(waiting["pending_reason"], json!("charge_pending"));
        let failing = paying_by(&sandbox, "pm_usBankAccount_insufficientFunds").await;
        let lost = refund(&sandbox, &failing, "700").await;
        sandbox.advance(60).await;
        assert_eq!(shown(&sandbox, &waiting).await["status"], json!("succeeded"));
        let refunded = charge(&sandbox, &arriving).await;
        assert_eq!((&refunded["refunded"], &refunded["status"]), (&json!(true), &json!("succeeded")));
        let ended = shown(&sandbox, &lost).await;
        assert_eq!((&ended["status"], &ended["balance_transaction"]), (&json!("canceled"), &Value::Null));
        let failed = charge(&sandbox, &failing).await;
        assert_eq!((&failed["status"], &failed["amount_refunded"]), (&json!("failed"), &json!(0)));
        // The fees of a payment and of a failure.
        assert_eq!(balance(&sandbox).await, [-16 - 400, 0]);
        books_are_right(server).await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_comes_back_is_the_holders_again() {
    each(async |server| {
        let sandbox = server.sandbox();
        for (late, code, reason) in [("false", "R23", "declined"), ("true", "R02", "unknown")] {
            let paid = paying_by(&sandbox, "pm_usBankAccount_success").await;
            sandbox.advance(60).await;
            let before = balance(&sandbox).await;
            let params = [("account_number", "000123456789"), ("direction", "credit"), ("code", code), ("late", late)];
            let stated = sandbox.post("/drawbridge/v1/testbank/ach_returns", &params).await.ok();
            let made = refund(&sandbox, &paid, "300").await;
            sandbox.advance(86_400).await;
            let failed = shown(&sandbox, &made).await;
            assert_eq!((&failed["status"], &failed["failure_reason"]), (&json!("failed"), &json!(reason)), "{failed}");
            assert!(failed["failure_balance_transaction"].is_string());
            assert_eq!(charge(&sandbox, &paid).await["amount_refunded"], json!(0));
            assert_eq!(balance(&sandbox).await, before);
            sandbox.delete(&format!("/drawbridge/v1/testbank/ach_returns/{}", id(&stated))).await.ok();
        }
        assert_eq!(sandbox.events("refund.failed").await.len(), 2);
        books_are_right(server).await;
    })
    .await;
}

#[tokio::test]
async fn a_payment_that_its_payer_takes_back_is_a_lost_dispute() {
    each(async |server| {
        let sandbox = server.sandbox();
        let paid = paying_by(&sandbox, "pm_usBankAccount_dispute").await;
        sandbox.advance(60).await;
        sandbox.advance(86_400).await;
        let disputed = charge(&sandbox, &paid).await;
        assert_eq!((&disputed["status"], &disputed["disputed"]), (&json!("succeeded"), &json!(true)));
        let list = sandbox.find("/v1/disputes", &[("charge", &paid)]).await.ok();
        let dispute = &list["data"][0];
        let said = [&dispute["status"], &dispute["reason"], &dispute["network_reason_code"], &dispute["is_charge_refundable"]];
        assert_eq!(said, [&json!("lost"), &json!("debit_not_authorized"), &json!("R10"), &json!(false)]);
        let line = &dispute["balance_transactions"][0];
        assert_eq!([&line["amount"], &line["fee"], &line["net"]], [&json!(-2000), &json!(1500), &json!(-3500)]);
        assert_eq!((&line["type"], &line["reporting_category"]), (&json!("adjustment"), &json!("dispute")));
        let expected = ["charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed"];
        assert_eq!(kinds(&sandbox, "charge.dispute.*").await, expected);
        assert_eq!(balance(&sandbox).await, [1984 - 3500, 0]);
        let mandate = disputed["payment_method_details"]["us_bank_account"]["mandate"].as_str().expect("a mandate");
        assert_eq!(sandbox.get(&format!("/v1/mandates/{mandate}")).await.ok()["status"], json!("inactive"));
        sandbox.post("/v1/refunds", &[("charge", &paid)]).await.error(400, "refund_disputed_payment", None);
        books_are_right(server).await;
    })
    .await;
}

#[tokio::test]
async fn a_second_dispute_blocks_the_bank_account() {
    each(async |server| {
        let sandbox = server.sandbox();
        for time in 1..=2 {
            let paid = paying_by(&sandbox, "pm_usBankAccount_dispute").await;
            sandbox.advance(86_400).await;
            let method = charge(&sandbox, &paid).await["payment_method"].as_str().expect("a payment method").to_owned();
            let method = sandbox.get(&format!("/v1/payment_methods/{method}")).await.ok();
            let blocked = &method["us_bank_account"]["status_details"]["blocked"]["reason"];
            assert_eq!(blocked, &if time == 1 { Value::Null } else { json!("debit_not_authorized") }, "dispute {time}");
        }
        books_are_right(server).await;
    })
    .await;
}

#[tokio::test]
async fn a_refund_waits_for_the_money_and_its_coming_is_told() {
    each(async |server| {
        let sandbox = server.sandbox();
        // Of a seeded payment nothing ever came.
        let charge_id = super::seed::charge(&sandbox, "succeeded").await;
        let waiting = refund(&sandbox, &charge_id, "1500").await;
        assert_eq!((&waiting["status"], &waiting["pending_reason"]), (&json!("pending"), &json!("insufficient_funds")));
        assert_eq!((&waiting["balance_transaction"], balance(&sandbox).await), (&Value::Null, [0, 0]));
        // What is made at the same moment has no order.
        sandbox.advance(1).await;
        let more = refund(&sandbox, &charge_id, "8000").await;
        sandbox.advance(3_600).await;
        assert_eq!(shown(&sandbox, &waiting).await["pending_reason"], json!("insufficient_funds"));
        assert!(sandbox.events("balance.available").await.is_empty());

        paying(&sandbox, &linked_method(&sandbox).await).await;
        // Long enough to arrive: the older refund is taken from it, and the other one is more than what is left.
        sandbox.advance(10).await;
        let event = &sandbox.events("balance.available").await[0];
        let object = &event["data"]["object"];
        assert_eq!((&object["object"], &object["available"][0]["amount"]), (&json!("balance"), &json!(1984)));
        assert!(shown(&sandbox, &waiting).await["balance_transaction"].is_string());
        let more = shown(&sandbox, &more).await;
        assert_eq!(more["pending_reason"], json!("insufficient_funds"), "{more}");
    })
    .await;
}

/// The fees of a server may change while a payment is on its way: what is given back is what was taken.
#[tokio::test]
async fn fees_are_those_of_the_operator() {
    for database in store::testing::TestDatabase::each().await {
        let files = std::env::temp_dir().join(format!("drawbridge-fees-{}-{:?}.json", std::process::id(), database.engine()));
        let write = |fees: Value| std::fs::write(&files, fees.to_string()).expect("written");
        write(json!({"payment": {"basis_points": 100, "fixed": 30}}));
        let server = TestServer::start(database).await.again_with_fees(files.clone()).await;
        let sandbox = server.sandbox();
        sandbox.post("/drawbridge/v1/settings", &[("settlement", "banking_days")]).await.ok();
        let made = paying(&sandbox, &linked_method(&sandbox).await).await;
        sandbox.advance(86_400).await;
        let taken = charge(&sandbox, &id(&made["latest_charge"])).await;
        assert_eq!((&taken["status"], &taken["balance_transaction"]["fee"]), (&json!("pending"), &json!(50)));
        let trace = trace_of(&sandbox, &id(&taken)).await;

        write(json!({"payment": {"basis_points": 500}, "failed_payment": {"fixed": 200}}));
        let server = server.again_with_fees(files.clone()).await;
        let sandbox = sandbox.on(&server);
        let content = super::ach_files::from_bank(&[(&trace, 2_000, super::ach_files::back(&trace, "R01"))], 1);
        sandbox.post("/drawbridge/v1/ach/files", &[("content", content.as_str()), ("name", "back")]).await.ok();
        sandbox.advance(1).await;
        let failed = charge(&sandbox, &id(&taken)).await;
        assert_eq!(failed["status"], json!("failed"));
        let line = failed["failure_balance_transaction"].as_str().expect("a line");
        let line = sandbox.get(&format!("/v1/balance_transactions/{line}")).await.ok();
        assert_eq!([&line["fee"], &line["net"]], [&json!(200 - 50), &json!(-2000 - 150)]);
        books_are_right(&server).await;
        server.finish().await;
        std::fs::remove_file(&files).expect("removed");
    }
}

/// The trace number of a charge's entry.
async fn trace_of(sandbox: &Sandbox, charge: &str) -> String {
    let files = sandbox.find("/drawbridge/v1/ach/files", &[("direction", "out")]).await.ok();
    let entries = sandbox.get(&format!("/drawbridge/v1/ach/files/{}/entries", id(&files["data"][0]))).await.ok();
    let entries = entries["data"].as_array().expect("entries");
    let own = entries.iter().find(|entry| entry["source"] == json!(charge)).expect("the charge's entry");
    own["trace_number"].as_str().expect("a trace number").to_owned()
}
