use serde_json::json;
use testkit::{each, ids};

const LOGS: &str = "/drawbridge/v1/request_logs";

#[tokio::test]
async fn keeps_writes_and_refusals_but_not_reads() {
    each(async |server| {
        let sandbox = server.sandbox();
        let created = sandbox.idempotent("log-1").post("/v1/customers", &[("name", "Jane"), ("metadata[a]", "b")]).await;
        created.ok();
        sandbox.get("/v1/customers").await.ok();
        let missing = sandbox.version("2024-06-20").get("/v1/customers/cus_none").await;
        let refused = sandbox.post("/v1/customers", &[("colour", "red")]).await;
        let list = sandbox.get(LOGS).await.ok();
        let logged = |answer: &testkit::Answer| answer.header("request-id").unwrap().to_owned();
        assert_eq!(ids(&list), [logged(&refused), logged(&missing), logged(&created)]);

        let line = sandbox.get(&format!("{LOGS}/{}", logged(&created))).await.ok();
        assert_eq!(
            (line["method"].as_str(), line["path"].as_str(), line["status"].as_i64()),
            (Some("POST"), Some("/v1/customers"), Some(200))
        );
        assert_eq!(line["params"], json!({"name": "Jane", "metadata": {"a": "b"}}));
        assert_eq!((line["idempotency_key"].as_str(), &line["error"]), (Some("log-1"), &json!(null)));
        assert_eq!(line["created"], json!(testkit::START));
        let line = &list["data"][1];
        assert_eq!((line["status"].as_i64(), line["api_version"].as_str()), (Some(404), Some("2024-06-20")));
        assert_eq!(line["error"]["code"], "resource_missing");
        assert_eq!(list["data"][0]["error"]["param"], "colour");
        let page = sandbox.find(LOGS, &[("limit", "1"), ("starting_after", &logged(&refused))]).await.ok();
        assert_eq!((ids(&page), page["has_more"].as_bool()), (vec![logged(&missing)], Some(true)));
    })
    .await;
}

#[tokio::test]
async fn never_holds_a_secret() {
    each(async |server| {
        let sandbox = server.sandbox();
        let session = sandbox.session(&sandbox.customer("Jane").await, &[]).await;
        let secret = session["client_secret"].as_str().unwrap();
        let made = sandbox.post("/drawbridge/v1/api_keys", &[("type", "secret")]).await.ok();
        let key = made["key"].as_str().unwrap();
        sandbox.publishable().post("/drawbridge/v1/connections/flows", &[("client_secret", secret)]).await.ok();
        sandbox.publishable().post("/drawbridge/v1/connections/flows/result", &[("client_secret", secret)]).await.ok();
        sandbox.post("/v1/customers", &[("source", "tok_visa_secret")]).await.error(400, "resource_missing", "source");
        let made_up = [("name", "Jane"), ("refresh_token", "tok_visa_secret"), ("setup_intent_client_secret", "tok_visa_secret")];
        sandbox.post("/v1/customers", &made_up).await.error(400, "parameter_unknown", "refresh_token");
        let hook = [("url", "http://127.0.0.1:1/"), ("enabled_events[]", "customer.created")];
        let whsec = sandbox.post("/v1/webhook_endpoints", &hook).await.ok()["secret"].as_str().unwrap().to_owned();
        let log = sandbox.find(LOGS, &[("limit", "100")]).await;
        let paths: Vec<String> = log.ok()["data"].as_array().unwrap().iter().map(|line| line["path"].to_string()).collect();
        assert!(
            paths.iter().any(|path| path.contains("flows")) && paths.iter().any(|path| path.contains("api_keys")),
            "{paths:?}"
        );
        for text in [secret, key, "tok_visa_secret", &whsec, &sandbox.secret_key, &sandbox.publishable_key] {
            assert!(!log.text().contains(text), "{text} is in the log");
        }
    })
    .await;
}

#[tokio::test]
async fn huge_parameters_are_cut() {
    each(async |server| {
        let sandbox = server.sandbox();
        let value = "x".repeat(500);
        let names: Vec<String> = (0..40).map(|number| format!("metadata[k{number}]")).collect();
        let params: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), value.as_str())).collect();
        sandbox.post("/v1/customers", &params).await.ok();
        let line = &sandbox.get(LOGS).await.ok()["data"][0];
        assert!(line["params"].to_string().len() < 200, "{}", line["params"]);
    })
    .await;
}
