use serde_json::{Value, json};
use testkit::{Client, Sandbox, WebhookReceiver, each, ids};

const DESTINATIONS: &str = "/v2/core/event_destinations";
const VERSION: &str = "2026-10-28.endive";

/// A caller of `/v2`.
pub(super) fn v2(sandbox: &Sandbox) -> Client {
    sandbox.version(VERSION)
}

/// What makes a destination at `url`, with `changes` over sensible fields.
pub(super) fn wanted(url: &str, changes: &Value) -> Value {
    let mut body = json!({
        "name": "Shop",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["v1.customer.created"],
        "webhook_endpoint": {"url": url},
        "include": ["webhook_endpoint.signing_secret", "webhook_endpoint.url"],
    });
    let Value::Object(changes) = changes else { panic!("fields") };
    for (name, value) in changes {
        body[name] = value.clone();
    }
    body
}

pub(super) async fn destination(sandbox: &Sandbox, url: &str, changes: Value) -> Value {
    v2(sandbox).post_json(DESTINATIONS, &wanted(url, &changes)).await.ok()
}

fn path_of(destination: &Value) -> String {
    format!("{DESTINATIONS}/{}", destination["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn destinations_are_made_changed_and_removed() {
    each(async |server| {
        let sandbox = server.sandbox();
        let api = v2(&sandbox);
        let made = destination(&sandbox, "https://example.com/a", json!({"description": "mine", "metadata": {"a": "1"}})).await;
        let path = path_of(&made);
        let secret = made["webhook_endpoint"]["signing_secret"].as_str().unwrap();
        assert!(secret.starts_with("whsec_"));
        let created = made["created"].as_str().unwrap();
        let expected = json!({
            "id": made["id"], "object": "v2.core.event_destination", "created": created, "description": "mine",
            "enabled_events": ["v1.customer.created"], "event_payload": "thin", "events_from": ["@self"], "livemode": false,
            "metadata": {"a": "1"}, "name": "Shop", "status": "enabled", "type": "webhook_endpoint", "updated": created,
            "webhook_endpoint": {"signing_secret": secret, "url": "https://example.com/a"},
        });
        assert_eq!(made, expected);
        assert!(created.ends_with('Z') && created.len() == 24, "{created}");

        let shown = api.get(&path).await.ok();
        assert_eq!(shown["webhook_endpoint"], json!({}), "the address is shown on demand, the secret no more");
        let with_url = api.find(&path, &[("include[0]", "webhook_endpoint.url")]).await.ok();
        assert_eq!(with_url["webhook_endpoint"], json!({"url": "https://example.com/a"}));

        sandbox.advance(10).await;
        let changes = json!({
            "name": "Other", "description": null, "metadata": {"a": null, "b": "2"},
            "enabled_events": ["*"], "webhook_endpoint": {"url": "https://example.com/b"}, "include": ["webhook_endpoint.url"],
        });
        let changed = api.post_json(&path, &changes).await.ok();
        assert_eq!((&changed["name"], &changed["description"]), (&json!("Other"), &json!("")));
        assert_eq!((&changed["metadata"], &changed["enabled_events"]), (&json!({"b": "2"}), &json!(["*"])));
        assert_eq!(changed["webhook_endpoint"], json!({"url": "https://example.com/b"}));
        assert!(changed["updated"].as_str() > Some(created));
        assert_eq!(changed["created"], created);

        let off = api.post_json(&format!("{path}/disable"), &json!({})).await.ok();
        assert_eq!((&off["status"], &off["status_details"]), (&json!("disabled"), &json!({"disabled": {"reason": "user"}})));
        api.post_json(&format!("{path}/ping"), &json!({})).await.error(400, None, None);
        let on = api.post_json(&format!("{path}/enable"), &json!({})).await.ok();
        assert_eq!((&on["status"], on.get("status_details")), (&json!("enabled"), None));

        assert_eq!(api.delete(&path).await.ok(), json!({"id": made["id"], "object": "v2.core.event_destination"}));
        api.get(&path).await.error(404, "not_found", "id");
        assert!(ids(&api.get(DESTINATIONS).await.ok()).is_empty());
    })
    .await;
}

#[tokio::test]
async fn wrong_destinations_are_refused_by_name() {
    each(async |server| {
        let sandbox = server.sandbox();
        let api = v2(&sandbox);
        let cases = [
            (json!({"name": null}), "name"),
            (json!({"enabled_events": []}), "enabled_events"),
            (json!({"enabled_events": ["customer.created"]}), "enabled_events.0"),
            (json!({"enabled_events": ["v1.customer.created", "v1.customer.tickled"]}), "enabled_events.1"),
            (json!({"enabled_events": ["*", "v1.customer.created"]}), "enabled_events"),
            (json!({"event_payload": "fat"}), "event_payload"),
            (json!({"event_payload": "snapshot"}), "enabled_events.0"),
            (json!({"snapshot_api_version": "2026-10-28.endive"}), "snapshot_api_version"),
            (
                json!({"event_payload": "snapshot", "enabled_events": ["*"], "snapshot_api_version": "1999-01-01"}),
                "snapshot_api_version",
            ),
            (json!({"type": "amazon_eventbridge", "amazon_eventbridge": {"aws_account_id": "1", "aws_region": "x"}}), "type"),
            (json!({"type": "azure_event_grid", "azure_event_grid": {"azure_region": "x"}}), "type"),
            (json!({"type": "pigeon"}), "type"),
            (json!({"webhook_endpoint": {}}), "webhook_endpoint"),
            (json!({"webhook_endpoint": {"url": "example.com"}}), "webhook_endpoint.url"),
            (json!({"webhook_endpoint": {"url": "ftp://example.com"}}), "webhook_endpoint.url"),
            (json!({"events_from": ["@accounts"]}), "events_from"),
            (json!({"include": ["secrets"]}), "include.0"),
            (json!({"expand": ["x"]}), "expand"),
            (json!({"metadata": {"a": {"b": 1}}}), "metadata.a"),
            (json!({"description": "x".repeat(5_001)}), "description"),
            (json!({"enabled_events": vec!["v1.customer.created"; 501]}), "enabled_events"),
        ];
        for (changes, param) in cases {
            println!("{changes}");
            let answer = api.post_json(DESTINATIONS, &wanted("https://example.com", &changes)).await;
            let error = answer.error(400, "invalid_fields", param);
            assert_eq!(error.get("doc_url"), None);
        }
        let form = sandbox.version(VERSION);
        form.post(DESTINATIONS, &[("name", "x")]).await.error(400, None, None);
        let twice =
            json!({"description": "x".repeat(5_000), "enabled_events": vec!["v1.customer.created", "v1.customer.created"]});
        let made = destination(&sandbox, "https://example.com", twice).await;
        assert_eq!(made["enabled_events"], json!(["v1.customer.created"]), "each name once");
        api.delete(&path_of(&made)).await.ok();
        let text = form.with("content-type", "application/json");
        for body in ["", "[]", "{", "\"x\"", "{\"a[b]\": 1}"] {
            assert_eq!(text.post_raw(DESTINATIONS, body).await.status, 400, "{body}");
        }
        for number in 0..16 {
            destination(&sandbox, &format!("https://example.com/{number}"), json!({})).await;
        }
        api.post_json(DESTINATIONS, &wanted("https://example.com", &json!({}))).await.error(400, None, None);
    })
    .await;
}

#[tokio::test]
async fn every_request_names_its_version_and_account() {
    each(async |server| {
        let sandbox = server.sandbox();
        let error = sandbox.get(DESTINATIONS).await.error(400, None, None);
        assert!(error["message"].as_str().unwrap().contains("Stripe-Version"), "{error}");
        let own = sandbox.account().await;
        v2(&sandbox).with("stripe-context", &own).get(DESTINATIONS).await.ok();
        v2(&sandbox).with("stripe-context", "acct_other").get(DESTINATIONS).await.error(403, "account_invalid", None);
        v2(&sandbox).get("/v2/core/nothing").await.error(404, None, None);
    })
    .await;
}

#[tokio::test]
async fn pages_go_on_by_token_in_both_directions() {
    each(async |server| {
        let sandbox = server.sandbox();
        let api = v2(&sandbox);
        let mut all = Vec::new();
        for number in 0..5 {
            let made = destination(&sandbox, &format!("https://example.com/{number}"), json!({})).await;
            all.insert(0, made["id"].as_str().unwrap().to_owned());
        }
        let next = |page: &Value| page["next_page_url"].as_str().map(str::to_owned);
        let previous = |page: &Value| page["previous_page_url"].as_str().map(str::to_owned);
        let whole = api.get(DESTINATIONS).await.ok();
        assert_eq!((ids(&whole), next(&whole), previous(&whole)), (all.clone(), None, None));

        let first = api.find(DESTINATIONS, &[("limit", "2"), ("include[0]", "webhook_endpoint.url")]).await.ok();
        assert_eq!((ids(&first), previous(&first)), (all[..2].to_vec(), None));
        let second = api.get(&next(&first).unwrap()).await.ok();
        assert_eq!(ids(&second), all[2..4]);
        assert_eq!(second["data"][0]["webhook_endpoint"]["url"], "https://example.com/2", "what to include goes on too");
        let third = api.get(&next(&second).unwrap()).await.ok();
        assert_eq!((ids(&third), next(&third)), (all[4..].to_vec(), None));
        let back = api.get(&previous(&third).unwrap()).await.ok();
        assert_eq!(ids(&back), all[2..4]);
        let start = api.get(&previous(&back).unwrap()).await.ok();
        assert_eq!((ids(&start), previous(&start)), (all[..2].to_vec(), None));
        assert_eq!(next(&start), next(&first));

        for (name, value) in [("page", "nonsense"), ("page", ""), ("limit", "0"), ("limit", "101"), ("include[0]", "x")] {
            assert_eq!(api.find(DESTINATIONS, &[(name, value)]).await.status, 400, "{name}={value}");
        }
        api.delete(&format!("{DESTINATIONS}/{}", all[1])).await.ok();
        api.get(&next(&first).unwrap()).await.error(400, "invalid_fields", "page");
    })
    .await;
}

#[tokio::test]
async fn keys_hold_successes_for_thirty_days() {
    each(async |server| {
        let sandbox = server.sandbox();
        let keyed = v2(&sandbox).idempotent("make");
        let wrong = json!({"name": "x"});
        keyed.post_json(DESTINATIONS, &wrong).await.error(400, "invalid_fields", "enabled_events");
        let body = wanted("https://example.com", &json!({}));
        let made = keyed.post_json(DESTINATIONS, &body).await.ok();
        let again = keyed.post_json(DESTINATIONS, &body).await;
        assert_eq!((again.is_replay(), again.ok()), (true, made.clone()));
        let other = wanted("https://example.com/other", &json!({}));
        assert_eq!(keyed.post_json(DESTINATIONS, &other).await.error(400, None, None)["type"], "idempotency_error");

        // What failed at work is tried again under its key, and then kept.
        let ping = format!("{}/ping", path_of(&made));
        v2(&sandbox).post_json(&path_of(&made), &json!({"webhook_endpoint": {"url": "http://127.0.0.1:1"}})).await.ok();
        v2(&sandbox).post_json(&format!("{}/disable", path_of(&made)), &json!({})).await.ok();
        let pinging = v2(&sandbox).idempotent("ping");
        pinging.post_json(&ping, &json!({})).await.error(400, None, None);
        v2(&sandbox).post_json(&format!("{}/enable", path_of(&made)), &json!({})).await.ok();
        let first = pinging.post_json(&ping, &json!({})).await.ok();
        assert_eq!(pinging.post_json(&ping, &json!({})).await.ok(), first);
        let events = v2(&sandbox).get("/v2/core/events").await.ok();
        assert_eq!(ids(&events), [first["id"].as_str().unwrap()]);
        assert_eq!(first["reason"]["request"]["idempotency_key"], "ping");

        // Deleting has keys too.
        let gone = v2(&sandbox).idempotent("gone");
        gone.delete(&path_of(&made)).await.ok();
        assert!(gone.delete(&path_of(&made)).await.is_replay());
        sandbox.settle().await;
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_destination_takes_whole_events_at_its_version() {
    each(async |server| {
        let sandbox = server.sandbox();
        let receiver = WebhookReceiver::start().await;
        let snapshot = json!({
            "event_payload": "snapshot", "enabled_events": ["customer.created"], "snapshot_api_version": "2024-06-20",
        });
        let made = destination(&sandbox, &receiver.url, snapshot).await;
        assert_eq!(made["snapshot_api_version"], "2024-06-20");
        let customer = sandbox.customer("Jane").await;
        server.run_due().await;
        let received = &receiver.received()[0];
        assert!(received.is_signed_by(made["webhook_endpoint"]["signing_secret"].as_str().unwrap(), testkit::START));
        assert_eq!((&received.event["object"], &received.event["api_version"]), (&json!("event"), &json!("2024-06-20")));
        assert_eq!(received.event["data"]["object"]["id"], customer.as_str());
        assert!(ids(&v2(&sandbox).get("/v2/core/events").await.ok()).is_empty(), "it has no use for thin events");
        // A ping is thin wherever it goes.
        v2(&sandbox).post_json(&format!("{}/ping", path_of(&made)), &json!({})).await.ok();
        server.run_due().await;
        assert_eq!(receiver.types(), ["customer.created", "v2.core.event_destination.ping"]);
    })
    .await;
}
