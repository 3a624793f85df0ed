use serde_json::{Value, json};
use testkit::{Params, Person, Sandbox, each, ids};

const FLOWS: &str = "/drawbridge/v1/connections/flows";

async fn result(sandbox: &Sandbox, session: &Value) -> Value {
    let params = [("client_secret", session["client_secret"].as_str().unwrap())];
    sandbox.publishable().post(&format!("{FLOWS}/result"), &params).await.ok()["financialConnectionsSession"].clone()
}

async fn status(sandbox: &Sandbox, person: &Person) -> Value {
    let path = person.flow.strip_prefix(&sandbox.base_url).unwrap();
    let answer = sandbox.get(&format!("{path}/status")).await;
    serde_json::from_slice(&answer.body).unwrap()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|account| account["display_name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn walks_through_every_pane() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (session, mut person) = sandbox.person(&[("permissions[]", "balances"), ("permissions[]", "payment_method")]).await;
        assert_eq!(person.pane(), "consent");
        assert!(person.page.says("Sandbox"), "the business is named: {:?}", person.page.texts);
        assert!(person.page.says("balance") || person.page.says("Balance"), "{:?}", person.page.texts);
        person.press("Agree and continue").await;
        assert_eq!(person.pane(), "picker");
        assert!(person.page.says("Test (OAuth)") && !person.page.says("Down (Error)"), "featured banks only");
        person.press("Test (OAuth)").await;
        assert_eq!(person.pane(), "bank_login");
        let before = status(&sandbox, &person).await;
        person.press("Continue to Test (OAuth)").await;
        assert!(person.page.says("Log in to Test (OAuth)"));
        let waiting = status(&sandbox, &person).await;
        assert_eq!(waiting["pane"], "bank_login");
        assert_ne!(waiting["revision"], before["revision"], "the waiting page can tell");
        person.press("Log in").await;
        assert!(person.page.says("All 12 of your accounts here will be shared."), "{:?}", person.page.texts);
        person.press("Agree and share").await;
        assert_eq!(person.pane(), "accounts");
        assert_eq!(person.page.choices().count(), 12);
        person.connect(&["Success", "Dispute"]).await;
        assert_eq!(person.pane(), "success");
        assert!(person.page.says("Success") && person.page.says("Dispute") && person.page.says("Link another account"));
        person.press("Done").await;
        assert_eq!((person.pane(), status(&sandbox, &person).await["pane"].as_str()), ("finished", Some("finished")));

        let result = result(&sandbox, &session).await;
        assert_eq!(result["id"], session["id"]);
        assert_eq!(names(&result["accounts"]), ["Success", "Dispute"], "a plain array, as browsers get it");
        assert_eq!(result["client_secret"], session["client_secret"]);
        let created = sandbox.events("financial_connections.account.created").await;
        assert_eq!(created.len(), 2);
        assert_eq!(created[0]["request"], Value::Null, "a person did it, no request of the application");
    })
    .await;
}

#[tokio::test]
async fn used_sessions_are_over_and_cancelled_ones_are_not() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (session, mut person) = sandbox.person(&[]).await;
        let secret = session["client_secret"].as_str().unwrap();
        person.to_accounts("Test (OAuth)").await.press("Cancel").await;
        assert_eq!(person.pane(), "finished");
        assert_eq!(result(&sandbox, &session).await["accounts"], json!([]));
        let mut person = Person::open(&sandbox, secret).await;
        assert_eq!(person.pane(), "consent", "a cancelled session begins again");
        person.to_accounts("Test (OAuth)").await.connect(&["Success"]).await.press("Done").await;
        let again = sandbox.publishable().post(FLOWS, &[("client_secret", secret)]).await;
        again.error(400, "session_already_used", "client_secret");
        // Steps that do not fit change nothing.
        person.reload().await;
        assert_eq!(person.pane(), "finished");
        assert_eq!(names(&result(&sandbox, &session).await["accounts"]), ["Success"]);
    })
    .await;
}

#[tokio::test]
async fn what_was_linked_stays_when_the_flow_is_cancelled() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (session, mut person) = sandbox.person(&[]).await;
        person.to_accounts("Test (OAuth)").await.connect(&["Success"]).await;
        person.to_accounts("Bank (OAuth)").await.press("Cancel").await;
        assert_eq!(names(&result(&sandbox, &session).await["accounts"]), ["Success"]);
    })
    .await;
}

#[tokio::test]
async fn a_flow_goes_on_where_it_was() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (session, mut person) = sandbox.person(&[]).await;
        person.to_bank("Test (OAuth)").await;
        let mut again = Person::open(&sandbox, session["client_secret"].as_str().unwrap()).await;
        assert_ne!(again.flow, person.flow, "each opening has an address of its own");
        assert_eq!(again.pane(), "bank_login");
        person.agree_at_bank("jane").await;
        assert_eq!(person.pane(), "accounts");
        again.reload().await;
        assert_eq!(again.pane(), "accounts", "both windows show the same flow");
        again.connect(&["Success"]).await;
        person.reload().await;
        assert_eq!(person.pane(), "success");
    })
    .await;
}

#[tokio::test]
async fn limits_are_kept() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, mut person) = sandbox.person(&[("limits[accounts]", "1")]).await;
        person.to_accounts("Test (OAuth)").await;
        assert!(person.page.choices().all(|choice| choice.kind == "radio"));
        assert_eq!(person.page.choices().filter(|choice| choice.checked).count(), 1, "one is chosen already");
        person.connect(&[]).await;
        assert_eq!(person.pane(), "accounts", "none is not enough");
        person.connect(&["Success", "Dispute"]).await;
        assert_eq!(person.pane(), "accounts", "two are too many, whatever the form sends");
        person.connect(&["Dispute"]).await;
        assert_eq!(person.pane(), "success");
        assert!(!person.page.says("Link another account"));

        let (session, mut person) = sandbox.person(&[("limits[accounts]", "3")]).await;
        person.to_accounts("Test (OAuth)").await;
        assert!(person.page.choices().all(|choice| choice.kind == "checkbox"));
        person.connect(&["Success", "Dispute", "No Account", "Processing"]).await;
        assert_eq!(person.pane(), "accounts");
        person.connect(&["Success", "Dispute"]).await;
        person.to_accounts("Bank (OAuth)").await;
        assert!(person.page.choices().all(|choice| choice.kind == "radio"), "one is left");
        person.connect(&["Everyday Checking"]).await;
        assert!(!person.page.says("Link another account"));
        assert_eq!(result(&sandbox, &session).await["accounts"].as_array().unwrap().len(), 3);
    })
    .await;
}

/// A filter, and which of the accounts of a bank can be chosen under it.
#[tokio::test]
async fn filters_say_why_an_account_cannot_be_chosen() {
    each(async |server| {
        let sandbox = server.sandbox();
        let subcategories = "filters[account_subcategories][]";
        let support = "filters[require_payment_method_support]";
        let all = [
            "Everyday Checking",
            "Rainy Day Savings",
            "Joint Checking",
            "Rewards Credit Card",
            "Personal Line of Credit",
            "Home Mortgage",
        ];
        let cases: &[(Params<'_>, &[usize])] = &[
            (&[], &[0, 1, 2, 3, 4, 5]),
            (&[(subcategories, "checking")], &[0, 2]),
            (&[(subcategories, "savings"), (subcategories, "mortgage")], &[1, 5]),
            (&[(subcategories, "credit_card"), (subcategories, "line_of_credit")], &[3, 4]),
            (&[(support, "all")], &[0, 1, 2]),
            (&[(support, "all"), (subcategories, "savings")], &[1]),
            (&[(support, "at_least_one")], &[0, 1, 2, 3, 4, 5]),
        ];
        for (filters, expected) in cases {
            let (_, mut person) = sandbox.person(filters).await;
            person.to_accounts("Bank (OAuth)").await;
            let open: Vec<&str> =
                all.into_iter().filter(|name| person.page.choices().any(|one| one.says(name) && !one.disabled)).collect();
            let expected: Vec<&str> = expected.iter().map(|at| all[*at]).collect();
            assert_eq!(open, expected, "{filters:?}");
            let refused = person.page.choices().filter(|one| one.disabled);
            for one in refused {
                assert!(!one.checked && one.texts.len() > 2, "a reason is given: {:?}", one.texts);
            }
        }
        let (_, mut person) = sandbox.person(&[(support, "at_least_one")]).await;
        person.to_accounts("Bank (OAuth)").await.connect(&["Home Mortgage"]).await;
        assert_eq!(person.pane(), "accounts", "one that can pay is needed");
        person.connect(&["Home Mortgage", "Joint Checking"]).await;
        assert_eq!(person.pane(), "success");
    })
    .await;
}

#[tokio::test]
async fn a_form_that_was_tampered_with_links_nothing_that_is_refused() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (session, mut person) = sandbox.person(&[("filters[account_subcategories][]", "savings")]).await;
        person.to_accounts("Bank (OAuth)").await;
        person.page.controls.iter_mut().for_each(|control| control.disabled = false);
        person.connect(&["Home Mortgage"]).await;
        assert_eq!(person.pane(), "accounts");
        person
            .page
            .controls
            .iter_mut()
            .filter(|control| control.name == "account")
            .for_each(|control| control.value = "made-up".into());
        person.connect(&["Rainy Day Savings"]).await;
        assert_eq!(person.pane(), "accounts");
        assert_eq!(result(&sandbox, &session).await["accounts"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn accounts_that_cannot_be_used_at_all() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, mut person) = sandbox.person(&[("filters[require_payment_method_support]", "all")]).await;
        person.to_accounts("Invalid Payment Accounts").await;
        assert_eq!(person.pane(), "problem", "none of them can pay");
        person.press("Choose another bank").await;
        person.to_accounts("Test (OAuth)").await.connect(&["Success"]).await;
        assert_eq!(person.pane(), "success");

        let (_, mut person) = sandbox.person(&[]).await;
        person.to_accounts("Invalid Payment Accounts").await;
        let closed = person.page.choices().find(|choice| choice.says("Closed Checking")).unwrap();
        assert!(closed.disabled);
        person.connect(&["Deposits Only Checking"]).await;
        assert_eq!(person.pane(), "success", "without a wish to be paid it can be linked");
        let account = &sandbox.get("/v1/financial_connections/accounts").await.ok()["data"][0];
        assert_eq!(
            (account["display_name"].as_str(), &account["supported_payment_method_types"]),
            (Some("Deposits Only Checking"), &json!([]))
        );
    })
    .await;
}

#[tokio::test]
async fn banks_that_are_down() {
    each(async |server| {
        let sandbox = server.sandbox();
        for (bank, word) in
            [("Down (Scheduled)", "UTC"), ("Down (Unscheduled)", "Down (Unscheduled)"), ("Down (Error)", "Down (Error)")]
        {
            let (_, mut person) = sandbox.person(&[]).await;
            person.press("Agree and continue").await.fill("q", bank);
            person.press("Search").await;
            person.press(bank).await;
            person.press(&format!("Continue to {bank}")).await;
            person.reload().await;
            assert_eq!(person.pane(), "problem", "{bank}");
            assert!(person.page.says(word), "{bank}: {:?}", person.page.texts);
            person.press("Try again").await;
            assert_eq!(person.pane(), "bank_login", "{bank}");
            person.press("Choose another bank").await;
            person.to_accounts("Test (OAuth)").await;
            assert_eq!(person.pane(), "accounts", "{bank}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_no_at_the_bank_is_no_end() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, mut person) = sandbox.person(&[]).await;
        person.to_bank("Bank (OAuth)").await.press("Cancel").await.reload().await;
        assert_eq!(person.pane(), "problem");
        person.press("Try again").await;
        person.press("Continue to Bank (OAuth)").await.fill("username", "jane").fill("password", "x");
        person.press("Log in").await.press("Deny").await.reload().await;
        assert_eq!(person.pane(), "problem");
        person.press("Try again").await;
        person.press("Continue to Bank (OAuth)").await.agree_at_bank("jane").await;
        assert_eq!(person.pane(), "accounts");
    })
    .await;
}

/// Only what the person shares at the bank is offered here.
#[tokio::test]
async fn the_banks_own_choice_comes_first() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, mut person) = sandbox.person(&[]).await;
        person.to_bank("Bank (OAuth)").await.fill("username", "jane").fill("password", "x");
        person.press("Log in").await.press("Agree and share").await;
        person.tick(&["Joint Checking"]).press("Continue").await.reload().await;
        let offered: Vec<bool> = person.page.choices().map(|choice| choice.says("Joint Checking")).collect();
        assert_eq!(offered, [true]);
    })
    .await;
}

#[tokio::test]
async fn sessions_expire_after_three_hours() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (session, mut person) = sandbox.person(&[]).await;
        person.to_accounts("Test (OAuth)").await;
        sandbox.advance(3 * 3_600 - 60).await;
        person.reload().await;
        assert_eq!(person.pane(), "accounts");
        sandbox.advance(60).await;
        person.connect(&["Success"]).await;
        assert_eq!(person.pane(), "problem");
        person.reload().await;
        assert_eq!(person.pane(), "problem");
        let secret = session["client_secret"].as_str().unwrap();
        sandbox.publishable().post(FLOWS, &[("client_secret", secret)]).await.error(400, "session_expired", "client_secret");
        assert_eq!(result(&sandbox, &session).await["accounts"], json!([]));
        assert!(ids(&sandbox.get("/v1/financial_connections/accounts").await.ok()).is_empty());
    })
    .await;
}

/// What a bank's answer leads to is used once, and only while somebody waits for it.
#[tokio::test]
async fn answers_of_banks_are_taken_once() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, mut person) = sandbox.person(&[]).await;
        person.to_bank("Test (OAuth)").await.press("Log in").await.press("Agree and share").await;
        let answer = person.redirects.iter().find(|one| one.contains("/connections/return?")).expect("the bank's answer").clone();
        person.go(&answer).await;
        assert_eq!(person.page.status, 404, "a second time");
        for wrong in ["/connections/return", "/connections/return?state=made-up&code=x", "/connections/flow_made_up"] {
            person.go(wrong).await;
            assert_eq!(person.page.status, 404, "{wrong}");
        }
        person.reload().await;
        assert_eq!(person.pane(), "accounts");

        // The person goes on to another bank while the first one's window is still open.
        let (_, mut window) = sandbox.person(&[]).await;
        window.to_bank("Test (OAuth)").await;
        let mut page = Person::at(&sandbox, &window.flow).await;
        page.press("Choose another bank").await.press("Bank (OAuth)").await;
        window.agree_at_bank("jane").await;
        assert_eq!(window.pane(), "bank_login", "the late answer changes nothing");
        assert!(window.page.says("Bank (OAuth)"));

        // A person who closed the bank's window may open it again.
        let (_, mut person) = sandbox.person(&[]).await;
        person.to_bank("Test (OAuth)").await.press("Log in").await;
        person.reload().await.press("Open the window again").await;
        assert!(person.page.says("Log in to Test (OAuth)"));

        // Somebody who is sent to the bank in the name of a stranger's flow shares nothing with it.
        let mut victim = Person::at(&sandbox, &person.page.address).await;
        victim.press("Log in").await.press("Agree and share").await;
        assert_eq!(victim.page.status, 404, "{:?}", victim.page.texts);
        person.reload().await;
        assert_eq!(person.pane(), "bank_login");
    })
    .await;
}

#[tokio::test]
async fn banks_are_found_by_typing() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, mut person) = sandbox.person(&[]).await;
        person.press("Agree and continue").await;
        let cases: [(&str, &[&str]); 5] = [
            ("down", &["Down (Scheduled)", "Down (Unscheduled)", "Down (Error)"]),
            ("  OWNERSHIP ", &["Ownership Accounts"]),
            ("bank-oauth.example", &["Bank (OAuth)"]),
            ("payment invalid", &["Invalid Payment Accounts"]),
            ("<script>alert(1)</script>", &[]),
        ];
        let all = [
            "Test (OAuth)",
            "Bank (OAuth)",
            "Ownership Accounts",
            "Invalid Payment Accounts",
            "Down (Scheduled)",
            "Down (Unscheduled)",
            "Down (Error)",
        ];
        for (typed, expected) in cases {
            person.fill("q", typed).press("Search").await;
            let found: Vec<&str> = all.into_iter().filter(|bank| person.page.controls.iter().any(|one| one.says(bank))).collect();
            assert_eq!(found, expected, "{typed}");
            let field = person.page.controls.iter().find(|control| control.name == "q").unwrap();
            assert_eq!(field.value, typed, "what was typed stays");
        }
    })
    .await;
}

/// Flows are opened by their token alone; forms of other sites are refused all the same.
#[tokio::test]
async fn other_sites_cannot_press_buttons() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, mut person) = sandbox.person(&[]).await;
        let agree = format!("{}/agree", person.flow.strip_prefix(&server.base_url).unwrap());
        let browser = server.client().with("origin", "https://evil.example").with("sec-fetch-site", "cross-site");
        assert_eq!(browser.post(&agree, &[]).await.status, 403);
        person.reload().await;
        assert_eq!(person.pane(), "consent");
        let strangers = server.sandbox();
        strangers.get("/v1/account").await.ok();
        let page = strangers.get(&agree.replace("/agree", "/made-up-action")).await;
        assert_ne!(page.status, 200);
    })
    .await;
}

#[tokio::test]
async fn prefetch_has_the_data_ready() {
    each(async |server| {
        let sandbox = server.sandbox();
        let prefetch = [("prefetch[]", "balances"), ("prefetch[]", "ownership"), ("prefetch[]", "transactions")];
        let (_, mut person) = sandbox.person(&prefetch).await;
        person.to_accounts("Bank (OAuth)").await.connect(&["Everyday Checking"]).await.press("Done").await;
        let id = ids(&sandbox.get("/v1/financial_connections/accounts").await.ok()).remove(0);
        let account = sandbox.linked(&id).await;
        for refresh in ["balance_refresh", "ownership_refresh", "transaction_refresh"] {
            assert_eq!(account[refresh]["status"], "pending", "{refresh}");
            assert_eq!(account[refresh]["next_refresh_available_at"], Value::Null, "{refresh}");
        }
        server.run_due().await;
        let account = sandbox.linked(&id).await;
        for refresh in ["balance_refresh", "ownership_refresh", "transaction_refresh"] {
            assert_eq!(account[refresh]["status"], "succeeded", "{refresh}");
        }
        assert!(account["balance"]["current"]["usd"].is_i64() && account["ownership"].is_string());
        let rows = sandbox.find("/v1/financial_connections/transactions", &[("account", &id)]).await.ok();
        assert_eq!(ids(&rows).len(), 10);
    })
    .await;
}
