//! Worlds that tests state over HTTP: what is stated is what is linked and read, as it is when it is read.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Params, Person, Sandbox, each};

use crate::connections::{rows, sign_in};

const BANK: &str = "/drawbridge/v1/testbank";
const NAME: &str = "Riverside Bank";
/// After this many seconds what was put off has been tried again for the last time.
const LATER: i64 = 10;
/// A moment later a refresh may be asked for again.
const MOMENT: i64 = 2;
/// A bank that is waited for a fifth of a second is given up well within this time.
const GIVEN_UP: Duration = Duration::from_secs(8);
const DAY: i64 = 86_400;

fn id(object: &Value) -> String {
    object["id"].as_str().unwrap_or_else(|| panic!("no id in {object}")).to_owned()
}

/// A bank with one customer, who has one account with three transactions.
struct World {
    institution: String,
    person: String,
    account: String,
}

impl World {
    async fn state(sandbox: &Sandbox) -> World {
        World::state_over(sandbox, "fdx").await
    }

    async fn state_over(sandbox: &Sandbox, protocol: &str) -> World {
        let institution = [("name", NAME), ("url", "https://riverside.example"), ("protocol", protocol)];
        let institution = id(&say(sandbox, "/institutions", &institution).await);
        let person = [
            ("institution", institution.as_str()),
            ("username", "jane"),
            ("name", "Jane Ada Lovelace"),
            ("email", "jane@riverside.example"),
            ("phone", "+13125550142"),
            ("addresses[0][line1]", "1 River Road"),
            ("addresses[0][city]", "Chicago"),
            ("addresses[0][state]", "IL"),
            ("addresses[0][postal_code]", "60614"),
        ];
        let person = id(&say(sandbox, "/people", &person).await);
        let account = [
            ("institution", institution.as_str()),
            ("owners[]", person.as_str()),
            ("type", "checking"),
            ("name", "Household"),
            ("number", "000987654321"),
            ("routing_number", "021000021"),
            ("opening_balance", "100000"),
        ];
        let account = id(&say(sandbox, "/accounts", &account).await);
        let now = sandbox.now().await;
        let (before, after) = ((now - 3 * DAY).to_string(), (now + DAY).to_string());
        let import = [
            ("transactions[0][amount]", "-2500"),
            ("transactions[0][description]", "Tea"),
            ("transactions[0][transacted_at]", before.as_str()),
            ("transactions[1][amount]", "-700"),
            ("transactions[1][description]", "Cake"),
            ("transactions[1][status]", "pending"),
            ("transactions[2][amount]", "9900"),
            ("transactions[2][description]", "Wages"),
            ("transactions[2][transacted_at]", after.as_str()),
        ];
        let world = World { institution, person, account };
        say(sandbox, &format!("{}/import", world.rows()), &import).await;
        world
    }

    fn rows(&self) -> String {
        format!("/accounts/{}/transactions", self.account)
    }

    async fn conduct(&self, sandbox: &Sandbox, params: Params<'_>) -> Value {
        say(sandbox, &format!("/institutions/{}", self.institution), params).await
    }
}

async fn say(sandbox: &Sandbox, path: &str, params: Params<'_>) -> Value {
    sandbox.post(&format!("{BANK}{path}"), params).await.ok()
}

/// Amount, description and status of every transaction, in the order of their descriptions.
async fn seen(sandbox: &Sandbox, id: &str) -> Vec<(i64, String, String)> {
    let mut seen: Vec<(i64, String, String)> = Vec::new();
    for row in rows(sandbox, &[("account", id)]).await {
        let text = |name: &str| row[name].as_str().expect("text").to_owned();
        seen.push((row["amount"].as_i64().expect("an amount"), text("description"), text("status")));
    }
    seen.sort_by(|left, right| left.1.cmp(&right.1));
    seen
}

fn row(amount: i64, description: &str, status: &str) -> (i64, String, String) {
    (amount, description.to_owned(), status.to_owned())
}

const EVERYTHING: [(&str, &str); 3] = [("prefetch[]", "balances"), ("prefetch[]", "ownership"), ("prefetch[]", "transactions")];

#[tokio::test]
async fn a_stated_world_is_linked_and_follows_its_changes() {
    each(async |server| {
        let sandbox = server.sandbox();
        let world = World::state(&sandbox).await;
        let linked = sandbox.link(NAME, &["Household"], &EVERYTHING).await;
        let account = &linked.accounts[0];
        let fca = linked.id();
        assert_eq!((&account["institution_name"], &account["last4"]), (&json!(NAME), &json!("4321")));
        assert_eq!(account["balance"]["current"], json!({"usd": 97_500}));
        assert_eq!(account["balance"]["cash"]["available"], json!({"usd": 96_800}));
        assert_eq!(seen(&sandbox, &fca).await, [row(-700, "Cake", "pending"), row(-2_500, "Tea", "posted")]);
        let owners = format!("/v1/financial_connections/accounts/{fca}/owners");
        let ownership = account["ownership"].as_str().expect("owners").to_owned();
        let owner = sandbox.find(&owners, &[("ownership", &ownership)]).await.ok()["data"][0].clone();
        assert_eq!(
            [&owner["name"], &owner["email"], &owner["phone"], &owner["raw_address"]],
            ["Jane Ada Lovelace", "jane@riverside.example", "+13125550142", "1 River Road, Chicago, IL 60614, US"],
        );

        // The clock brings what was stated for the future.
        sandbox.advance(2 * DAY + 1).await;
        sandbox.refresh(&fca, &["balance", "transactions"]).await;
        let expected = [row(-700, "Cake", "posted"), row(9_900, "Wages", "posted"), row(-2_500, "Tea", "posted")];
        let mut expected = expected.to_vec();
        expected.sort_by(|left, right| left.1.cmp(&right.1));
        assert_eq!(seen(&sandbox, &fca).await, expected);
        assert_eq!(sandbox.linked(&fca).await["balance"]["current"], json!({"usd": 106_700}));

        // So does a change.
        say(&sandbox, &world.rows(), &[("amount", "-100000"), ("description", "Rent")]).await;
        say(&sandbox, &format!("/people/{}", world.person), &[("name", "Jane King")]).await;
        sandbox.advance(MOMENT).await;
        let account = sandbox.refresh(&fca, &["balance", "transactions", "ownership"]).await;
        assert_eq!(account["balance"]["current"], json!({"usd": 6_700}));
        assert!(seen(&sandbox, &fca).await.contains(&row(-100_000, "Rent", "posted")));
        let ownership = account["ownership"].as_str().expect("owners").to_owned();
        let owner = sandbox.find(&owners, &[("ownership", &ownership)]).await.ok()["data"][0].clone();
        assert_eq!(owner["name"], "Jane King");
    })
    .await;
}

#[tokio::test]
async fn the_same_world_is_served_over_ofx() {
    each(async |server| {
        let sandbox = server.sandbox();
        let world = World::state_over(&sandbox, "ofx").await;
        say(&sandbox, &format!("/people/{}", world.person), &[("password", "correct horse")]).await;
        let (_, flow) = sign_in::at_sign_in(&sandbox, NAME).await;
        sign_in::sign_in(&sandbox, &flow, "wrong").await;
        let (_, refused) = sign_in::asked(&sandbox, &flow).await;
        assert!(refused.is_some(), "another password does not fit");
        let (session, flow) = sign_in::at_sign_in(&sandbox, NAME).await;
        sign_in::sign_in(&sandbox, &flow, "correct horse").await;
        let accounts = sign_in::connect(&sandbox, &session, &flow).await;
        let fca = id(&accounts[0]);
        let account = sandbox.refresh(&fca, &["balance", "transactions"]).await;
        assert_eq!((&account["institution_name"], &account["last4"]), (&json!(NAME), &json!("4321")));
        assert_eq!(account["balance"]["current"], json!({"usd": 97_500}));
        assert_eq!(seen(&sandbox, &fca).await, [row(-2_500, "Tea", "posted")], "OFX tells nothing of what is pending");

        sandbox.advance(2 * DAY + 1).await;
        say(&sandbox, &world.rows(), &[("amount", "-100000"), ("description", "Rent")]).await;
        assert_eq!(refreshed(&sandbox, &fca, "transactions").await, "succeeded");
        let posted = [row(-700, "Cake", "posted"), row(-100_000, "Rent", "posted"), row(-2_500, "Tea", "posted")];
        let posted: Vec<_> = posted.into_iter().chain([row(9_900, "Wages", "posted")]).collect();
        assert_eq!(seen(&sandbox, &fca).await, posted);
        for wrong in ["repeated_rows", "changed_ids"] {
            world.conduct(&sandbox, &[("wrong_data[]", wrong)]).await;
            assert_eq!(refreshed(&sandbox, &fca, "transactions").await, "succeeded", "{wrong}");
            assert_eq!(seen(&sandbox, &fca).await, posted, "{wrong}");
        }
        world.conduct(&sandbox, &[("failures[transactions]", "unavailable")]).await;
        assert_eq!(refreshed(&sandbox, &fca, "transactions").await, "failed");
        // After so many failures the bank is left alone for a while.
        server.clock.advance(600);
        world.conduct(&sandbox, &[("failures", "")]).await;
        assert_eq!(refreshed(&sandbox, &fca, "balance").await, "succeeded");
        world.conduct(&sandbox, &[("downtime[type]", "unplanned")]).await;
        assert_eq!(refreshed(&sandbox, &fca, "balance").await, "failed");
        world.conduct(&sandbox, &[("downtime", ""), ("failures[balances]", "revoked")]).await;
        assert_eq!(refreshed(&sandbox, &fca, "balance").await, "failed");
        assert_eq!(sandbox.linked(&fca).await["status"], "inactive");
    })
    .await;
}

/// Opens a new session's flow and goes to the bank's log-in page.
async fn at_the_door(sandbox: &Sandbox, bank: &str) -> Person {
    let (_, mut person) = sandbox.person(&[]).await;
    person.to_bank(bank).await;
    person
}

/// Goes to the bank, finds it closed, and looks at the flow again.
async fn turned_away(sandbox: &Sandbox, bank: &str) -> Person {
    let mut person = at_the_door(sandbox, bank).await;
    person.reload().await;
    person
}

#[tokio::test]
async fn only_stated_people_get_in_and_only_here() {
    each(async |server| {
        let sandbox = server.sandbox();
        let world = World::state(&sandbox).await;
        let mut person = at_the_door(&sandbox, NAME).await;
        person.fill("username", "bob").fill("password", "secret").press("Log in").await;
        assert!(person.page.says("This username and password are not known here."), "{:?}", person.page.texts);
        say(&sandbox, &format!("/people/{}", world.person), &[("password", "correct horse")]).await;
        person.fill("username", "jane").fill("password", "secret").press("Log in").await;
        assert!(person.page.says("This username and password are not known here."), "{:?}", person.page.texts);
        person.fill("username", "Jane ").fill("password", "correct horse").press("Log in").await;
        assert!(person.page.says("Agree and share"), "{:?}", person.page.texts);

        let (_, mut stranger) = server.sandbox().person(&[]).await;
        stranger.press("Agree and continue").await;
        assert!(!stranger.page.says(NAME), "another sandbox has no such bank");
        assert!(stranger.page.says("Test (OAuth)"));
    })
    .await;
}

#[tokio::test]
async fn banks_are_down_in_one_sandbox_only() {
    each(async |server| {
        let (sandbox, other) = (server.sandbox(), server.sandbox());
        let world = World::state(&sandbox).await;
        let until = sandbox.now().await + 3_600;
        let planned = [("downtime[type]", "planned"), ("downtime[until]", &until.to_string())];
        world.conduct(&sandbox, &planned).await;
        let person = turned_away(&sandbox, NAME).await;
        assert_eq!(person.pane(), "problem", "{:?}", person.page.texts);
        assert!(person.page.says(&format!("{NAME} is under maintenance")), "{:?}", person.page.texts);
        sandbox.advance(3_600).await;
        let person = at_the_door(&sandbox, NAME).await;
        assert!(person.page.says(&format!("Log in to {NAME}")), "it ends by itself: {:?}", person.page.texts);

        for (kind, words) in [("unplanned", "is not available"), ("error", "did not answer as expected")] {
            say(&sandbox, "/institutions/test-oauth", &[("downtime[type]", kind)]).await;
            let person = turned_away(&sandbox, "Test (OAuth)").await;
            assert!(person.page.says(&format!("Test (OAuth) {words}")), "{kind}: {:?}", person.page.texts);
        }
        other.link("Test (OAuth)", &["Success"], &[]).await;
        say(&sandbox, "/institutions/test-oauth", &[("downtime", "")]).await;
        sandbox.link("Test (OAuth)", &["Success"], &[]).await;
    })
    .await;
}

async fn refreshed(sandbox: &Sandbox, id: &str, feature: &str) -> String {
    sandbox.advance(MOMENT).await;
    sandbox.refresh(id, &[feature]).await;
    sandbox.advance(LATER).await;
    let account = sandbox.linked(id).await;
    let name = if feature == "transactions" { "transaction" } else { feature };
    account[format!("{name}_refresh")]["status"].as_str().unwrap_or("none").to_owned()
}

#[tokio::test]
async fn refreshes_fail_for_the_kind_of_data_that_shall_fail() {
    each(async |server| {
        let sandbox = server.sandbox();
        let world = World::state(&sandbox).await;
        let fca = sandbox.link(NAME, &["Household"], &EVERYTHING).await.id();
        for how in ["error", "unavailable"] {
            world.conduct(&sandbox, &[("failures[transactions]", how)]).await;
            assert_eq!(refreshed(&sandbox, &fca, "transactions").await, "failed", "{how}");
            world.conduct(&sandbox, &[("failures[transactions]", "")]).await;
            assert_eq!(refreshed(&sandbox, &fca, "balance").await, "succeeded", "{how}");
        }
        world.conduct(&sandbox, &[("failures[ownership]", "timeout"), ("timeout_ms", "200")]).await;
        let late = tokio::time::timeout(GIVEN_UP, refreshed(&sandbox, &fca, "ownership")).await.expect("is given up in time");
        assert_eq!(late, "failed");
        world.conduct(&sandbox, &[("failures", ""), ("delay_ms", "400")]).await;
        assert_eq!(refreshed(&sandbox, &fca, "balance").await, "failed", "slower than it is waited for");
        world.conduct(&sandbox, &[("timeout_ms", "15000"), ("delay_ms", "1")]).await;
        assert_eq!(refreshed(&sandbox, &fca, "balance").await, "succeeded");
        world.conduct(&sandbox, &[("failures[balances]", "revoked")]).await;
        assert_eq!(refreshed(&sandbox, &fca, "balance").await, "failed");
        assert_eq!(sandbox.linked(&fca).await["status"], "inactive");
    })
    .await;
}

#[tokio::test]
async fn wrong_data_does_no_harm() {
    each(async |server| {
        let sandbox = server.sandbox();
        let world = World::state(&sandbox).await;
        let fca = sandbox.link(NAME, &["Household"], &EVERYTHING).await.id();
        let truth = seen(&sandbox, &fca).await;
        for wrong in ["repeated_rows", "endless_pages", "amounts_as_text", "changed_ids"] {
            world.conduct(&sandbox, &[("wrong_data[]", wrong)]).await;
            assert_eq!(refreshed(&sandbox, &fca, "transactions").await, "succeeded", "{wrong}");
            assert_eq!(seen(&sandbox, &fca).await, truth, "{wrong}");
        }
        world.conduct(&sandbox, &[("wrong_data[]", "malformed_json")]).await;
        assert_eq!(refreshed(&sandbox, &fca, "transactions").await, "failed");
        let honest = world.conduct(&sandbox, &[("wrong_data", "")]).await;
        assert_eq!(honest["wrong_data"], json!([]));
        assert_eq!(refreshed(&sandbox, &fca, "transactions").await, "succeeded");
        assert_eq!(seen(&sandbox, &fca).await, truth);
    })
    .await;
}

#[tokio::test]
async fn the_endpoints_keep_the_rules_of_the_api() {
    each(async |server| {
        let sandbox = server.sandbox();
        let path = format!("{BANK}/institutions");
        let once = sandbox.idempotent("one");
        let first = once.post(&path, &[("name", NAME)]).await.ok();
        let again = once.post(&path, &[("name", NAME)]).await;
        assert!(again.is_replay());
        assert_eq!(again.ok(), first);
        assert!(first["financial_connections_institution"].as_str().expect("an id").starts_with("fcinst_"));
        assert!(first.get("data").is_none(), "{first}");
        let known_as = first["financial_connections_institution"].as_str().expect("an id");
        let found = async |sandbox: &Sandbox| sandbox.find("/drawbridge/v1/institutions", &[("query", NAME)]).await.ok();
        assert_eq!(testkit::ids(&found(&sandbox).await), [known_as]);
        assert!(testkit::ids(&found(&server.sandbox()).await).is_empty(), "it is in this sandbox only");
        let list = sandbox.find(&path, &[("limit", "1")]).await.ok();
        assert_eq!((&list["data"], &list["has_more"]), (&json!([first]), &json!(true)));
        sandbox.post(&path, &[("name", NAME), ("colour", "red")]).await.error(400, "parameter_unknown", "colour");
        sandbox.post(&path, &[]).await.error(400, "parameter_missing", "name");
        let person = [("institution", "bank_none"), ("username", "x"), ("name", "X")];
        sandbox.post(&format!("{BANK}/people"), &person).await.error(400, "resource_missing", "institution");
        sandbox.get(&format!("{BANK}/accounts/account_none")).await.error(404, "resource_missing", "id");
        let logged = sandbox.get("/drawbridge/v1/request_logs").await.ok();
        let paths: Vec<(&str, i64)> = logged["data"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| (one["path"].as_str().unwrap_or(""), one["status"].as_i64().unwrap_or(0)))
            .collect();
        assert!(paths.contains(&(&*path, 200)) && paths.contains(&(&*path, 400)), "{paths:?}");
        let (live, _) = server.account_with_both_modes().await;
        live.post(&path, &[("name", NAME)]).await.error(400, None, None);
        assert_eq!(live.get(&path).await.ok()["data"], json!([]));
        sandbox.delete(BANK).await.ok();
        sandbox.get(&format!("{path}/{}", id(&first))).await.error(404, "resource_missing", "id");
    })
    .await;
}
