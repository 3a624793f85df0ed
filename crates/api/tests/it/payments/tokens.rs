use serde_json::{Value, json};
use testkit::{Params, each};

const URL: &str = "/v1/tokens";

const NUMBERS: [(&str, &str); 6] = [
    ("bank_account[country]", "US"),
    ("bank_account[currency]", "usd"),
    ("bank_account[routing_number]", "110000000"),
    ("bank_account[account_number]", "000123456789"),
    ("bank_account[account_holder_name]", "Jane Smith"),
    ("bank_account[account_holder_type]", "individual"),
];

#[tokio::test]
async fn a_page_makes_a_token_of_numbers() {
    each(async |server| {
        let sandbox = server.sandbox();
        sandbox.account().await;
        let token = sandbox.publishable().post(URL, &NUMBERS).await.ok();
        assert!(token["id"].as_str().unwrap().starts_with("btok_"), "{token}");
        assert_eq!((&token["object"], &token["type"], &token["used"]), (&json!("token"), &json!("bank_account"), &json!(false)));
        let account = &token["bank_account"];
        assert!(account["id"].as_str().unwrap().starts_with("ba_"));
        for (name, value) in [
            ("object", json!("bank_account")),
            ("account_holder_name", json!("Jane Smith")),
            ("account_holder_type", json!("individual")),
            ("account_type", Value::Null),
            ("bank_name", json!("STRIPE TEST BANK")),
            ("country", json!("US")),
            ("currency", json!("usd")),
            ("last4", json!("6789")),
            ("routing_number", json!("110000000")),
            ("status", json!("new")),
        ] {
            assert_eq!(account[name], value, "{name}");
        }
        assert!(!token.to_string().contains("000123456789"));
        let path = format!("{URL}/{}", token["id"].as_str().unwrap());
        assert_eq!(sandbox.get(&path).await.ok(), token);
        sandbox.publishable().get(&path).await.error(401, "secret_key_required", None);
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_named() {
    each(async |server| {
        let sandbox = server.sandbox();
        let without = |name: &str| NUMBERS.iter().copied().filter(|(own, _)| *own != name).collect::<Vec<_>>();
        sandbox.post(URL, &[]).await.error(400, "parameter_missing", "bank_account");
        for param in ["bank_account[country]", "bank_account[routing_number]", "bank_account[account_number]"] {
            sandbox.post(URL, &without(param)).await.error(400, "parameter_missing", param);
        }
        for (param, value, code) in [
            ("bank_account[country]", "DE", Some("country_unsupported")),
            ("bank_account[currency]", "eur", None),
            ("bank_account[routing_number]", "110000001", Some("routing_number_invalid")),
            ("bank_account[account_number]", "12-3", Some("account_number_invalid")),
            ("bank_account[account_holder_type]", "club", None),
            ("bank_account[payment_method]", "pm_1nobody", Some("resource_missing")),
        ] {
            let sent: Vec<_> = without(param).into_iter().chain([(param, value)]).collect();
            sandbox.post(URL, &sent).await.error(400, code, param);
        }
        sandbox.post(URL, &[("card[number]", "4242424242424242")]).await.error(400, "parameter_unknown", "card");
    })
    .await;
}

#[tokio::test]
async fn a_payment_method_makes_a_token_that_is_as_verified() {
    each(async |server| {
        let sandbox = server.sandbox();
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[]).await;
        let account = linked.id();
        let of_account: Params<'_> = &[
            ("type", "us_bank_account"),
            ("billing_details[name]", "Jane Smith"),
            ("us_bank_account[financial_connections_account]", &account),
        ];
        let method = sandbox.post("/v1/payment_methods", of_account).await.ok();
        let named = [("bank_account[payment_method]", method["id"].as_str().unwrap())];
        let token = sandbox.post(URL, &named).await.ok();
        let shown = &token["bank_account"];
        assert_eq!((&shown["status"], &shown["account_holder_name"]), (&json!("verified"), &json!("Jane Smith")));
        assert_eq!(shown["fingerprint"], method["us_bank_account"]["fingerprint"]);
        sandbox.publishable().post(URL, &named).await.error(403, None, "bank_account[payment_method]");
    })
    .await;
}
