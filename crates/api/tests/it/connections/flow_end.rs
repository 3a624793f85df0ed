//! What becomes of a flow that the person left: late answers of banks, and what is kept of the accounts that were not chosen.

use api::connections::linking::{self, view::Pane};
use serde_json::Value;
use store::Value as Sql;
use testkit::{Mood, Person, Phone, Sandbox, UnreliableBank, each, each_with_bank};

const HOURS: i64 = 3_600;

/// The flow of a session as it is stored.
async fn stored(sandbox: &Sandbox, session: &Value) -> Value {
    let id = session["id"].as_str().unwrap().to_owned();
    let tenant = sandbox.tenant().await;
    let read = sandbox.app.core.read(&tenant, |cx| {
        Box::pin(async move {
            let sql = "select doc from objects where tenant = $1 and kind = 'drawbridge.flow' and id = $2";
            Ok(cx.row(sql, &[Sql::from(id)]).await?.expect("a flow").text(0)?.to_owned())
        })
    });
    serde_json::from_str(&read.await.unwrap()).unwrap()
}

async fn id_of(sandbox: &Sandbox, bank: &str) -> String {
    let found = sandbox.find("/drawbridge/v1/institutions", &[("query", bank)]).await.ok();
    found["data"][0]["id"].as_str().unwrap().to_owned()
}

/// The person chooses another bank while the first one is still asked for the accounts: its answer changes nothing.
#[tokio::test]
async fn a_late_answer_of_a_bank_that_was_left_changes_nothing() {
    each_with_bank(None, async |server, bank| {
        let sandbox = server.sandbox();
        let other = id_of(&sandbox, "Test (OAuth)").await;
        for fails in [false, true] {
            let (session, mut person) = sandbox.person(&[]).await;
            let token = person.flow.rsplit('/').next().unwrap().to_owned();
            person.to_bank(UnreliableBank::NAME).await;
            let gate = testkit::Gate::default();
            let held = gate.clone();
            bank.temper("/accounts", move |_, _| match fails {
                true => Mood::WaitsAndSays(held.clone(), 403),
                false => Mood::Waits(held.clone()),
            });
            let elsewhere = async {
                bank.wait_for(1).await;
                linking::choose_institution(&sandbox.app, &token, &other).await.expect("another bank");
                gate.open();
            };
            tokio::join!(person.share_everything("jane"), elsewhere);
            let view = sandbox.flow_view(&token).await;
            let Pane::BankLogin { institution, waiting: false } = &view.pane else { panic!("{fails}: {:?}", view.pane) };
            assert_eq!(institution.id, other);
            let flow = stored(&sandbox, &session).await;
            assert_eq!((&flow["offers"], &flow["authorization"]), (&serde_json::json!([]), &Value::Null));
            bank.recover("/accounts");
        }
        sandbox.settle().await;
        assert_eq!(server.sealed(&sandbox.tenant().await).await, ["client"], "the access is ended at the bank");
    })
    .await;
}

#[tokio::test]
async fn what_was_not_chosen_is_forgotten_at_the_end() {
    each(async |server| {
        let sandbox = server.sandbox();
        // The person is done.
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[]).await;
        let flow = stored(&sandbox, &linked.session).await;
        assert_eq!(flow["offers"], serde_json::json!([]), "{flow}");
        assert_eq!(flow["linked"][0]["id"], linked.id().as_str());
        assert!(!flow.to_string().contains("Joint Checking"));

        // The person closes the window, at the choice of accounts or at a question of a bank, and never comes back.
        let (session, mut person) = sandbox.person(&[]).await;
        person.to_accounts("Bank (OAuth)").await;
        let (asked, mut signing_in) = sandbox.person(&[]).await;
        signing_in.press("Agree and continue").await.press("Bank (Non-OAuth)").await;
        assert_ne!(stored(&sandbox, &session).await["offers"], serde_json::json!([]));
        sandbox.advance(3 * HOURS).await;
        for session in [&session, &asked] {
            let flow = stored(&sandbox, session).await;
            assert_eq!((&flow["offers"], &flow["stage"]["at"]), (&serde_json::json!([]), &"picker".into()), "{flow}");
        }
        person.reload().await;
        assert_eq!(person.pane(), "problem", "it says that the time is over");
        assert_eq!(server.sealed(&sandbox.tenant().await).await, ["client", "grant", "numbers"]);

        // What is open keeps what it offers until then.
        let (session, mut person) = sandbox.person(&[]).await;
        person.to_accounts("Bank (OAuth)").await;
        sandbox.advance(3 * HOURS - 60).await;
        assert_ne!(stored(&sandbox, &session).await["offers"], serde_json::json!([]));
    })
    .await;
}

#[tokio::test]
async fn deleted_data_is_gone_from_the_flow_as_well() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (session, mut person) = sandbox.person(&[]).await;
        person.to_accounts("Bank (OAuth)").await.connect(&["Everyday Checking"]).await;
        let before = stored(&sandbox, &session).await;
        let account = before["linked"][0]["id"].as_str().unwrap();
        assert!(before["offers"].to_string().contains("Joint Checking"), "{before}");
        let consents = testkit::ids(&sandbox.get("/drawbridge/v1/consents").await.ok());
        let page = sandbox.post(&format!("/drawbridge/v1/consents/{}/page", consents[0]), &[]).await.ok();
        let url = page["url"].as_str().unwrap();
        let mut own = Person::at(&sandbox, url).await;
        own.go(&format!("{url}/delete?account={account}")).await.press("Delete data").await;
        let after = stored(&sandbox, &session).await;
        assert_eq!((&after["offers"], &after["linked"][0]["bank_account"]), (&serde_json::json!([]), &"".into()), "{after}");
    })
    .await;
}

/// Nobody is sent to a bank by a page elsewhere, in a flow of the web or of an app.
#[tokio::test]
async fn a_login_is_begun_by_the_person_alone() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, mut person) = sandbox.person(&[]).await;
        person.press("Agree and continue").await.press("Test (OAuth)").await;
        let bank = format!("{}/bank?redirect=1", person.flow);
        let mut lured = Person::at(&sandbox, &person.flow).await;
        lured.is_sent_to(&bank).await;
        assert!(lured.page.says("asks to link your bank account"), "{:?}", lured.page.texts);
        lured.go(&bank).await;
        assert!(lured.page.says("asks to link your bank account"), "also by an address in a message");

        let phone = Phone::new(&sandbox, &[]).await;
        phone.synchronize().await;
        phone.agree().await;
        let login = phone.choose("Test (OAuth)").await.ok();
        let url = login["url"].as_str().unwrap();
        lured.is_sent_to(url).await;
        assert!(lured.page.says("asks to link your bank account"), "{:?}", lured.page.texts);
        lured.go(url).await;
        assert!(lured.page.says("Log in to Test (OAuth)"), "an app opens it");
    })
    .await;
}
