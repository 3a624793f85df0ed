use serde_json::{Value, json};
use testkit::{Params, each};

/// Everything that a customer can be given.
const FULL: &[(&str, &str)] = &[
    ("name", "Jenny Rosen"),
    ("email", "jenny@example.com"),
    ("phone", "+15555550100"),
    ("description", "an early customer"),
    ("balance", "-500"),
    ("address[line1]", "1 Main Street"),
    ("address[city]", "Springfield"),
    ("address[country]", "US"),
    ("shipping[name]", "Jenny"),
    ("shipping[address][postal_code]", "12345"),
    ("invoice_settings[footer]", "thanks"),
    ("invoice_settings[custom_fields][0][name]", "PO"),
    ("invoice_settings[custom_fields][0][value]", "77"),
    ("metadata[order]", "6735"),
    ("metadata[empty]", ""),
    ("preferred_locales[0]", "en"),
    ("preferred_locales[1]", "de"),
    ("tax_exempt", "exempt"),
];

#[tokio::test]
async fn keeps_everything_it_is_given() {
    each(async |server| {
        let sandbox = server.sandbox();
        let created = sandbox.post("/v1/customers", FULL).await.ok();
        let id = created["id"].as_str().unwrap();
        assert!(id.starts_with("cus_") && id.len() == 18, "{id}");
        let expected = json!({
            "object": "customer", "name": "Jenny Rosen", "email": "jenny@example.com", "phone": "+15555550100",
            "description": "an early customer", "balance": -500, "livemode": false, "created": testkit::START,
            "metadata": {"order": "6735"}, "preferred_locales": ["en", "de"], "tax_exempt": "exempt",
            "delinquent": false, "test_clock": null, "next_invoice_sequence": 1,
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&created[name], value, "{name}");
        }
        assert_eq!(created["address"]["city"], "Springfield");
        assert_eq!(created["address"]["line2"], Value::Null);
        assert_eq!(created["shipping"]["address"]["postal_code"], "12345");
        assert_eq!(created["invoice_settings"]["custom_fields"], json!([{"name": "PO", "value": "77"}]));
        assert_eq!(sandbox.get(&format!("/v1/customers/{id}")).await.ok(), created);
        assert_eq!(sandbox.get("/v1/customers").await.ok()["data"], json!([created]));
    })
    .await;
}

#[tokio::test]
async fn updates_change_what_is_sent_and_nothing_else() {
    each(async |server| {
        let sandbox = server.sandbox();
        let created = sandbox.post("/v1/customers", FULL).await.ok();
        let path = format!("/v1/customers/{}", created["id"].as_str().unwrap());
        // What is sent, and what differs afterwards.
        let cases: &[(Params<'_>, Value)] = &[
            (&[("name", "Ann")], json!({"name": "Ann"})),
            (&[("email", "")], json!({"email": null})),
            (&[("metadata[order]", ""), ("metadata[new]", "1")], json!({"metadata": {"new": "1"}})),
            (&[("metadata", "")], json!({"metadata": {}})),
            (&[("shipping", "")], json!({"shipping": null})),
            (&[("balance", "7")], json!({"balance": 7})),
            (
                &[("invoice_settings[custom_fields]", "")],
                json!({"invoice_settings": {
                "custom_fields": null, "default_payment_method": null, "footer": "thanks", "rendering_options": null}}),
            ),
            (&[], json!({})),
        ];
        let mut expected = created.clone();
        for (sent, changes) in cases {
            for (name, value) in changes.as_object().unwrap() {
                expected[name] = value.clone();
            }
            assert_eq!(sandbox.post(&path, sent).await.ok(), expected, "{sent:?}");
        }
        assert_eq!(sandbox.get(&path).await.ok(), expected);
    })
    .await;
}

#[tokio::test]
async fn deleted_customers_stay_retrievable_and_nothing_more() {
    each(async |server| {
        let sandbox = server.sandbox();
        let id = sandbox.customer("Jane").await;
        let path = format!("/v1/customers/{id}");
        let gone = json!({"id": id, "object": "customer", "deleted": true});
        assert_eq!(sandbox.delete(&path).await.ok(), gone);
        assert_eq!(sandbox.get(&path).await.ok(), gone);
        assert_eq!(sandbox.get("/v1/customers").await.ok()["data"], json!([]));
        assert_eq!(sandbox.find("/v1/customers/search", &[("query", "name:\"Jane\"")]).await.ok()["data"], json!([]));
        sandbox.post(&path, &[("name", "x")]).await.error(404, "resource_missing", "id");
        sandbox.delete(&path).await.error(404, "resource_missing", "id");
        let deleted = &sandbox.events("customer.deleted").await[0];
        assert_eq!(
            (deleted["data"]["object"]["id"].as_str(), deleted["data"]["object"]["name"].as_str()),
            (Some(&*id), Some("Jane"))
        );
    })
    .await;
}

#[tokio::test]
async fn events_tell_what_changed() {
    each(async |server| {
        let sandbox = server.sandbox();
        let id = sandbox.customer("Jane").await;
        let path = format!("/v1/customers/{id}");
        let params = [("name", "Ann"), ("address[city]", "Rome"), ("metadata[k]", "v")];
        let answer = sandbox.idempotent("change-1").post(&path, &params).await;
        answer.ok();
        // What changes nothing tells nothing.
        sandbox.post(&path, &[("name", "Ann")]).await.ok();
        let updates = sandbox.events("customer.updated").await;
        assert_eq!(updates.len(), 1);
        let event = &updates[0];
        assert_eq!(event["data"]["previous_attributes"], json!({"name": "Jane", "address": null, "metadata": {}}));
        assert_eq!(event["data"]["object"], sandbox.get(&path).await.ok());
        assert_eq!(event["request"], json!({"id": answer.header("request-id"), "idempotency_key": "change-1"}));
        let created = &sandbox.events("customer.created").await[0];
        assert_eq!(created["data"].get("previous_attributes"), None);
        assert_eq!(created["request"]["idempotency_key"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn wrong_values_are_named() {
    each(async |server| {
        let sandbox = server.sandbox();
        let long = "x".repeat(257);
        let cases: &[(Params<'_>, Option<&str>, &str)] = &[
            (&[("email", "nobody")], Some("email_invalid"), "email"),
            (&[("email", "a b@c.de")], Some("email_invalid"), "email"),
            (&[("name", &long)], None, "name"),
            (&[("balance", "much")], Some("parameter_invalid_integer"), "balance"),
            (&[("balance", "1.5")], Some("parameter_invalid_integer"), "balance"),
            (&[("next_invoice_sequence", "0")], Some("parameter_invalid_integer"), "next_invoice_sequence"),
            (&[("invoice_prefix", "a")], None, "invoice_prefix"),
            (&[("tax_exempt", "perhaps")], None, "tax_exempt"),
            (&[("shipping[name]", "J")], Some("parameter_missing"), "shipping[address]"),
            (&[("shipping[address][city]", "Rome")], Some("parameter_missing"), "shipping[name]"),
            (&[("address[zip]", "1")], Some("parameter_unknown"), "address[zip]"),
            (&[("address", "Rome")], None, "address"),
            (&[("colour", "red")], Some("parameter_unknown"), "colour"),
            (
                &[("invoice_settings[custom_fields][1][value]", "x")],
                Some("parameter_missing"),
                "invoice_settings[custom_fields][1][name]",
            ),
            (
                &[("invoice_settings[default_payment_method]", "pm_1")],
                Some("resource_missing"),
                "invoice_settings[default_payment_method]",
            ),
            (&[("payment_method", "pm_1")], Some("resource_missing"), "payment_method"),
            (&[("source", "tok_1")], Some("resource_missing"), "source"),
            (&[("test_clock", "clock_1")], Some("resource_missing"), "test_clock"),
            (&[("preferred_locales", "en")], None, "preferred_locales"),
        ];
        for (sent, code, param) in cases {
            println!("{sent:?}");
            sandbox.post("/v1/customers", sent).await.error(400, *code, *param);
        }
        assert_eq!(sandbox.get("/v1/customers").await.ok()["data"], json!([]), "nothing was created");
        sandbox.get("/v1/customers/cus_none").await.error(404, "resource_missing", "id");
    })
    .await;
}
