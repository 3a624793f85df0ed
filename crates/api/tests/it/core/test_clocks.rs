use serde_json::json;
use testkit::{Params, each, ids};

const CLOCKS: &str = "/v1/test_helpers/test_clocks";

#[tokio::test]
async fn advances_and_takes_its_customers_along_when_it_goes() {
    each(async |server| {
        let sandbox = server.sandbox();
        let clock = sandbox.post(CLOCKS, &[("frozen_time", "1700000000"), ("name", "Trial")]).await.ok();
        assert_eq!((clock["status"].as_str(), clock["frozen_time"].as_i64()), (Some("ready"), Some(1_700_000_000)));
        assert_eq!(clock["deletes_after"], json!(testkit::START + 30 * 86_400));
        assert_eq!(clock["status_details"], json!({}));
        let id = clock["id"].as_str().unwrap();
        let path = format!("{CLOCKS}/{id}");

        let customer = sandbox.post("/v1/customers", &[("test_clock", id), ("name", "Jane")]).await.ok();
        assert_eq!((customer["test_clock"].as_str(), customer["created"].as_i64()), (Some(id), Some(1_700_000_000)));
        let listed = sandbox.find("/v1/customers", &[("test_clock", id)]).await.ok();
        assert_eq!(ids(&listed), [customer["id"].as_str().unwrap()]);
        assert!(ids(&sandbox.get("/v1/customers").await.ok()).is_empty(), "they show only by their clock");

        let advancing = sandbox.post(&format!("{path}/advance"), &[("frozen_time", "1700086400")]).await.ok();
        assert_eq!((advancing["status"].as_str(), advancing["frozen_time"].as_i64()), (Some("advancing"), Some(1_700_000_000)));
        assert_eq!(advancing["status_details"], json!({"advancing": {"target_frozen_time": 1_700_086_400}}));
        sandbox.post(&format!("{path}/advance"), &[("frozen_time", "1700090000")]).await.error(400, None, None);
        assert_eq!(server.run_due().await, 1);
        let ready = sandbox.get(&path).await.ok();
        assert_eq!((ready["status"].as_str(), ready["frozen_time"].as_i64()), (Some("ready"), Some(1_700_086_400)));

        assert_eq!(sandbox.delete(&path).await.ok(), json!({"id": id, "object": "test_helpers.test_clock", "deleted": true}));
        sandbox.get(&path).await.error(404, "resource_missing", "id");
        let customer = sandbox.get(&format!("/v1/customers/{}", customer["id"].as_str().unwrap())).await.ok();
        assert_eq!(customer["deleted"], true);
        let types: Vec<String> = sandbox.events("test_helpers.*").await.iter().map(|event| event["type"].to_string()).collect();
        let expected = ["deleted", "ready", "advancing", "created"].map(|name| format!("\"test_helpers.test_clock.{name}\""));
        assert_eq!(types, expected);
    })
    .await;
}

#[tokio::test]
async fn refuses_what_cannot_be() {
    each(async |server| {
        let sandbox = server.sandbox();
        let clock = sandbox.post(CLOCKS, &[("frozen_time", "1700000000")]).await.ok();
        let id = clock["id"].as_str().unwrap();
        let advance = format!("{CLOCKS}/{id}/advance");
        let three_years = (1_700_000_000 + 3 * 366 * 86_400).to_string();
        let cases: &[(&str, Params<'_>, Option<&str>, Option<&str>)] = &[
            (CLOCKS, &[], Some("parameter_missing"), Some("frozen_time")),
            (CLOCKS, &[("frozen_time", "soon")], Some("parameter_invalid_integer"), Some("frozen_time")),
            (CLOCKS, &[("frozen_time", "0")], None, Some("frozen_time")),
            (CLOCKS, &[("frozen_time", "99999999999999")], None, Some("frozen_time")),
            (&advance, &[("frozen_time", "1700000000")], None, Some("frozen_time")),
            (&advance, &[("frozen_time", "1600000000")], None, Some("frozen_time")),
            (&advance, &[("frozen_time", &three_years)], None, Some("frozen_time")),
        ];
        for (path, params, code, param) in cases {
            sandbox.post(path, params).await.error(400, *code, *param);
        }
        for name in ["a", "b", "c"] {
            sandbox.post("/v1/customers", &[("test_clock", id), ("name", name)]).await.ok();
        }
        sandbox.post("/v1/customers", &[("test_clock", id)]).await.error(400, None, "test_clock");
        let (live, _) = server.account_with_both_modes().await;
        live.post(CLOCKS, &[("frozen_time", "1700000000")]).await.error(400, "livemode_mismatch", None);
    })
    .await;
}

#[tokio::test]
async fn the_sandbox_clock_moves_forward_only() {
    each(async |server| {
        let sandbox = server.sandbox();
        let other = server.sandbox();
        assert_eq!(sandbox.now().await, testkit::START);
        sandbox.advance(3_600).await;
        assert_eq!(sandbox.now().await, testkit::START + 3_600);
        assert_eq!(other.now().await, testkit::START, "clocks of other sandboxes stand still");
        let to = (testkit::START + 7_200).to_string();
        let moved = sandbox.post("/drawbridge/v1/clock/advance", &[("to", &to)]).await.ok();
        assert_eq!((moved["now"].as_i64(), moved["offset_seconds"].as_i64()), (Some(testkit::START + 7_200), Some(7_200)));
        assert_eq!(sandbox.customer("Jane").await.len(), 18);
        assert_eq!(sandbox.get("/v1/customers").await.ok()["data"][0]["created"], json!(testkit::START + 7_200));

        let past = testkit::START.to_string();
        let far = (6 * 366 * 86_400).to_string();
        let cases: &[(Params<'_>, Option<&str>, &str)] = &[
            (&[], Some("parameter_missing"), "seconds"),
            (&[("to", &past)], None, "to"),
            (&[("seconds", &far)], None, "seconds"),
            (&[("seconds", "-1")], Some("parameter_invalid_integer"), "seconds"),
            (&[("seconds", "1"), ("to", &to)], Some("parameters_exclusive"), "seconds"),
        ];
        for (params, code, param) in cases {
            sandbox.post("/drawbridge/v1/clock/advance", params).await.error(400, *code, *param);
        }
        let (live, _) = server.account_with_both_modes().await;
        live.post("/drawbridge/v1/clock/advance", &[("seconds", "1")]).await.error(400, None, None);
    })
    .await;
}
