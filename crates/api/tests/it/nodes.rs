//! Two processes on one PostgreSQL database work as one.

use std::sync::Arc;

use serde_json::json;
use testkit::{WebhookReceiver, ids, on_postgres};

#[tokio::test]
async fn share_keys_data_and_the_vault() {
    on_postgres(async |one, other| {
        let here = one.sandbox();
        let linked = here.link("Bank (OAuth)", &["Everyday Checking"], &[]).await;
        let there = here.on(other);
        assert_eq!(here.account().await, there.account().await);
        assert_eq!(there.linked(&linked.id()).await, linked.accounts[0]);
        // The grant that one node sealed opens on the other.
        assert_eq!(there.refresh(&linked.id(), &["balance"]).await["balance_refresh"]["status"], "succeeded");
        // A clock that was moved here is moved there.
        here.advance(3_600).await;
        assert_eq!(there.now().await, testkit::START + 3_600);
        // A key that was revoked there stops working here within moments.
        let made = here.post("/drawbridge/v1/api_keys", &[("type", "secret")]).await.ok();
        let holder = here.key(made["key"].as_str().unwrap());
        holder.get("/v1/account").await.ok();
        there.delete(&format!("/drawbridge/v1/api_keys/{}", made["id"].as_str().unwrap())).await.ok();
        one.clock.advance(3);
        holder.get("/v1/account").await.error(401, "api_key_expired", None);
    })
    .await;
}

#[tokio::test]
async fn idempotency_keys_hold_across_nodes() {
    on_postgres(async |one, other| {
        let here = one.sandbox();
        let there = here.on(other);
        here.get("/v1/account").await.ok();
        let first = here.idempotent("a").post("/v1/customers", &[("name", "Jane")]).await.ok();
        let again = there.idempotent("a").post("/v1/customers", &[("name", "Jane")]).await;
        assert_eq!((again.is_replay(), again.ok()), (true, first));
        for round in 0..8 {
            let key = format!("race-{round}");
            let (left, right) = (here.idempotent(&key), there.idempotent(&key));
            let (left, right) = tokio::join!(left.post("/v1/customers", &[]), right.post("/v1/customers", &[]));
            let worked = [&left, &right].into_iter().filter(|answer| answer.status == 200 && !answer.is_replay()).count();
            assert_eq!(worked, 1, "{} {}", left.text(), right.text());
            for answer in [left, right] {
                assert!(answer.status == 200 || answer.status == 409, "{}", answer.text());
            }
        }
        assert_eq!(ids(&here.get("/v1/customers").await.ok()).len(), 9);
    })
    .await;
}

#[tokio::test]
async fn a_job_runs_once() {
    on_postgres(async |one, other| {
        let sandbox = one.sandbox();
        let receiver = WebhookReceiver::start().await;
        let params = [("url", receiver.url.as_str()), ("enabled_events[]", "customer.created")];
        sandbox.post("/v1/webhook_endpoints", &params).await.ok();
        let workers = [one, other].map(|node| tokio::spawn(Arc::clone(node.app.runner()).work()));
        let there = sandbox.on(other);
        for number in 0..20 {
            let node = if number % 2 == 0 { &sandbox } else { &there };
            node.customer(&format!("c{number}")).await;
        }
        receiver.wait_for(20).await;
        sandbox.settle().await;
        let mut events: Vec<String> = receiver.received().iter().map(|one| one.event["id"].to_string()).collect();
        assert_eq!(events.len(), 20);
        events.sort();
        events.dedup();
        assert_eq!(events.len(), 20, "each event once");
        workers.iter().for_each(tokio::task::JoinHandle::abort);
    })
    .await;
}

/// Both nodes are asked for the same fresh data at once; the bank is asked once.
#[tokio::test]
async fn an_account_is_refreshed_once() {
    on_postgres(async |one, other| {
        let here = one.sandbox();
        let there = here.on(other);
        let linked = here.link("Bank (OAuth)", &["Everyday Checking"], &[]).await;
        let id = linked.id();
        let path = format!("/v1/financial_connections/accounts/{id}/refresh");
        let params = [("features[]", "transactions"), ("features[]", "balance")];
        let (left, right) = tokio::join!(here.post(&path, &params), there.post(&path, &params));
        let (left, right) = (left.ok(), right.ok());
        assert_eq!(left["transaction_refresh"], right["transaction_refresh"], "one refresh, whoever asked");
        let (one_ran, other_ran) = tokio::join!(one.run_due(), other.run_due());
        assert_eq!(one_ran + other_ran, 1);
        for kind in ["refreshed_transactions", "refreshed_balance"] {
            assert_eq!(here.events(&format!("financial_connections.account.{kind}")).await.len(), 1, "{kind}");
        }
        assert_eq!(there.linked(&id).await["transaction_refresh"]["status"], "succeeded");
    })
    .await;
}

#[tokio::test]
async fn writes_of_one_object_at_once_are_one_after_the_other() {
    on_postgres(async |one, other| {
        let here = one.sandbox();
        let there = here.on(other);
        let path = format!("/v1/customers/{}", here.customer("Jane").await);
        let writes: Vec<_> = (0..12)
            .map(|number| {
                let (node, path) = (if number % 2 == 0 { here.clone() } else { there.clone() }, path.clone());
                tokio::spawn(async move { node.post(&path, &[(&format!("metadata[k{number}]"), "v")]).await })
            })
            .collect();
        let mut kept = 0;
        for write in writes {
            let answer = write.await.unwrap();
            match answer.status {
                200 => kept += 1,
                _ => drop(answer.error(429, "lock_timeout", None)),
            }
        }
        let metadata = here.get(&path).await.ok()["metadata"].as_object().unwrap().len();
        assert_eq!(metadata, kept, "every write that was acknowledged is there");
        assert_eq!(json!(here.events("customer.updated").await.len()), json!(kept));
    })
    .await;
}
