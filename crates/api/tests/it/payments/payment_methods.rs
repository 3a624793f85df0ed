use serde_json::{Value, json};
use testkit::{Params, Sandbox, each, ids};

const URL: &str = "/v1/payment_methods";

const NUMBERS: [(&str, &str); 5] = [
    ("type", "us_bank_account"),
    ("billing_details[name]", "Jane Smith"),
    ("us_bank_account[routing_number]", "110000000"),
    ("us_bank_account[account_number]", "000123456789"),
    ("us_bank_account[account_holder_type]", "individual"),
];

/// A payment method made of a linked account.
async fn linked(sandbox: &Sandbox) -> (String, Value) {
    let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[]).await;
    let account = linked.id();
    let params = of_account(&account);
    (account.clone(), sandbox.post(URL, &params).await.ok())
}

fn of_account(account: &str) -> Vec<(&str, &str)> {
    vec![
        ("type", "us_bank_account"),
        ("billing_details[name]", "Jane Smith"),
        ("us_bank_account[financial_connections_account]", account),
    ]
}

fn id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn numbers_make_one_that_is_not_verified() {
    each(async |server| {
        let sandbox = server.sandbox();
        let made = sandbox.post(URL, &NUMBERS).await.ok();
        let account = &made["us_bank_account"];
        assert_eq!((&account["last4"], &account["routing_number"]), (&json!("6789"), &json!("110000000")));
        assert_eq!((&account["account_type"], &account["account_holder_type"]), (&json!("checking"), &json!("individual")));
        assert_eq!(account["financial_connections_account"], Value::Null);
        assert_eq!((&made["customer"], &made["allow_redisplay"]), (&Value::Null, &json!("unspecified")));
        assert_eq!(sandbox.get(&format!("{URL}/{}", id(&made))).await.ok(), made);
        let customer = sandbox.customer("Jane").await;
        sandbox.post(&format!("{URL}/{}/attach", id(&made)), &[("customer", &customer)]).await.error(
            400,
            "bank_account_unverified",
            "payment_method",
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_named() {
    each(async |server| {
        let sandbox = server.sandbox();
        let without = |name: &str| NUMBERS.iter().copied().filter(|(own, _)| *own != name).collect::<Vec<_>>();
        let with = |name: &'static str, value: &'static str| without(name).into_iter().chain([(name, value)]).collect::<Vec<_>>();
        let holder = "us_bank_account[account_holder_type]";
        let account = "us_bank_account[account_number]";
        let routing = "us_bank_account[routing_number]";
        let linked = "us_bank_account[financial_connections_account]";
        for param in ["type", "billing_details[name]", account, routing, holder] {
            sandbox.post(URL, &without(param)).await.error(400, "parameter_missing", param);
        }
        for (param, value, code) in [
            (routing, "110000001", Some("routing_number_invalid")),
            (account, "12-34", Some("account_number_invalid")),
            (linked, "fca_1", Some("parameters_exclusive")),
            ("type", "card", None),
        ] {
            sandbox.post(URL, &with(param, value)).await.error(400, code, param);
        }
    })
    .await;
}

#[tokio::test]
async fn a_linked_account_makes_one_that_can_be_attached() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (account, method) = linked(&sandbox).await;
        let shown = &method["us_bank_account"];
        assert_eq!((&shown["financial_connections_account"], &shown["bank_name"]), (&json!(account), &json!("Bank (OAuth)")));
        assert_eq!(shown["last4"], sandbox.linked(&account).await["last4"]);
        let customer = sandbox.customer("Ada").await;
        let path = format!("{URL}/{}", id(&method));
        let attached = sandbox.post(&format!("{path}/attach"), &[("customer", &customer)]).await.ok();
        assert_eq!(attached["customer"], json!(customer));
        assert_eq!(sandbox.post(&format!("{path}/attach"), &[("customer", &customer)]).await.ok(), attached, "once more is fine");
        let other = sandbox.customer("Bob").await;
        let again = sandbox.post(&format!("{path}/attach"), &[("customer", &other)]).await;
        again.error(400, "payment_method_unexpected_state", "payment_method");

        let of_customer = format!("/v1/customers/{customer}/payment_methods");
        assert_eq!(ids(&sandbox.get(&of_customer).await.ok()), [id(&method)]);
        assert_eq!(sandbox.get(&format!("{of_customer}/{}", id(&method))).await.ok(), attached);
        sandbox.get(&format!("/v1/customers/{other}/payment_methods/{}", id(&method))).await.error(
            404,
            "resource_missing",
            "payment_method",
        );
        let expanded = sandbox.find(&path, &[("expand[]", "customer")]).await.ok();
        assert_eq!(expanded["customer"]["name"], "Ada");
        assert_eq!(sandbox.events("payment_method.attached").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn only_one_of_a_customer_is_updated() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, method) = linked(&sandbox).await;
        let path = format!("{URL}/{}", id(&method));
        let change: Params<'_> = &[
            ("metadata[k]", "v"),
            ("billing_details[email]", "ada@example.com"),
            ("billing_details[address][city]", "Oslo"),
            ("us_bank_account[account_holder_type]", "company"),
            ("allow_redisplay", "always"),
        ];
        sandbox.post(&path, change).await.error(400, "payment_method_unexpected_state", None);
        let customer = sandbox.customer("Ada").await;
        sandbox.post(&format!("{path}/attach"), &[("customer", &customer)]).await.ok();
        let updated = sandbox.post(&path, change).await.ok();
        assert_eq!(updated["metadata"], json!({"k": "v"}));
        assert_eq!(updated["billing_details"]["name"], "Jane Smith", "what is not sent stays");
        assert_eq!(updated["billing_details"]["address"]["city"], "Oslo");
        assert_eq!(updated["us_bank_account"]["account_holder_type"], "company");
        let events = sandbox.events("payment_method.updated").await;
        assert_eq!(events[0]["data"]["previous_attributes"]["allow_redisplay"], "unspecified");
        let always = [("customer", customer.as_str()), ("allow_redisplay", "always")];
        assert_eq!(ids(&sandbox.find(URL, &always).await.ok()), [id(&method)]);
        let limited = [("customer", customer.as_str()), ("allow_redisplay", "limited")];
        assert_eq!(ids(&sandbox.find(URL, &limited).await.ok()), Vec::<String>::new());
        assert_eq!(ids(&sandbox.find(URL, &[("customer", &customer), ("type", "card")]).await.ok()), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn what_is_detached_is_of_no_more_use() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (account, method) = linked(&sandbox).await;
        let customer = sandbox.post("/v1/customers", &[("payment_method", id(&method).as_str()), ("name", "Ada")]).await.ok();
        let customer = id(&customer);
        let default = [("invoice_settings[default_payment_method]", id(&method))];
        let default: Vec<(&str, &str)> = default.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let shown = sandbox.post(&format!("/v1/customers/{customer}"), &default).await.ok();
        assert_eq!(shown["invoice_settings"]["default_payment_method"], json!(id(&method)));
        let path = format!("{URL}/{}", id(&method));
        sandbox.post(&format!("{path}/detach"), &[]).await.ok();
        let shown = sandbox.get(&format!("/v1/customers/{customer}")).await.ok();
        assert_eq!(shown["invoice_settings"]["default_payment_method"], Value::Null);
        sandbox.post(&format!("{path}/detach"), &[]).await.error(400, "payment_method_unexpected_state", "payment_method");
        sandbox.post(&format!("{path}/attach"), &[("customer", &customer)]).await.error(400, None, "payment_method");
        let detached = sandbox.events("payment_method.detached").await;
        assert_eq!(detached[0]["data"]["previous_attributes"]["customer"], json!(customer));
        let foreign = sandbox.post("/v1/customers", &default).await;
        foreign.error(400, "resource_missing", "invoice_settings[default_payment_method]");

        let fresh = sandbox.post(URL, &of_account(&account)).await.ok();
        assert_eq!(fresh["us_bank_account"]["fingerprint"], method["us_bank_account"]["fingerprint"]);
        sandbox.post(&format!("{URL}/{}/attach", id(&fresh)), &[("customer", &customer)]).await.ok();
        sandbox.delete(&format!("/v1/customers/{customer}")).await.ok();
        assert_eq!(
            sandbox.get(&format!("{URL}/{}", id(&fresh))).await.ok()["customer"],
            Value::Null,
            "it goes with its customer"
        );
    })
    .await;
}

#[tokio::test]
async fn a_linked_account_that_cannot_pay_makes_none() {
    each(async |server| {
        let sandbox = server.sandbox();
        let param = "us_bank_account[financial_connections_account]";
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[("permissions[]", "balances")]).await;
        sandbox.post(URL, &of_account(&linked.id())).await.error(400, None, param);
        let credit = sandbox.link("Bank (OAuth)", &["Rewards Credit Card"], &[]).await;
        sandbox.post(URL, &of_account(&credit.id())).await.error(400, None, param);
        let good = sandbox.link("Bank (OAuth)", &["Joint Checking"], &[]).await;
        sandbox.post(&format!("/v1/financial_connections/accounts/{}/disconnect", good.id()), &[]).await.ok();
        let gone = sandbox.post(URL, &of_account(&good.id())).await;
        gone.error(400, "financial_connections_account_inactive", param);
        sandbox.post(URL, &of_account("fca_1nobody")).await.error(400, "resource_missing", param);
        sandbox.settle().await;
    })
    .await;
}
