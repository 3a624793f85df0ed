use serde_json::json;
use testkit::{Client, Sandbox, each, ids};

const URL: &str = "/v1/ephemeral_keys";
const VERSION: &str = "2026-10-28.endive";

/// A key of a customer: its id, and a caller with it.
async fn key(sandbox: &Sandbox, customer: &str) -> (String, Client) {
    let made = sandbox.version(VERSION).post(URL, &[("customer", customer)]).await.ok();
    let secret = made["secret"].as_str().expect("a secret");
    (made["id"].as_str().expect("an id").to_owned(), sandbox.key(secret))
}

/// A customer with a bank account: both ids.
async fn customer(sandbox: &Sandbox, name: &str) -> (String, String) {
    let customer = sandbox.customer(name).await;
    let path = format!("/v1/customers/{customer}/sources");
    let account = sandbox.post(&path, &[("source", "btok_us_verified")]).await.ok();
    (customer, account["id"].as_str().expect("an id").to_owned())
}

#[tokio::test]
async fn a_key_is_shown_once_and_needs_a_version() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        sandbox.post(URL, &[("customer", &customer)]).await.error(400, None, None);
        let versioned = sandbox.version(VERSION);
        versioned.post(URL, &[]).await.error(400, "parameter_missing", "customer");
        versioned.post(URL, &[("customer", "cus_1nobody")]).await.error(400, "resource_missing", "customer");
        let made = versioned.post(URL, &[("customer", &customer)]).await.ok();
        assert_eq!(made["object"], "ephemeral_key");
        assert_eq!(made["expires"].as_i64().unwrap() - made["created"].as_i64().unwrap(), 3_600);
        assert_eq!(made["associated_objects"], json!([{"id": customer, "type": "customer"}]));
        assert!(made["secret"].as_str().unwrap().starts_with("ek_test_"));
        let path = format!("{URL}/{}", made["id"].as_str().unwrap());
        let ended = sandbox.delete(&path).await.ok();
        assert_eq!((&ended["id"], ended.get("secret")), (&made["id"], None));
        sandbox.delete(&path).await.error(404, "resource_missing", "key");
        let listed = sandbox.get("/drawbridge/v1/api_keys").await.ok();
        assert!(!listed.to_string().contains("ephkey_"), "{listed}");
    })
    .await;
}

#[tokio::test]
async fn it_reaches_the_payment_methods_of_its_customer_and_nothing_else() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (jane, hers) = customer(&sandbox, "Jane").await;
        let (john, his) = customer(&sandbox, "John").await;
        let (_, phone) = key(&sandbox, &jane).await;
        let of = |customer: &str| format!("/v1/customers/{customer}/payment_methods");
        assert_eq!(ids(&phone.get(&of(&jane)).await.ok()), std::slice::from_ref(&hers));
        assert_eq!(ids(&phone.find("/v1/payment_methods", &[("customer", &jane)]).await.ok()), std::slice::from_ref(&hers));
        phone.get(&format!("/v1/payment_methods/{hers}")).await.ok();
        phone.get(&format!("{}/{hers}", of(&jane))).await.ok();
        phone.post(&format!("/v1/payment_methods/{hers}"), &[("allow_redisplay", "always")]).await.ok();

        phone.get(&of(&john)).await.error(403, None, "customer");
        phone.get(&format!("{}/{his}", of(&john))).await.error(403, None, "customer");
        phone.get("/v1/payment_methods").await.error(403, None, "customer");
        phone.find("/v1/payment_methods", &[("customer", &john)]).await.error(403, None, "customer");
        let path = format!("/v1/payment_methods/{his}");
        phone.get(&path).await.error(404, "resource_missing", "payment_method");
        phone.post(&path, &[("metadata[k]", "v")]).await.error(404, "resource_missing", "payment_method");
        phone.post(&format!("{path}/detach"), &[]).await.error(404, "resource_missing", "payment_method");
        phone.post(&format!("/v1/payment_methods/{hers}/attach"), &[("customer", &john)]).await.error(403, None, "customer");
        phone.find(&format!("/v1/payment_methods/{hers}"), &[("expand[]", "customer")]).await.error(403, None, "expand");
        for path in ["/v1/customers", "/v1/events", "/v1/account", &format!("/v1/customers/{jane}"), "/drawbridge/v1/api_keys"] {
            phone.get(path).await.error(403, None, None);
        }
        phone.post("/v1/payment_methods", &[("type", "us_bank_account")]).await.error(403, None, None);
        phone.post("/drawbridge/v1/connections/flows", &[("client_secret", "x")]).await.error(403, None, None);
        phone.post(&format!("/v1/payment_methods/{hers}/detach"), &[]).await.ok();
    })
    .await;
}

#[tokio::test]
async fn it_ends_after_an_hour_or_before() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (jane, _) = customer(&sandbox, "Jane").await;
        let path = format!("/v1/customers/{jane}/payment_methods");
        let (id, ended) = key(&sandbox, &jane).await;
        ended.get(&path).await.ok();
        sandbox.delete(&format!("{URL}/{id}")).await.ok();
        ended.get(&path).await.error(401, None, None);
        let (_, old) = key(&sandbox, &jane).await;
        server.clock.advance(3_601);
        old.get(&path).await.error(401, "api_key_expired", None);
        sandbox.settle().await;
    })
    .await;
}
