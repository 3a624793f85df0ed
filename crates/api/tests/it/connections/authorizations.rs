use kernel::ApiVersion;
use serde_json::{Value, json};
use testkit::{ALL_PERMISSIONS, Mood, Person, START, Sandbox, UnreliableBank, each, each_with_bank, ids};

const ACCOUNTS: &str = "/v1/financial_connections/accounts";
const AUTHORIZATIONS: &str = "/v1/financial_connections/authorizations";
const DAY: i64 = 86_400;
/// An end forty days after every test begins, as a bank writes it.
const END: i64 = START + 40 * DAY;
const END_TEXT: &str = "2026-12-28T11:06:40Z";

async fn preview(sandbox: &Sandbox, path: &str) -> Value {
    sandbox.version(ApiVersion::PREVIEW).get(path).await.ok()
}

/// The authorization that covers an account.
async fn authorization_of(sandbox: &Sandbox, account: &str) -> Value {
    let account = preview(sandbox, &format!("{ACCOUNTS}/{account}")).await;
    preview(sandbox, &format!("{AUTHORIZATIONS}/{}", account["authorization"].as_str().unwrap())).await
}

/// How many events of each kind there are, of those that tell of ends.
async fn told(sandbox: &Sandbox) -> Vec<usize> {
    let mut out = Vec::new();
    for kind in [
        "account.expected_deactivation_date_updated",
        "authorization.expected_deactivation_date_updated",
        "account.upcoming_deactivation",
        "authorization.upcoming_deactivation",
        "account.deactivated",
        "account.reactivated",
    ] {
        out.push(sandbox.events(&format!("financial_connections.{kind}")).await.len());
    }
    out
}

async fn link(sandbox: &Sandbox, names: &[&str]) -> (String, Vec<String>) {
    let linked = sandbox.link(UnreliableBank::NAME, names, &[]).await;
    (linked.customer, ids(&json!({"data": linked.accounts})))
}

#[tokio::test]
async fn linking_makes_an_authorization() {
    each(async |server| {
        let sandbox = server.sandbox();
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking", "Joint Checking"], &[]).await;
        let list = ids(&json!({"data": linked.accounts}));
        let path = format!("{ACCOUNTS}/{}", list[0]);
        let account = preview(&sandbox, &path).await;
        let authorization = authorization_of(&sandbox, &list[1]).await;
        let expected = json!({
            "id": account["authorization"], "object": "financial_connections.authorization",
            "account_holder": {"customer": linked.customer, "type": "customer"},
            "institution": account["institution"], "institution_name": "Bank (OAuth)", "livemode": false,
            "status": "active", "status_details": {},
        });
        assert_eq!(authorization, expected, "one for both accounts");
        assert!(account["authorization"].as_str().unwrap().starts_with("fcauth_"));

        let wide = [("expand[]", "authorization.account_holder.customer"), ("expand[]", "institution")];
        let wide = sandbox.version(ApiVersion::PREVIEW).find(&path, &wide).await.ok();
        assert_eq!(wide["authorization"]["account_holder"]["customer"]["object"], "customer");
        assert_eq!(wide["institution"]["name"], "Bank (OAuth)");

        // General versions know nothing of it.
        let general = sandbox.get(&path).await.ok();
        for name in ["authorization", "institution", "inferred_balances_refresh"] {
            assert_eq!(general.get(name), None, "{name}");
        }
        sandbox.find(&path, &[("expand[]", "authorization")]).await.error(400, None, "expand");
        let own = format!("{AUTHORIZATIONS}/{}", authorization["id"].as_str().unwrap());
        sandbox.get(&own).await.error(404, None, None);
        sandbox.version(ApiVersion::PREVIEW).get(&format!("{AUTHORIZATIONS}/fcauth_none")).await.error(
            404,
            "resource_missing",
            "authorization",
        );

        // It ends with its last account.
        for id in &list {
            sandbox.post(&format!("{ACCOUNTS}/{id}/disconnect"), &[]).await.ok();
        }
        sandbox.settle().await;
        assert_eq!(preview(&sandbox, &own).await["status"], "disconnected");
        assert_eq!(server.jobs().await.iter().filter(|(job, _)| job.starts_with("check_authorization")).count(), 0);
    })
    .await;
}

/// From the announced end over the notice thirty days ahead to the end itself, and back by linking again.
#[tokio::test]
async fn an_end_that_the_bank_announces_is_told_of_and_reached() {
    each_with_bank(None, async |server, bank| {
        let sandbox = server.sandbox();
        let (customer, list) = link(&sandbox, &["Everyday Checking", "Joint Checking"]).await;
        bank.temper("", |_, _| Mood::twists(announce_end));
        sandbox.advance(9).await;
        assert_eq!(told(&sandbox).await, [0, 0, 0, 0, 0, 0], "the bank is asked after ten seconds");
        sandbox.advance(1).await;
        assert_eq!(told(&sandbox).await, [2, 1, 0, 0, 0, 0]);
        let path = format!("{ACCOUNTS}/{}", list[0]);
        let active = json!({"action": "relink_required", "cause": "institution_requirement", "expected_deactivation_date": END});
        assert_eq!(sandbox.linked(&list[0]).await["status_details"], json!({"active": active}));
        assert_eq!(sandbox.version("2026-05-27.dahlia").get(&path).await.ok().get("status_details"), None);
        let event = &sandbox.events("financial_connections.authorization.expected_deactivation_date_updated").await[0];
        let object = json!({
            "id": authorization_of(&sandbox, &list[0]).await["id"], "object": "financial_connections.authorization",
            "institution_name": UnreliableBank::NAME, "livemode": false, "status": "active",
            "status_details": {"active": {"action": "relink_required", "expected_deactivation_date": END}},
        });
        assert_eq!(event["data"], json!({"object": object, "previous_attributes": {"status_details": {}}}));

        sandbox.advance(10 * DAY - 11).await;
        assert_eq!(told(&sandbox).await, [2, 1, 0, 0, 0, 0]);
        sandbox.advance(1).await;
        assert_eq!(told(&sandbox).await, [2, 1, 2, 1, 0, 0], "thirty days ahead");
        sandbox.advance(30 * DAY - 1).await;
        assert_eq!(told(&sandbox).await, [0, 0, 2, 1, 0, 0], "and once; events older than thirty days are gone");
        sandbox.advance(1).await;
        assert_eq!(told(&sandbox).await, [0, 0, 0, 0, 2, 0], "the end");
        let inactive = json!({"inactive": {"action": "relink_required", "cause": "access_expired"}});
        assert_eq!(preview(&sandbox, &path).await["status_details"], inactive);
        assert_eq!(sandbox.linked(&list[0]).await["status_details"], json!({}));
        let ended = authorization_of(&sandbox, &list[0]).await;
        assert_eq!(
            (&ended["status"], &ended["status_details"]),
            (&json!("inactive"), &json!({"inactive": {"action": "relink_required"}}))
        );
        assert_eq!(server.jobs().await.iter().filter(|(job, _)| job.starts_with("check")).count(), 0);

        let receipt = &sandbox.get("/drawbridge/v1/consents").await.ok()["data"][0];
        assert_eq!((&receipt["status"], &receipt["withdrawn_by"]), (&json!("expired"), &Value::Null));

        bank.recover("");
        sandbox.link_for(&customer, UnreliableBank::NAME, &["Everyday Checking"], &[]).await;
        assert_eq!(told(&sandbox).await[5], 1);
        assert_eq!(authorization_of(&sandbox, &list[0]).await["status"], "active");
        assert_eq!(sandbox.linked(&list[0]).await["status_details"], json!({}));
    })
    .await;
}

/// Makes of a consent one that ends.
fn announce_end(answer: &mut Value) {
    if answer.get("durationType").is_some() {
        answer["expirationTime"] = json!(END_TEXT);
    }
}

#[tokio::test]
async fn a_consent_that_is_taken_back_is_noticed_within_a_day() {
    each(async |server| {
        let sandbox = server.sandbox();
        let list = sandbox.link("Bank (OAuth)", &["Everyday Checking", "Rewards Credit Card"], &[]).await;
        let list = ids(&json!({"data": list.accounts}));
        sandbox.advance(60).await;
        assert_eq!(told(&sandbox).await, [2, 1, 0, 0, 0, 0], "a consent ends after a year");
        let expected = sandbox.linked(&list[0]).await["status_details"]["active"]["cause"].clone();
        assert_eq!(expected, "access_expired", "a year is what was asked for");
        sandbox.end_consents_at_banks().await;
        sandbox.advance(DAY).await;
        assert_eq!(told(&sandbox).await[4], 2);
        let receipt = &sandbox.get("/drawbridge/v1/consents").await.ok()["data"][0];
        assert_eq!((&receipt["status"], &receipt["withdrawn_by"]), (&json!("withdrawn"), &json!("bank")));
        assert_eq!(receipt["accounts"][1]["ended_by"], "bank");
        let account = preview(&sandbox, &format!("{ACCOUNTS}/{}", list[0])).await;
        assert_eq!(account["status_details"]["inactive"]["cause"], "access_denied");
        assert_eq!(authorization_of(&sandbox, &list[1]).await["status"], "inactive");
    })
    .await;
}

/// A tokenized number that ends, then one that can no longer be debited.
#[tokio::test]
async fn account_numbers_are_followed() {
    each_with_bank(None, async |server, bank| {
        let sandbox = server.sandbox();
        bank.temper("/payment-networks", |_, _| {
            Mood::twists(|answer| {
                let end = json!([{"name": "identifierExpirationTime", "value": END_TEXT}]);
                answer["paymentNetworks"][0]["identifierType"] = json!("TOKENIZED_ACCOUNT_NUMBER");
                answer["paymentNetworks"][0]["fiAttributes"] = end;
            })
        });
        let (_, list) = link(&sandbox, &["Everyday Checking", "Rewards Credit Card"]).await;
        let id = &list[0];
        let number = |status: &str| {
            json!([{
                "expected_expiry_date": END, "identifier_type": "tokenized_account_number", "status": status,
                "supported_networks": ["ach"],
            }])
        };
        assert_eq!(sandbox.linked(id).await["account_numbers"], number("transactable"));
        let events = async || {
            let mut out = Vec::new();
            for kind in ["account_numbers_updated", "upcoming_account_number_expiry", "supported_payment_method_types_updated"] {
                out.push(sandbox.events(&format!("financial_connections.account.{kind}")).await.len());
            }
            out
        };
        sandbox.advance(10 * DAY - 1).await;
        assert_eq!(events().await, [0, 0, 0]);
        sandbox.advance(2 * DAY).await;
        assert_eq!(events().await, [0, 1, 0], "thirty days ahead, and once");
        sandbox.advance(28 * DAY + 1).await;
        assert_eq!(events().await, [1, 0, 0], "the end; events older than thirty days are gone");
        assert_eq!(sandbox.linked(id).await["account_numbers"], number("expired"));
        let older = sandbox.version("2026-08-26.dahlia").get(&format!("{ACCOUNTS}/{id}")).await.ok();
        assert_eq!(older["account_numbers"], number("deactivated"), "older versions know no other end");
        let event = &sandbox.events("financial_connections.account.account_numbers_updated").await[0];
        assert_eq!(event["data"]["previous_attributes"], json!({"account_numbers": number("transactable")}));

        bank.temper("/payment-networks", |_, _| {
            Mood::twists(|answer| {
                answer["paymentNetworks"][0]["transferOut"] = json!(false);
                answer["paymentNetworks"][0]["fiAttributes"] = json!([{"name": "identifierStatus", "value": "DEACTIVATED"}]);
            })
        });
        sandbox.advance(DAY).await;
        assert_eq!(events().await, [2, 0, 1]);
        let account = sandbox.linked(id).await;
        assert_eq!(
            (&account["account_numbers"][0]["status"], &account["supported_payment_method_types"]),
            (&json!("deactivated"), &json!([]))
        );
        let card = sandbox.linked(&list[1]).await;
        assert_eq!((&card["display_name"], &card["account_numbers"]), (&json!("Rewards Credit Card"), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn a_bank_that_is_down_is_asked_again_the_next_day() {
    each_with_bank(None, async |server, bank| {
        let sandbox = server.sandbox();
        let (_, list) = link(&sandbox, &["Everyday Checking"]).await;
        bank.temper("", |_, _| Mood::Says(503, "{}".into()));
        sandbox.advance(600).await;
        assert_eq!(told(&sandbox).await, [0, 0, 0, 0, 0, 0]);
        assert_eq!(sandbox.linked(&list[0]).await["status"], "active");
        bank.recover("");
        server.clock.advance(3_600);
        sandbox.advance(DAY).await;
        assert_eq!(told(&sandbox).await[..2], [1, 1]);
    })
    .await;
}

/// A test institution, then: what of its accounts is active soon after linking, whether its end is told of then, and after
/// how many days from linking again it is inactive once more, if ever.
#[tokio::test]
async fn test_institutions_end_their_consents() {
    each(async |server| {
        let sandbox = server.sandbox();
        let cases = [
            ("Inactive Accounts", false, false, None),
            ("Immediately Requires Reauthentication", false, true, Some(1)),
            ("Eventually Requires Reauthentication", true, true, Some(30)),
        ];
        for (bank, stays, tells, lasts) in cases {
            let status = async |id: &str| sandbox.linked(id).await["status"].as_str().unwrap().to_owned();
            let linked = link_found(&sandbox, bank, &["Checking"], None).await;
            let (customer, id) = linked;
            sandbox.advance(60).await;
            assert_eq!(status(&id).await == "active", stays, "{bank}");
            link_found(&sandbox, bank, &["Checking"], Some(&customer)).await;
            let upcoming = sandbox.events("financial_connections.account.upcoming_deactivation").await.len();
            sandbox.advance(60).await;
            assert_eq!(status(&id).await, "active", "{bank}: linked again");
            let told = sandbox.events("financial_connections.account.upcoming_deactivation").await.len() - upcoming;
            assert_eq!(told == 1, tells, "{bank}");
            let Some(days) = lasts else { continue };
            let end = &sandbox.linked(&id).await["status_details"]["active"]["expected_deactivation_date"];
            let left = end.as_i64().unwrap() - sandbox.now().await;
            assert!((days * DAY - 120..days * DAY).contains(&left), "{bank}: {left}");
            sandbox.advance(left - 1).await;
            assert_eq!(status(&id).await, "active", "{bank}");
            sandbox.advance(1).await;
            assert_eq!(status(&id).await, "inactive", "{bank}");
        }
    })
    .await;
}

/// Links at a bank that is found by its name; for a new customer if none is given. Answers customer and first account.
async fn link_found(sandbox: &Sandbox, bank: &str, names: &[&str], customer: Option<&str>) -> (String, String) {
    let list = sandbox.find("/drawbridge/v1/institutions", &[("query", bank)]).await.ok();
    let id = list["data"][0]["id"].as_str().unwrap();
    let customer = match customer {
        Some(customer) => customer.to_owned(),
        None => sandbox.customer("Jane").await,
    };
    let mut params = vec![("account_holder[type]", "customer"), ("account_holder[customer]", customer.as_str())];
    params.extend(ALL_PERMISSIONS);
    params.push(("filters[institution]", id));
    let path = "/v1/financial_connections/sessions";
    let session = sandbox.version(ApiVersion::PREVIEW).post(path, &params).await.ok();
    let mut person = Person::open(sandbox, session["client_secret"].as_str().unwrap()).await;
    person.press("Agree and continue").await.press(&format!("Continue to {bank}")).await;
    person.agree_at_bank("jane").await.connect(names).await.press("Done").await;
    sandbox.settle().await;
    let session = sandbox.get(&format!("{path}/{}", session["id"].as_str().unwrap())).await.ok();
    let first = session["accounts"]["data"][0]["id"].as_str().unwrap().to_owned();
    (customer, first)
}

#[tokio::test]
async fn tokenized_numbers_of_the_test_institution_end() {
    each(async |server| {
        let sandbox = server.sandbox();
        let names =
            ["Expired Tokenized Account", "Eventually Expiring Tokenized Account", "Immediately Expiring Tokenized Account"];
        link_found(&sandbox, "Tokenized Account Number", &names, None).await;
        let statuses = async || {
            let list = sandbox.get(ACCOUNTS).await.ok();
            let status = |name: &str| {
                let all = list["data"].as_array().unwrap();
                all.iter().find(|one| one["display_name"] == name).unwrap()["account_numbers"][0]["status"].clone()
            };
            json!([status(names[0]), status(names[1]), status(names[2])])
        };
        assert_eq!(statuses().await, json!(["expired", "transactable", "transactable"]));
        sandbox.advance(60).await;
        assert_eq!(statuses().await, json!(["expired", "transactable", "expired"]));
        assert_eq!(sandbox.events("financial_connections.account.account_numbers_updated").await.len(), 1);
        assert_eq!(sandbox.events("financial_connections.account.upcoming_account_number_expiry").await.len(), 1);
        sandbox.advance(30 * DAY).await;
        assert_eq!(statuses().await, json!(["expired", "expired", "expired"]));
    })
    .await;
}
