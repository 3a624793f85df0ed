use testkit::{Params, WebhookReceiver, each, ids};

const CUSTOMERS: &str = "/v1/customers";

#[tokio::test]
async fn the_first_answer_is_given_again() {
    each(async |server| {
        let sandbox = server.sandbox();
        let keyed = sandbox.idempotent("key-1");
        let first = keyed.post(CUSTOMERS, &[("name", "Jane"), ("metadata[a]", "1")]).await;
        assert_eq!((first.status, first.is_replay(), first.header("idempotency-key")), (200, false, Some("key-1")));
        // The order of parameters does not make another request.
        let again = keyed.post(CUSTOMERS, &[("name", "Jane"), ("metadata[a]", "1")]).await;
        assert_eq!((again.is_replay(), again.ok()), (true, first.ok()));
        assert_eq!(ids(&sandbox.get(CUSTOMERS).await.ok()).len(), 1);
        assert_eq!(sandbox.events("customer.created").await.len(), 1);

        let path = format!("{CUSTOMERS}/{}", first.ok()["id"].as_str().unwrap());
        let cases: [(&str, Params<'_>); 3] = [
            (CUSTOMERS, &[("name", "Ann"), ("metadata[a]", "1")]),
            (CUSTOMERS, &[]),
            (&path, &[("name", "Jane"), ("metadata[a]", "1")]),
        ];
        for (path, params) in cases {
            let error = keyed.post(path, params).await.error(400, None, None);
            assert_eq!(error["type"], "idempotency_error", "{params:?}");
        }
        // Keys of other sandboxes are other keys.
        let other = server.sandbox().idempotent("key-1").post(CUSTOMERS, &[]).await;
        assert_eq!((other.status, other.is_replay()), (200, false));
    })
    .await;
}

#[tokio::test]
async fn keys_hold_for_a_day_of_real_time() {
    each(async |server| {
        let sandbox = server.sandbox();
        let keyed = sandbox.idempotent("key-1");
        let first = keyed.post(CUSTOMERS, &[]).await.ok();
        sandbox.advance(10 * 86_400).await;
        assert_eq!(keyed.post(CUSTOMERS, &[]).await.ok(), first, "the sandbox's time does not matter");
        server.clock.advance(86_390);
        assert_eq!(keyed.post(CUSTOMERS, &[]).await.ok(), first);
        server.clock.advance(11);
        let later = keyed.post(CUSTOMERS, &[("name", "Ann")]).await;
        assert!(!later.is_replay());
        assert_ne!(later.ok()["id"], first["id"]);
    })
    .await;
}

#[tokio::test]
async fn failures_of_work_are_kept_and_refusals_are_not() {
    each(async |server| {
        let sandbox = server.sandbox();
        let keyed = sandbox.idempotent("kept");
        let path = format!("{CUSTOMERS}/cus_none");
        let first = keyed.post(&path, &[("name", "x")]).await;
        first.error(404, "resource_missing", "id");
        let again = keyed.post(&path, &[("name", "x")]).await;
        again.error(404, "resource_missing", "id");
        assert!(again.is_replay());
        assert_eq!(again.body, first.body);

        // What was refused before any work can be sent again, put right.
        let keyed = sandbox.idempotent("put-right");
        keyed.post(CUSTOMERS, &[("balance", "x")]).await.error(400, "parameter_invalid_integer", "balance");
        keyed.post(CUSTOMERS, &[("colour", "x")]).await.error(400, "parameter_unknown", "colour");
        keyed.version("never").post(CUSTOMERS, &[]).await.error(400, None, None);
        sandbox.publishable().idempotent("put-right").post(CUSTOMERS, &[]).await.error(401, "secret_key_required", None);
        assert!(!keyed.post(CUSTOMERS, &[("balance", "1")]).await.is_replay());
    })
    .await;
}

#[tokio::test]
async fn keys_are_for_posts_and_of_bounded_length() {
    each(async |server| {
        let sandbox = server.sandbox();
        let id = sandbox.customer("Jane").await;
        let keyed = sandbox.idempotent("get");
        keyed.get(CUSTOMERS).await.ok();
        assert!(!keyed.get(CUSTOMERS).await.is_replay());
        keyed.delete(&format!("{CUSTOMERS}/{id}")).await.ok();
        keyed.delete(&format!("{CUSTOMERS}/{id}")).await.error(404, "resource_missing", "id");
        sandbox.idempotent(&"k".repeat(255)).post(CUSTOMERS, &[]).await.ok();
        sandbox.idempotent(&"k".repeat(256)).post(CUSTOMERS, &[]).await.error(400, None, None);
    })
    .await;
}

#[tokio::test]
async fn while_one_is_at_work_the_same_key_waits() {
    each(async |server| {
        let sandbox = server.sandbox();
        let receiver = WebhookReceiver::start().await;
        let params = [("url", receiver.url.as_str()), ("enabled_events[]", "customer.created")];
        sandbox.post("/v1/webhook_endpoints", &params).await.ok();
        let gate = receiver.hold();
        sandbox.customer("Jane").await;
        // The clock's advance delivers what is due, and so takes as long as the receiver.
        let keyed = sandbox.idempotent("advance-1");
        let first = tokio::spawn({
            let keyed = keyed.clone();
            async move { keyed.post("/drawbridge/v1/clock/advance", &[("seconds", "60")]).await }
        });
        receiver.wait_for(1).await;
        let second = keyed.post("/drawbridge/v1/clock/advance", &[("seconds", "60")]).await;
        assert_eq!(second.error(409, "idempotency_key_in_use", None)["type"], "idempotency_error");
        gate.open();
        let first = first.await.unwrap().ok();
        let third = keyed.post("/drawbridge/v1/clock/advance", &[("seconds", "60")]).await;
        assert_eq!((third.is_replay(), third.ok()), (true, first));
        assert_eq!(sandbox.now().await, testkit::START + 60, "it moved once");
    })
    .await;
}

#[tokio::test]
async fn of_many_at_once_one_does_the_work() {
    each(async |server| {
        let sandbox = server.sandbox();
        sandbox.get("/v1/account").await.ok();
        let calls: Vec<_> = (0..16)
            .map(|_| {
                let keyed = sandbox.idempotent("race");
                tokio::spawn(async move { keyed.post(CUSTOMERS, &[("name", "Jane")]).await })
            })
            .collect();
        let (mut worked, mut replayed) = (0, 0);
        for call in calls {
            let answer = call.await.unwrap();
            match answer.status {
                200 if answer.is_replay() => replayed += 1,
                200 => worked += 1,
                _ => drop(answer.error(409, "idempotency_key_in_use", None)),
            }
        }
        assert_eq!(worked, 1, "and {replayed} were replayed");
        assert_eq!(ids(&sandbox.get(CUSTOMERS).await.ok()).len(), 1);
    })
    .await;
}
