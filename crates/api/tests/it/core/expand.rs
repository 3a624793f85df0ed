use serde_json::{Value, json};
use testkit::each;

#[tokio::test]
async fn replaces_ids_by_objects_also_in_lists() {
    each(async |server| {
        let sandbox = server.sandbox();
        let clock = sandbox.post("/v1/test_helpers/test_clocks", &[("frozen_time", "1700000000")]).await.ok();
        let clock_id = clock["id"].as_str().unwrap();
        let params = [("test_clock", clock_id), ("expand[]", "test_clock")];
        let customer = sandbox.post("/v1/customers", &params).await.ok();
        assert_eq!(customer["test_clock"], clock);
        let id = customer["id"].as_str().unwrap();
        let plain = sandbox.get(&format!("/v1/customers/{id}")).await.ok();
        assert_eq!(plain["test_clock"], clock["id"]);
        let listed = sandbox.find("/v1/customers", &[("test_clock", clock_id), ("expand[0]", "data.test_clock")]).await.ok();
        assert_eq!(listed["data"][0]["test_clock"], clock);
        let found = [("query", "name:null"), ("expand[]", "data.test_clock")];
        assert_eq!(sandbox.find("/v1/customers/search", &found).await.ok()["data"][0]["test_clock"], clock);

        let session = sandbox.session(id, &[("expand[]", "account_holder.customer.test_clock")]).await;
        assert_eq!(session["account_holder"]["customer"]["test_clock"], clock);
        let path = format!("/v1/financial_connections/sessions/{}", session["id"].as_str().unwrap());
        assert_eq!(sandbox.get(&path).await.ok()["account_holder"]["customer"], json!(id));
        let expanded = sandbox.find(&path, &[("expand[]", "account_holder.customer")]).await.ok();
        assert_eq!(expanded["account_holder"]["customer"], plain);

        let sources =
            sandbox.find(&format!("/v1/customers/{id}"), &[("expand[]", "sources"), ("expand[]", "subscriptions")]).await.ok();
        for name in ["sources", "subscriptions"] {
            assert_eq!((sources[name]["object"].as_str(), &sources[name]["data"]), (Some("list"), &json!([])), "{name}");
        }
        assert_eq!(plain.get("sources"), None);
    })
    .await;
}

#[tokio::test]
async fn reaches_linked_accounts_and_their_owners() {
    each(async |server| {
        let sandbox = server.sandbox();
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[("prefetch[]", "ownership")]).await;
        let path = format!("/v1/financial_connections/accounts/{}", linked.id());
        let params = [("expand[]", "ownership"), ("expand[]", "account_holder.customer")];
        let account = sandbox.find(&path, &params).await.ok();
        assert_eq!(account["ownership"]["object"], "financial_connections.account_ownership");
        assert!(!account["ownership"]["owners"]["data"].as_array().unwrap().is_empty());
        assert_eq!(account["account_holder"]["customer"]["id"], linked.customer);
        let listed = sandbox.find("/v1/financial_connections/accounts", &[("expand[]", "data.ownership")]).await.ok();
        assert_eq!(listed["data"][0]["ownership"], account["ownership"]);
        let session = format!("/v1/financial_connections/sessions/{}", linked.session["id"].as_str().unwrap());
        let session = sandbox.find(&session, &[("expand[]", "accounts.data.ownership")]).await.ok();
        assert_eq!(session["accounts"]["data"][0]["ownership"], account["ownership"]);
    })
    .await;
}

#[tokio::test]
async fn refuses_what_cannot_be_expanded() {
    each(async |server| {
        let sandbox = server.sandbox();
        let id = sandbox.customer("Jane").await;
        let path = format!("/v1/customers/{id}");
        for wrong in ["name", "colour", "address.city", "data.test_clock", ""] {
            let answer = sandbox.find(&path, &[("expand[]", wrong)]).await;
            assert_eq!(answer.status, 400, "{wrong}: {}", answer.text());
        }
        sandbox.find(&path, &[("expand[]", "a.b.c.d.e")]).await.error(400, None, "expand");
        sandbox.find(&path, &[("expand", "test_clock")]).await.error(400, None, "expand");
        let many: Vec<(&str, &str)> = vec![("expand[]", "test_clock"); 21];
        sandbox.find(&path, &many).await.error(400, None, "expand");
        // A write that asks for too much writes nothing.
        sandbox.post(&path, &[("name", "Ann"), ("expand[]", "colour")]).await.error(400, None, "expand");
        assert_eq!(sandbox.get(&path).await.ok()["name"], "Jane");
        assert_eq!(sandbox.get(&path).await.ok()["test_clock"], Value::Null);
    })
    .await;
}
