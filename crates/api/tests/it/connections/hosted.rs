use kernel::ApiVersion;
use serde_json::{Value, json};
use testkit::{ALL_PERMISSIONS, Params, Person, Sandbox, each};

const SESSIONS: &str = "/v1/financial_connections/sessions";
const EVENT: &str = "financial_connections.session.updated";

async fn created(sandbox: &Sandbox, params: Params<'_>) -> Value {
    let customer = sandbox.customer("Jane").await;
    let holder = [("account_holder[type]", "customer"), ("account_holder[customer]", customer.as_str())];
    let all: Vec<(&str, &str)> = holder.iter().chain(&ALL_PERMISSIONS).chain(params).copied().collect();
    sandbox.version(ApiVersion::PREVIEW).post(SESSIONS, &all).await.ok()
}

async fn now(sandbox: &Sandbox, session: &Value) -> Value {
    sandbox.version(ApiVersion::PREVIEW).get(&format!("{SESSIONS}/{}", session["id"].as_str().unwrap())).await.ok()
}

async fn events(sandbox: &Sandbox) -> Vec<Value> {
    let list = sandbox.version(ApiVersion::PREVIEW).find("/v1/events", &[("type", EVENT)]).await.ok();
    list["data"].as_array().unwrap().clone()
}

/// The address of a hosted session is a page of its own, without any script of the application.
#[tokio::test]
async fn a_hosted_session_is_a_page_of_its_own() {
    each(async |server| {
        let sandbox = server.sandbox();
        let session = created(&sandbox, &[("ui_mode", "hosted"), ("hosted[return_url]", "https://shop.example/back")]).await;
        assert_eq!(session["hosted"], json!({"delivery_method": "url", "return_url": "https://shop.example/back"}));
        assert_eq!((&session["status"], &session["ui_mode"]), (&json!("pending"), &json!("hosted")));
        let url = session["url"].as_str().unwrap();
        assert!(url.starts_with(&format!("{}/connections/flow_", sandbox.base_url)), "{url}");
        let mut person = Person::at(&sandbox, url).await;
        person.to_accounts("Test (OAuth)").await.connect(&["Success"]).await.press("Done").await;
        let ended = now(&sandbox, &session).await;
        assert_eq!((&ended["status"], &ended["url"]), (&json!("succeeded"), &Value::Null));
        assert_eq!(ended["accounts"]["data"].as_array().unwrap().len(), 1);
        let events = events(&sandbox).await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["data"]["previous_attributes"], json!({"status": "pending"}));
        let object = &events[0]["data"]["object"];
        assert_eq!(
            (&object["status"], &object["client_secret"]),
            (&json!("succeeded"), &Value::Null),
            "no way in is sent around"
        );

        let general = sandbox.get(&format!("{SESSIONS}/{}", session["id"].as_str().unwrap())).await.ok();
        for name in ["status", "status_details", "ui_mode", "hosted", "url", "relink_options", "relink_result"] {
            assert_eq!(general.get(name), None, "{name}");
        }
        assert!(sandbox.events(EVENT).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_session_is_cancelled_or_its_time_is_over() {
    each(async |server| {
        let sandbox = server.sandbox();
        let session = created(&sandbox, &[]).await;
        assert_eq!((&session["ui_mode"], &session["url"], &session["hosted"]), (&json!("modal"), &Value::Null, &Value::Null));
        let secret = session["client_secret"].as_str().unwrap();
        let person = Person::open(&sandbox, secret).await;
        let path = person.flow.strip_prefix(&sandbox.base_url).unwrap();
        assert_eq!(sandbox.post(&format!("{path}/cancel"), &[]).await.status, 303);
        let cancelled = now(&sandbox, &session).await;
        assert_eq!(
            (&cancelled["status"], &cancelled["status_details"]),
            (&json!("cancelled"), &json!({"cancelled": {"reason": "other"}}))
        );

        // It can be opened once more within its time.
        let _again = Person::open(&sandbox, secret).await;
        assert_eq!(now(&sandbox, &session).await["status"], "pending");
        let hosted = created(&sandbox, &[("ui_mode", "hosted")]).await;
        sandbox.advance(3 * 3_600 - 1).await;
        assert_eq!(now(&sandbox, &hosted).await["status"], "pending");
        sandbox.advance(1).await;
        for session in [&session, &hosted] {
            let over = now(&sandbox, session).await;
            assert_eq!((&over["status"], &over["url"]), (&json!("failed"), &Value::Null));
        }
        assert_eq!(events(&sandbox).await.len(), 3);
        let person = Person::at(&sandbox, hosted["url"].as_str().unwrap()).await;
        assert_eq!(person.pane(), "problem", "the page says that the time is over");
    })
    .await;
}

#[tokio::test]
async fn a_session_can_take_one_bank_alone() {
    each(async |server| {
        let sandbox = server.sandbox();
        let found = sandbox.find("/drawbridge/v1/institutions", &[("query", "ownership")]).await.ok();
        let id = found["data"][0]["id"].as_str().unwrap();
        let session = created(&sandbox, &[("filters[institution]", id)]).await;
        assert_eq!(session["filters"]["institution"], id);
        let mut person = Person::open(&sandbox, session["client_secret"].as_str().unwrap()).await;
        person.press("Agree and continue").await;
        assert_eq!(person.pane(), "bank_login");
        let other = sandbox.find("/drawbridge/v1/institutions", &[("query", "test (oauth)")]).await.ok();
        let path = person.flow.strip_prefix(&sandbox.base_url).unwrap().to_owned();
        sandbox.post(&format!("{path}/institution"), &[("institution", other["data"][0]["id"].as_str().unwrap())]).await;
        person.reload().await;
        person.press("Continue to Ownership Accounts").await;
        person.agree_at_bank("jane").await;
        person.connect(&["Single Owner Checking"]).await;
        assert_eq!(person.pane(), "success");
        let general = sandbox.get(&format!("{SESSIONS}/{}", session["id"].as_str().unwrap())).await.ok();
        assert_eq!(general["filters"].get("institution"), None);
    })
    .await;
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        let holder = [("account_holder[type]", "customer"), ("account_holder[customer]", customer.as_str())];
        let send = async |version: &str, params: Params<'_>| {
            let all: Vec<(&str, &str)> = holder.iter().chain(&ALL_PERMISSIONS).chain(params).copied().collect();
            sandbox.version(version).post(SESSIONS, &all).await
        };
        let hosted = ("ui_mode", "hosted");
        let cases: [(Params<'_>, Option<&str>, &str); 6] = [
            (&[("ui_mode", "framed")], None, "ui_mode"),
            (&[("hosted[return_url]", "https://shop.example")], None, "hosted"),
            (&[hosted, ("hosted[return_url]", "javascript:1")], Some("url_invalid"), "hosted[return_url]"),
            (&[hosted, ("hosted[delivery_method]", "url")], None, "hosted[delivery_method]"),
            (&[("filters[institution]", "fcinst_none")], Some("resource_missing"), "filters[institution]"),
            (&[("prefetch[]", "everything")], None, "prefetch[0]"),
        ];
        for (params, code, param) in cases {
            send(ApiVersion::PREVIEW, params).await.error(400, code, param);
        }
        let unknown: [(Params<'_>, &str); 3] = [
            (&[hosted], "ui_mode"),
            (&[("hosted[return_url]", "https://shop.example")], "hosted"),
            (&[("filters[institution]", "fcinst_none")], "filters[institution]"),
        ];
        for version in [ApiVersion::LATEST, "2026-08-26.dahlia"] {
            for (params, param) in unknown {
                send(version, params).await.error(400, "parameter_unknown", param);
            }
            send(version, &[("prefetch[]", "inferred_balances")]).await.error(400, None, "prefetch[0]");
        }
    })
    .await;
}

/// The address is handed over by whoever asks for it, or by mail.
#[tokio::test]
async fn the_address_is_sent_to_a_holder_who_has_an_email() {
    each(async |server| {
        let sandbox = server.sandbox();
        let linked = sandbox.link("Test (OAuth)", &["Success"], &[]).await;
        let id = linked.id();
        let holder = format!("/v1/customers/{}", linked.customer);
        sandbox.post(&holder, &[("email", "")]).await.ok();
        let preview = sandbox.version(ApiVersion::PREVIEW);
        let account = preview.get(&format!("/v1/financial_connections/accounts/{id}")).await.ok();
        let send = async |method: &str| {
            let mut params = vec![("ui_mode", "hosted"), ("hosted[delivery_method]", method)];
            params.push(("relink_options[authorization]", account["authorization"].as_str().unwrap()));
            params.extend(ALL_PERMISSIONS);
            preview.post(SESSIONS, &params).await
        };
        send("email").await.error(400, None, "hosted[delivery_method]");
        let session = send("url").await.ok();
        assert_eq!(Person::at(&sandbox, session["url"].as_str().unwrap()).await.pane(), "consent");
        assert_eq!(sandbox.get("/drawbridge/v1/mails").await.ok()["data"], json!([]));
        sandbox.post(&holder, &[("email", "ada@example.com")]).await.ok();
        let session = send("email").await.ok();
        assert_eq!(session["hosted"]["delivery_method"], "email");
        let mails = sandbox.get("/drawbridge/v1/mails").await.ok()["data"].clone();
        assert_eq!((&mails[0]["to"], &mails[0]["about"]), (&json!("ada@example.com"), &session["id"]));
        assert!(mails[0]["text"].as_str().unwrap().contains(session["url"].as_str().unwrap()), "{mails}");
    })
    .await;
}
