use serde_json::{Value, json};
use testkit::{Params, Sandbox, WebhookReceiver, each, ids};

use super::event_destinations::{destination, v2};

const EVENTS: &str = "/v2/core/events";
const DELIVERIES: &str = "/drawbridge/v1/deliveries";

async fn listed(sandbox: &Sandbox, params: &[(&str, &str)]) -> Vec<String> {
    let list = v2(sandbox).find(EVENTS, params).await.ok();
    list["data"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn says_what_happened_and_where_to_look() {
    each(async |server| {
        let sandbox = server.sandbox();
        let receiver = WebhookReceiver::start().await;
        let made = destination(&sandbox, &receiver.url, json!({})).await;
        let customer = sandbox.idempotent("k1").post("/v1/customers", &[("name", "Jane")]).await;
        let request = customer.header("request-id").unwrap().to_owned();
        let id = customer.ok()["id"].as_str().unwrap().to_owned();
        sandbox.post(&format!("/v1/customers/{id}"), &[("name", "Ann")]).await.ok();
        server.run_due().await;

        assert_eq!(receiver.types(), ["v1.customer.created"], "only what it listens for");
        let received = &receiver.received()[0];
        assert!(received.is_signed_by(made["webhook_endpoint"]["signing_secret"].as_str().unwrap(), testkit::START));
        let event = &received.event;
        let snapshot = ids(&sandbox.find("/v1/events", &[("type", "customer.created")]).await.ok()).remove(0);
        let expected = json!({
            "id": event["id"], "object": "v2.core.event", "context": sandbox.account().await, "created": event["created"],
            "livemode": false,
            "reason": {"request": {"id": request, "idempotency_key": "k1"}, "type": "request"},
            "related_object": {"id": id, "type": "customer", "url": format!("/v1/customers/{id}")},
            "snapshot_event": snapshot, "type": "v1.customer.created",
        });
        assert_eq!(*event, expected);
        let event_id = event["id"].as_str().unwrap();
        assert_ne!(event_id, snapshot);
        assert_eq!(v2(&sandbox).get(&format!("{EVENTS}/{event_id}")).await.ok(), expected);
        assert_eq!(sandbox.get(event["related_object"]["url"].as_str().unwrap()).await.ok()["name"], "Ann", "as it is now");
        assert_eq!(listed(&sandbox, &[]).await, ["v1.customer.created"], "nobody listens for the update");
        assert_eq!(sandbox.get(&format!("/v1/events/{snapshot}")).await.ok()["pending_webhooks"], 0);
        v2(&sandbox).get(&format!("{EVENTS}/{snapshot}")).await.error(404, "not_found", "id");
        sandbox.get(&format!("/v1/events/{event_id}")).await.error(404, "resource_missing", "id");
    })
    .await;
}

#[tokio::test]
async fn the_end_of_a_refresh_has_a_name_of_its_own() {
    const ACCOUNT: &str = "v1.financial_connections.account";
    each(async |server| {
        let sandbox = server.sandbox();
        let receiver = WebhookReceiver::start().await;
        destination(&sandbox, &receiver.url, json!({"enabled_events": ["*"]})).await;
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[]).await;
        let id = linked.id();
        sandbox.refresh(&id, &["balance", "ownership", "transactions"]).await;
        let mut types = listed(&sandbox, &[("object_id", &id)]).await;
        types.sort_unstable();
        let expected = [
            "balance_refresh_succeeded",
            "created",
            "ownership_refresh_succeeded",
            "refreshed_balance",
            "refreshed_ownership",
            "refreshed_transactions",
            "transactions_refresh_succeeded",
        ];
        assert_eq!(types, expected.map(|name| format!("{ACCOUNT}.{name}")));
        sandbox.end_consents_at_banks().await;
        sandbox.advance(1).await;
        sandbox.refresh(&id, &["balance"]).await;
        let sent = receiver.types();
        for name in ["balance_refresh_succeeded", "balance_refresh_failed", "deactivated"] {
            assert!(sent.contains(&format!("{ACCOUNT}.{name}")), "{name} in {sent:?}");
        }
        let event = receiver.received().into_iter().find(|one| one.event["type"] == format!("{ACCOUNT}.created")).unwrap().event;
        assert_eq!(event["related_object"]["url"], format!("/v1/financial_connections/accounts/{id}"));
        assert_eq!(event.get("reason"), None, "no call of the API caused it");
    })
    .await;
}

#[tokio::test]
async fn lists_what_is_asked_for() {
    each(async |server| {
        let sandbox = server.sandbox();
        let receiver = WebhookReceiver::start().await;
        destination(&sandbox, &receiver.url, json!({"enabled_events": ["*"]})).await;
        let first = sandbox.customer("Jane").await;
        sandbox.advance(100).await;
        let second = sandbox.customer("Ann").await;
        sandbox.delete(&format!("/v1/customers/{first}")).await.ok();
        sandbox.settle().await;
        let (created, deleted) = ("v1.customer.created", "v1.customer.deleted");
        let now = sandbox.now().await;
        let iso = "2100-01-01T00:00:00Z";
        let cases: &[(Params<'_>, &[&str])] = &[
            (&[], &[deleted, created, created]),
            (&[("object_id", &first)], &[deleted, created]),
            (&[("object_id", &second)], &[created]),
            (&[("object_id", "cus_none")], &[]),
            (&[("types[0]", deleted)], &[deleted]),
            (&[("types[0]", deleted), ("types[1]", created)], &[deleted, created, created]),
            (&[("types[0]", created), ("object_id", &first)], &[created]),
            (&[("created[gte]", &now.to_string())], &[deleted, created]),
            (&[("created[lt]", &now.to_string())], &[created]),
            (&[("created[lte]", iso), ("created[gt]", "2001-01-01T00:00:00+01:00")], &[deleted, created, created]),
        ];
        for (params, expected) in cases {
            assert_eq!(listed(&sandbox, params).await, *expected, "{params:?}");
        }
        let wrong: [(&str, &str, &str); 4] = [
            ("created[gte]", "yesterday", "created.gte"),
            ("created[since]", "1", "created.since"),
            ("page", "x", "page"),
            ("starting_after", "evt_1", "starting_after"),
        ];
        for (name, value, param) in wrong {
            v2(&sandbox).find(EVENTS, &[(name, value)]).await.error(400, "invalid_fields", param);
        }
        let many: Vec<(String, &str)> = (0..21).map(|index| (format!("types[{index}]"), created)).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        v2(&sandbox).find(EVENTS, &many).await.error(400, "invalid_fields", "types");

        let filter = [("limit", "1"), ("types[0]", created), ("created[gt]", "2001-01-01T00:00:00Z")];
        let page = v2(&sandbox).find(EVENTS, &filter).await.ok();
        let next = v2(&sandbox).get(page["next_page_url"].as_str().unwrap()).await.ok();
        assert_eq!((&next["data"][0]["related_object"]["id"], &next["next_page_url"]), (&json!(first), &Value::Null));
        let back = v2(&sandbox).get(next["previous_page_url"].as_str().unwrap()).await.ok();
        assert_eq!(back["data"], page["data"]);
    })
    .await;
}

#[tokio::test]
async fn deliveries_are_tried_again_and_seen() {
    each(async |server| {
        let sandbox = server.sandbox();
        let receiver = WebhookReceiver::start().await;
        let made = destination(&sandbox, &receiver.url, json!({})).await;
        receiver.answer(500, "broken");
        sandbox.customer("Jane").await;
        let event = ids(&v2(&sandbox).get(EVENTS).await.ok()).remove(0);
        server.run_due().await;
        let delivery = async || sandbox.find(DELIVERIES, &[("event", &event)]).await.ok()["data"][0].clone();
        let first = delivery().await;
        assert_eq!((&first["status"], &first["event_destination"]), (&json!("pending"), &made["id"]));
        assert_eq!(first["webhook_endpoint"], Value::Null);
        sandbox.advance(600).await;
        assert_eq!(delivery().await["status"], "succeeded");
        let bodies: Vec<Value> = receiver.received().iter().map(|one| one.event["id"].clone()).collect();
        assert_eq!(bodies, [json!(event), json!(event)]);
        let id = made["id"].as_str().unwrap();
        sandbox.post(&format!("/drawbridge/v1/events/{event}/deliveries/{id}/resend"), &[]).await.ok();
        server.run_due().await;
        assert_eq!(receiver.received().len(), 3);

        // Off: nothing is written. Off with something under way: it ends.
        let path = format!("/v2/core/event_destinations/{id}");
        receiver.answer(500, "broken");
        sandbox.customer("Ann").await;
        let under_way = ids(&v2(&sandbox).get(EVENTS).await.ok()).remove(0);
        server.run_due().await;
        v2(&sandbox).post_json(&format!("{path}/disable"), &json!({})).await.ok();
        sandbox.customer("Eve").await;
        sandbox.advance(3_600).await;
        assert_eq!(receiver.received().len(), 4);
        assert_eq!(v2(&sandbox).get(EVENTS).await.ok()["data"].as_array().unwrap().len(), 2);
        let ended = sandbox.find(DELIVERIES, &[("event", &under_way)]).await.ok();
        assert_eq!(ended["data"][0]["status"], "failed");
    })
    .await;
}

#[tokio::test]
async fn a_ping_goes_to_one_destination_whatever_it_listens_for() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (here, there) = (WebhookReceiver::start().await, WebhookReceiver::start().await);
        let made = destination(&sandbox, &here.url, json!({})).await;
        destination(&sandbox, &there.url, json!({"enabled_events": ["*"]})).await;
        let id = made["id"].as_str().unwrap();
        let answered = v2(&sandbox).post_json(&format!("/v2/core/event_destinations/{id}/ping"), &json!({})).await.ok();
        assert_eq!(answered["type"], "v2.core.event_destination.ping");
        let url = format!("/v2/core/event_destinations/{id}");
        let related = json!({"id": id, "type": "v2.core.event_destination", "url": url});
        assert_eq!((&answered["related_object"], answered.get("snapshot_event")), (&related, None));
        server.run_due().await;
        assert_eq!(here.received()[0].event, answered);
        assert!(there.received().is_empty());
    })
    .await;
}

#[tokio::test]
async fn thin_events_are_kept_for_thirty_days() {
    each(async |server| {
        let sandbox = server.sandbox();
        let receiver = WebhookReceiver::start().await;
        destination(&sandbox, &receiver.url, json!({})).await;
        sandbox.customer("Jane").await;
        let event = ids(&v2(&sandbox).get(EVENTS).await.ok()).remove(0);
        sandbox.advance(30 * 86_400).await;
        v2(&sandbox).get(&format!("{EVENTS}/{event}")).await.error(404, "not_found", "id");
        assert!(listed(&sandbox, &[]).await.is_empty());
    })
    .await;
}
