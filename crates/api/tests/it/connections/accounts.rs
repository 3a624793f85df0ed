use serde_json::{Value, json};
use testkit::{Params, each, ids};

const ACCOUNTS: &str = "/v1/financial_connections/accounts";

#[tokio::test]
async fn shows_what_was_linked_and_never_the_numbers() {
    each(async |server| {
        let sandbox = server.sandbox();
        let linked = sandbox.link("Test (OAuth)", &["Success"], &[]).await;
        let account = sandbox.linked(&linked.id()).await;
        let expected = json!({
            "object": "financial_connections.account", "status": "active", "category": "cash", "subcategory": "checking",
            "display_name": "Success", "institution_name": "Test (OAuth)", "last4": "6789", "livemode": false,
            "account_holder": {"type": "customer", "customer": linked.customer},
            "permissions": ["balances", "ownership", "payment_method", "transactions"],
            "supported_payment_method_types": ["us_bank_account"], "subscriptions": [],
            "balance": null, "balance_refresh": null, "ownership": null, "ownership_refresh": null, "transaction_refresh": null,
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&account[name], value, "{name}");
        }
        let number = &account["account_numbers"][0];
        assert_eq!((number["status"].as_str(), &number["supported_networks"]), (Some("transactable"), &json!(["ach"])));
        for path in [ACCOUNTS, "/v1/events", "/drawbridge/v1/request_logs"] {
            assert!(!sandbox.find(path, &[("limit", "100")]).await.text().contains("000123456789"), "{path}");
        }
        let session =
            sandbox.get(&format!("/v1/financial_connections/sessions/{}", linked.session["id"].as_str().unwrap())).await.ok();
        assert_eq!(session["accounts"]["data"], json!([account]));
        sandbox.get(&format!("{ACCOUNTS}/fca_none")).await.error(404, "resource_missing", "account");
    })
    .await;
}

#[tokio::test]
async fn without_permission_for_payments_there_are_no_numbers() {
    each(async |server| {
        let sandbox = server.sandbox();
        let linked = sandbox.link("Test (OAuth)", &["Success"], &[("permissions[]", "balances")]).await;
        assert_eq!(linked.accounts[0]["account_numbers"], Value::Null);
        assert_eq!(linked.accounts[0]["permissions"], json!(["balances"]));
    })
    .await;
}

#[tokio::test]
async fn lists_by_holder_and_by_session() {
    each(async |server| {
        let sandbox = server.sandbox();
        let jane = sandbox.link("Test (OAuth)", &["Success", "Dispute"], &[]).await;
        let john = sandbox.link("Test (OAuth)", &["Success"], &[]).await;
        let own = ids(&json!({"data": jane.accounts}));
        let session = jane.session["id"].as_str().unwrap();
        let all = [vec![john.id()], own.clone()].concat();
        let cases: &[(Params<'_>, &[String])] = &[
            (&[], &all),
            (&[("account_holder[customer]", &jane.customer)], &own),
            (&[("account_holder[customer]", &john.customer)], &all[..1]),
            (&[("account_holder[customer]", "cus_none")], &[]),
            (&[("session", session)], &own),
            (&[("session", session), ("limit", "1")], &own[..1]),
            (&[("session", session), ("starting_after", &own[0])], &own[1..]),
            (&[("limit", "2"), ("starting_after", &all[0])], &own),
        ];
        for (params, expected) in cases {
            assert_eq!(ids(&sandbox.find(ACCOUNTS, params).await.ok()), *expected, "{params:?}");
        }
        let both = [("session", session), ("account_holder[customer]", jane.customer.as_str())];
        sandbox.find(ACCOUNTS, &both).await.error(400, "parameters_exclusive", "account_holder");
        sandbox.find(ACCOUNTS, &[("starting_after", "fca_none")]).await.error(400, "resource_missing", "starting_after");
    })
    .await;
}

#[tokio::test]
async fn the_account_itself_can_be_the_holder() {
    each(async |server| {
        let sandbox = server.sandbox();
        let account = sandbox.account().await;
        let mut params = vec![("account_holder[type]", "account"), ("account_holder[account]", account.as_str())];
        params.extend(testkit::ALL_PERMISSIONS);
        let session = sandbox.post("/v1/financial_connections/sessions", &params).await.ok();
        let mut person = testkit::Person::open(&sandbox, session["client_secret"].as_str().unwrap()).await;
        person.to_accounts("Test (OAuth)").await.connect(&["Success"]).await.press("Done").await;
        let list = sandbox.find(ACCOUNTS, &[("account_holder[account]", &account)]).await.ok();
        assert_eq!(list["data"][0]["account_holder"], json!({"type": "account", "account": account}));
    })
    .await;
}

#[tokio::test]
async fn disconnecting_ends_it_for_good() {
    each(async |server| {
        let sandbox = server.sandbox();
        let prefetch = [("prefetch[]", "balances"), ("prefetch[]", "transactions"), ("prefetch[]", "ownership")];
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking", "Joint Checking"], &prefetch).await;
        let list = ids(&json!({"data": linked.accounts}));
        let (first, second) = (&list[0], &list[1]);
        let path = format!("{ACCOUNTS}/{first}");
        let before = sandbox.linked(first).await;
        let row = ids(&sandbox.find("/v1/financial_connections/transactions", &[("account", first)]).await.ok()).remove(0);

        let gone = sandbox.post(&format!("{path}/disconnect"), &[]).await.ok();
        assert_eq!((gone["status"].as_str(), &gone["balance"]), (Some("disconnected"), &Value::Null));
        for refresh in ["balance_refresh", "ownership_refresh", "transaction_refresh"] {
            assert_eq!(gone[refresh]["next_refresh_available_at"], Value::Null, "{refresh}");
        }
        sandbox.settle().await;
        let event = &sandbox.events("financial_connections.account.disconnected").await[0];
        assert_eq!(event["data"]["previous_attributes"]["status"], "active");
        assert_eq!(event["data"]["object"]["id"], first.as_str());
        assert_eq!(sandbox.linked(first).await, gone);

        let ownership = [("ownership", before["ownership"].as_str().unwrap())];
        sandbox.find(&format!("{path}/owners"), &ownership).await.error(400, None, "account");
        sandbox.find("/v1/financial_connections/transactions", &[("account", first)]).await.error(400, None, "account");
        sandbox.get(&format!("/v1/financial_connections/transactions/{row}")).await.error(404, "resource_missing", "transaction");
        sandbox.post(&format!("{path}/refresh"), &[("features[]", "balance")]).await.error(400, None, "account");
        sandbox.post(&format!("{path}/subscribe"), &[("features[]", "transactions")]).await.error(400, None, "account");
        assert_eq!(sandbox.post(&format!("{path}/disconnect"), &[]).await.ok(), gone, "again changes nothing");
        assert_eq!(sandbox.events("financial_connections.account.disconnected").await.len(), 1);

        // The other account of the same consent goes on, and ends the consent when it goes too.
        server.clock.advance(10);
        assert_eq!(sandbox.refresh(second, &["balance"]).await["balance_refresh"]["status"], "succeeded");
        assert_eq!(server.sealed(&sandbox.tenant().await).await, ["client", "grant", "numbers"]);
        sandbox.post(&format!("{ACCOUNTS}/{second}/disconnect"), &[]).await.ok();
        sandbox.settle().await;
        assert_eq!(server.sealed(&sandbox.tenant().await).await, ["client"], "no token and no number is left");

        // Linked again it is another account.
        let again = sandbox.link_for(&linked.customer, "Bank (OAuth)", &["Everyday Checking"], &[]).await;
        assert_ne!(again.id(), *first);
        assert_eq!(again.accounts[0]["status"], "active");
    })
    .await;
}
