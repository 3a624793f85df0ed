use kernel::ApiVersion;
use serde_json::{Value, json};
use testkit::{Client, Sandbox, each, ids};

use super::rows;

const ACCOUNTS: &str = "/v1/financial_connections/accounts";
const EVENT: &str = "financial_connections.account.refreshed_inferred_balances";
const DAY: i64 = 86_400;

async fn balances(preview: &Client, id: &str, params: &[(&str, &str)]) -> Value {
    preview.find(&format!("{ACCOUNTS}/{id}/inferred_balances"), params).await.ok()
}

async fn link(sandbox: &Sandbox) -> (Client, String) {
    let id = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[]).await.id();
    (sandbox.version(ApiVersion::PREVIEW), id)
}

/// Each day's balance is the next one without what was posted in between.
#[tokio::test]
async fn balances_follow_from_transactions() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (preview, id) = link(&sandbox).await;
        assert_eq!(balances(&preview, &id, &[]).await["data"], json!([]), "nothing is known yet");
        let refresh = format!("{ACCOUNTS}/{id}/refresh");
        let started = preview.post(&refresh, &[("features[]", "inferred_balances")]).await.ok();
        for part in ["inferred_balances_refresh", "balance_refresh", "transaction_refresh"] {
            assert_eq!(started[part]["status"], "pending", "{part}");
        }
        sandbox.settle().await;
        let account = preview.get(&format!("{ACCOUNTS}/{id}")).await.ok();
        assert_eq!(account["inferred_balances_refresh"]["status"], "succeeded");

        let page = balances(&preview, &id, &[("limit", "100")]).await;
        let all = page["data"].as_array().unwrap();
        assert_eq!((all.len(), page["has_more"].as_bool()), (100, Some(true)));
        assert_eq!((&all[0]["as_of"], &all[0]["current"]), (&account["balance"]["as_of"], &account["balance"]["current"]));
        let posted = rows(&sandbox, &[("account", &id)]).await;
        for pair in all.windows(2) {
            let (later, earlier) = (pair[0]["as_of"].as_i64().unwrap(), pair[1]["as_of"].as_i64().unwrap());
            assert_eq!((earlier + 1) % DAY, 0, "the end of a day: {earlier}");
            let moved: i64 = posted
                .iter()
                .filter(|row| row["status"] == "posted")
                .filter(|row| (earlier + 1..=later).contains(&row["status_transitions"]["posted_at"].as_i64().unwrap()))
                .map(|row| row["amount"].as_i64().unwrap())
                .sum();
            let change = pair[0]["current"]["usd"].as_i64().unwrap() - pair[1]["current"]["usd"].as_i64().unwrap();
            assert_eq!(change, moved, "{earlier}");
        }
        assert_eq!(all[1]["object"], "financial_connections.account_inferred_balance");
        let after = ids(&balances(&preview, &id, &[("limit", "2"), ("starting_after", all[4]["id"].as_str().unwrap())]).await);
        assert_eq!(json!(after), json!([all[5]["id"], all[6]["id"]]));
    })
    .await;
}

/// The event is for previews, as is everything about it.
#[tokio::test]
async fn general_versions_know_nothing_of_them() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (preview, id) = link(&sandbox).await;
        let path = format!("{ACCOUNTS}/{id}");
        sandbox.get(&format!("{path}/inferred_balances")).await.error(404, None, None);
        for (feature, step) in [("inferred_balances", "refresh"), ("inferred_balances", "subscribe"), ("balance", "subscribe")] {
            sandbox.post(&format!("{path}/{step}"), &[("features[]", feature)]).await.error(400, None, "features[0]");
        }
        let both = [("features[]", "balance"), ("features[]", "inferred_balances")];
        let subscribed = preview.post(&format!("{path}/subscribe"), &both).await.ok();
        assert_eq!(subscribed["subscriptions"], json!(["balance", "inferred_balances"]));
        assert_eq!(sandbox.linked(&id).await["subscriptions"], json!([]));
        sandbox.advance(DAY).await;
        let events = preview.find("/v1/events", &[("type", EVENT)]).await.ok();
        assert_eq!(ids(&events).len(), 2, "at once and after a day");
        assert_eq!(events["data"][0]["api_version"], ApiVersion::PREVIEW);
        assert_eq!(events["data"][0]["data"]["object"]["inferred_balances_refresh"]["status"], "succeeded");
        assert!(sandbox.events(EVENT).await.is_empty());
        let event = ids(&events).remove(0);
        sandbox.get(&format!("/v1/events/{event}")).await.error(404, "resource_missing", "id");
        assert_eq!(sandbox.events("financial_connections.account.refreshed_balance").await.len(), 2);
        preview.post(&format!("{path}/unsubscribe"), &both).await.ok();
        sandbox.advance(3 * DAY).await;
        assert_eq!(ids(&preview.find("/v1/events", &[("type", EVENT)]).await.ok()).len(), 2);

        let hook = [("url", "http://127.0.0.1:1/"), ("enabled_events[]", EVENT)];
        sandbox.post("/v1/webhook_endpoints", &hook).await.error(400, None, "enabled_events[0]");
        preview.post("/v1/webhook_endpoints", &hook).await.ok();
    })
    .await;
}

#[tokio::test]
async fn they_need_both_permissions() {
    each(async |server| {
        let sandbox = server.sandbox();
        let preview = sandbox.version(ApiVersion::PREVIEW);
        let id = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[("permissions[]", "balances")]).await.id();
        let path = format!("{ACCOUNTS}/{id}");
        preview.post(&format!("{path}/refresh"), &[("features[]", "inferred_balances")]).await.error(400, None, "features[0]");
        preview.get(&format!("{path}/inferred_balances")).await.error(400, None, "account");
        preview.get(&format!("{ACCOUNTS}/fca_none/inferred_balances")).await.error(404, "resource_missing", "account");
    })
    .await;
}
