//! Jobs may run twice, after a crash or on two nodes: what they did is not done again.

use kernel::jobs::NewJob;
use serde_json::{Value, json};
use testkit::{Sandbox, TestServer, each};

use super::ach_files::{INTENTS, files, status, text};
use super::{MANDATE, id};

const BANK: &str = "/drawbridge/v1/testbank";
/// Samples of verified accounts, what their bank does, and where that leads.
const PAYERS: [(&str, &str); 3] = [
    ("btok_us_verified", "succeeded"),
    ("btok_us_verified_insufficientFunds", "requires_payment_method"),
    ("btok_us_verified_debitNotAuthorized", "succeeded"),
];

/// A payment from each of the samples; the last one comes back after it has settled.
async fn payments(sandbox: &Sandbox) -> Vec<(Value, &'static str)> {
    let late = [("account_number", "000333333335"), ("direction", "debit"), ("code", "R09"), ("late", "true")];
    sandbox.post(&format!("{BANK}/ach_returns"), &late).await.ok();
    let customer = sandbox.customer("Jane").await;
    let mut made = Vec::new();
    for (token, end) in PAYERS {
        let source = id(&sandbox.post(&format!("/v1/customers/{customer}/sources"), &[("source", token)]).await.ok());
        let params = [
            ("amount", "2000"),
            ("currency", "usd"),
            ("confirm", "true"),
            ("payment_method", &*source),
            ("customer", &*customer),
        ];
        made.push((sandbox.post(INTENTS, &[&params[..], &MANDATE].concat()).await.ok(), end));
    }
    made
}

/// Runs a job once more.
async fn again(sandbox: &Sandbox, kind: &'static str, key: String) {
    let tenant = sandbox.tenant().await;
    let planned = sandbox.app.core.write(&tenant, move |cx| {
        let key = key.clone();
        Box::pin(async move {
            let run_at_ms = cx.now_ms();
            cx.enqueue(&NewJob { kind, key: &key, lane: "ach", run_at_ms, payload: "" }).await
        })
    });
    planned.await.expect("planned");
    sandbox.settle().await;
}

/// Everything that a job which ran twice could have done twice.
async fn all_there_is(sandbox: &Sandbox) -> Vec<Value> {
    let mut found = Vec::new();
    let lists = [
        "/v1/events?type=charge.*",
        "/v1/events?type=payment_intent.*",
        "/v1/balance_transactions",
        "/v1/disputes",
        "/v1/charges",
        "/drawbridge/v1/ach/files",
        "/drawbridge/v1/testbank/ach_entries",
    ];
    for list in lists {
        let path = format!("{list}{}limit=100", if list.contains('?') { '&' } else { '?' });
        found.push(sandbox.get(&path).await.ok());
    }
    found.push(sandbox.get("/v1/balance").await.ok());
    found
}

async fn books_are_right(server: &TestServer) {
    let wrong = api::payments::book::check(&server.app.core).await.expect("the books are read");
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test]
async fn what_runs_twice_is_done_once() {
    each(async |server| {
        let sandbox = server.sandbox();
        let made = payments(&sandbox).await;
        sandbox.advance(1).await;
        let file = files(&sandbox, "out").await.remove(0);
        let after_sending = all_there_is(&sandbox).await;
        let second = sandbox.now().await;
        again(&sandbox, "cut_ach_file", second.to_string()).await;
        again(&sandbox, "send_ach_file", id(&file)).await;
        assert_eq!(all_there_is(&sandbox).await, after_sending, "sent twice");
        sandbox.advance(2).await;
        let after_settlement = all_there_is(&sandbox).await;
        assert_ne!(after_settlement, after_sending);
        let settled = sandbox.now().await;
        again(&sandbox, "settle_ach_file", format!("{}/{settled}", id(&file))).await;
        again(&sandbox, "collect_ach_files", "once more".to_owned()).await;
        assert_eq!(all_there_is(&sandbox).await, after_settlement, "settled twice");
        sandbox.advance(20).await;
        let after_late_returns = all_there_is(&sandbox).await;
        assert_ne!(after_late_returns, after_settlement);
        for key in ["once more", "and again"] {
            again(&sandbox, "collect_ach_files", key.to_owned()).await;
        }
        again(&sandbox, "settle_ach_file", format!("{}/{settled}", id(&file))).await;
        assert_eq!(all_there_is(&sandbox).await, after_late_returns, "collected twice");
        for (intent, end) in made {
            assert_eq!(status(&sandbox, &intent).await, end, "{intent}");
        }
        assert_eq!(sandbox.events("charge.dispute.created").await.len(), 1);
        books_are_right(server).await;
    })
    .await;
}

/// Puts a file that came in back to where a crash leaves it that came after it was kept and before anything of it, or all of
/// it, took effect.
async fn forget_that_it_was_applied(sandbox: &Sandbox, file: &Value) {
    let (tenant, file) = (sandbox.tenant().await, id(file));
    let undo = sandbox.app.core.write(&tenant, move |cx| {
        let file = file.clone();
        Box::pin(async move {
            let sql = "update ach_files set state = 'received', handed_at = null where tenant = $1 and id = $2";
            cx.run(sql, &[file.as_str().into()]).await?;
            let sql = "delete from ach_items where tenant = $1 and file = $2";
            cx.run(sql, &[file.as_str().into()]).await
        })
    });
    undo.await.expect("written");
}

#[tokio::test]
async fn a_return_that_is_read_again_counts_once() {
    each(async |server| {
        let sandbox = server.sandbox();
        payments(&sandbox).await;
        sandbox.advance(30).await;
        let before = all_there_is(&sandbox).await;
        let came = files(&sandbox, "in").await;
        assert_eq!(came.len(), 2, "one in time, one late: {came:?}");
        for file in &came {
            forget_that_it_was_applied(&sandbox, file).await;
        }
        again(&sandbox, "collect_ach_files", "after the crash".to_owned()).await;
        let after = all_there_is(&sandbox).await;
        assert_eq!(files(&sandbox, "in").await.iter().map(|file| text(file, "status")).collect::<Vec<_>>(), ["applied"; 2]);
        assert_eq!(after[..5], before[..5], "nothing more than before");
        for file in came {
            let items = sandbox.get(&format!("/drawbridge/v1/ach/files/{}/entries", id(&file))).await.ok();
            assert_eq!(items["data"][0]["outcome"], json!("duplicate"), "{items}");
        }
        books_are_right(server).await;
    })
    .await;
}
