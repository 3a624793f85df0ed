use serde_json::{Value, json};
use testkit::{Params, Person, Sandbox, each, ids};

const CONSENTS: &str = "/drawbridge/v1/consents";
const DAY: i64 = 86_400;

async fn consents(sandbox: &Sandbox, params: Params<'_>) -> Vec<Value> {
    sandbox.find(CONSENTS, params).await.ok()["data"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn linking_leaves_a_receipt_with_the_words_that_were_shown() {
    each(async |server| {
        let sandbox = server.sandbox();
        let before = sandbox.now().await;
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking", "Joint Checking"], &[]).await;
        let consent = consents(&sandbox, &[]).await.remove(0);
        let expected = json!({
            "object": "drawbridge.consent",
            "account_holder": {"type": "customer", "customer": linked.customer},
            "agreed_at": before, "created": before, "expires_at": before + 365 * DAY,
            "institution_name": "Bank (OAuth)", "livemode": false, "session": linked.session["id"],
            "permissions": ["balances", "ownership", "payment_method", "transactions"],
            "status": "active", "withdrawn_at": null, "withdrawn_by": null,
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&consent[name], value, "{name}");
        }
        let accounts: Vec<&Value> = consent["accounts"].as_array().unwrap().iter().map(|own| &own["account"]).collect();
        assert_eq!(accounts, linked.accounts.iter().map(|account| &account["id"]).collect::<Vec<_>>());
        let first = &consent["accounts"][0];
        assert_eq!(first["display_name"], "Everyday Checking");
        assert_eq!((&first["last4"], &first["ended_at"]), (&linked.accounts[0]["last4"], &Value::Null));

        let (text, name) = (&consent["text"], consent["business_name"].as_str().unwrap());
        assert_eq!((&text["language"], &text["version"]), (&json!("en"), &json!(1)));
        let lines: Vec<&str> = text["lines"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        assert_eq!(lines[0], format!("{name} asks to link your bank account"));
        assert!(lines.contains(&"Transactions") && lines.ends_with(&["Agree and continue"]), "{lines:?}");

        let id = consent["id"].as_str().unwrap();
        assert!(id.starts_with("fccons_"), "{id}");
        assert_eq!(sandbox.get(&format!("{CONSENTS}/{id}")).await.ok(), consent);
        sandbox.get(&format!("{CONSENTS}/fccons_none")).await.error(404, "resource_missing", "consent");
    })
    .await;
}

#[tokio::test]
async fn lists_by_person_and_by_status() {
    each(async |server| {
        let sandbox = server.sandbox();
        let jane = sandbox.link("Test (OAuth)", &["Success"], &[]).await;
        server.clock.advance(5);
        let john = sandbox.link("Test (OAuth)", &["Success"], &[]).await;
        let all = ids(&sandbox.get(CONSENTS).await.ok());
        sandbox.post(&format!("/v1/financial_connections/accounts/{}/disconnect", jane.id()), &[]).await.ok();
        let account = sandbox.account().await;
        let cases: &[(Params<'_>, &[String])] = &[
            (&[], &all),
            (&[("account_holder[customer]", &jane.customer)], &all[1..]),
            (&[("account_holder[customer]", &john.customer)], &all[..1]),
            (&[("account_holder[customer]", "cus_none")], &[]),
            (&[("account_holder[account]", &account)], &[]),
            (&[("status", "active")], &all[..1]),
            (&[("status", "withdrawn")], &all[1..]),
            (&[("status", "withdrawn"), ("account_holder[customer]", &john.customer)], &[]),
            (&[("limit", "1")], &all[..1]),
            (&[("starting_after", &all[0])], &all[1..]),
            (&[("ending_before", &all[1])], &all[..1]),
        ];
        for (params, expected) in cases {
            assert_eq!(ids(&sandbox.find(CONSENTS, params).await.ok()), *expected, "{params:?}");
        }
        let both = [("account_holder[account]", account.as_str()), ("account_holder[customer]", jane.customer.as_str())];
        sandbox.find(CONSENTS, &both).await.error(400, "parameters_exclusive", "account_holder");
        sandbox.find(CONSENTS, &[("status", "over")]).await.error(400, None, "status");
        sandbox.find(CONSENTS, &[("starting_after", "fccons_none")]).await.error(400, "resource_missing", "starting_after");
        sandbox.settle().await;
    })
    .await;
}

#[tokio::test]
async fn a_consent_ends_with_its_last_account() {
    each(async |server| {
        let sandbox = server.sandbox();
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking", "Joint Checking"], &[]).await;
        let disconnect = async |at: usize| {
            let id = linked.accounts[at]["id"].as_str().unwrap();
            sandbox.post(&format!("/v1/financial_connections/accounts/{id}/disconnect"), &[]).await.ok();
            sandbox.settle().await;
            consents(&sandbox, &[]).await.remove(0)
        };
        let half = disconnect(1).await;
        assert_eq!((half["status"].as_str(), &half["withdrawn_at"]), (Some("active"), &Value::Null));
        assert_eq!(half["accounts"][1]["ended_by"], "business");
        assert_eq!(half["accounts"][0]["ended_by"], Value::Null);
        assert!(server.jobs().await.iter().any(|(job, _)| job.starts_with("expire_consent")));
        server.clock.advance(60);
        let over = disconnect(0).await;
        assert_eq!((over["status"].as_str(), over["withdrawn_by"].as_str()), (Some("withdrawn"), Some("business")));
        assert_eq!(over["withdrawn_at"].as_i64(), Some(sandbox.now().await));
        assert_eq!(over["withdrawn_at"], over["accounts"][0]["ended_at"]);
        assert!(!server.jobs().await.iter().any(|(job, _)| job.starts_with("expire_consent")), "nothing is left to expire");
    })
    .await;
}

#[tokio::test]
async fn after_twelve_months_the_bank_is_not_asked_any_more() {
    each(async |server| {
        let sandbox = server.sandbox();
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[("prefetch[]", "balances")]).await;
        let path = format!("/v1/financial_connections/accounts/{}", linked.id());
        sandbox.advance(365 * DAY - 5).await;
        assert_eq!(sandbox.linked(&linked.id()).await["status"], "active");
        assert_eq!(consents(&sandbox, &[]).await[0]["status"], "active");

        sandbox.advance(5).await;
        let account = sandbox.linked(&linked.id()).await;
        assert_eq!(account["status"], "inactive");
        let consent = consents(&sandbox, &[("status", "expired")]).await.remove(0);
        assert_eq!((&consent["withdrawn_at"], &consent["accounts"][0]["ended_by"]), (&Value::Null, &json!("expiry")));
        assert_eq!(consent["accounts"][0]["ended_at"], consent["expires_at"]);
        let preview = sandbox.version(kernel::ApiVersion::PREVIEW);
        let shown = preview.get(&path).await.ok();
        assert_eq!(shown["status_details"]["inactive"], json!({"action": "relink_required", "cause": "access_expired"}));
        let authorization = consent["authorization"].as_str().unwrap();
        let ended = preview.get(&format!("/v1/financial_connections/authorizations/{authorization}")).await.ok();
        assert_eq!(ended["status"], "inactive", "it can be linked again");
        let events = sandbox.events("financial_connections.account.deactivated").await;
        assert_eq!((events.len(), &events[0]["data"]["object"]["id"]), (1, &account["id"]));
        let refused = sandbox.post(&format!("{path}/refresh"), &[("features[]", "balance")]).await;
        refused.error(400, "financial_connections_account_inactive", "account");
        assert_eq!(server.sealed(&sandbox.tenant().await).await, ["client", "numbers"], "the grant is ended at the bank");

        // Linking again asks again, and makes it as it was.
        let again = sandbox.link_for(&linked.customer, "Bank (OAuth)", &["Everyday Checking"], &[]).await;
        assert_eq!((again.id(), again.accounts[0]["status"].as_str()), (linked.id(), Some("active")));
        let all = consents(&sandbox, &[]).await;
        assert_eq!((all[0]["status"].as_str(), all[1]["status"].as_str()), (Some("active"), Some("expired")));
        assert_eq!(sandbox.refresh(&linked.id(), &["balance"]).await["balance_refresh"]["status"], "succeeded");
        sandbox.advance(366 * DAY).await;
        assert_eq!(sandbox.linked(&linked.id()).await["status"], "inactive", "for twelve months, as before");
    })
    .await;
}

#[tokio::test]
async fn linking_again_renews_before_the_time_is_over() {
    each(async |server| {
        let sandbox = server.sandbox();
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking", "Joint Checking"], &[]).await;
        sandbox.advance(300 * DAY).await;
        sandbox.link_for(&linked.customer, "Bank (OAuth)", &["Everyday Checking"], &[]).await;
        let [new, old] = <[Value; 2]>::try_from(consents(&sandbox, &[]).await).expect("two");
        assert_eq!((new["status"].as_str(), old["status"].as_str()), (Some("active"), Some("active")));
        assert_eq!(old["accounts"][0]["ended_by"], "renewal");
        assert_eq!(old["accounts"][1]["ended_by"], Value::Null);

        // The year of the account that was not linked again ends first.
        sandbox.advance(66 * DAY).await;
        let [everyday, joint] = [0, 1].map(|at: usize| linked.accounts[at]["id"].as_str().unwrap());
        assert_eq!(sandbox.linked(everyday).await["status"], "active");
        assert_eq!(sandbox.linked(joint).await["status"], "inactive");
        assert_eq!(consents(&sandbox, &[("status", "expired")]).await[0]["id"], old["id"]);
        server.clock.advance(2);
        assert_eq!(sandbox.refresh(everyday, &["balance"]).await["balance_refresh"]["status"], "succeeded");
        sandbox.link_for(&linked.customer, "Bank (OAuth)", &["Everyday Checking", "Joint Checking"], &[]).await;
        assert_eq!(sandbox.linked(joint).await["status"], "active");
        assert_eq!(consents(&sandbox, &[("status", "renewed")]).await[0]["id"], new["id"]);
    })
    .await;
}

#[tokio::test]
async fn the_business_sends_people_a_link_that_works_for_a_time() {
    each(async |server| {
        let sandbox = server.sandbox();
        sandbox.link("Test (OAuth)", &["Success"], &[]).await;
        let id = ids(&sandbox.get(CONSENTS).await.ok()).remove(0);
        let path = format!("{CONSENTS}/{id}/page");
        for (minutes, code) in
            [("0", "parameter_invalid_integer"), ("43201", "parameter_invalid_integer"), ("x", "parameter_invalid_integer")]
        {
            sandbox.post(&path, &[("expires_in_minutes", minutes)]).await.error(400, code, "expires_in_minutes");
        }
        let day = sandbox.post(&path, &[]).await.ok();
        assert_eq!(day["expires_at"].as_i64(), Some(testkit::START + DAY));
        let link = sandbox.post(&path, &[("expires_in_minutes", "10")]).await.ok();
        assert_eq!((&link["object"], &link["consent"]), (&json!("drawbridge.person_page"), &json!(id)));
        let url = link["url"].as_str().unwrap();
        assert_eq!(Person::at(&sandbox, url).await.pane(), "person");
        server.clock.advance(599);
        assert_eq!(Person::at(&sandbox, url).await.page.status, 200);
        server.clock.advance(1);
        for gone in
            [url.to_owned(), format!("{url}/stop?account=fca_1"), format!("{url}/download"), url.replace("person_", "person_x")]
        {
            let person = Person::at(&sandbox, &gone).await;
            assert_eq!((person.page.status, person.pane()), (404, "expired"), "{gone}");
        }
        sandbox.settle().await;
    })
    .await;
}
