use serde_json::{Value, json};
use testkit::{each, ids};

use super::{MANDATE, linked_method, seed};

const URL: &str = "/v1/refunds";

#[tokio::test]
async fn a_refund_of_a_payment_on_its_way_waits_for_it() {
    each(async |server| {
        let sandbox = server.sandbox();
        let charge = seed::charge(&sandbox, "pending").await;
        let params = [("charge", charge.as_str()), ("amount", "2500"), ("reason", "duplicate"), ("metadata[k]", "v")];
        let made = sandbox.post(URL, &params).await.ok();
        assert_eq!((&made["status"], &made["pending_reason"]), (&json!("pending"), &json!("charge_pending")));
        assert_eq!(
            (&made["amount"], &made["reason"], &made["metadata"]),
            (&json!(2500), &json!("duplicate"), &json!({"k": "v"}))
        );
        assert_eq!((&made["balance_transaction"], &made["charge"]), (&Value::Null, &json!(charge)));
        assert_eq!(made["destination_details"]["us_bank_transfer"], json!({"reference": null, "reference_status": "pending"}));
        assert_eq!(sandbox.events("refund.created").await[0]["data"]["object"], made);
        let refunded = &sandbox.events("charge.refunded").await[0]["data"];
        assert_eq!((&refunded["object"]["amount_refunded"], &refunded["object"]["refunded"]), (&json!(2500), &json!(false)));
        assert_eq!(refunded["previous_attributes"], json!({"amount_refunded": 0}));

        let rest = sandbox.post(URL, &[("charge", &charge), ("expand[]", "charge.refunds")]).await.ok();
        assert_eq!((&rest["amount"], &rest["charge"]["refunded"]), (&json!(7500), &json!(true)));
        let both = [rest["id"].clone(), made["id"].clone()].map(|id| id.as_str().expect("an id").to_owned());
        assert_eq!(ids(&rest["charge"]["refunds"]), both);
        assert_eq!(ids(&sandbox.find(URL, &[("charge", &charge)]).await.ok()), both);
        assert_eq!(ids(&sandbox.get(&format!("/v1/charges/{charge}/refunds")).await.ok()), both);
        sandbox.post(URL, &[("charge", &charge)]).await.error(400, "charge_already_refunded", None);
    })
    .await;
}

#[tokio::test]
async fn a_refund_of_a_payment_that_arrived_is_taken_from_the_balance() {
    each(async |server| {
        let sandbox = server.sandbox();
        let paid =
            [("amount", "2000"), ("currency", "usd"), ("confirm", "true"), ("payment_method", &linked_method(&sandbox).await)];
        sandbox.post("/v1/payment_intents", &[&paid[..], &MANDATE].concat()).await.ok();
        sandbox.advance(60).await;
        let charge = seed::charge(&sandbox, "succeeded").await;
        let made = sandbox.post(URL, &[("charge", &charge), ("amount", "100"), ("expand[]", "balance_transaction")]).await.ok();
        assert_eq!((&made["status"], &made["pending_reason"]), (&json!("pending"), &json!("processing")));
        let line = &made["balance_transaction"];
        assert_eq!((&line["amount"], &line["fee"], &line["net"]), (&json!(-100), &json!(0), &json!(-100)));
        assert_eq!(
            (&line["type"], &line["status"], &line["source"]),
            (&json!("payment_refund"), &json!("available"), &made["id"])
        );
        let balance = sandbox.get("/v1/balance").await.ok();
        assert_eq!(balance["available"], json!([{"amount": 1884, "currency": "usd", "source_types": {"card": 1884}}]));

        let lines =
            sandbox.find("/v1/balance_transactions", &[("type", "payment_refund"), ("expand[]", "data.source")]).await.ok();
        assert_eq!(lines["data"][0]["source"]["object"], json!("refund"));
        let of = async |name, value| ids(&sandbox.find("/v1/balance_transactions", &[(name, value)]).await.ok()).len();
        let id = made["id"].as_str().expect("an id");
        let now = sandbox.now().await.to_string();
        for (name, value, count) in [
            ("source", id, 1),
            ("source", "pyr_none", 0),
            ("currency", "usd", 2),
            ("currency", "eur", 0),
            ("type", "payment", 1),
            ("created[lte]", &now, 2),
            ("created[gt]", &now, 0),
        ] {
            assert_eq!(of(name, value).await, count, "{name}={value}");
        }
        sandbox.find("/v1/balance_transactions", &[("payout", "po_1")]).await.error(400, "resource_missing", "payout");
        sandbox.find("/v1/balance_transactions", &[("starting_after", "txn_1")]).await.error(
            400,
            "resource_missing",
            "starting_after",
        );
        sandbox.get("/v1/balance_transactions/txn_1").await.error(404, "resource_missing", "id");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_refunded_is_refused() {
    each(async |server| {
        let sandbox = server.sandbox();
        let [failed, pending] = [seed::charge(&sandbox, "failed").await, seed::charge(&sandbox, "pending").await];
        sandbox.post(URL, &[]).await.error(400, "parameter_missing", None);
        sandbox.post(URL, &[("charge", &pending), ("payment_intent", "pi_1")]).await.error(400, "parameters_exclusive", "charge");
        sandbox.post(URL, &[("charge", "py_none")]).await.error(400, "resource_missing", "charge");
        sandbox.post(URL, &[("payment_intent", "pi_none")]).await.error(400, "resource_missing", "payment_intent");
        sandbox.post(URL, &[("charge", &failed)]).await.error(400, "charge_not_refundable", None);
        for (name, value) in [
            ("amount", "10001"),
            ("currency", "eur"),
            ("reverse_transfer", "true"),
            ("refund_application_fee", "true"),
            ("origin", "customer_balance"),
        ] {
            sandbox.post(URL, &[("charge", &pending), (name, value)]).await.error(400, None, name);
        }
        assert_eq!(sandbox.post(URL, &[("charge", &pending), ("amount", "0")]).await.status, 400);
        sandbox.advance(181 * 86_400).await;
        sandbox.post(URL, &[("charge", &pending)]).await.error(400, "charge_not_refundable", None);
        assert_eq!(ids(&sandbox.get(URL).await.ok()), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn refunds_take_metadata_and_are_not_called_back() {
    each(async |server| {
        let sandbox = server.sandbox();
        let charge = seed::charge(&sandbox, "pending").await;
        let made = sandbox.post(URL, &[("charge", &charge)]).await.ok();
        let own = format!("{URL}/{}", made["id"].as_str().expect("an id"));
        let noted = sandbox.post(&own, &[("metadata[order]", "7")]).await.ok();
        assert_eq!(sandbox.get(&own).await.ok(), noted);
        for event in ["refund.updated", "charge.refund.updated"] {
            assert_eq!(sandbox.events(event).await[0]["data"]["previous_attributes"], json!({"metadata": {}}));
        }
        sandbox.post(&format!("{own}/cancel"), &[]).await.error(400, "status_transition_invalid", None);
        let waiting = seed::waiting_refund(&sandbox, &charge).await;
        assert_eq!(sandbox.post(&format!("{URL}/{waiting}/cancel"), &[]).await.ok()["status"], json!("canceled"));
    })
    .await;
}

#[tokio::test]
async fn nobody_owns_nothing_in_dollars() {
    each(async |server| {
        let balance = server.sandbox().get("/v1/balance").await.ok();
        let nothing = json!([{"amount": 0, "currency": "usd", "source_types": {"card": 0}}]);
        assert_eq!(balance, json!({"object": "balance", "available": nothing, "livemode": false, "pending": nothing}));
    })
    .await;
}
