use testkit::{each, ids};

const SEARCH: &str = "/v1/customers/search";

#[tokio::test]
async fn finds_what_was_just_written() {
    each(async |server| {
        let sandbox = server.sandbox();
        let mut all = Vec::new();
        for (name, email, plan) in
            [("Jane Doe", "jane@example.com", "gold"), ("John Doe", "john@other.org", "gold"), ("Ann", "ann@example.com", "")]
        {
            let params = [("name", name), ("email", email), ("metadata[plan]", plan)];
            all.push(sandbox.post("/v1/customers", &params).await.ok()["id"].as_str().unwrap().to_owned());
            server.clock.advance(10);
        }
        server.sandbox().post("/v1/customers", &[("name", "Jane Doe")]).await.ok();
        let second = testkit::START + 10;
        let cases: &[(&str, &[usize])] = &[
            ("name:\"jane doe\"", &[0]),
            ("name~\"doe\"", &[1, 0]),
            ("-name~\"doe\"", &[2]),
            ("email:\"jane@example.com\" OR email:\"ann@example.com\"", &[2, 0]),
            ("email~\"example\" AND metadata[\"plan\"]:\"gold\"", &[0]),
            ("metadata[\"plan\"]:null", &[2]),
            (&format!("created>={second}"), &[2, 1]),
            (&format!("created:{second}"), &[1]),
            ("name:\"nobody\"", &[]),
        ];
        for (query, expected) in cases {
            let found = sandbox.find(SEARCH, &[("query", query)]).await.ok();
            let expected: Vec<String> = expected.iter().map(|at| all[*at].clone()).collect();
            assert_eq!(ids(&found), expected, "{query}");
            assert_eq!((found["object"].as_str(), found["has_more"].as_bool()), (Some("search_result"), Some(false)), "{query}");
            assert!(found["next_page"].is_null());
        }
    })
    .await;
}

#[tokio::test]
async fn pages_through_everything_once() {
    each(async |server| {
        let sandbox = server.sandbox();
        let mut all = Vec::new();
        for number in 0..5 {
            all.insert(0, sandbox.customer(if number == 2 { "other" } else { "same" }).await);
        }
        all.remove(2);
        let (mut found, mut page) = (Vec::new(), None::<String>);
        loop {
            let mut params = vec![("query", "name:\"same\""), ("limit", "1")];
            params.extend(page.as_deref().map(|page| ("page", page)));
            let answer = sandbox.find(SEARCH, &params).await.ok();
            found.extend(ids(&answer));
            assert!(found.len() <= all.len(), "it goes round in circles");
            page = answer["next_page"].as_str().map(str::to_owned);
            assert_eq!(answer["has_more"].as_bool(), Some(page.is_some()));
            if page.is_none() {
                break;
            }
        }
        assert_eq!(found, all);
    })
    .await;
}

#[tokio::test]
async fn says_what_it_cannot_read() {
    each(async |server| {
        let sandbox = server.sandbox();
        sandbox.get(SEARCH).await.error(400, "parameter_missing", "query");
        for query in ["name", "shoe:\"x\"", "name~\"ab\"", "name:\"x", "name:\"a\" AND email:\"b\" OR phone:\"c\""] {
            sandbox.find(SEARCH, &[("query", query)]).await.error(400, None, "query");
        }
        sandbox.find(SEARCH, &[("query", "name:\"x\""), ("limit", "101")]).await.error(400, "parameter_invalid_integer", "limit");
    })
    .await;
}
