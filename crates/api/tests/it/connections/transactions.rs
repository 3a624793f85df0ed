use testkit::{Params, each, ids};

const ROWS: &str = "/v1/financial_connections/transactions";

#[tokio::test]
async fn lists_the_newest_first_and_everything_once() {
    each(async |server| {
        let sandbox = server.sandbox();
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[("prefetch[]", "transactions")]).await;
        let id = linked.id();
        let own = ("account", id.as_str());
        let (mut all, mut times) = (Vec::new(), Vec::new());
        loop {
            let after = all.last().cloned().unwrap_or_else(String::new);
            let mut params = vec![own, ("limit", "37")];
            if !after.is_empty() {
                params.push(("starting_after", &after));
            }
            let list = sandbox.find(ROWS, &params).await.ok();
            for row in list["data"].as_array().unwrap() {
                all.push(row["id"].as_str().unwrap().to_owned());
                times.push((row["transacted_at"].as_i64().unwrap(), row["id"].as_str().unwrap().to_owned()));
                assert_eq!((row["account"].as_str(), row["currency"].as_str()), (Some(&*id), Some("usd")));
                assert!(!row["description"].as_str().unwrap().is_empty() && row["amount"].as_i64() != Some(0));
            }
            if list["has_more"] == false {
                break;
            }
        }
        assert!(times.is_sorted_by(|one, next| one > next), "newest first, each once");
        let oldest = times.last().unwrap().0;
        // Rows count by their posting, which comes up to three days after.
        let days = (testkit::START - oldest) / 86_400;
        assert!((170..184).contains(&days), "half a year: {days} days");

        // Backwards from the oldest, the same pages.
        let last = all.last().unwrap();
        let back = sandbox.find(ROWS, &[own, ("ending_before", last), ("limit", "5")]).await.ok();
        assert_eq!(ids(&back), all[all.len() - 6..all.len() - 1]);
        assert_eq!(back["has_more"], true);

        let row = sandbox.get(&format!("{ROWS}/{}", all[0])).await.ok();
        assert_eq!(row["object"], "financial_connections.transaction");

        let at = times[40].0.to_string();
        for (bound, fits) in [
            ("gt", (|time, at| time > at) as fn(i64, i64) -> bool),
            ("gte", |time, at| time >= at),
            ("lt", |time, at| time < at),
            ("lte", |time, at| time <= at),
        ] {
            let name = format!("transacted_at[{bound}]");
            let found = ids(&sandbox.find(ROWS, &[own, (&name, &at), ("limit", "100")]).await.ok());
            let expected: Vec<String> =
                times.iter().filter(|(time, _)| fits(*time, times[40].0)).map(|(_, id)| id.clone()).take(100).collect();
            assert_eq!(found, expected, "{bound}");
        }
    })
    .await;
}

#[tokio::test]
async fn says_when_there_is_nothing_to_show() {
    each(async |server| {
        let sandbox = server.sandbox();
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking", "Joint Checking"], &[]).await;
        let (id, other) = (linked.accounts[0]["id"].as_str().unwrap(), linked.accounts[1]["id"].as_str().unwrap());
        let own = ("account", id);
        let not_yet = "financial_connections_no_successful_transaction_refresh";
        sandbox.find(ROWS, &[own]).await.error(400, not_yet, "account");
        sandbox.refresh(id, &["transactions"]).await;
        sandbox.refresh(other, &["transactions"]).await;
        let theirs = ids(&sandbox.find(ROWS, &[("account", other)]).await.ok()).remove(0);
        let cases: &[(Params<'_>, &str, &str)] = &[
            (&[], "parameter_missing", "account"),
            (&[("account", "fca_none")], "resource_missing", "account"),
            (&[own, ("starting_after", "fctxn_none")], "resource_missing", "starting_after"),
            (&[own, ("ending_before", &theirs)], "resource_missing", "ending_before"),
            (&[own, ("transacted_at[gt]", "x")], "parameter_invalid_integer", "transacted_at[gt]"),
            (&[own, ("transaction_refresh", "x")], "", "transaction_refresh"),
            (&[own, ("transaction_refresh[before]", "x")], "parameter_unknown", "transaction_refresh[before]"),
        ];
        for (params, code, param) in cases {
            println!("{params:?}");
            sandbox.find(ROWS, params).await.error(400, Some(*code).filter(|code| !code.is_empty()), *param);
        }
        sandbox.get(&format!("{ROWS}/fctxn_none")).await.error(404, "resource_missing", "transaction");
    })
    .await;
}
