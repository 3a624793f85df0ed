use serde_json::{Value, json};
use testkit::each;

const AS_PAGE: &str = "/v1/confirmation_tokens";
const AS_SERVER: &str = "/v1/test_helpers/confirmation_tokens";

const NUMBERS: [(&str, &str); 7] = [
    ("payment_method_data[type]", "us_bank_account"),
    ("payment_method_data[billing_details][name]", "Jane Smith"),
    ("payment_method_data[us_bank_account][routing_number]", "110000000"),
    ("payment_method_data[us_bank_account][account_number]", "000123456789"),
    ("payment_method_data[us_bank_account][account_holder_type]", "individual"),
    ("return_url", "https://example.com/back"),
    ("setup_future_usage", "off_session"),
];

#[tokio::test]
async fn a_page_hands_over_what_it_collected() {
    each(async |server| {
        let sandbox = server.sandbox();
        sandbox.account().await;
        let page = sandbox.publishable().with("user-agent", "Browser/1");
        let token = page.post(AS_PAGE, &NUMBERS).await.ok();
        let id = token["id"].as_str().unwrap();
        assert!(id.starts_with("ctoken_"), "{id}");
        assert_eq!(token["expires_at"].as_i64().unwrap() - token["created"].as_i64().unwrap(), 12 * 3_600);
        let preview = &token["payment_method_preview"];
        assert_eq!((&preview["type"], &preview["customer"]), (&json!("us_bank_account"), &Value::Null));
        assert_eq!(preview["us_bank_account"]["last4"], "6789");
        assert_eq!(preview["billing_details"]["name"], "Jane Smith");
        assert_eq!((&token["payment_intent"], &token["setup_intent"]), (&Value::Null, &Value::Null));
        assert_eq!(
            (&token["return_url"], &token["setup_future_usage"]),
            (&json!("https://example.com/back"), &json!("off_session"))
        );
        let acceptance = &token["mandate_data"]["customer_acceptance"];
        assert_eq!((&acceptance["type"], &acceptance["online"]["user_agent"]), (&json!("online"), &json!("Browser/1")));
        assert_eq!(sandbox.get(&format!("{AS_PAGE}/{id}")).await.ok(), token);
        assert!(!token.to_string().contains("000123456789"));
        let listed = sandbox.get("/v1/payment_methods").await.ok();
        assert_eq!(listed["data"], json!([]), "no payment method is there before the token is used");
        page.get(&format!("{AS_PAGE}/{id}")).await.error(401, "secret_key_required", None);
        page.post(AS_SERVER, &NUMBERS).await.error(401, "secret_key_required", None);
    })
    .await;
}

#[tokio::test]
async fn a_server_makes_one_of_what_exists() {
    each(async |server| {
        let sandbox = server.sandbox();
        let token = sandbox.post(AS_SERVER, &[("payment_method", "pm_usBankAccount_success")]).await.ok();
        assert_eq!(token["payment_method_preview"]["us_bank_account"]["last4"], "6789");
        assert_eq!(token["shipping"], Value::Null);
        let both = [&NUMBERS[..], &[("payment_method", "pm_usBankAccount_success")]].concat();
        sandbox.post(AS_SERVER, &both).await.error(400, "parameters_exclusive", "payment_method");
        sandbox.post(AS_SERVER, &[]).await.error(400, "parameter_missing", "payment_method_data");
        sandbox.post(AS_SERVER, &[("payment_method", "pm_1nobody")]).await.error(400, "resource_missing", "payment_method");
        let named = |name: &str| NUMBERS.iter().copied().filter(|(own, _)| *own != name).collect::<Vec<_>>();
        for param in ["payment_method_data[type]", "payment_method_data[billing_details][name]"] {
            sandbox.post(AS_SERVER, &named(param)).await.error(400, "parameter_missing", param);
        }
        let shipped = [&NUMBERS[..], &[("shipping[name]", "Jane"), ("shipping[address][city]", "Oslo")]].concat();
        let token = sandbox.post(AS_SERVER, &shipped).await.ok();
        assert_eq!((&token["shipping"]["name"], &token["shipping"]["address"]["city"]), (&json!("Jane"), &json!("Oslo")));
        assert_eq!(token["shipping"]["phone"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_page_sees_no_payment_method_of_a_customer() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        let path = format!("/v1/customers/{customer}/sources");
        let account = sandbox.post(&path, &[("source", "btok_us_verified")]).await.ok();
        let named = [("payment_method", account["id"].as_str().unwrap())];
        sandbox.publishable().post(AS_PAGE, &named).await.error(400, "resource_missing", "payment_method");
        let token = sandbox.find(AS_SERVER, &[]).await;
        assert_eq!(token.status, 404, "it is made and not listed");
        let token = sandbox.post(AS_SERVER, &[named[0], ("expand[]", "payment_method_preview.customer")]).await.ok();
        assert_eq!(token["payment_method_preview"]["customer"]["name"], "Jane");
    })
    .await;
}

#[tokio::test]
async fn what_an_unused_token_holds_is_forgotten() {
    each(async |server| {
        let sandbox = server.sandbox();
        let kept = server.sealed(&sandbox.tenant().await).await;
        let token = sandbox.post(AS_SERVER, &NUMBERS).await.ok();
        assert_eq!(server.sealed(&sandbox.tenant().await).await.len(), kept.len() + 1);
        sandbox.advance(12 * 3_600 + 1).await;
        assert_eq!(server.sealed(&sandbox.tenant().await).await, kept, "its numbers are gone");
        sandbox.get(&format!("{AS_PAGE}/{}", token["id"].as_str().unwrap())).await.ok();
    })
    .await;
}

#[tokio::test]
async fn it_is_good_for_one_intent() {
    each(async |server| {
        let sandbox = server.sandbox();
        let token = sandbox.post(AS_SERVER, &NUMBERS).await.ok();
        let id = token["id"].as_str().unwrap();
        let confirm = [("confirm", "true"), ("confirmation_token", id)];
        let intent = sandbox.post("/v1/setup_intents", &confirm).await.ok();
        assert_eq!(intent["status"], "requires_action", "{intent}");
        let spent = sandbox.get(&format!("{AS_PAGE}/{id}")).await.ok();
        assert_eq!((&spent["setup_intent"], &spent["payment_intent"]), (&intent["id"], &Value::Null));
        let method = sandbox.get(&format!("/v1/payment_methods/{}", intent["payment_method"].as_str().unwrap())).await.ok();
        assert_eq!(method["us_bank_account"], token["payment_method_preview"]["us_bank_account"]);
        sandbox.post("/v1/setup_intents", &confirm).await.error(400, "token_already_used", "confirmation_token");
        sandbox.settle().await;

        let old = sandbox.post(AS_SERVER, &NUMBERS).await.ok();
        sandbox.advance(12 * 3_600 + 1).await;
        let late = [("confirm", "true"), ("confirmation_token", old["id"].as_str().unwrap())];
        sandbox.post("/v1/setup_intents", &late).await.error(400, None, "confirmation_token");
    })
    .await;
}
