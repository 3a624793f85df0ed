use serde_json::{Value, json};
use testkit::{Sandbox, each, ids};

/// A token of numbers.
async fn token(sandbox: &Sandbox, account: &str) -> String {
    let numbers = [
        ("bank_account[country]", "US"),
        ("bank_account[routing_number]", "110000000"),
        ("bank_account[account_number]", account),
        ("bank_account[account_holder_name]", "Jane Smith"),
        ("bank_account[account_holder_type]", "individual"),
    ];
    id(&sandbox.post("/v1/tokens", &numbers).await.ok())
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("no id in {value}")).to_owned()
}

async fn add(sandbox: &Sandbox, customer: &str, source: &str) -> Value {
    sandbox.post(&format!("/v1/customers/{customer}/sources"), &[("source", source)]).await.ok()
}

#[tokio::test]
async fn a_token_becomes_a_bank_account_once() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        let made = token(&sandbox, "000123456789").await;
        let account = add(&sandbox, &customer, &made).await;
        assert_eq!((&account["object"], &account["status"]), (&json!("bank_account"), &json!("new")));
        assert_eq!((&account["customer"], &account["metadata"]), (&json!(customer), &json!({})));
        let sources = format!("/v1/customers/{customer}/sources");
        assert_eq!(sandbox.get(&format!("{sources}/{}", id(&account))).await.ok(), account);
        assert_eq!(sandbox.get(&format!("/v1/tokens/{made}")).await.ok()["used"], true);
        sandbox.post(&sources, &[("source", &made)]).await.error(400, "token_already_used", "source");
        let same = token(&sandbox, "000123456789").await;
        sandbox.post(&sources, &[("source", &same)]).await.error(400, "bank_account_exists", None);
        assert_eq!(sandbox.get(&format!("/v1/tokens/{same}")).await.ok()["used"], false, "a refused token is still good");
        sandbox.post(&sources, &[("source", "btok_1nobody")]).await.error(400, "resource_missing", "source");
        assert_eq!(sandbox.events("customer.source.created").await[0]["data"]["object"], account);
        sandbox.settle().await;
    })
    .await;
}

#[tokio::test]
async fn samples_are_verified_and_new_at_each_use() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (jane, john) = (sandbox.customer("Jane").await, sandbox.customer("John").await);
        let one = add(&sandbox, &jane, "btok_us_verified").await;
        let other = add(&sandbox, &john, "btok_us_verified").await;
        assert_eq!((&one["status"], &other["status"]), (&json!("verified"), &json!("verified")));
        assert_ne!(one["id"], other["id"]);
        assert_eq!(one["fingerprint"], other["fingerprint"]);
        let verify = format!("/v1/customers/{jane}/sources/{}/verify", id(&one));
        let again = [("amounts[]", "32"), ("amounts[]", "45")];
        sandbox.post(&verify, &again).await.error(400, "payment_method_bank_account_already_verified", None);
    })
    .await;
}

#[tokio::test]
async fn a_bank_account_is_a_payment_method_too() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        let account = id(&add(&sandbox, &customer, "btok_us_verified").await);
        let method = sandbox.get(&format!("/v1/payment_methods/{account}")).await.ok();
        assert_eq!((&method["object"], &method["id"]), (&json!("payment_method"), &json!(account)));
        assert_eq!(method["customer"], json!(customer));
        // Something newer of the other prefix comes first, whatever the prefix.
        let linked = sandbox.link_for(&customer, "Bank (OAuth)", &["Everyday Checking"], &[]).await;
        let fca = linked.id();
        let of_account = [
            ("type", "us_bank_account"),
            ("billing_details[name]", "Jane"),
            ("us_bank_account[financial_connections_account]", fca.as_str()),
        ];
        let newer = id(&sandbox.post("/v1/payment_methods", &of_account).await.ok());
        sandbox.post(&format!("/v1/payment_methods/{newer}/attach"), &[("customer", &customer)]).await.ok();
        let newest = id(&add(&sandbox, &customer, &token(&sandbox, "000333333335").await).await);
        let of_customer = format!("/v1/customers/{customer}/payment_methods");
        assert_eq!(ids(&sandbox.get(&of_customer).await.ok()), [newest.clone(), newer.clone(), account.clone()]);
        let first = sandbox.find(&of_customer, &[("limit", "1")]).await.ok();
        assert_eq!((ids(&first), &first["has_more"]), (vec![newest.clone()], &json!(true)));
        let rest = sandbox.find(&of_customer, &[("starting_after", &newest)]).await.ok();
        assert_eq!(ids(&rest), [newer.clone(), account.clone()]);
        let before = sandbox.find("/v1/payment_methods", &[("customer", &customer), ("ending_before", &account)]).await.ok();
        assert_eq!(ids(&before), [newest.clone(), newer.clone()]);
        assert_eq!(
            ids(&sandbox.get("/v1/payment_methods").await.ok()),
            [newer],
            "without a customer only what is no bank account"
        );

        // What is said of one view is said of the other.
        let source = format!("/v1/customers/{customer}/sources/{account}");
        let change = [("account_holder_name", "Jane Doe"), ("metadata[k]", "v"), ("account_holder_type", "company")];
        let changed = sandbox.post(&source, &change).await.ok();
        assert_eq!((&changed["account_holder_name"], &changed["metadata"]), (&json!("Jane Doe"), &json!({"k": "v"})));
        let method = sandbox.get(&format!("/v1/payment_methods/{account}")).await.ok();
        assert_eq!((&method["billing_details"]["name"], &method["metadata"]), (&json!("Jane Doe"), &json!({"k": "v"})));
        assert_eq!(method["us_bank_account"]["account_holder_type"], "company");
        sandbox.post(&format!("/v1/payment_methods/{account}"), &[("billing_details[name]", "J. Doe")]).await.ok();
        assert_eq!(sandbox.get(&source).await.ok()["account_holder_name"], "J. Doe");
        let events = sandbox.events("customer.source.updated").await;
        assert_eq!(events.len(), 2);
        assert_eq!(events[0]["data"]["previous_attributes"]["account_holder_name"], "Jane Doe");

        // Detached as a payment method it is gone as a source.
        sandbox.post(&format!("/v1/payment_methods/{account}/detach"), &[]).await.ok();
        sandbox.get(&source).await.error(404, "resource_missing", "id");
        assert_eq!(sandbox.events("customer.source.deleted").await.len(), 1);
        sandbox.settle().await;
    })
    .await;
}

#[tokio::test]
async fn the_default_source_is_always_one_that_is_there() {
    each(async |server| {
        let sandbox = server.sandbox();
        let made = token(&sandbox, "000123456789").await;
        let customer = sandbox.post("/v1/customers", &[("name", "Jane"), ("source", &made)]).await.ok();
        let path = format!("/v1/customers/{}", id(&customer));
        let first = customer["default_source"].as_str().expect("a source").to_owned();
        let second = id(&add(&sandbox, &id(&customer), "btok_us_verified_noAccount").await);
        assert_eq!(sandbox.get(&path).await.ok()["default_source"], json!(first), "the first stays the default");

        let expand = [("expand[]", "sources"), ("expand[]", "default_source")];
        let expanded = sandbox.find(&path, &expand).await.ok();
        assert_eq!(ids(&expanded["sources"]), [second.clone(), first.clone()]);
        assert_eq!(expanded["sources"]["url"], json!(format!("{path}/sources")));
        assert_eq!(expanded["default_source"]["object"], "bank_account");

        sandbox.post(&path, &[("default_source", &second)]).await.ok();
        sandbox.post(&path, &[("default_source", "ba_1nobody")]).await.error(400, "resource_missing", "default_source");
        let deleted = sandbox.delete(&format!("{path}/sources/{second}")).await.ok();
        assert_eq!(deleted, json!({"id": second, "object": "bank_account", "deleted": true}));
        assert_eq!(sandbox.get(&path).await.ok()["default_source"], json!(first), "the newest one left");

        // A source given in an update takes the place of the default.
        let replaced = sandbox.post(&path, &[("source", "btok_us_verified_accountClosed")]).await.ok();
        assert_ne!(replaced["default_source"], json!(first));
        sandbox.get(&format!("{path}/sources/{first}")).await.error(404, "resource_missing", "id");
        let left = sandbox.find(&format!("{path}/sources"), &[("object", "bank_account")]).await.ok();
        assert_eq!(json!(ids(&left)), json!([replaced["default_source"]]));
        assert_eq!(ids(&sandbox.find(&format!("{path}/sources"), &[("object", "card")]).await.ok()), Vec::<String>::new());
        sandbox.post(&path, &[("source", "btok_1nobody")]).await.error(400, "resource_missing", "source");

        // It goes with its customer.
        sandbox.delete(&path).await.ok();
        let twin = replaced["default_source"].as_str().unwrap();
        assert_eq!(sandbox.get(&format!("/v1/payment_methods/{twin}")).await.ok()["customer"], Value::Null);
        sandbox.settle().await;
    })
    .await;
}

#[tokio::test]
async fn a_customer_has_no_bank_account_of_another() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (jane, john) = (sandbox.customer("Jane").await, sandbox.customer("John").await);
        let account = id(&add(&sandbox, &jane, "btok_us_verified").await);
        let elsewhere = format!("/v1/customers/{john}/sources/{account}");
        sandbox.get(&elsewhere).await.error(404, "resource_missing", "id");
        sandbox.post(&elsewhere, &[("account_holder_name", "x")]).await.error(404, "resource_missing", "id");
        sandbox.delete(&elsewhere).await.error(404, "resource_missing", "id");
        sandbox.post(&format!("{elsewhere}/verify"), &[("amounts[]", "1"), ("amounts[]", "2")]).await.error(
            404,
            "resource_missing",
            "id",
        );
        sandbox.post("/v1/customers/cus_1nobody/sources", &[("source", "btok_us_verified")]).await.error(
            404,
            "resource_missing",
            "customer",
        );
    })
    .await;
}

#[tokio::test]
async fn amounts_of_the_deposits_verify_it() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        let account = add(&sandbox, &customer, &token(&sandbox, "000123456789").await).await;
        let path = format!("/v1/customers/{customer}/sources/{}", id(&account));
        let verify = format!("{path}/verify");
        sandbox.post(&verify, &[]).await.error(400, "parameter_missing", "amounts");
        let invalid = "payment_method_microdeposit_verification_amounts_invalid";
        sandbox.post(&verify, &[("amounts[]", "32")]).await.error(400, invalid, "amounts");
        let mismatch = "payment_method_microdeposit_verification_amounts_mismatch";
        sandbox.post(&verify, &[("amounts[]", "1"), ("amounts[]", "2")]).await.error(400, mismatch, "amounts");
        let verified = sandbox.post(&verify, &[("amounts[]", "45"), ("amounts[]", "32")]).await.ok();
        assert_eq!(verified["status"], "verified");
        assert_eq!(sandbox.get(&path).await.ok(), verified);
        let events = sandbox.events("customer.source.updated").await;
        assert_eq!((events.len(), &events[0]["data"]["previous_attributes"]), (1, &json!({"status": "new"})));
        sandbox.settle().await;
    })
    .await;
}

#[tokio::test]
async fn three_wrong_answers_are_the_end() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        let account = add(&sandbox, &customer, &token(&sandbox, "000123456789").await).await;
        let path = format!("/v1/customers/{customer}/sources/{}", id(&account));
        let wrong = [("amounts[]", "1"), ("amounts[]", "2")];
        for _ in 0..3 {
            assert_eq!(sandbox.post(&format!("{path}/verify"), &wrong).await.status, 400);
        }
        assert_eq!(sandbox.get(&path).await.ok()["status"], "verification_failed");
        let again = sandbox.post(&format!("{path}/verify"), &[("amounts[]", "32"), ("amounts[]", "45")]).await;
        again.error(400, "bank_account_verification_failed", None);
        sandbox.settle().await;
    })
    .await;
}

#[tokio::test]
async fn a_verified_one_can_be_paid_from() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        let account = id(&add(&sandbox, &customer, "btok_us_verified").await);
        let pay = [
            ("amount", "1000"),
            ("currency", "usd"),
            ("customer", customer.as_str()),
            ("payment_method", account.as_str()),
            ("confirm", "true"),
        ];
        let paid = sandbox.post("/v1/payment_intents", &[&pay[..], &super::MANDATE].concat()).await.ok();
        assert_eq!((&paid["status"], &paid["payment_method"]), (&json!("processing"), &json!(account)));
        sandbox.advance(60).await;
        let path = format!("/v1/payment_intents/{}", id(&paid));
        assert_eq!(sandbox.get(&path).await.ok()["status"], "succeeded");
    })
    .await;
}

#[tokio::test]
async fn one_that_is_removed_while_a_payment_waits_is_not_debited() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        let account = id(&add(&sandbox, &customer, &token(&sandbox, "000123456789").await).await);
        let pay = [
            ("amount", "1000"),
            ("currency", "usd"),
            ("customer", customer.as_str()),
            ("payment_method", account.as_str()),
            ("confirm", "true"),
        ];
        let waiting = sandbox.post("/v1/payment_intents", &[&pay[..], &super::MANDATE].concat()).await.ok();
        assert_eq!(waiting["status"], "requires_action");
        sandbox.delete(&format!("/v1/customers/{customer}/sources/{account}")).await.ok();
        let path = format!("/v1/payment_intents/{}", id(&waiting));
        sandbox.post(&format!("{path}/verify_microdeposits"), &[("descriptor_code", "SM11AA")]).await;
        let shown = sandbox.get(&path).await.ok();
        assert_eq!((&shown["status"], &shown["latest_charge"]), (&json!("requires_payment_method"), &Value::Null));
        assert!(shown["last_payment_error"]["message"].as_str().is_some_and(|text| text.contains("detached")), "{shown}");
    })
    .await;
}
