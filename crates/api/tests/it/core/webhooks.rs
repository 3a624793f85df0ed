use serde_json::{Value, json};
use testkit::{Params, Sandbox, WebhookReceiver, each, ids};

const HOOKS: &str = "/v1/webhook_endpoints";
const DELIVERIES: &str = "/drawbridge/v1/deliveries";

async fn listen(sandbox: &Sandbox, receiver: &WebhookReceiver, events: &[&str], more: &[(&str, &str)]) -> Value {
    let mut params = vec![("url", receiver.url.as_str())];
    params.extend(events.iter().map(|name| ("enabled_events[]", *name)));
    params.extend_from_slice(more);
    sandbox.post(HOOKS, &params).await.ok()
}

async fn newest_event(sandbox: &Sandbox) -> String {
    ids(&sandbox.get("/v1/events").await.ok()).remove(0)
}

async fn deliveries(sandbox: &Sandbox, event: &str) -> Vec<Value> {
    sandbox.find(DELIVERIES, &[("event", event)]).await.ok()["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn endpoints_are_made_changed_and_removed() {
    each(async |server| {
        let sandbox = server.sandbox();
        let params = [
            ("url", "https://example.com/hook"),
            ("enabled_events[]", "customer.created"),
            ("description", "mine"),
            ("metadata[a]", "b"),
        ];
        let made = sandbox.post(HOOKS, &params).await.ok();
        assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
        let path = format!("{HOOKS}/{}", made["id"].as_str().unwrap());
        let shown = sandbox.get(&path).await.ok();
        assert_eq!(shown.get("secret"), None, "the secret is shown once");
        assert_eq!((shown["status"].as_str(), shown["api_version"].as_str()), (Some("enabled"), None));
        let changes =
            [("disabled", "true"), ("enabled_events[]", "*"), ("url", "https://example.com/other"), ("description", "")];
        let changed = sandbox.post(&path, &changes).await.ok();
        assert_eq!(changed["enabled_events"], json!(["*"]));
        assert_eq!((changed["status"].as_str(), changed["description"].as_str()), (Some("disabled"), None));
        assert_eq!(ids(&sandbox.get(HOOKS).await.ok()), [made["id"].as_str().unwrap()]);
        assert_eq!(sandbox.delete(&path).await.ok()["deleted"], true);
        sandbox.get(&path).await.error(404, "resource_missing", "id");

        let cases: &[(Params<'_>, Option<&str>, &str)] = &[
            (&[("enabled_events[]", "*")], Some("parameter_missing"), "url"),
            (&[("url", "https://example.com")], Some("parameter_missing"), "enabled_events"),
            (&[("url", "example.com"), ("enabled_events[]", "*")], Some("url_invalid"), "url"),
            (&[("url", "ftp://example.com"), ("enabled_events[]", "*")], Some("url_invalid"), "url"),
            (&[("url", "https://u:p@example.com"), ("enabled_events[]", "*")], Some("url_invalid"), "url"),
            (
                &[("url", "https://example.com"), ("enabled_events[]", "*"), ("enabled_events[]", "customer.created")],
                None,
                "enabled_events",
            ),
            (&[("url", "https://example.com"), ("enabled_events[]", "castle.built")], None, "enabled_events[0]"),
            (&[("url", "https://example.com"), ("enabled_events[]", "*"), ("api_version", "1999-01-01")], None, "api_version"),
        ];
        for (params, code, param) in cases {
            println!("{params:?}");
            sandbox.post(HOOKS, params).await.error(400, *code, *param);
        }
    })
    .await;
}

#[tokio::test]
async fn delivers_signed_events_to_those_who_listen() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (every, created, other) =
            (WebhookReceiver::start().await, WebhookReceiver::start().await, WebhookReceiver::start().await);
        let endpoint = listen(&sandbox, &every, &["*"], &[]).await;
        listen(&sandbox, &created, &["customer.created"], &[]).await;
        listen(&server.sandbox(), &other, &["*"], &[]).await;
        let id = sandbox.customer("Jane").await;
        let event = newest_event(&sandbox).await;
        assert_eq!(sandbox.get(&format!("/v1/events/{event}")).await.ok()["pending_webhooks"], 2, "before it is delivered");
        assert_eq!(deliveries(&sandbox, &event).await.len(), 2, "rows are written with the event");
        sandbox.post(&format!("/v1/customers/{id}"), &[("name", "Ann")]).await.ok();
        assert_eq!(server.run_due().await, 3);

        assert_eq!(every.types(), ["customer.created", "customer.updated"]);
        assert_eq!(created.types(), ["customer.created"]);
        assert!(other.types().is_empty(), "events stay within their sandbox");
        let received = &every.received()[0];
        let secret = endpoint["secret"].as_str().unwrap();
        assert!(received.is_signed_by(secret, testkit::START));
        assert!(!received.is_signed_by("whsec_other", testkit::START));
        assert_eq!(received.headers["content-type"], "application/json; charset=utf-8");
        let now = sandbox.get(&format!("/v1/events/{event}")).await.ok();
        assert_eq!(now["pending_webhooks"], 0);
        assert_eq!(received.event["data"], now["data"]);
        assert_eq!(received.event["id"], event.as_str());
        for delivery in deliveries(&sandbox, &event).await {
            assert_eq!(delivery["status"], "succeeded");
            let attempt = &delivery["attempts"][0];
            assert_eq!((attempt["response_status"].as_i64(), attempt["response_excerpt"].as_str()), (Some(200), Some("ok")));
        }
    })
    .await;
}

#[tokio::test]
async fn tries_again_on_schedule_and_keeps_every_attempt() {
    each(async |server| {
        let sandbox = server.sandbox();
        let receiver = WebhookReceiver::start().await;
        listen(&sandbox, &receiver, &["customer.created"], &[]).await;
        receiver.answer(500, &format!("broken {}", "x".repeat(2_000)));
        receiver.answer(302, "elsewhere");
        receiver.answer(404, "gone");
        sandbox.customer("Jane").await;
        let event = newest_event(&sandbox).await;
        server.run_due().await;
        // Seconds that pass, and how many attempts were made then.
        for (seconds, attempts) in [(0, 1), (599, 1), (1, 2), (7_199, 2), (1, 3), (30 * 3_600, 3)] {
            sandbox.advance(seconds).await;
            assert_eq!(receiver.received().len(), attempts, "after {seconds} more seconds");
            let delivery = &deliveries(&sandbox, &event).await[0];
            let expected = if attempts < 3 { "pending" } else { "failed" };
            assert_eq!(delivery["status"], expected);
            assert_eq!(delivery["attempts"].as_array().unwrap().len(), attempts);
        }
        let delivery = &deliveries(&sandbox, &event).await[0];
        let statuses: Vec<i64> =
            delivery["attempts"].as_array().unwrap().iter().map(|one| one["response_status"].as_i64().unwrap()).collect();
        assert_eq!(statuses, [500, 302, 404]);
        let first = &delivery["attempts"][0];
        assert!(first["response_excerpt"].as_str().unwrap().starts_with("broken x"));
        assert_eq!(first["response_excerpt"].as_str().unwrap().len(), 512);
        assert!(first["error"].as_str().unwrap().contains("500"));
        assert_eq!(delivery["next_attempt_at"], Value::Null);
        assert_eq!(sandbox.get(&format!("/v1/events/{event}")).await.ok()["pending_webhooks"], 0);
        let bodies: Vec<_> = receiver.received().iter().map(|one| one.event["id"].clone()).collect();
        assert_eq!(bodies, vec![json!(event); 3]);
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_is_an_error_too() {
    each(async |server| {
        let sandbox = server.sandbox();
        // A port of our own that nobody listens on any more.
        let closed = { WebhookReceiver::start().await.url.clone() };
        tokio::task::yield_now().await;
        sandbox.post(HOOKS, &[("url", closed.as_str()), ("enabled_events[]", "*")]).await.ok();
        sandbox.post(HOOKS, &[("url", "http://169.254.169.254/latest"), ("enabled_events[]", "*")]).await.ok();
        sandbox.customer("Jane").await;
        server.run_due().await;
        let event = newest_event(&sandbox).await;
        for delivery in deliveries(&sandbox, &event).await {
            assert_eq!(delivery["status"], "pending");
            let attempt = &delivery["attempts"][0];
            assert_eq!(attempt["response_status"], Value::Null);
            assert!(!attempt["error"].as_str().unwrap().is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn a_slow_endpoint_delays_no_other() {
    each(async |server| {
        let worker = tokio::spawn(std::sync::Arc::clone(server.app.runner()).work());
        let sandbox = server.sandbox();
        let (slow, fast) = (WebhookReceiver::start().await, WebhookReceiver::start().await);
        listen(&sandbox, &slow, &["customer.created"], &[]).await;
        listen(&sandbox, &fast, &["customer.created"], &[]).await;
        let gates: Vec<_> = (0..4).map(|_| slow.hold()).collect();
        for number in 0..6 {
            sandbox.customer(&format!("c{number}")).await;
        }
        fast.wait_for(6).await;
        slow.wait_for(4).await;
        assert_eq!(slow.received().len(), 4, "no more than four at once to one endpoint");
        gates.iter().for_each(testkit::Gate::open);
        slow.wait_for(6).await;
        sandbox.settle().await;
        worker.abort();
    })
    .await;
}

#[tokio::test]
async fn endpoints_get_their_own_version() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (today, before) = (WebhookReceiver::start().await, WebhookReceiver::start().await);
        let events = ["financial_connections.account.created"];
        listen(&sandbox, &today, &events, &[]).await;
        listen(&sandbox, &before, &events, &[("api_version", "2025-10-29.clover")]).await;
        sandbox.link("Test (OAuth)", &["Success"], &[]).await;
        let (today, before) = (today.received()[0].event.clone(), before.received()[0].event.clone());
        assert_eq!(
            (today["api_version"].as_str(), before["api_version"].as_str()),
            (Some("2026-10-28.endive"), Some("2025-10-29.clover"))
        );
        assert_eq!(today["id"], before["id"]);
        assert!(today["data"]["object"].get("account_numbers").is_some());
        assert!(before["data"]["object"].get("account_numbers").is_none(), "that version knew no account numbers");
    })
    .await;
}

#[tokio::test]
async fn disabled_and_deleted_endpoints_get_nothing_more() {
    each(async |server| {
        let sandbox = server.sandbox();
        let receiver = WebhookReceiver::start().await;
        let disabled = listen(&sandbox, &receiver, &["*"], &[]).await;
        let deleted = listen(&sandbox, &receiver, &["*"], &[]).await;
        sandbox.customer("Jane").await;
        let event = newest_event(&sandbox).await;
        sandbox.post(&format!("{HOOKS}/{}", disabled["id"].as_str().unwrap()), &[("disabled", "true")]).await.ok();
        sandbox.delete(&format!("{HOOKS}/{}", deleted["id"].as_str().unwrap())).await.ok();
        server.run_due().await;
        sandbox.customer("Ann").await;
        server.run_due().await;
        assert!(receiver.received().is_empty());
        let statuses: Vec<Value> = deliveries(&sandbox, &event).await.iter().map(|one| one["status"].clone()).collect();
        assert_eq!(statuses, [json!("failed"), json!("failed")]);
        assert_eq!(sandbox.get(&format!("/v1/events/{event}")).await.ok()["pending_webhooks"], 0);
        // Switched on again, it gets what happens from then on.
        sandbox.post(&format!("{HOOKS}/{}", disabled["id"].as_str().unwrap()), &[("disabled", "false")]).await.ok();
        sandbox.customer("Zoe").await;
        server.run_due().await;
        assert_eq!(receiver.received().len(), 1);
        assert_eq!(receiver.received()[0].event["data"]["object"]["name"], "Zoe");
    })
    .await;
}

#[tokio::test]
async fn events_are_found_by_how_their_delivery_went_and_sent_again() {
    each(async |server| {
        let sandbox = server.sandbox();
        let receiver = WebhookReceiver::start().await;
        sandbox.customer("before").await;
        let endpoint = listen(&sandbox, &receiver, &["customer.created"], &[]).await;
        sandbox.customer("delivered").await;
        server.run_due().await;
        receiver.answer(500, "no");
        sandbox.customer("failing").await;
        server.run_due().await;
        sandbox.customer("waiting").await;
        let names = async |success: &str| -> Vec<String> {
            let list = sandbox.find("/v1/events", &[("delivery_success", success)]).await.ok();
            list["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|event| event["data"]["object"]["name"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(names("false").await, ["waiting", "failing"]);
        assert_eq!(names("true").await, ["delivered", "before"]);

        let failing = sandbox.find("/v1/events", &[("delivery_success", "false")]).await.ok();
        let failing = ids(&failing).remove(1);
        let path = format!("/drawbridge/v1/events/{failing}/deliveries/{}/resend", endpoint["id"].as_str().unwrap());
        assert_eq!(sandbox.post(&path, &[]).await.ok()["status"], "pending");
        server.run_due().await;
        assert!(names("false").await.is_empty());
        assert_eq!(deliveries(&sandbox, &failing).await[0]["attempts"].as_array().unwrap().len(), 2);
        let unknown = format!("/drawbridge/v1/events/{failing}/deliveries/we_none/resend");
        sandbox.post(&unknown, &[]).await.error(404, "resource_missing", "id");
        sandbox.find(DELIVERIES, &[("event", "evt_none")]).await.error(404, "resource_missing", "event");
    })
    .await;
}
