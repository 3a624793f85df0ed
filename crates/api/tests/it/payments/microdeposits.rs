use api::payments::microdeposits::{self, Given, Kind, State};
use serde_json::{Value, json};
use testkit::{Sandbox, TestServer, each, ids};

use super::numbers;

const URL: &str = "/v1/setup_intents";
const PENDING: &str = "requires_action";
const CODE: (&str, &str) = ("descriptor_code", "SM11AA");
const DAY: i64 = 86_400;

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

/// A Setup Intent that waits for an answer, of an account with this number.
async fn waiting(sandbox: &Sandbox, number: &str, customer: &str) -> Value {
    let confirmed = [("confirm", "true"), ("mandate_data[customer_acceptance][type]", "offline"), ("customer", customer)];
    let mut params = [&numbers()[..], &confirmed].concat();
    for (name, value) in &mut params {
        if name.ends_with("[account_number]") {
            *value = number;
        }
    }
    let made = sandbox.post(URL, &params).await.ok();
    assert_eq!(made["status"], PENDING);
    made
}

async fn answer(sandbox: &Sandbox, intent: &Value, given: &[(&str, &str)]) -> testkit::Answer {
    sandbox.post(&format!("{URL}/{}/verify_microdeposits", text(intent, "id")), given).await
}

async fn now_is(sandbox: &Sandbox, intent: &Value) -> Value {
    sandbox.get(&format!("{URL}/{}", text(intent, "id"))).await.ok()
}

/// What a page's address ends in.
fn token(intent: &Value) -> &str {
    let url = text(&intent["next_action"]["verify_with_microdeposits"], "hosted_verification_url");
    url.rsplit('/').next().expect("a token")
}

async fn new(server: &TestServer) -> (Sandbox, String, Value) {
    let sandbox = server.sandbox();
    let customer = sandbox.customer("Ada").await;
    let intent = waiting(&sandbox, "000123456789", &customer).await;
    (sandbox, customer, intent)
}

#[tokio::test]
async fn the_right_code_sets_an_account_up() {
    each(async |server| {
        let (sandbox, customer, intent) = new(server).await;
        let action = &intent["next_action"]["verify_with_microdeposits"];
        assert_eq!(
            (&intent["next_action"]["type"], &action["microdeposit_type"]),
            (&json!("verify_with_microdeposits"), &json!("descriptor_code"))
        );
        // The test begins on a Wednesday: they arrive on Thursday, 19 November 2026, as it begins in New York.
        assert_eq!(action["arrival_date"], 1_795_064_400);
        assert!(text(action, "hosted_verification_url").starts_with(&format!("{}/verify/", sandbox.base_url)));
        let mandate = async || sandbox.get(&format!("/v1/mandates/{}", text(&intent, "mandate"))).await.ok()["status"].clone();
        assert_eq!(mandate().await, "pending");
        let again = sandbox.post(&format!("{URL}/{}/confirm", text(&intent, "id")), &[]).await.ok();
        assert_eq!(again, intent, "no second round of deposits");
        assert_eq!(sandbox.events("setup_intent.requires_action").await.len(), 1);

        let done = answer(&sandbox, &intent, &[("descriptor_code", "sm11aa")]).await.ok();
        assert_eq!((&done["status"], &done["next_action"]), (&json!("succeeded"), &Value::Null));
        assert_eq!(mandate().await, "active");
        let method = sandbox.get(&format!("/v1/payment_methods/{}", text(&done, "payment_method"))).await.ok();
        assert_eq!(method["customer"], json!(customer));
        let attempts = sandbox.find("/v1/setup_attempts", &[("setup_intent", text(&done, "id"))]).await.ok();
        assert_eq!(attempts["data"][0]["status"], "succeeded");
        for event in ["setup_intent.succeeded", "payment_method.attached", "mandate.updated"] {
            assert_eq!(sandbox.events(event).await.len(), 1, "{event}");
        }
        answer(&sandbox, &intent, &[CODE]).await.error(400, "setup_intent_unexpected_state", None);
        // Verified once, it needs no deposits.
        let given = [("payment_method", text(&done, "payment_method")), ("customer", &customer), ("confirm", "true")];
        assert_eq!(sandbox.post(URL, &given).await.ok()["status"], "succeeded");
    })
    .await;
}

#[tokio::test]
async fn wrong_answers_are_counted() {
    each(async |server| {
        let (sandbox, _, intent) = new(server).await;
        let code = "payment_method_microdeposit_verification_descriptor_code_mismatch";
        for left in (1..10).rev() {
            let error = answer(&sandbox, &intent, &[("descriptor_code", "SM0000")]).await.error(400, code, "descriptor_code");
            assert!(text(&error, "message").contains(&format!("You have {left} verification attempts")), "{error}");
            assert_eq!(error["setup_intent"]["status"], PENDING);
        }
        let exceeded = "payment_method_microdeposit_verification_attempts_exceeded";
        let error = answer(&sandbox, &intent, &[("descriptor_code", "SM0000")]).await.error(400, exceeded, "descriptor_code");
        let after = now_is(&sandbox, &intent).await;
        assert_eq!(error["setup_intent"], after);
        assert_eq!((&after["status"], &after["last_setup_error"]["code"]), (&json!("requires_payment_method"), &json!(exceeded)));
        assert_eq!(sandbox.get(&format!("/v1/mandates/{}", text(&intent, "mandate"))).await.ok()["status"], "inactive");
        // Whoever guesses gets no second round.
        let path = format!("{URL}/{}", text(&intent, "id"));
        let given = [("payment_method", text(&intent, "payment_method"))];
        sandbox.post(&path, &given).await.error(400, None, "payment_method");
    })
    .await;
}

#[tokio::test]
async fn answers_are_an_amount_pair_or_a_code() {
    each(async |server| {
        let (sandbox, _, intent) = new(server).await;
        let invalid = "payment_method_microdeposit_verification_amounts_invalid";
        answer(&sandbox, &intent, &[]).await.error(400, "parameter_missing", "amounts");
        answer(&sandbox, &intent, &[("amounts[]", "32")]).await.error(400, invalid, "amounts");
        let both = [("amounts[]", "32"), ("amounts[]", "45"), CODE];
        answer(&sandbox, &intent, &both).await.error(400, "parameters_exclusive", "amounts");
        let mismatch = "payment_method_microdeposit_verification_amounts_mismatch";
        for nothing in ["0", "-1"] {
            let given = [("amounts[]", nothing), ("amounts[]", nothing)];
            answer(&sandbox, &intent, &given).await.error(400, mismatch, "amounts");
        }
        // A page answers with its key and the client secret.
        let page = sandbox.publishable();
        let path = format!("{URL}/{}/verify_microdeposits", text(&intent, "id"));
        page.post(&path, &[CODE]).await.error(401, "secret_key_required", None);
        let given = [("amounts[]", "45"), ("amounts[]", "32"), ("client_secret", text(&intent, "client_secret"))];
        let seen = page.post(&path, &given).await.ok();
        assert_eq!((&seen["status"], seen.get("customer")), (&json!("succeeded"), None));
    })
    .await;
}

#[tokio::test]
async fn test_answers_use_up_attempts_and_time() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Ada").await;
        for (given, code) in [
            ([("amounts[]", "10"), ("amounts[]", "11")], "payment_method_microdeposit_verification_attempts_exceeded"),
            ([("amounts[]", "40"), ("amounts[]", "41")], "payment_method_microdeposit_verification_timeout"),
        ] {
            let intent = waiting(&sandbox, "000123456789", &customer).await;
            assert_eq!(answer(&sandbox, &intent, &given).await.status, 400);
            let after = now_is(&sandbox, &intent).await;
            assert_eq!((&after["status"], &after["last_setup_error"]["code"]), (&json!("requires_payment_method"), &json!(code)));
            assert_eq!((&after["next_action"], &after["mandate"]), (&Value::Null, &Value::Null));
        }
        assert_eq!(sandbox.events("setup_intent.setup_failed").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_answers_ends_after_ten_days() {
    each(async |server| {
        let (sandbox, _, intent) = new(server).await;
        sandbox.advance(10 * DAY - 60).await;
        assert_eq!(now_is(&sandbox, &intent).await["status"], PENDING);
        sandbox.advance(60).await;
        let after = now_is(&sandbox, &intent).await;
        let code = "payment_method_microdeposit_verification_timeout";
        assert_eq!((&after["status"], &after["last_setup_error"]["code"]), (&json!("requires_payment_method"), &json!(code)));
        let shown = microdeposits::view(&sandbox.app, token(&intent)).await.expect("the page stays");
        assert_eq!(shown.state, State::Failed);
    })
    .await;
}

#[tokio::test]
async fn a_deposit_that_comes_back_fails_it() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Ada").await;
        let intent = waiting(&sandbox, "000666666661", &customer).await;
        sandbox.advance(DAY).await;
        let after = now_is(&sandbox, &intent).await;
        assert_eq!(after["last_setup_error"]["code"], "payment_method_microdeposit_failed");
        assert_eq!(after["status"], "requires_payment_method");
        assert_eq!(sandbox.events("setup_intent.setup_failed").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn deposits_are_real_credits() {
    each(async |server| {
        let (sandbox, _, _) = new(server).await;
        sandbox.advance(60).await;
        let files = sandbox.get("/drawbridge/v1/ach/files").await.ok();
        let sent = ids(&files).pop().expect("a file");
        let entries = sandbox.get(&format!("/drawbridge/v1/ach/files/{sent}/entries")).await.ok();
        assert_eq!(ids(&entries).len(), 1, "{entries}");
        let entry = &entries["data"][0];
        assert_eq!((&entry["amount"], &entry["direction"]), (&json!(1), &json!("credit")), "{entry}");
        assert_eq!(entry["purpose"], "microdeposit");
    })
    .await;
}

#[tokio::test]
async fn another_account_or_the_end_withdraws_them() {
    each(async |server| {
        let (sandbox, customer, intent) = new(server).await;
        let path = format!("{URL}/{}", text(&intent, "id"));
        let changed = sandbox.post(&path, &numbers()).await.ok();
        assert_eq!((&changed["status"], &changed["next_action"]), (&json!("requires_confirmation"), &Value::Null));
        assert_ne!(changed["payment_method"], intent["payment_method"]);
        let attempts = sandbox.find("/v1/setup_attempts", &[("setup_intent", text(&intent, "id"))]).await.ok();
        assert_eq!(attempts["data"][0]["status"], "abandoned");
        let shown = microdeposits::view(&sandbox.app, token(&intent)).await.expect("a page");
        assert_eq!(shown.state, State::Withdrawn);

        let other = waiting(&sandbox, "000123456789", &customer).await;
        sandbox.post(&format!("{URL}/{}/cancel", text(&other, "id")), &[]).await.ok();
        sandbox.advance(11 * DAY).await;
        assert_eq!(now_is(&sandbox, &other).await["status"], "canceled");
        assert_eq!(sandbox.events("setup_intent.setup_failed").await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn the_page_asks_and_answers_without_a_key() {
    each(async |server| {
        let (sandbox, _, intent) = new(server).await;
        let app = &sandbox.app;
        let shown = microdeposits::view(app, token(&intent)).await.expect("a page");
        assert_eq!((shown.kind, shown.state, shown.attempts_remaining), (Kind::DescriptorCode, State::Pending, 10));
        assert_eq!(shown.last4.as_deref(), Some("6789"));
        let code = |code: &str| Given { amounts: None, descriptor_code: Some(code.into()) };
        let refused = microdeposits::answer_by_token(app, token(&intent), code("SM0000")).await.expect("a page");
        assert!(refused.is_some_and(|why| why.contains("9 verification attempts")));
        assert!(microdeposits::answer_by_token(app, token(&intent), Given::default()).await.expect("a page").is_some());
        assert_eq!(microdeposits::answer_by_token(app, token(&intent), code("SM11AA")).await.expect("a page"), None);
        assert_eq!(now_is(&sandbox, &intent).await["status"], "succeeded");
        let late = microdeposits::answer_by_token(app, token(&intent), code("SM11AA")).await.expect("a page");
        assert!(late.is_some(), "it waits no more");
        assert!(microdeposits::view(app, "unknown").await.is_err());
    })
    .await;
}

/// Whatever is given up while it waits, nothing was agreed.
#[tokio::test]
async fn what_was_agreed_ends_with_the_attempt() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Ada").await;
        let status = async |mandate: &str| sandbox.get(&format!("/v1/mandates/{mandate}")).await.ok()["status"].clone();
        let canceled = waiting(&sandbox, "000123456789", &customer).await;
        assert_eq!(status(text(&canceled, "mandate")).await, "pending");
        sandbox.post(&format!("{URL}/{}/cancel", text(&canceled, "id")), &[]).await.ok();
        assert_eq!(status(text(&canceled, "mandate")).await, "inactive");
        let changed = waiting(&sandbox, "000123456789", &customer).await;
        let path = format!("{URL}/{}", text(&changed, "id"));
        let other = sandbox.post(&path, &[("payment_method", "pm_usBankAccount_success")]).await.ok();
        assert_eq!((&other["status"], &other["mandate"]), (&json!("requires_confirmation"), &Value::Null));
        assert_eq!(status(text(&changed, "mandate")).await, "inactive");
    })
    .await;
}

/// Both intents answer alike, and neither sends deposits.
#[tokio::test]
async fn numbers_are_no_way_where_only_instant_verification_is() {
    each(async |server| {
        let sandbox = server.sandbox();
        let instant = ("payment_method_options[us_bank_account][verification_method]", "instant");
        let common = [("confirm", "true"), instant, ("mandate_data[customer_acceptance][type]", "offline")];
        for (url, own, name, error, event) in [
            (URL, &[][..], "setup_intent", "last_setup_error", "setup_intent.setup_failed"),
            (
                "/v1/payment_intents",
                &[("amount", "2000"), ("currency", "usd")][..],
                "payment_intent",
                "last_payment_error",
                "payment_intent.payment_failed",
            ),
        ] {
            let params = [&numbers()[..], &common, own].concat();
            let refused = sandbox.post(url, &params).await.error(400, "bank_account_verification_failed", "payment_method");
            let intent = &refused[name];
            let flags = (&intent["status"], &intent["payment_method"], &intent[error]["code"]);
            assert_eq!(flags, (&json!("requires_payment_method"), &Value::Null, &json!("bank_account_verification_failed")));
            assert_eq!(sandbox.events(event).await.len(), 1, "{event}");
        }
        sandbox.advance(60).await;
        assert_eq!(ids(&sandbox.get("/drawbridge/v1/ach/files").await.ok()), Vec::<String>::new());
    })
    .await;
}

/// What was waited for may be gone by the time that an answer, a return or the end of time comes.
#[tokio::test]
async fn subjects_that_are_gone_end_quietly() {
    each(async |server| {
        for ending in ["answer", "time", "return"] {
            let sandbox = server.sandbox();
            let number = if ending == "return" { "000666666661" } else { "000123456789" };
            let customer = sandbox.customer("Ada").await;
            let setup = waiting(&sandbox, number, &customer).await;
            let whose = [("customer", customer.as_str()), ("amount", "2000"), ("currency", "usd"), ("confirm", "true")];
            let mut params = [&numbers()[..], &whose, &[("mandate_data[customer_acceptance][type]", "offline")]].concat();
            params.push(("setup_future_usage", "off_session"));
            let payment = sandbox.post("/v1/payment_intents", &params).await.ok();
            assert_eq!(payment["status"], PENDING);
            sandbox.delete(&format!("/v1/customers/{customer}")).await.ok();
            match ending {
                "answer" => {
                    answer(&sandbox, &setup, &[CODE]).await.ok();
                    let path = format!("/v1/payment_intents/{}/verify_microdeposits", text(&payment, "id"));
                    let lost = sandbox.post(&path, &[CODE]).await.ok();
                    assert_eq!((&lost["status"], &lost["latest_charge"]), (&json!("requires_payment_method"), &Value::Null));
                    assert_eq!(lost["last_payment_error"]["code"], json!("payment_intent_payment_attempt_failed"));
                }
                "time" => sandbox.advance(11 * DAY).await,
                _ => sandbox.advance(60).await,
            }
            assert_eq!(now_is(&sandbox, &setup).await["status"], "requires_payment_method", "{ending}");
            let jobs = unfinished(&sandbox).await;
            assert_eq!(jobs, 0, "{ending}");
        }
    })
    .await;
}

/// How many jobs were tried without success.
async fn unfinished(sandbox: &Sandbox) -> i64 {
    let tenant = sandbox.tenant().await;
    let read = sandbox.app.core.read(&tenant, |cx| {
        Box::pin(async move {
            let sql = "select count(*) from jobs where tenant = $1 and attempts > 0";
            Ok(cx.row(sql, &[]).await?.map(|row| row.int(0)).transpose()?.unwrap_or(0))
        })
    });
    read.await.expect("jobs are read")
}
