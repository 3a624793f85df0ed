use kernel::ApiVersion;
use serde_json::{Value, json};
use testkit::{ALL_PERMISSIONS, Params, Person, Sandbox, each, ids};

const SESSIONS: &str = "/v1/financial_connections/sessions";
const ACCOUNTS: &str = "/v1/financial_connections/accounts";
const BANK: &str = "Bank (OAuth)";

/// Two accounts of one customer and the authorization that covers them.
struct World {
    customer: String,
    accounts: Vec<String>,
    authorization: String,
}

async fn preview(sandbox: &Sandbox, path: &str) -> Value {
    sandbox.version(ApiVersion::PREVIEW).get(path).await.ok()
}

async fn account(sandbox: &Sandbox, id: &str) -> Value {
    preview(sandbox, &format!("{ACCOUNTS}/{id}")).await
}

async fn world(sandbox: &Sandbox) -> World {
    let linked = sandbox.link(BANK, &["Everyday Checking", "Joint Checking"], &[]).await;
    let accounts = ids(&json!({"data": linked.accounts}));
    let authorization = account(sandbox, &accounts[0]).await["authorization"].as_str().unwrap().to_owned();
    World { customer: linked.customer, accounts, authorization }
}

async fn session(sandbox: &Sandbox, params: Params<'_>) -> Value {
    let all: Vec<(&str, &str)> = ALL_PERMISSIONS.iter().chain(params).copied().collect();
    sandbox.version(ApiVersion::PREVIEW).post(SESSIONS, &all).await.ok()
}

/// Walks to the accounts that the bank offers; there is no bank to choose.
async fn to_accounts(sandbox: &Sandbox, session: &Value) -> Person {
    let mut person = Person::open(sandbox, session["client_secret"].as_str().unwrap()).await;
    person.press("Agree and continue").await;
    assert_eq!(person.pane(), "bank_login", "straight to the bank");
    person.press(&format!("Continue to {BANK}")).await;
    person.agree_at_bank("jane").await;
    person
}

async fn ended(sandbox: &Sandbox, session: &Value) -> Value {
    sandbox.settle().await;
    preview(sandbox, &format!("{SESSIONS}/{}", session["id"].as_str().unwrap())).await
}

#[tokio::test]
async fn an_authorization_is_mended_with_its_accounts() {
    each(async |server| {
        let sandbox = server.sandbox();
        let world = world(&sandbox).await;
        sandbox.end_consents_at_banks().await;
        sandbox.advance(60).await;
        assert_eq!(sandbox.linked(&world.accounts[1]).await["status"], "inactive");
        let session = session(&sandbox, &[("relink_options[authorization]", &world.authorization)]).await;
        assert_eq!(
            session["account_holder"],
            json!({"customer": world.customer, "type": "customer"}),
            "that of the authorization"
        );
        assert_eq!(session["relink_options"], json!({"account": null, "authorization": world.authorization}));
        let mut person = to_accounts(&sandbox, &session).await;
        person.connect(&["Everyday Checking", "Joint Checking"]).await;
        assert!(!person.page.says("Link another account"));
        person.press("Done").await;

        let ended = ended(&sandbox, &session).await;
        let result = json!({"account": null, "authorization": world.authorization, "failure_reason": null});
        assert_eq!((&ended["relink_result"], &ended["status"]), (&result, &json!("succeeded")));
        for id in &world.accounts {
            let account = account(&sandbox, id).await;
            assert_eq!((&account["status"], &account["authorization"]), (&json!("active"), &json!(world.authorization)));
            server.clock.advance(2);
            assert_eq!(sandbox.refresh(id, &["balance"]).await["balance_refresh"]["status"], "succeeded");
        }
        assert_eq!(sandbox.events("financial_connections.account.reactivated").await.len(), 2);
        let path = format!("/v1/financial_connections/authorizations/{}", world.authorization);
        assert_eq!(preview(&sandbox, &path).await["status"], "active");
        assert_eq!(server.sealed(&sandbox.tenant().await).await, ["client", "grant", "numbers", "numbers"], "one grant is left");
    })
    .await;
}

/// What is not shared again becomes inactive; what is new joins the same authorization.
#[tokio::test]
async fn accounts_can_be_left_out_and_others_added() {
    each(async |server| {
        let sandbox = server.sandbox();
        let world = world(&sandbox).await;
        let [everyday, joint] = [&world.accounts[0], &world.accounts[1]];
        let session = session(&sandbox, &[("relink_options[authorization]", &world.authorization)]).await;
        let mut person = to_accounts(&sandbox, &session).await;
        person.connect(&["Joint Checking", "Rainy Day Savings"]).await.press("Done").await;
        assert_eq!(ended(&sandbox, &session).await["relink_result"]["authorization"], world.authorization.as_str());
        let left_out = account(&sandbox, everyday).await;
        assert_eq!(
            (&left_out["status"], &left_out["status_details"]["inactive"]["cause"]),
            (&json!("inactive"), &json!("access_denied"))
        );
        assert_eq!(account(&sandbox, joint).await["status"], "active");
        let all = sandbox.version(ApiVersion::PREVIEW).get(ACCOUNTS).await.ok();
        assert!(all["data"].as_array().unwrap().iter().all(|one| one["authorization"] == world.authorization.as_str()));
        assert_eq!(ids(&all).len(), 3);
        let previous = &sandbox.events("financial_connections.account.deactivated").await[0]["data"]["previous_attributes"];
        assert_eq!(previous["status"], "active");
        sandbox.advance(60).await;
        assert_eq!(account(&sandbox, joint).await["status"], "active", "the new grant is asked by");
    })
    .await;
}

/// One account alone is offered; the others of the authorization go on.
#[tokio::test]
async fn exactly_one_account_can_be_asked_for() {
    each(async |server| {
        let sandbox = server.sandbox();
        let world = world(&sandbox).await;
        let options =
            [("relink_options[authorization]", world.authorization.as_str()), ("relink_options[account]", &world.accounts[0])];
        let session = session(&sandbox, &options).await;
        let mut person = to_accounts(&sandbox, &session).await;
        assert_eq!(person.page.choices().count(), 1);
        person.connect(&["Everyday Checking"]).await.press("Done").await;
        let result = json!({"account": world.accounts[0], "authorization": world.authorization, "failure_reason": null});
        assert_eq!(ended(&sandbox, &session).await["relink_result"], result);
        for id in &world.accounts {
            sandbox.advance(2).await;
            assert_eq!(sandbox.refresh(id, &["balance"]).await["balance_refresh"]["status"], "succeeded");
        }
    })
    .await;
}

#[tokio::test]
async fn why_it_failed_is_said() {
    each(async |server| {
        let sandbox = server.sandbox();
        let world = world(&sandbox).await;
        let options = [("relink_options[authorization]", world.authorization.as_str())];
        let outcome = |session: &Value| json!([session["status"], session["relink_result"]["failure_reason"]]);

        let given_up = session(&sandbox, &options).await;
        let mut person = Person::open(&sandbox, given_up["client_secret"].as_str().unwrap()).await;
        person.press("Agree and continue").await;
        post(&sandbox, &person, "cancel").await;
        assert_eq!(outcome(&ended(&sandbox, &given_up).await), json!(["cancelled", "no_authorization"]));

        let other = session(&sandbox, &options).await;
        let mut person = to_accounts(&sandbox, &other).await;
        person.connect(&["Rainy Day Savings"]).await.press("Done").await;
        assert_eq!(outcome(&ended(&sandbox, &other).await), json!(["failed", "no_account"]));
        assert_eq!(sandbox.linked(&world.accounts[0]).await["status"], "active", "nothing became of the old accounts");

        let late = session(&sandbox, &options).await;
        sandbox.advance(3 * 3_600).await;
        assert_eq!(outcome(&ended(&sandbox, &late).await), json!(["failed", "other"]));
        let events = sandbox.version(ApiVersion::PREVIEW);
        let events = events.find("/v1/events", &[("type", "financial_connections.session.updated")]).await.ok();
        let shown: Vec<&Value> =
            events["data"].as_array().unwrap().iter().map(|event| &event["data"]["object"]["status"]).collect();
        assert_eq!(shown[..3], [&json!("failed"), &json!("failed"), &json!("cancelled")]);
    })
    .await;
}

async fn post(sandbox: &Sandbox, person: &Person, step: &str) {
    let path = person.flow.strip_prefix(&sandbox.base_url).unwrap();
    let answer = sandbox.post(&format!("{path}/{step}"), &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    each(async |server| {
        let sandbox = server.sandbox();
        let world = world(&sandbox).await;
        let other = sandbox.link("Test (OAuth)", &["Success"], &[]).await;
        let stranger = server.sandbox();
        let own = ("relink_options[authorization]", world.authorization.as_str());
        let holder = [("account_holder[type]", "customer"), ("account_holder[customer]", other.customer.as_str())];
        let foreign = other.id();
        let cases: [(Params<'_>, Option<&str>, &str); 7] = [
            (&[], Some("parameter_missing"), "account_holder"),
            (&[("relink_options[account]", "fca_1")], Some("parameter_missing"), "relink_options[authorization]"),
            (&[("relink_options[authorization]", "fcauth_1")], Some("resource_missing"), "relink_options[authorization]"),
            (&[own, ("relink_options[account]", "fca_1")], Some("resource_missing"), "relink_options[account]"),
            (&[own, ("relink_options[account]", &foreign)], None, "relink_options[account]"),
            (&[own, holder[0], holder[1]], None, "account_holder"),
            (&[own, ("filters[institution]", "fcinst_1")], Some("parameters_exclusive"), "filters[institution]"),
        ];
        for (params, code, param) in cases {
            let all: Vec<(&str, &str)> = ALL_PERMISSIONS.iter().chain(params).copied().collect();
            sandbox.version(ApiVersion::PREVIEW).post(SESSIONS, &all).await.error(400, code, param);
        }
        let all: Vec<(&str, &str)> = ALL_PERMISSIONS.iter().chain(&[own]).copied().collect();
        stranger.version(ApiVersion::PREVIEW).post(SESSIONS, &all).await.error(400, "resource_missing", own.0);
        sandbox.post(SESSIONS, &all).await.error(400, "parameter_unknown", "relink_options");
    })
    .await;
}
