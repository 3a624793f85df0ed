//! The page on which people see and end what they share.

use api::connections::person::{self, PersonError, Target};
use serde_json::{Value, json};
use testkit::{Linked, Person, Sandbox, TestServer, each, ids};

const PREFETCH: [(&str, &str); 3] = [("prefetch[]", "balances"), ("prefetch[]", "transactions"), ("prefetch[]", "ownership")];
const BOTH: [&str; 2] = ["Everyday Checking", "Joint Checking"];

/// The address of the page of the person who linked last.
async fn page_of(sandbox: &Sandbox) -> String {
    let id = ids(&sandbox.get("/drawbridge/v1/consents").await.ok()).remove(0);
    let link = sandbox.post(&format!("/drawbridge/v1/consents/{id}/page"), &[]).await.ok();
    link["url"].as_str().unwrap().to_owned()
}

async fn linked(sandbox: &Sandbox) -> (Linked, [String; 2]) {
    let linked = sandbox.link("Bank (OAuth)", &BOTH, &PREFETCH).await;
    let list = [0, 1].map(|at: usize| linked.accounts[at]["id"].as_str().unwrap().to_owned());
    (linked, list)
}

async fn consent(sandbox: &Sandbox) -> Value {
    sandbox.get("/drawbridge/v1/consents").await.ok()["data"][0].clone()
}

async fn transactions(sandbox: &Sandbox, account: &str) -> testkit::Answer {
    sandbox.find("/v1/financial_connections/transactions", &[("account", account)]).await
}

#[tokio::test]
async fn shows_what_is_shared_and_stops_it() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, [everyday, joint]) = linked(&sandbox).await;
        let mut person = Person::at(&sandbox, &page_of(&sandbox).await).await;
        let last4 = sandbox.linked(&everyday).await["last4"].as_str().unwrap().to_owned();
        for text in
            ["Bank (OAuth)", "Everyday Checking", &last4, "Transactions", "November 18, 2026", "November 18, 2027", "Last read"]
        {
            assert!(person.page.says(text), "{text}: {:?}", person.page.texts);
        }

        person.press(": Everyday Checking").await;
        assert_eq!(person.pane(), "stop");
        assert!(person.page.says("Stop sharing this account?") && !person.page.says("Joint Checking"));
        person.press("Go back").await;
        assert_eq!((person.pane(), sandbox.linked(&everyday).await["status"].as_str()), ("person", Some("active")));
        person.press(": Everyday Checking").await.press("Stop sharing").await;
        assert!(person.page.says("Sharing has stopped."), "{:?}", person.page.texts);
        assert!(person.page.says("No longer shared"));
        let gone = sandbox.linked(&everyday).await;
        assert_eq!((gone["status"].as_str(), &gone["balance"]), (Some("disconnected"), &Value::Null));
        sandbox.settle().await;
        assert_eq!(sandbox.events("financial_connections.account.disconnected").await.len(), 1);
        assert_eq!(sandbox.linked(&joint).await["status"], "active");
        assert_eq!(consent(&sandbox).await["accounts"][0]["ended_by"], "person");
        assert_eq!(server.sealed(&sandbox.tenant().await).await, ["client", "grant", "numbers"]);

        person.press(": Joint Checking").await.press("Stop sharing").await;
        assert!(person.page.says("Nothing is shared any more"));
        sandbox.settle().await;
        assert_eq!(server.sealed(&sandbox.tenant().await).await, ["client"], "the access is ended at the bank");
        let over = consent(&sandbox).await;
        assert_eq!((over["status"].as_str(), over["withdrawn_by"].as_str()), (Some("withdrawn"), Some("person")));
        person.go("?done=nonsense").await;
        assert!(!person.page.says("Sharing has stopped."));
    })
    .await;
}

#[tokio::test]
async fn all_accounts_of_a_log_in_end_at_once() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, [everyday, joint]) = linked(&sandbox).await;
        let mut person = Person::at(&sandbox, &page_of(&sandbox).await).await;
        person.press("Stop sharing all").await;
        assert!(person.page.says("Stop sharing these accounts?") && BOTH.iter().all(|name| person.page.says(name)));
        person.press("Stop sharing").await;
        for id in [&everyday, &joint] {
            assert_eq!(sandbox.linked(id).await["status"], "disconnected");
        }
        sandbox.settle().await;
        assert_eq!(server.sealed(&sandbox.tenant().await).await, ["client"]);
    })
    .await;
}

#[tokio::test]
async fn deleting_leaves_nothing_but_the_receipt() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (linked, [everyday, joint]) = linked(&sandbox).await;
        let before = sandbox.linked(&everyday).await;
        let last4 = before["last4"].as_str().unwrap();
        transactions(&sandbox, &everyday).await.ok();
        let url = page_of(&sandbox).await;
        let mut person = Person::at(&sandbox, &url).await;
        person.go(&format!("{url}/delete?account={everyday}")).await;
        assert!(person.page.says("Delete the data of this account?"));
        person.press("Delete data").await;
        assert!(person.page.says("The data is deleted"), "{:?}", person.page.texts);
        assert!(!person.page.says("No longer shared"), "nothing of it is left to delete");

        let gone = sandbox.linked(&everyday).await;
        let nothing = [
            "display_name",
            "last4",
            "balance",
            "balance_refresh",
            "ownership",
            "ownership_refresh",
            "transaction_refresh",
            "account_numbers",
        ];
        for name in nothing {
            assert_eq!(gone[name], Value::Null, "{name}");
        }
        assert_eq!(gone["status"], "disconnected");
        transactions(&sandbox, &everyday).await.error(400, None, "account");
        transactions(&sandbox, &joint).await.ok();
        sandbox.settle().await;
        let events = sandbox.version(kernel::ApiVersion::PREVIEW).find("/v1/events", &[("limit", "100")]).await.text().to_owned();
        assert!(events.contains(&everyday) && events.contains("Joint Checking"));
        assert!(events.contains("financial_connections.session.updated"), "which shows all accounts of its session");
        assert!(!events.contains("Everyday Checking") && !events.contains(last4), "events show nothing of it");
        for table in ["bank_transactions", "transaction_refreshes"] {
            assert_eq!(rows_of(server, &sandbox, table, &everyday).await, 0, "{table}");
            assert!(rows_of(server, &sandbox, table, &joint).await > 0, "{table}");
        }

        let receipt = consent(&sandbox).await;
        assert_eq!(receipt["accounts"][0]["display_name"], "Everyday Checking", "the receipt is kept as it was");
        assert_eq!(receipt["text"]["version"], 1);
        person.go(&format!("{url}/delete?account={everyday}")).await;
        assert_eq!(person.pane(), "person", "there is nothing left to ask about");

        // Linked again it is another account, and the other one was not touched.
        assert_eq!(sandbox.linked(&joint).await["display_name"], "Joint Checking");
        let again = sandbox.link_for(&linked.customer, "Bank (OAuth)", &["Everyday Checking"], &[]).await;
        assert_ne!(again.id(), everyday);
    })
    .await;
}

#[tokio::test]
async fn what_was_stopped_before_can_still_be_deleted() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, [everyday, _]) = linked(&sandbox).await;
        let url = page_of(&sandbox).await;
        sandbox.post(&format!("/v1/financial_connections/accounts/{everyday}/disconnect"), &[]).await.ok();
        sandbox.settle().await;
        let mut person = Person::at(&sandbox, &url).await;
        assert!(person.page.says("No longer shared"));
        person.go(&format!("{url}/delete?account={everyday}")).await.press("Delete data").await;
        assert_eq!(sandbox.linked(&everyday).await["display_name"], Value::Null);
        assert_eq!(consent(&sandbox).await["accounts"][0]["ended_by"], "business", "it ended before");
        sandbox.settle().await;
        assert_eq!(sandbox.events("financial_connections.account.disconnected").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_data_can_be_taken_along() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, [everyday, joint]) = linked(&sandbox).await;
        let stranger = sandbox.link("Test (OAuth)", &["Success"], &[]).await;
        let consents = ids(&sandbox.get("/drawbridge/v1/consents").await.ok());
        let link = sandbox.post(&format!("/drawbridge/v1/consents/{}/page", consents[1]), &[]).await.ok();
        let url = link["url"].as_str().unwrap();
        let mut person = Person::at(&sandbox, url).await;
        person.press("Download your data").await;
        let text = person.page.texts.join(" ");
        let file: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!((&file["object"], &file["complete"]), (&json!("drawbridge.person_export"), &json!(true)));
        let accounts: Vec<&str> = file["accounts"].as_array().unwrap().iter().map(|own| own["id"].as_str().unwrap()).collect();
        assert_eq!(accounts, [&everyday, &joint]);
        let own = &file["accounts"][0];
        assert!(own["transactions"].as_array().unwrap().len() > 20 && own["balance"]["as_of"].is_i64());
        assert!(own["ownership"]["owners"]["data"][0]["name"].is_string());
        assert_eq!(file["consents"][0]["id"], consents[1].as_str());
        assert!(!text.contains(&stranger.id()) && !text.contains("\"000"), "nothing of others, and no numbers");

        person.go(&format!("{url}/delete?account={everyday}")).await.press("Delete data").await;
        person.press("Download your data").await;
        let file: Value = serde_json::from_str(&person.page.texts.join(" ")).expect("JSON");
        assert_eq!(file["accounts"][0]["transactions"], json!([]));
        assert_eq!(file["accounts"][0]["ownership"], Value::Null);
        assert_eq!(file["consents"].as_array().unwrap().len(), 1);
        sandbox.settle().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_ends_what_others_share() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, [everyday, _]) = linked(&sandbox).await;
        let other = server.sandbox();
        for stranger in [&sandbox, &other] {
            stranger.link("Test (OAuth)", &["Success"], &[]).await;
            let url = page_of(stranger).await;
            let token = url.rsplit('/').next().unwrap();
            let mut person = Person::at(stranger, &url).await;
            assert!(!person.page.says("Everyday Checking"));
            person.go(&format!("{url}/stop?account={everyday}")).await;
            assert_eq!(person.pane(), "person");
            let login = consent(&sandbox).await["authorization"].as_str().unwrap_or_default().to_owned();
            for target in [Target::Account(everyday.clone()), Target::Login(format!("{login}x"))] {
                assert_eq!(person::stop(&server.app, token, &target).await.expect("a page"), 0);
                assert_eq!(person::delete(&server.app, token, &target).await.expect("a page"), 0);
            }
        }
        assert_eq!(sandbox.linked(&everyday).await["status"], "active");
        let (session, _) = sandbox.person(&[]).await;
        for token in ["", "person_none", session["client_secret"].as_str().unwrap()] {
            let refused = person::view(&server.app, token).await;
            assert!(matches!(refused, Err(PersonError::NotFound)), "{token}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_flow_leads_to_the_page() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        let before = sandbox.link_for(&customer, "Bank (OAuth)", &["Everyday Checking"], &[]).await.id();
        let session = sandbox.session(&customer, &[]).await;
        let mut person = Person::open(&sandbox, session["client_secret"].as_str().unwrap()).await;
        let own = format!("{}/person", person.flow);
        assert_eq!(person.go(&own).await.page.status, 404, "whoever has linked nothing has not shown who they are");
        person.reload().await.to_accounts("Test (OAuth)").await.connect(&["Success"]).await;
        assert_eq!(person.pane(), "success");
        person.go(&own).await;
        assert_eq!(person.pane(), "person");
        assert!(person.page.says("Success") && person.page.address.contains("/person/person_"), "{}", person.page.address);
        assert!(!person.page.says("Everyday Checking"), "what was linked another time is not for who has this flow's address");
        let address = person.page.address.clone();
        let path = address.strip_prefix(&sandbox.base_url).unwrap().to_owned();
        let taken = sandbox.get(&format!("{path}/download")).await;
        assert!(!String::from_utf8_lossy(&taken.body).contains(&before), "nor by taking it along");
        server.clock.advance(3_600);
        assert_eq!(person.go(&address).await.page.status, 404, "for an hour");
        assert_eq!(person.go("/connections/flow_none/person").await.pane(), "expired");
        sandbox.settle().await;
    })
    .await;
}

/// How many rows a table has about an account.
async fn rows_of(server: &TestServer, sandbox: &Sandbox, table: &'static str, account: &str) -> usize {
    let (tenant, account) = (sandbox.tenant().await, account.to_owned());
    let read = server.app.core.read(&tenant, move |cx| {
        Box::pin(async move {
            let sql = format!("select account from {table} where tenant = $1 and account = $2");
            Ok(cx.rows(&sql, &[store::Value::from(account)]).await?.len())
        })
    });
    read.await.expect("rows are read")
}
