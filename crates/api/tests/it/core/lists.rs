use testkit::{Params, each, ids};

const CUSTOMERS: &str = "/v1/customers";

#[tokio::test]
async fn pages_newest_first_in_both_directions() {
    each(async |server| {
        let sandbox = server.sandbox();
        let mut all = Vec::new();
        for number in 0..5 {
            all.insert(0, sandbox.customer(&format!("c{number}")).await);
        }
        // Parameters, and which of the five are shown, and whether there is more.
        let [newest, second, middle, fourth, oldest] = [0, 1, 2, 3, 4].map(|at: usize| all[at].as_str());
        let cases: &[(Params<'_>, std::ops::Range<usize>, bool)] = &[
            (&[], 0..5, false),
            (&[("limit", "5")], 0..5, false),
            (&[("limit", "4")], 0..4, true),
            (&[("limit", "100")], 0..5, false),
            (&[("starting_after", second)], 2..5, false),
            (&[("starting_after", newest), ("limit", "2")], 1..3, true),
            (&[("starting_after", oldest)], 5..5, false),
            (&[("ending_before", middle)], 0..2, false),
            (&[("ending_before", fourth), ("limit", "2")], 1..3, true),
            (&[("ending_before", oldest), ("limit", "4")], 0..4, false),
            (&[("ending_before", newest)], 0..0, false),
        ];
        for (params, expected, more) in cases {
            let list = sandbox.find(CUSTOMERS, params).await.ok();
            assert_eq!((ids(&list), list["has_more"].as_bool()), (all[expected.clone()].to_vec(), Some(*more)), "{params:?}");
            assert_eq!((list["object"].as_str(), list["url"].as_str()), (Some("list"), Some(CUSTOMERS)));
        }
    })
    .await;
}

#[tokio::test]
async fn filters_by_time_and_columns() {
    each(async |server| {
        let sandbox = server.sandbox();
        let mut all = Vec::new();
        for number in 0..3 {
            let email = format!("c{}@example.com", number % 2);
            all.push(sandbox.post(CUSTOMERS, &[("email", &email)]).await.ok()["id"].as_str().unwrap().to_owned());
            server.clock.advance(10);
        }
        let at = |number: i64| (testkit::START + number * 10).to_string();
        let (zero, one, two) = (at(0), at(1), at(2));
        let cases: &[(Params<'_>, &[usize])] = &[
            (&[("created", &one)], &[1]),
            (&[("created[gt]", &one)], &[2]),
            (&[("created[gte]", &one)], &[2, 1]),
            (&[("created[lt]", &one)], &[0]),
            (&[("created[lte]", &one)], &[1, 0]),
            (&[("created[gt]", &zero), ("created[lt]", &two)], &[1]),
            (&[("created[gte]", &two), ("created[lte]", &zero)], &[]),
            (&[("email", "c0@example.com")], &[2, 0]),
            (&[("email", "c0@example.com"), ("created[lte]", &one)], &[0]),
            (&[("email", "c0@example.com"), ("limit", "1"), ("starting_after", &all[2])], &[0]),
            (&[("email", "nobody@example.com")], &[]),
        ];
        for (params, expected) in cases {
            let expected: Vec<String> = expected.iter().map(|at| all[*at].clone()).collect();
            assert_eq!(ids(&sandbox.find(CUSTOMERS, params).await.ok()), expected, "{params:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn refuses_what_is_no_page() {
    each(async |server| {
        let sandbox = server.sandbox();
        let id = sandbox.customer("Jane").await;
        let stranger = server.sandbox().customer("John").await;
        let event = ids(&sandbox.get("/v1/events").await.ok()).remove(0);
        let cases: &[(Params<'_>, Option<&str>, &str)] = &[
            (&[("limit", "0")], Some("parameter_invalid_integer"), "limit"),
            (&[("limit", "101")], Some("parameter_invalid_integer"), "limit"),
            (&[("limit", "ten")], Some("parameter_invalid_integer"), "limit"),
            (&[("limit[a]", "1")], Some("parameter_invalid_integer"), "limit"),
            (&[("starting_after", "cus_none")], Some("resource_missing"), "starting_after"),
            (&[("ending_before", "cus_none")], Some("resource_missing"), "ending_before"),
            (&[("starting_after", &stranger)], Some("resource_missing"), "starting_after"),
            (&[("starting_after", &event)], Some("resource_missing"), "starting_after"),
            (&[("starting_after", &id), ("ending_before", &id)], Some("parameters_exclusive"), "starting_after"),
            (&[("created", "yesterday")], Some("parameter_invalid_integer"), "created"),
            (&[("created[gt]", "x")], Some("parameter_invalid_integer"), "created[gt]"),
            (&[("created[after]", "1")], Some("parameter_unknown"), "created[after]"),
            (&[("order", "asc")], Some("parameter_unknown"), "order"),
        ];
        for (params, code, param) in cases {
            println!("{params:?}");
            sandbox.find(CUSTOMERS, params).await.error(400, *code, *param);
        }
    })
    .await;
}
