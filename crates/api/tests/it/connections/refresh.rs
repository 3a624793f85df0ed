use serde_json::{Value, json};
use testkit::{Linked, Params, Sandbox, each, ids};

use super::rows;

const ACCOUNTS: &str = "/v1/financial_connections/accounts";
const ROWS: &str = "/v1/financial_connections/transactions";

async fn checking(sandbox: &Sandbox, prefetch: &[(&str, &str)]) -> (Linked, String) {
    let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking"], prefetch).await;
    let id = linked.id();
    (linked, id)
}

#[tokio::test]
async fn pending_then_succeeded() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, id) = checking(&sandbox, &[]).await;
        let path = format!("{ACCOUNTS}/{id}/refresh");
        let pending = sandbox.post(&path, &[("features[]", "balance"), ("features[]", "ownership")]).await.ok();
        let now = pending["balance_refresh"]["last_attempted_at"].as_i64().unwrap();
        assert_eq!(
            pending["balance_refresh"],
            json!({"last_attempted_at": now, "next_refresh_available_at": null, "status": "pending"})
        );
        assert_eq!((&pending["ownership_refresh"]["status"], &pending["transaction_refresh"]), (&json!("pending"), &Value::Null));
        let again = sandbox.post(&path, &[("features[]", "balance")]).await.ok();
        assert_eq!(again, pending, "what is pending is not started twice");
        server.run_due().await;
        let account = sandbox.linked(&id).await;
        let refresh = json!({"last_attempted_at": now, "next_refresh_available_at": now + 1, "status": "succeeded"});
        assert_eq!((&account["balance_refresh"], &account["ownership_refresh"]), (&refresh, &refresh));
        assert_eq!(account["balance"]["type"], "cash");
        assert_eq!(account["balance"]["as_of"], json!(now));
        let event = &sandbox.events("financial_connections.account.refreshed_balance").await[0];
        assert_eq!(event["data"]["object"]["balance"], account["balance"]);
        assert_eq!(event["data"]["previous_attributes"]["balance"], Value::Null);
        assert_eq!(event["data"]["previous_attributes"]["balance_refresh"]["status"], "pending");
        assert_eq!(sandbox.events("financial_connections.account.refreshed_ownership").await.len(), 1);

        // Too soon: nothing is started. A moment later it is.
        let early = sandbox.post(&path, &[("features[]", "balance")]).await.ok();
        assert_eq!(early, account);
        sandbox.advance(1).await;
        let later = sandbox.post(&path, &[("features[]", "balance")]).await.ok();
        assert_eq!(later["balance_refresh"]["status"], "pending");
        server.run_due().await;
    })
    .await;
}

#[tokio::test]
async fn asks_only_for_what_was_permitted() {
    each(async |server| {
        let sandbox = server.sandbox();
        let linked = sandbox.link("Test (OAuth)", &["Success"], &[("permissions[]", "balances")]).await;
        let id = linked.id();
        let refresh = format!("{ACCOUNTS}/{id}/refresh");
        let subscribe = format!("{ACCOUNTS}/{id}/subscribe");
        let cases: &[(&str, Params<'_>, Option<&str>, &str)] = &[
            (&refresh, &[], Some("parameter_missing"), "features"),
            (&refresh, &[("features[]", "balances")], None, "features[0]"),
            (&refresh, &[("features[]", "balance"), ("features[]", "ownership")], None, "features[1]"),
            (&refresh, &[("features[]", "transactions")], None, "features[0]"),
            (&refresh, &[("features", "balance")], None, "features"),
            (&subscribe, &[("features[]", "transactions")], None, "features[0]"),
            (&subscribe, &[("features[]", "balance")], None, "features[0]"),
        ];
        for (path, params, code, param) in cases {
            println!("{params:?}");
            sandbox.post(path, params).await.error(400, *code, *param);
        }
        assert_eq!(sandbox.linked(&id).await, linked.accounts[0], "nothing was started");
        sandbox.post(&format!("{ACCOUNTS}/fca_none/refresh"), &[("features[]", "balance")]).await.error(
            404,
            "resource_missing",
            "account",
        );
        sandbox.find(ROWS, &[("account", &id)]).await.error(400, None, "account");
        sandbox.find(&format!("{ACCOUNTS}/{id}/owners"), &[("ownership", "fcaowns_1")]).await.error(400, None, "ownership");
    })
    .await;
}

#[tokio::test]
async fn later_refreshes_bring_what_is_new() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, id) = checking(&sandbox, &[("prefetch[]", "transactions")]).await;
        let first = sandbox.linked(&id).await["transaction_refresh"]["id"].as_str().unwrap().to_owned();
        let before = rows(&sandbox, &[("account", &id)]).await;
        assert!(before.len() > 150, "half a year of a household: {}", before.len());
        assert!(before.iter().all(|row| row["transaction_refresh"] == first.as_str()));

        sandbox.advance(7 * 86_400).await;
        let account = sandbox.refresh(&id, &["transactions"]).await;
        let second = account["transaction_refresh"]["id"].as_str().unwrap();
        assert_ne!(second, first);
        let after = rows(&sandbox, &[("account", &id)]).await;
        let since = rows(&sandbox, &[("account", &id), ("transaction_refresh[after]", &first)]).await;
        assert!(!since.is_empty() && since.len() < before.len(), "{} of {}", since.len(), after.len());
        assert!(since.iter().all(|row| row["transaction_refresh"] == second));
        let untouched = after.iter().filter(|row| row["transaction_refresh"] == first.as_str()).count();
        assert_eq!(untouched + since.len(), after.len());
        assert!(rows(&sandbox, &[("account", &id), ("transaction_refresh[after]", second)]).await.is_empty());
        let old: Vec<&Value> = before.iter().map(|row| &row["id"]).collect();
        assert!(old.iter().all(|id| after.iter().any(|row| row["id"] == **id)), "no row is lost");
        let new = after.iter().filter(|row| !old.contains(&&row["id"]));
        assert!(new.clone().count() > 0);
        let list = [("account", id.as_str()), ("transaction_refresh[after]", "fctxnref_none")];
        sandbox.find(ROWS, &list).await.error(400, "resource_missing", "transaction_refresh[after]");
    })
    .await;
}

/// Rows that were pending end as posted or void, under the same id.
#[tokio::test]
async fn pending_rows_end_as_posted_or_void() {
    each(async |server| {
        let sandbox = server.sandbox();
        let names = ["Everyday Checking", "Joint Checking", "Rewards Credit Card"];
        let linked = sandbox.link("Bank (OAuth)", &names, &[("prefetch[]", "transactions")]).await;
        let accounts = ids(&json!({"data": linked.accounts}));
        let (mut posted, mut void) = (0, 0);
        for _ in 0..ROUNDS_MAX {
            let before: Vec<Value> =
                recent(&sandbox, &accounts).await.into_iter().filter(|row| row["status"] == "pending").collect();
            sandbox.advance(4 * 86_400).await;
            for id in &accounts {
                sandbox.refresh(id, &["transactions"]).await;
            }
            let after = recent(&sandbox, &accounts).await;
            for row in before {
                let now = after.iter().find(|one| one["id"] == row["id"]).expect("no row is lost");
                check_end(&row, now);
                if now["status"] == "posted" { posted += 1 } else { void += 1 }
            }
            if posted > 0 && void > 0 {
                return;
            }
        }
        panic!("{posted} posted, {void} void");
    })
    .await;
}

/// Of a hundred pending rows four lapse, and some are pending at any time: so many rounds see both ends.
const ROUNDS_MAX: usize = 60;

/// The newest hundred rows of each account.
async fn recent(sandbox: &Sandbox, accounts: &[String]) -> Vec<Value> {
    let mut all = Vec::new();
    for id in accounts {
        let list = sandbox.find(ROWS, &[("account", id), ("limit", "100")]).await.ok();
        all.extend(list["data"].as_array().unwrap().iter().cloned());
    }
    all
}

/// After four days nothing is pending any more.
fn check_end(row: &Value, now: &Value) {
    let at = &now["status_transitions"];
    match now["status"].as_str().unwrap() {
        "posted" => assert!(at["posted_at"].as_i64() >= row["transacted_at"].as_i64() && at["void_at"].is_null(), "{now}"),
        "void" => assert!(at["void_at"].is_i64() && at["posted_at"].is_null(), "{now}"),
        other => panic!("still {other}: {now}"),
    }
    assert_eq!(now["transacted_at"], row["transacted_at"]);
}

#[tokio::test]
async fn subscriptions_refresh_every_day() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, id) = checking(&sandbox, &[]).await;
        let path = format!("{ACCOUNTS}/{id}");
        let subscribed = sandbox.post(&format!("{path}/subscribe"), &[("features[]", "transactions")]).await.ok();
        assert_eq!(
            (&subscribed["subscriptions"], &subscribed["transaction_refresh"]["status"]),
            (&json!(["transactions"]), &json!("pending"))
        );
        sandbox.settle().await;
        let refreshed = async || sandbox.events("financial_connections.account.refreshed_transactions").await.len();
        assert_eq!(refreshed().await, 1, "at once");
        sandbox.advance(86_399).await;
        assert_eq!(refreshed().await, 1);
        sandbox.advance(1).await;
        assert_eq!(refreshed().await, 2, "after a day");
        sandbox.advance(3 * 86_400).await;
        assert_eq!(refreshed().await, 5, "and every day after");
        let ended = sandbox.post(&format!("{path}/unsubscribe"), &[("features[]", "transactions")]).await.ok();
        assert_eq!(ended["subscriptions"], json!([]));
        sandbox.advance(3 * 86_400).await;
        assert_eq!(refreshed().await, 5);
        let left: Vec<String> = server.jobs().await.into_iter().map(|(job, _)| job).collect();
        let of_consents = |job: &String| job.starts_with("check_authorization ") || job.starts_with("expire_consent");
        assert!(left.iter().all(of_consents), "{left:?}");
    })
    .await;
}

/// The person ends the consent at the bank; linking again mends the same accounts.
#[tokio::test]
async fn a_revoked_consent_makes_accounts_inactive_until_they_are_linked_again() {
    each(async |server| {
        let sandbox = server.sandbox();
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking", "Joint Checking"], &[("prefetch[]", "balances")]).await;
        let list = ids(&json!({"data": linked.accounts}));
        sandbox.end_consents_at_banks().await;
        // Before the bank is asked about the consent itself.
        sandbox.advance(5).await;
        let account = sandbox.refresh(&list[0], &["balance"]).await;
        assert_eq!(
            (account["status"].as_str(), account["balance_refresh"]["status"].as_str()),
            (Some("inactive"), Some("failed"))
        );
        assert_eq!(account["balance_refresh"]["next_refresh_available_at"], Value::Null);
        assert_eq!(account["balance"], linked.accounts[0]["balance"], "what was known stays");
        assert_eq!(sandbox.linked(&list[1]).await["status"], "inactive", "the consent covered both");
        let events = sandbox.events("financial_connections.account.deactivated").await;
        assert_eq!(events.len(), 2);
        assert_eq!(events[0]["data"]["previous_attributes"]["status"], "active");
        let path = format!("{ACCOUNTS}/{}", list[0]);
        let inactive = "financial_connections_account_inactive";
        sandbox.post(&format!("{path}/refresh"), &[("features[]", "balance")]).await.error(400, inactive, "account");
        sandbox.post(&format!("{path}/subscribe"), &[("features[]", "transactions")]).await.error(400, inactive, "account");

        let again = sandbox.link_for(&linked.customer, "Bank (OAuth)", &["Everyday Checking"], &[]).await;
        assert_eq!(again.id(), list[0]);
        assert_eq!(again.accounts[0]["status"], "active");
        let events = sandbox.events("financial_connections.account.reactivated").await;
        assert_eq!((events.len(), events[0]["data"]["previous_attributes"]["status"].as_str()), (1, Some("inactive")));
        assert_eq!(sandbox.refresh(&list[0], &["balance"]).await["balance_refresh"]["status"], "succeeded");
        assert_eq!(sandbox.linked(&list[1]).await["status"], "inactive", "only what was linked again");
    })
    .await;
}

/// Access tokens last minutes; grants are renewed on the way, again and again.
#[tokio::test]
async fn grants_are_renewed() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, id) = checking(&sandbox, &[]).await;
        for _ in 0..3 {
            server.clock.advance(20 * 86_400);
            assert_eq!(sandbox.refresh(&id, &["balance"]).await["balance_refresh"]["status"], "succeeded");
        }
        server.clock.advance(400 * 86_400);
        let account = sandbox.refresh(&id, &["balance"]).await;
        assert_eq!(account["status"], "inactive", "a consent lasts a year: {account}");
    })
    .await;
}

#[tokio::test]
async fn linking_again_while_active_changes_what_is_permitted() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (linked, id) = checking(&sandbox, &[("permissions[]", "balances")]).await;
        let again = sandbox
            .link_for(&linked.customer, "Bank (OAuth)", &["Everyday Checking"], &[("permissions[]", "transactions")])
            .await;
        assert_eq!(again.id(), id);
        assert_eq!(again.accounts[0]["permissions"], json!(["transactions"]));
        assert!(sandbox.events("financial_connections.account.reactivated").await.is_empty());
        assert_eq!(sandbox.events("financial_connections.account.created").await.len(), 1);
        // Another customer's link of the same bank account is another account.
        let other = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[]).await;
        assert_ne!(other.id(), id);
    })
    .await;
}
