use serde_json::{Value, json};
use testkit::each;

const URL: &str = "/v1/customer_sessions";

#[tokio::test]
async fn a_session_shows_what_its_components_may_do() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        let session = sandbox
            .post(
                URL,
                &[
                    ("customer", &customer),
                    ("components[payment_element][enabled]", "true"),
                    ("components[payment_element][features][payment_method_save]", "enabled"),
                    ("components[payment_element][features][payment_method_save_usage]", "off_session"),
                    ("components[customer_sheet][enabled]", "false"),
                    ("expand[]", "customer"),
                ],
            )
            .await
            .ok();
        assert_eq!((&session["object"], &session["customer"]["name"]), (&json!("customer_session"), &json!("Jane")));
        assert_eq!(session["expires_at"].as_i64().unwrap() - session["created"].as_i64().unwrap(), 1_800);
        assert!(session["client_secret"].as_str().unwrap().starts_with("cuss_secret_"));
        assert_eq!(session["customer_account"], Value::Null);
        let features = json!({
            "payment_method_allow_redisplay_filters": ["always"], "payment_method_redisplay": "disabled",
            "payment_method_redisplay_limit": null, "payment_method_remove": "disabled", "payment_method_save": "enabled",
            "payment_method_save_usage": "off_session",
        });
        assert_eq!(session["components"]["payment_element"], json!({"enabled": true, "features": features}));
        assert_eq!(session["components"]["customer_sheet"], json!({"enabled": false, "features": null}));
        assert_eq!(session["components"]["pricing_table"], json!({"enabled": false}));
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_named() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        let on = ("components[payment_element][enabled]", "true");
        let own = ("customer", customer.as_str());
        sandbox.post(URL, &[own]).await.error(400, "parameter_missing", "components");
        sandbox.post(URL, &[on]).await.error(400, "parameter_missing", "customer");
        sandbox.post(URL, &[on, ("customer", "cus_1nobody")]).await.error(400, "resource_missing", "customer");
        sandbox.post(URL, &[on, ("customer_account", "acct_1")]).await.error(400, "resource_missing", "customer_account");
        sandbox.post(URL, &[own, ("components[buy_button][enabled]", "false")]).await.error(400, None, "components");
        let usage = "components[payment_element][features][payment_method_save_usage]";
        sandbox.post(URL, &[own, on, (usage, "on_session")]).await.error(400, None, usage);
    })
    .await;
}
