//! What each published test number leads to, the whole way: small deposits, a file, the test bank, what it sends back.

use serde_json::{Value, json};
use testkit::{Sandbox, each};

use super::{MANDATE, id, method_of, payment_kinds};

const URL: &str = "/v1/payment_intents";

/// A payment by a sample, confirmed: the account is not verified yet.
async fn confirmed(sandbox: &Sandbox, sample: &str) -> Value {
    let params = [("amount", "2000"), ("currency", "usd"), ("confirm", "true"), ("payment_method", sample)];
    sandbox.post(URL, &[&params[..], &MANDATE].concat()).await.ok()
}

/// The answer to telling what arrived.
async fn answered(sandbox: &Sandbox, intent: &Value, amounts: [&str; 2]) -> testkit::Answer {
    // Events of one moment have no order among requests.
    sandbox.advance(1).await;
    let path = format!("{URL}/{}/verify_microdeposits", id(intent));
    sandbox.post(&path, &[("amounts[]", amounts[0]), ("amounts[]", amounts[1])]).await
}

async fn now(sandbox: &Sandbox, intent: &Value) -> Value {
    sandbox.get(&format!("{URL}/{}?expand[]=latest_charge", id(intent))).await.ok()
}

#[tokio::test]
async fn numbers_are_proved_by_small_deposits_and_then_pay() {
    each(async |server| {
        let sandbox = server.sandbox();
        let made = confirmed(&sandbox, "pm_usBankAccount_success").await;
        assert_eq!((&made["status"], &made["latest_charge"]), (&json!("requires_action"), &Value::Null));
        let action = &made["next_action"];
        assert_eq!(action["type"], json!("verify_with_microdeposits"));
        let details = &action["verify_with_microdeposits"];
        assert!(details["arrival_date"].is_i64() && details["hosted_verification_url"].is_string(), "{details}");
        let code = "payment_method_microdeposit_verification_amounts_mismatch";
        let wrong = answered(&sandbox, &made, ["1", "2"]).await.error(400, code, "amounts");
        assert_eq!(wrong["payment_intent"]["status"], json!("requires_action"));
        let proved = answered(&sandbox, &made, ["32", "45"]).await.ok();
        assert_eq!((&proved["status"], &proved["next_action"]), (&json!("processing"), &Value::Null));
        sandbox.advance(60).await;
        let done = now(&sandbox, &made).await;
        assert_eq!((&done["status"], &done["amount_received"]), (&json!("succeeded"), &json!(2000)));
        let charge = &done["latest_charge"];
        let flags = [&charge["status"], &charge["paid"], &charge["disputed"], &charge["failure_code"]];
        assert_eq!(flags, [&json!("succeeded"), &json!(true), &json!(false), &Value::Null]);
        assert!(charge["balance_transaction"].as_str().unwrap().starts_with("txn_"));
        let account = &charge["payment_method_details"]["us_bank_account"];
        let trace = account["payment_reference"].as_str().unwrap();
        assert!(trace.len() == 15 && trace.bytes().all(|byte| byte.is_ascii_digit()), "{trace}");
        assert_eq!(account["expected_debit_date"].as_str().unwrap().len(), 10);
        let expected = [
            "payment_intent.created",
            "payment_intent.requires_action",
            "payment_intent.processing",
            "charge.pending",
            "charge.updated",
            "charge.succeeded",
            "payment_intent.succeeded",
        ];
        assert_eq!(payment_kinds(&sandbox).await, expected);
    })
    .await;
}

#[tokio::test]
async fn every_number_that_fails_says_why() {
    each(async |server| {
        let sandbox = server.sandbox();
        for (sample, code, decline, blocked) in [
            ("accountClosed", "account_closed", Some("bank_account_closed"), Some("bank_account_closed")),
            ("noAccount", "no_account", Some("bank_account_invalid_details"), Some("bank_account_invalid_details")),
            ("insufficientFunds", "insufficient_funds", Some("insufficient_funds"), None),
            ("debitNotAuthorized", "debit_not_authorized", Some("debit_not_authorized"), Some("debit_not_authorized")),
            ("invalidCurrency", "payment_method_currency_mismatch", None, None),
        ] {
            let made = confirmed(&sandbox, &format!("pm_usBankAccount_{sample}")).await;
            answered(&sandbox, &made, ["32", "45"]).await.ok();
            sandbox.advance(60).await;
            let failed = now(&sandbox, &made).await;
            let flags = (&failed["status"], &failed["payment_method"]);
            assert_eq!(flags, (&json!("requires_payment_method"), &Value::Null), "{sample}");
            let error = &failed["last_payment_error"];
            assert_eq!((&error["code"], error["decline_code"].as_str()), (&json!(code), decline), "{sample}");
            assert_eq!((&error["type"], &error["charge"]), (&json!("card_error"), &failed["latest_charge"]["id"]));
            let charge = &failed["latest_charge"];
            assert_eq!((&charge["status"], &charge["failure_code"]), (&json!("failed"), &json!(code)), "{sample}");
            assert!(charge["failure_balance_transaction"].is_string(), "{sample}");
            assert_eq!(charge["outcome"]["network_status"], json!("declined_by_network"));
            let method = sandbox.get(&format!("/v1/payment_methods/{}", id(&error["payment_method"]))).await.ok();
            let reason = &method["us_bank_account"]["status_details"]["blocked"]["reason"];
            assert_eq!(reason.as_str(), blocked, "{sample}");
        }
        let kinds = payment_kinds(&sandbox).await;
        assert_eq!(kinds[kinds.len() - 2..], ["charge.failed", "payment_intent.payment_failed"]);
    })
    .await;
}

#[tokio::test]
async fn a_blocked_account_is_refused_with_a_failed_charge() {
    each(async |server| {
        let sandbox = server.sandbox();
        let made = confirmed(&sandbox, "pm_usBankAccount_accountClosed").await;
        answered(&sandbox, &made, ["32", "45"]).await.ok();
        sandbox.advance(60).await;
        let params = [("amount", "2000"), ("currency", "usd"), ("confirm", "true")];
        let again = [&params[..], &[("payment_method", "pm_usBankAccount_accountClosed")], &MANDATE].concat();
        let refused = sandbox.post(URL, &again).await.error(402, "bank_account_unusable", None);
        assert_eq!(refused["type"], json!("card_error"));
        let intent = &refused["payment_intent"];
        assert_eq!((&intent["status"], &intent["latest_charge"]), (&json!("requires_payment_method"), &refused["charge"]));
        assert_eq!(refused["payment_method"], intent["last_payment_error"]["payment_method"]);
        let charge = sandbox.get(&format!("/v1/charges/{}", refused["charge"].as_str().unwrap())).await.ok();
        let shown = (&charge["status"], &charge["failure_code"], &charge["outcome"]["network_status"]);
        assert_eq!(shown, (&json!("failed"), &json!("bank_account_unusable"), &json!("not_sent_to_network")));
        let kinds = payment_kinds(&sandbox).await;
        assert_eq!(kinds[kinds.len() - 3..], ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_judged_before_it_is_sent_is_refused() {
    each(async |server| {
        let sandbox = server.sandbox();
        for (sample, code, outcome) in [
            ("weeklyLimitExceeded", "charge_exceeds_source_limit", "invalid"),
            ("riskLevelHighest", "payment_intent_payment_attempt_failed", "blocked"),
        ] {
            let made = confirmed(&sandbox, &format!("pm_usBankAccount_{sample}")).await;
            answered(&sandbox, &made, ["32", "45"]).await;
            let failed = now(&sandbox, &made).await;
            assert_eq!(failed["status"], json!("requires_payment_method"), "{sample}");
            assert_eq!(failed["last_payment_error"]["code"], json!(code), "{sample}");
            let charge = &failed["latest_charge"];
            let shown = (&charge["outcome"]["type"], &charge["outcome"]["network_status"], &charge["balance_transaction"]);
            assert_eq!(shown, (&json!(outcome), &json!("not_sent_to_network"), &Value::Null), "{sample}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_number_stays_on_its_way_until_it_is_canceled() {
    each(async |server| {
        let sandbox = server.sandbox();
        let made = confirmed(&sandbox, "pm_usBankAccount_processing").await;
        answered(&sandbox, &made, ["32", "45"]).await.ok();
        sandbox.advance(10 * 86_400).await;
        assert_eq!(now(&sandbox, &made).await["status"], json!("processing"));
        let canceled = sandbox.post(&format!("{URL}/{}/cancel", id(&made)), &[]).await.ok();
        assert_eq!(canceled["status"], json!("canceled"));
    })
    .await;
}

#[tokio::test]
async fn a_debit_that_was_sent_cannot_be_canceled() {
    each(async |server| {
        let sandbox = server.sandbox();
        sandbox.post("/drawbridge/v1/settings", &[("settlement", "banking_days")]).await.ok();
        let made = confirmed(&sandbox, "pm_usBankAccount_success").await;
        answered(&sandbox, &made, ["32", "45"]).await.ok();
        sandbox.advance(86_400).await;
        let code = "payment_intent_unexpected_state";
        sandbox.post(&format!("{URL}/{}/cancel", id(&made)), &[]).await.error(400, code, None);
        sandbox.advance(10 * 86_400).await;
        assert_eq!(now(&sandbox, &made).await["status"], json!("succeeded"));
    })
    .await;
}

#[tokio::test]
async fn a_number_is_disputed_after_it_has_paid() {
    each(async |server| {
        let sandbox = server.sandbox();
        let made = confirmed(&sandbox, "pm_usBankAccount_dispute").await;
        answered(&sandbox, &made, ["32", "45"]).await.ok();
        sandbox.advance(60).await;
        sandbox.advance(86_400).await;
        let disputed = now(&sandbox, &made).await;
        let shown = (&disputed["status"], &disputed["latest_charge"]["disputed"]);
        assert_eq!(shown, (&json!("succeeded"), &json!(true)));
        let kinds = payment_kinds(&sandbox).await;
        assert!(kinds.contains(&"charge.dispute.created".to_owned()), "{kinds:?}");
    })
    .await;
}

#[tokio::test]
async fn deposits_that_lead_nowhere_fail_the_payment() {
    each(async |server| {
        let sandbox = server.sandbox();
        let sent_back = confirmed(&sandbox, "pm_usBankAccount_failMicrodeposits").await;
        sandbox.advance(60).await;
        let exceeded = confirmed(&sandbox, "pm_usBankAccount_success").await;
        let code = "payment_method_microdeposit_verification_attempts_exceeded";
        let refused = answered(&sandbox, &exceeded, ["10", "11"]).await;
        assert_eq!(refused.status, 400, "{}", refused.text());
        for (intent, code) in [(&sent_back, "payment_method_microdeposit_failed"), (&exceeded, code)] {
            let failed = now(&sandbox, intent).await;
            assert_eq!(failed["status"], json!("requires_payment_method"), "{code}");
            assert_eq!((&failed["last_payment_error"]["code"], &failed["next_action"]), (&json!(code), &Value::Null));
        }
        let late = confirmed(&sandbox, "pm_usBankAccount_success").await;
        sandbox.advance(11 * 86_400).await;
        let failed = now(&sandbox, &late).await;
        let code = "payment_method_microdeposit_verification_timeout";
        assert_eq!(failed["last_payment_error"]["code"], json!(code));
        let kinds = payment_kinds(&sandbox).await;
        assert_eq!(kinds.last().map(String::as_str), Some("payment_intent.payment_failed"));
    })
    .await;
}

#[tokio::test]
async fn an_application_may_insist_on_no_deposits() {
    each(async |server| {
        let sandbox = server.sandbox();
        let base = [("amount", "2000"), ("currency", "usd"), ("confirm", "true"), ("payment_method", "pm_usBankAccount_success")];
        let with = |extra: (&'static str, &'static str)| [&base[..], &[extra], &MANDATE].concat();
        let at_once = with(("error_on_requires_action", "true"));
        sandbox.post(URL, &at_once).await.error(402, "payment_intent_action_required", None);
        let instant = with(("payment_method_options[us_bank_account][verification_method]", "instant"));
        let refused = sandbox.post(URL, &instant).await.error(400, "bank_account_verification_failed", "payment_method");
        assert_eq!(refused["payment_intent"]["status"], json!("requires_payment_method"));
        let manual = sandbox.post(URL, &with(("confirmation_method", "manual"))).await.ok();
        let proved = answered(&sandbox, &manual, ["32", "45"]).await.ok();
        assert_eq!(proved["status"], json!("requires_confirmation"), "the application confirms once more");
        let done = sandbox.post(&format!("{URL}/{}/confirm", id(&manual)), &MANDATE).await.ok();
        assert_eq!(done["status"], json!("processing"));
    })
    .await;
}

#[tokio::test]
async fn calling_off_takes_back_the_deposits() {
    each(async |server| {
        let sandbox = server.sandbox();
        let made = confirmed(&sandbox, "pm_usBankAccount_success").await;
        let canceled = sandbox.post(&format!("{URL}/{}/cancel", id(&made)), &[]).await.ok();
        assert_eq!((&canceled["status"], &canceled["next_action"]), (&json!("canceled"), &Value::Null));
        answered(&sandbox, &made, ["32", "45"]).await.error(400, "payment_intent_unexpected_state", None);
        let changed = confirmed(&sandbox, "pm_usBankAccount_success").await;
        let updated = sandbox.post(&format!("{URL}/{}", id(&changed)), &[("amount", "2100")]).await.ok();
        assert_eq!((&updated["status"], &updated["next_action"]), (&json!("requires_confirmation"), &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn a_deactivated_number_blocks_its_account() {
    each(async |server| {
        let sandbox = server.sandbox();
        let account = sandbox.link("Test (OAuth)", &["Deactivated Account Number"], &[]).await.id();
        let method = method_of(&sandbox, &account).await;
        let params = [("amount", "2000"), ("currency", "usd"), ("confirm", "true"), ("payment_method", method.as_str())];
        let made = sandbox.post(URL, &[&params[..], &MANDATE].concat()).await.ok();
        sandbox.advance(60).await;
        let failed = now(&sandbox, &made).await;
        let error = &failed["last_payment_error"];
        assert_eq!((&failed["status"], &error["code"]), (&json!("requires_payment_method"), &json!("bank_account_unusable")));
        assert_eq!(failed["latest_charge"]["outcome"]["network_decline_code"], json!("R04"));
        let shown = sandbox.get(&format!("/v1/payment_methods/{method}")).await.ok();
        let blocked = &shown["us_bank_account"]["status_details"]["blocked"];
        assert_eq!(blocked, &json!({"network_code": "R04", "reason": "tokenized_account_number_deactivated"}));
    })
    .await;
}
