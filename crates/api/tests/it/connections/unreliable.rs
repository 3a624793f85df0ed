//! Refreshing against a bank that is slow, down, lies about paging, repeats rows or changes ids: what the API shows.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Mood, Sandbox, UnreliableBank, each_with_bank, on_postgres_with_bank};

use super::rows;

const ACCOUNTS: &str = "/v1/financial_connections/accounts";
const ROWS: &str = "/v1/financial_connections/transactions";
/// The resource of the bank that has rows.
const PAGES: &str = "/transactions";
/// A fetch that is put off has been tried for the last time after this many seconds.
const LATER: i64 = 10;
/// A moment later a refresh may be asked for again.
const MOMENT: i64 = 2;
/// A bank with a limit of one second is given up well within this time; without a limit of its own it would not be.
const GIVEN_UP: Duration = Duration::from_secs(10);
/// How long a breaker stays open the first time, in seconds of real time.
const BREAKER_SECONDS: i64 = 30;
/// Pages without anything new that a fetch follows at most, whatever a bank claims.
const BARREN_PAGES_MAX: usize = 10;

/// Links the household's checking account at the bank that misbehaves; nothing is fetched yet.
async fn link(sandbox: &Sandbox) -> String {
    sandbox.link(UnreliableBank::NAME, &["Everyday Checking"], &[]).await.id()
}

/// How the fetch of transactions stands, and how often one ended.
async fn state(sandbox: &Sandbox, id: &str) -> (String, usize) {
    let status = sandbox.linked(id).await["transaction_refresh"]["status"].as_str().unwrap_or("none").to_owned();
    (status, sandbox.events("financial_connections.account.refreshed_transactions").await.len())
}

async fn refresh(sandbox: &Sandbox, id: &str) -> (String, usize) {
    sandbox.refresh(id, &["transactions"]).await;
    state(sandbox, id).await
}

fn ended(status: &str, events: usize) -> (String, usize) {
    (status.to_owned(), events)
}

/// What people see of a row, without ids.
fn shown(rows: &[Value]) -> Vec<String> {
    let mut all: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {} {} {}", row["transacted_at"], row["amount"], row["description"], row["status"]))
        .collect();
    all.sort();
    all
}

/// What the same household has at the same bank when nothing stands in between.
async fn truth(sandbox: &Sandbox) -> Vec<String> {
    let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[("prefetch[]", "transactions")]).await;
    let rows = rows(sandbox, &[("account", &linked.id())]).await;
    assert!(rows.len() > 150, "half a year of a household: {}", rows.len());
    shown(&rows)
}

async fn list(sandbox: &Sandbox, id: &str) -> Vec<Value> {
    rows(sandbox, &[("account", id)]).await
}

#[tokio::test]
async fn a_short_outage_is_waited_out_and_a_longer_one_put_off() {
    each_with_bank(None, async |server, bank| {
        let sandbox = server.sandbox();
        let id = link(&sandbox).await;
        bank.temper(PAGES, |number, _| if number < 2 { Mood::Says(503, "down".into()) } else { Mood::Honest });
        assert_eq!(refresh(&sandbox, &id).await, ended("succeeded", 1));
        assert_eq!(bank.asked(), 3, "twice for nothing");

        sandbox.advance(LATER).await;
        bank.temper(PAGES, |number, _| if number < 3 { Mood::Says(503, "down".into()) } else { Mood::Honest });
        assert_eq!(refresh(&sandbox, &id).await, ended("pending", 1), "nothing is told before it is over");
        sandbox.advance(LATER).await;
        assert_eq!(state(&sandbox, &id).await, ended("succeeded", 2));
        assert_eq!(bank.asked(), 4);
        assert_eq!(shown(&list(&sandbox, &id).await), truth(&sandbox).await);
    })
    .await;
}

/// One feature hangs: the others have arrived, the account can be read, and each try ends in time.
#[tokio::test]
async fn a_bank_that_hangs_is_given_up() {
    each_with_bank(Some(1_000), async |server, bank| {
        let sandbox = server.sandbox();
        let id = link(&sandbox).await;
        bank.temper(PAGES, |_, _| Mood::Silent);
        let refresh_once = sandbox.refresh(&id, &["balance", "transactions"]);
        let account = tokio::time::timeout(GIVEN_UP, refresh_once).await.expect("the bank's own limit counts");
        assert_eq!(account["balance_refresh"]["status"], "succeeded");
        assert_eq!(account["transaction_refresh"]["status"], "pending");
        assert_eq!(bank.asked(), 1, "a slow bank is not asked again at once");
        sandbox.advance(LATER).await;
        assert_eq!(state(&sandbox, &id).await, ended("failed", 1));
        assert_eq!(bank.asked(), 3);
        let failed = &sandbox.events("financial_connections.account.refreshed_transactions").await[0]["data"];
        assert_eq!(failed["object"]["transaction_refresh"]["status"], "failed");
        assert_eq!(failed["previous_attributes"]["transaction_refresh"]["status"], "pending");
        let not_yet = "financial_connections_no_successful_transaction_refresh";
        sandbox.find(ROWS, &[("account", &id)]).await.error(400, not_yet, "account");
        assert_eq!(sandbox.linked(&id).await["status"], "active", "slow is not gone");

        bank.recover(PAGES);
        sandbox.advance(LATER).await;
        assert_eq!(refresh(&sandbox, &id).await, ended("succeeded", 2));
        assert_eq!(shown(&list(&sandbox, &id).await), truth(&sandbox).await);
    })
    .await;
}

/// Every way of saying that there is more when there is not: a fetch ends, each row is there once, and none is taken for gone.
#[tokio::test]
async fn lies_about_paging_change_nothing() {
    each_with_bank(None, async |server, bank| {
        let sandbox = server.sandbox();
        let truth = truth(&sandbox).await;
        let id = link(&sandbox).await;
        let told = sandbox.events("financial_connections.account.refreshed_transactions").await.len();
        // The same page for ever, under the same key.
        bank.temper(PAGES, |_, _| Mood::twists(|answer| answer["page"]["nextPageKey"] = "again".into()));
        assert_eq!(refresh(&sandbox, &id).await, ended("succeeded", told + 1));
        assert_eq!(bank.asked(), 2);
        assert_eq!(shown(&list(&sandbox, &id).await), truth, "all rows, each once");
        let known = list(&sandbox, &id).await;

        // An offset beyond the end, where nothing is.
        bank.temper(PAGES, |_, query| {
            let beyond = query.iter().any(|(name, _)| name == "offset");
            Mood::twists(move |answer| {
                answer["page"] = if beyond { json!({}) } else { json!({"nextOffset": "100000"}) };
                if beyond {
                    answer["transactions"] = json!([]);
                }
                answer["links"] = json!({});
            })
        });
        sandbox.advance(MOMENT).await;
        assert_eq!(refresh(&sandbox, &id).await, ended("succeeded", told + 2));
        assert_eq!(bank.asked(), 2);

        // A few rows for ever, each time under a new key.
        bank.temper(PAGES, |number, _| {
            Mood::twists(move |answer| {
                answer["transactions"].as_array_mut().unwrap().truncate(3);
                answer["page"] = json!({"nextPageKey": format!("key-{number}")});
                answer["links"] = json!({});
            })
        });
        for _ in 0..2 {
            sandbox.advance(MOMENT).await;
            sandbox.refresh(&id, &["transactions"]).await;
        }
        assert_eq!(state(&sandbox, &id).await, ended("succeeded", told + 4));
        assert!(bank.asked() <= 2 * BARREN_PAGES_MAX + 2, "asked {} times", bank.asked());
        assert_eq!(list(&sandbox, &id).await, known, "what was not shown is not gone");
    })
    .await;
}

#[tokio::test]
async fn rows_that_come_twice_are_there_once() {
    each_with_bank(None, async |server, bank| {
        let sandbox = server.sandbox();
        let truth = truth(&sandbox).await;
        let id = link(&sandbox).await;
        let told = sandbox.events("financial_connections.account.refreshed_transactions").await.len();
        // Within a page, and again on the next.
        bank.temper(PAGES, |_, query| {
            let second = query.iter().any(|(name, _)| name == "pageKey");
            Mood::twists(move |answer| {
                let rows = answer["transactions"].as_array_mut().unwrap();
                let again: Vec<Value> = rows.iter().rev().step_by(2).cloned().collect();
                rows.extend(again);
                if !second {
                    answer["page"] = json!({"nextPageKey": "two"});
                }
            })
        });
        for round in 1..3 {
            sandbox.advance(MOMENT).await;
            assert_eq!(refresh(&sandbox, &id).await, ended("succeeded", told + round));
            assert_eq!(bank.asked(), 2 * round);
            let rows = list(&sandbox, &id).await;
            let own: Vec<Value> =
                rows.iter().filter(|row| row["transacted_at"].as_i64() <= Some(testkit::START)).cloned().collect();
            assert_eq!(shown(&own), truth);
        }
    })
    .await;
}

/// A bank numbers its rows anew with every fetch: people see the same rows, under the ids that they had.
#[tokio::test]
async fn ids_that_change_make_no_new_rows() {
    each_with_bank(None, async |server, bank| {
        let sandbox = server.sandbox();
        let id = link(&sandbox).await;
        bank.temper(PAGES, |number, _| {
            Mood::twists(move |answer| {
                for row in answer["transactions"].as_array_mut().unwrap() {
                    row["transactionId"] = format!("{}-{number}", row["transactionId"].as_str().unwrap()).into();
                }
            })
        });
        assert_eq!(refresh(&sandbox, &id).await, ended("succeeded", 1));
        let first = list(&sandbox, &id).await;
        assert!(first.len() > 150);
        for round in 2..5 {
            sandbox.advance(MOMENT).await;
            assert_eq!(refresh(&sandbox, &id).await, ended("succeeded", round));
            let again = list(&sandbox, &id).await;
            assert_eq!(shown(&again), shown(&first), "round {round}");
            let ids = |rows: &[Value]| rows.iter().map(|row| row["id"].to_string()).collect::<Vec<_>>();
            assert_eq!(ids(&again), ids(&first), "round {round}");
        }
    })
    .await;
}

/// What cannot be read fails the refresh, once and for all, and takes nothing away.
#[tokio::test]
async fn nonsense_fails_and_loses_nothing() {
    each_with_bank(None, async |server, bank| {
        let sandbox = server.sandbox();
        let id = link(&sandbox).await;
        assert_eq!(refresh(&sandbox, &id).await, ended("succeeded", 1));
        let known = list(&sandbox, &id).await;
        let nonsense = [
            r#"{"page": {}, "transactions": [{"transactionId": "#,
            r#"[{"transactionId": "t1"}]"#,
            r#"{"page": {}, "accounts": []}"#,
            r#"{"page": {}, "transactions": {"transactionId": "t1"}}"#,
            "<!doctype html><title>We are sorry</title>",
            "",
        ];
        for (round, text) in nonsense.into_iter().enumerate() {
            bank.temper(PAGES, move |_, _| Mood::Says(200, text.to_owned()));
            sandbox.advance(MOMENT).await;
            assert_eq!(refresh(&sandbox, &id).await, ended("failed", round + 2), "{text}");
            assert_eq!(bank.asked(), 1, "{text}");
            assert_eq!(list(&sandbox, &id).await, known, "{text}");
            assert_eq!(sandbox.linked(&id).await["status"], "active", "{text}");
        }
        bank.recover(PAGES);
        sandbox.advance(MOMENT).await;
        assert_eq!(refresh(&sandbox, &id).await, ended("succeeded", nonsense.len() + 2));
        assert_eq!(list(&sandbox, &id).await, known);
    })
    .await;
}

/// Rows that make no sense are left out, and say nothing about those that are not shown.
#[tokio::test]
async fn rows_of_nonsense_are_left_out() {
    each_with_bank(None, async |server, bank| {
        let sandbox = server.sandbox();
        let id = link(&sandbox).await;
        assert_eq!(refresh(&sandbox, &id).await, ended("succeeded", 1));
        let known = list(&sandbox, &id).await;
        bank.temper(PAGES, |_, _| {
            Mood::twists(|answer| {
                let rows = answer["transactions"].as_array_mut().unwrap();
                rows.truncate(4);
                rows[0]["amount"] = "a lot".into();
                rows[1]["transactionTimestamp"] = "2099-12-31T23:59:59Z".into();
                rows[1]["postedTimestamp"] = Value::Null;
                rows[2]["debitCreditMemo"] = "SIDEWAYS".into();
                rows.push(json!("not a row"));
                rows.push(Value::Null);
            })
        });
        for round in 2..5 {
            sandbox.advance(MOMENT).await;
            assert_eq!(refresh(&sandbox, &id).await, ended("succeeded", round));
            assert_eq!(list(&sandbox, &id).await, known);
        }
    })
    .await;
}

/// A bank that only fails is left alone after a few calls; when it is well again, so are refreshes.
#[tokio::test]
async fn a_bank_that_always_fails_is_left_alone_for_a_while() {
    each_with_bank(None, async |server, bank| {
        let sandbox = server.sandbox();
        let id = link(&sandbox).await;
        bank.temper(PAGES, |_, _| Mood::Says(500, "{}".into()));
        assert_eq!(refresh(&sandbox, &id).await, ended("pending", 0));
        assert_eq!(bank.asked(), 3, "with its repeats");
        sandbox.advance(LATER).await;
        assert_eq!(state(&sandbox, &id).await, ended("failed", 1));
        assert_eq!(bank.asked(), 5, "the fifth failure in a row opened the circuit breaker");
        assert_eq!(sandbox.linked(&id).await["status"], "active");

        // It recovers; nobody asks it before the breaker lets a question through.
        bank.recover("");
        sandbox.advance(LATER).await;
        assert_eq!(refresh(&sandbox, &id).await, ended("pending", 1));
        assert_eq!(bank.asked(), 0);
        server.clock.advance(BREAKER_SECONDS + 1);
        sandbox.settle().await;
        assert_eq!(state(&sandbox, &id).await, ended("succeeded", 2));
        assert_eq!(bank.asked(), 1);
        assert_eq!(list(&sandbox, &id).await.len(), truth(&sandbox).await.len());
    })
    .await;
}

/// Two nodes are asked for the same fresh data while the bank takes its time: it is asked once.
#[tokio::test]
async fn two_nodes_pull_an_account_once() {
    on_postgres_with_bank(async |one, other, bank| {
        let here = one.sandbox();
        let there = here.on(other);
        let id = link(&here).await;
        let path = format!("{ACCOUNTS}/{id}/refresh");
        let features = [("features[]", "transactions")];
        let gate = bank.hold(PAGES);
        let asked_here = here.post(&path, &features).await.ok();
        let pull = async {
            bank.wait_for(1).await;
            // The bank has the question of one node. The other is asked as well, and looks for work.
            let asked_there = there.post(&path, &features).await.ok();
            assert_eq!(asked_there["transaction_refresh"], asked_here["transaction_refresh"]);
            assert_eq!(other.run_due().await, 0, "the work is taken");
            gate.open();
        };
        let (ran, ()) = tokio::join!(one.run_due(), pull);
        assert_eq!(ran, 1);
        assert_eq!(other.run_due().await, 0);
        assert_eq!(bank.asked(), 1);
        assert_eq!(state(&there, &id).await, ended("succeeded", 1));
        assert!(!list(&there, &id).await.is_empty());
    })
    .await;
}
