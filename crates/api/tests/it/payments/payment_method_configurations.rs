use serde_json::{Value, json};
use testkit::{Sandbox, each, ids};

const URL: &str = "/v1/payment_method_configurations";
const DEBITS: &str = "us_bank_account[display_preference][preference]";

async fn default(sandbox: &Sandbox) -> Value {
    let list = sandbox.get(URL).await.ok();
    let all = list["data"].as_array().expect("a list");
    all.iter().find(|own| own["is_default"] == true).expect("a default one").clone()
}

fn id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn every_account_has_a_default_one() {
    each(async |server| {
        let sandbox = server.sandbox();
        let own = default(&sandbox).await;
        assert_eq!((&own["object"], &own["active"]), (&json!("payment_method_configuration"), &json!(true)));
        assert_eq!((&own["application"], &own["parent"]), (&Value::Null, &Value::Null));
        let debits = json!({"available": true, "display_preference": {"overridable": null, "preference": "none", "value": "on"}});
        assert_eq!(own["us_bank_account"], debits);
        let cards =
            json!({"available": false, "display_preference": {"overridable": null, "preference": "none", "value": "off"}});
        assert_eq!(own["card"], cards);
        assert_eq!(sandbox.get(&format!("{URL}/{}", id(&own))).await.ok(), own);
        assert_ne!(default(&server.sandbox()).await["id"], own["id"], "each account's is its own");

        let path = format!("{URL}/{}", id(&own));
        let off =
            sandbox.post(&path, &[(DEBITS, "off"), ("name", "Mine"), ("card[display_preference][preference]", "on")]).await.ok();
        assert_eq!((&off["id"], &off["name"], &off["is_default"]), (&own["id"], &json!("Mine"), &json!(true)));
        assert_eq!(off["us_bank_account"]["available"], false);
        let wanted = json!({"available": false, "display_preference": {"overridable": null, "preference": "on", "value": "on"}});
        assert_eq!(off["card"], wanted, "wanted, and not there");
        assert_eq!(default(&sandbox).await, off);
        sandbox.post(&path, &[("active", "false")]).await.error(400, None, "active");
    })
    .await;
}

#[tokio::test]
async fn others_stand_beside_it_and_inherit() {
    each(async |server| {
        let sandbox = server.sandbox();
        let parent = sandbox.post(URL, &[("name", "Parent"), (DEBITS, "off")]).await.ok();
        let child = sandbox.post(URL, &[("name", "Child"), ("parent", &id(&parent))]).await.ok();
        assert_eq!((&child["parent"], &child["us_bank_account"]["available"]), (&parent["id"], &json!(false)));
        sandbox.post(&format!("{URL}/{}", id(&parent)), &[(DEBITS, "on")]).await.ok();
        let path = format!("{URL}/{}", id(&child));
        assert_eq!(sandbox.get(&path).await.ok()["us_bank_account"]["available"], true);
        let own = id(&default(&sandbox).await);
        assert_eq!(ids(&sandbox.get(URL).await.ok()), [id(&child), id(&parent), own.clone()], "the default one is the oldest");
        let first = sandbox.find(URL, &[("limit", "2")]).await.ok();
        assert_eq!(first["has_more"], true);
        assert_eq!(ids(&sandbox.find(URL, &[("starting_after", &id(&parent))]).await.ok()), [own]);
        sandbox.post(&path, &[("active", "false")]).await.ok();
        assert_eq!(ids(&sandbox.find(URL, &[("active", "false")]).await.ok()), [id(&child)]);
        assert_eq!(ids(&sandbox.find(URL, &[("application", "ca_1")]).await.ok()), Vec::<String>::new());

        sandbox.post(URL, &[("parent", "pmc_1nobody")]).await.error(400, "resource_missing", "parent");
        sandbox.post(URL, &[("parent", &id(&child))]).await.error(400, None, "parent");
        sandbox.post(URL, &[(DEBITS, "maybe")]).await.error(400, None, DEBITS);
        sandbox.post(URL, &[("barter[display_preference][preference]", "on")]).await.error(400, "parameter_unknown", "barter");
        sandbox.get(&format!("{URL}/pmc_1nobody")).await.error(404, "resource_missing", "configuration");
        sandbox.find(URL, &[("starting_after", "pmc_1nobody")]).await.error(400, "resource_missing", "starting_after");
    })
    .await;
}

#[tokio::test]
async fn they_count_for_intents() {
    each(async |server| {
        let sandbox = server.sandbox();
        let own = default(&sandbox).await;
        let payment = [("amount", "2000"), ("currency", "usd")];
        let made = sandbox.post("/v1/payment_intents", &payment).await.ok();
        assert_eq!(made["payment_method_configuration_details"], json!({"id": own["id"], "parent": null}));
        let parent = sandbox.post(URL, &[("name", "Parent")]).await.ok();
        let child = id(&sandbox.post(URL, &[("name", "Child"), ("parent", &id(&parent))]).await.ok());
        let by_child = [("payment_method_configuration", child.as_str())];
        let setup = sandbox.post("/v1/setup_intents", &by_child).await.ok();
        assert_eq!(setup["payment_method_configuration_details"], json!({"id": child, "parent": parent["id"]}));

        sandbox.post(&format!("{URL}/{}", id(&parent)), &[(DEBITS, "off")]).await.ok();
        let param = "payment_method_configuration";
        sandbox.post("/v1/setup_intents", &by_child).await.error(400, None, param);
        sandbox.post("/v1/payment_intents", &[&payment[..], &by_child].concat()).await.error(400, None, param);
        sandbox.post(&format!("{URL}/{child}"), &[("active", "false"), (DEBITS, "on")]).await.ok();
        sandbox.post("/v1/setup_intents", &by_child).await.error(400, None, param);
        sandbox.post("/v1/setup_intents", &[(param, "pmc_1nobody")]).await.error(400, "resource_missing", param);
        sandbox.post(&format!("{URL}/{}", id(&own)), &[(DEBITS, "off")]).await.ok();
        sandbox.post("/v1/payment_intents", &payment).await.error(400, None, param);
        // Older versions name their types and ask no configuration.
        let older = sandbox.with("stripe-version", "2026-08-26.dahlia");
        let named = [&payment[..], &[("payment_method_types[]", "us_bank_account")]].concat();
        let made = older.post("/v1/payment_intents", &named).await.ok();
        assert_eq!(made["payment_method_configuration_details"], Value::Null);
    })
    .await;
}
