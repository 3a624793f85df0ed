use testkit::{Params, each, ids};

#[tokio::test]
async fn lists_by_type_group_and_time() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        server.clock.advance(100);
        sandbox.post(&format!("/v1/customers/{customer}"), &[("name", "Ann")]).await.ok();
        server.clock.advance(100);
        sandbox.post("/v1/test_helpers/test_clocks", &[("frozen_time", "1800000000")]).await.ok();
        let middle = (testkit::START + 100).to_string();
        let after = (testkit::START + 101).to_string();
        let (created, updated, clock) = ("customer.created", "customer.updated", "test_helpers.test_clock.created");
        let cases: &[(Params<'_>, &[&str])] = &[
            (&[], &[clock, updated, created]),
            (&[("type", "customer.created")], &[created]),
            (&[("type", "customer.*")], &[updated, created]),
            (&[("type", "*")], &[clock, updated, created]),
            (&[("type", "cust*")], &[updated, created]),
            (&[("type", "invoice.*")], &[]),
            (&[("types[]", created), ("types[]", clock)], &[clock, created]),
            (&[("created", &middle)], &[updated]),
            (&[("created[gte]", &middle)], &[clock, updated]),
            (&[("created[lt]", &middle)], &[created]),
            (&[("created[gt]", &middle), ("created[lt]", &after)], &[]),
            (&[("type", "customer.*"), ("limit", "1")], &[updated]),
        ];
        for (params, expected) in cases {
            let list = sandbox.find("/v1/events", params).await.ok();
            let types: Vec<&str> = list["data"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
            assert_eq!(&types, expected, "{params:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_and_refuses() {
    each(async |server| {
        let sandbox = server.sandbox();
        for name in ["a", "b", "c"] {
            sandbox.customer(name).await;
        }
        let all = ids(&sandbox.get("/v1/events").await.ok());
        let first = sandbox.find("/v1/events", &[("limit", "2")]).await.ok();
        assert_eq!((ids(&first), first["has_more"].as_bool()), (all[..2].to_vec(), Some(true)));
        let rest = sandbox.find("/v1/events", &[("limit", "2"), ("starting_after", &all[1])]).await.ok();
        assert_eq!((ids(&rest), rest["has_more"].as_bool()), (all[2..].to_vec(), Some(false)));
        let back = sandbox.find("/v1/events", &[("ending_before", &all[2])]).await.ok();
        assert_eq!(ids(&back), all[..2]);
        let one = sandbox.get(&format!("/v1/events/{}", all[0])).await.ok();
        assert_eq!((one["object"].as_str(), one["api_version"].as_str()), (Some("event"), Some("2026-10-28.endive")));
        assert_eq!((one["pending_webhooks"].as_i64(), one["livemode"].as_bool()), (Some(0), Some(false)));

        sandbox.find("/v1/events", &[("type", "a"), ("types[]", "b")]).await.error(400, "parameters_exclusive", "type");
        sandbox.find("/v1/events", &[("starting_after", "evt_none")]).await.error(400, "resource_missing", "starting_after");
        sandbox.find("/v1/events", &[("delivery_success", "maybe")]).await.error(400, None, "delivery_success");
        let many: Vec<(&str, &str)> = vec![("types[]", "customer.created"); 21];
        sandbox.find("/v1/events", &many).await.error(400, None, "types");
        sandbox.get("/v1/events/evt_none").await.error(404, "resource_missing", "id");
    })
    .await;
}

#[tokio::test]
async fn are_kept_for_thirty_days() {
    each(async |server| {
        let sandbox = server.sandbox();
        sandbox.customer("Jane").await;
        let id = ids(&sandbox.get("/v1/events").await.ok()).remove(0);
        sandbox.advance(30 * 86_400 - 1).await;
        sandbox.get(&format!("/v1/events/{id}")).await.ok();
        sandbox.advance(1).await;
        sandbox.get(&format!("/v1/events/{id}")).await.error(404, "resource_missing", "id");
        assert!(ids(&sandbox.get("/v1/events").await.ok()).is_empty());
    })
    .await;
}

/// An event keeps the version it was made at, whatever the caller speaks.
#[tokio::test]
async fn keep_their_version() {
    each(async |server| {
        let sandbox = server.sandbox();
        sandbox.version("2024-06-20").post("/v1/customers", &[("name", "Jane")]).await.ok();
        let old = sandbox.version("2024-06-20").get("/v1/events").await;
        assert_eq!(old.header("stripe-version"), Some("2024-06-20"));
        let old = old.ok();
        assert_eq!(old, sandbox.get("/v1/events").await.ok());
        assert_eq!(old["data"][0]["api_version"], "2026-10-28.endive");
    })
    .await;
}
