//! Debits that wait until the balance of the linked account covers them.

use serde_json::{Value, json};
use testkit::{Sandbox, each};

use super::{MANDATE, id, method_of, payment_kinds};

const BANK: &str = "/drawbridge/v1/testbank";
const URL: &str = "/v1/payment_intents";
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

async fn say(sandbox: &Sandbox, path: &str, params: &[(&str, &str)]) -> String {
    id(&sandbox.post(&format!("{BANK}{path}"), params).await.ok())
}

/// A bank account with one hundred dollars, and a payment method of it.
struct Account {
    stated: String,
    linked: String,
    method: String,
}

impl Account {
    async fn linked_with(sandbox: &Sandbox, permissions: &[(&str, &str)]) -> Account {
        let institution = say(sandbox, "/institutions", &[("name", "Riverside Bank")]).await;
        let person = [("institution", institution.as_str()), ("username", "jane"), ("name", "Jane Ada")];
        let person = say(sandbox, "/people", &person).await;
        let of = [("institution", institution.as_str()), ("owners[]", &person), ("type", "checking"), ("name", "Household")];
        let numbers = [("number", "000987654321"), ("routing_number", "021000021"), ("opening_balance", "10000")];
        let stated = say(sandbox, "/accounts", &[&of[..], &numbers].concat()).await;
        let linked = sandbox.link("Riverside Bank", &["Household"], permissions).await;
        Account { stated, method: method_of(sandbox, &linked.id()).await, linked: linked.id() }
    }

    async fn receives(&self, sandbox: &Sandbox, amount: &str) {
        let path = format!("/accounts/{}/transactions", self.stated);
        say(sandbox, &path, &[("amount", amount), ("description", "Wages")]).await;
    }

    async fn pays(&self, sandbox: &Sandbox, amount: &str) -> String {
        let params = [("amount", amount), ("currency", "usd"), ("confirm", "true"), ("payment_method", &self.method)];
        let made = sandbox.post(URL, &[&params[..], &MANDATE].concat()).await.ok();
        assert_eq!(made["status"], json!("processing"));
        id(&made)
    }
}

async fn turned_on(sandbox: &Sandbox) {
    let settings = sandbox.post("/drawbridge/v1/settings", &[("balance_check", "true")]).await.ok();
    assert_eq!(settings["balance_check"], json!(true));
}

async fn now(sandbox: &Sandbox, intent: &str) -> Value {
    sandbox.get(&format!("{URL}/{intent}?expand[]=latest_charge")).await.ok()
}

#[tokio::test]
async fn a_covered_debit_goes_at_once() {
    each(async |server| {
        let sandbox = server.sandbox();
        turned_on(&sandbox).await;
        let account = Account::linked_with(&sandbox, &[]).await;
        let intent = account.pays(&sandbox, "10000").await;
        sandbox.advance(60).await;
        assert_eq!(now(&sandbox, &intent).await["status"], json!("succeeded"));
        assert_eq!(sandbox.events("financial_connections.account.refreshed_balance").await.len(), 1, "the bank was asked");
    })
    .await;
}

#[tokio::test]
async fn one_that_is_not_covered_waits_for_the_money() {
    each(async |server| {
        let sandbox = server.sandbox();
        turned_on(&sandbox).await;
        let account = Account::linked_with(&sandbox, &[]).await;
        let intent = account.pays(&sandbox, "10001").await;
        sandbox.advance(HOUR).await;
        let waiting = now(&sandbox, &intent).await;
        let shown = (&waiting["status"], &waiting["latest_charge"]["status"], &waiting["latest_charge"]["balance_transaction"]);
        assert_eq!(shown, (&json!("processing"), &json!("pending"), &Value::Null));
        account.receives(&sandbox, "5000").await;
        sandbox.advance(6 * HOUR).await;
        assert_eq!(now(&sandbox, &intent).await["status"], json!("succeeded"));
    })
    .await;
}

#[tokio::test]
async fn what_never_comes_fails_the_payment_without_a_file() {
    each(async |server| {
        let sandbox = server.sandbox();
        turned_on(&sandbox).await;
        let account = Account::linked_with(&sandbox, &[]).await;
        let intent = account.pays(&sandbox, "10001").await;
        sandbox.advance(4 * DAY).await;
        let failed = now(&sandbox, &intent).await;
        let shown = (&failed["status"], &failed["last_payment_error"]["code"]);
        assert_eq!(shown, (&json!("requires_payment_method"), &json!("insufficient_funds")));
        let charge = &failed["latest_charge"];
        let shown = (&charge["status"], &charge["failure_code"], &charge["outcome"]["network_status"]);
        assert_eq!(shown, (&json!("failed"), &json!("insufficient_funds"), &json!("not_sent_to_network")));
        assert_eq!(charge["balance_transaction"], Value::Null);
        let files = sandbox.get("/drawbridge/v1/ach/files").await.ok();
        assert_eq!(files["data"], json!([]), "nothing was sent");
        let kinds = payment_kinds(&sandbox).await;
        assert_eq!(kinds[kinds.len() - 2..], ["charge.failed", "payment_intent.payment_failed"]);
    })
    .await;
}

#[tokio::test]
async fn a_debit_that_waits_can_be_canceled() {
    each(async |server| {
        let sandbox = server.sandbox();
        turned_on(&sandbox).await;
        let account = Account::linked_with(&sandbox, &[]).await;
        let intent = account.pays(&sandbox, "10001").await;
        sandbox.advance(HOUR).await;
        assert_eq!(sandbox.post(&format!("{URL}/{intent}/cancel"), &[]).await.ok()["status"], json!("canceled"));
        account.receives(&sandbox, "5000").await;
        sandbox.advance(DAY).await;
        assert_eq!(now(&sandbox, &intent).await["status"], json!("canceled"));
    })
    .await;
}

#[tokio::test]
async fn accounts_whose_balances_were_not_shared_do_not_wait() {
    each(async |server| {
        let sandbox = server.sandbox();
        turned_on(&sandbox).await;
        let account = Account::linked_with(&sandbox, &[("permissions[]", "payment_method")]).await;
        let intent = account.pays(&sandbox, "10000").await;
        sandbox.advance(60).await;
        assert_eq!(now(&sandbox, &intent).await["status"], json!("succeeded"));
        assert_eq!(sandbox.events("financial_connections.account.refreshed_balance").await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn what_can_no_longer_be_known_does_not_stop_a_payment_for_good() {
    each(async |server| {
        let sandbox = server.sandbox();
        turned_on(&sandbox).await;
        let account = Account::linked_with(&sandbox, &[]).await;
        let intent = account.pays(&sandbox, "10001").await;
        sandbox.advance(HOUR).await;
        sandbox.post(&format!("/v1/financial_connections/accounts/{}/disconnect", account.linked), &[]).await.ok();
        sandbox.advance(4 * DAY).await;
        let files = sandbox.find("/drawbridge/v1/ach/files", &[("direction", "out")]).await.ok();
        assert_eq!(files["data"].as_array().map(Vec::len), Some(1), "{}", now(&sandbox, &intent).await);
    })
    .await;
}
