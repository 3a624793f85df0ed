use serde_json::{Value, json};
use testkit::{Sandbox, each};

use super::{id, payment_kinds};

const URL: &str = "/v1/charges";

/// A customer's bank account.
async fn source(sandbox: &Sandbox, customer: &str, token: &str) -> Value {
    sandbox.post(&format!("/v1/customers/{customer}/sources"), &[("source", token)]).await.ok()
}

#[tokio::test]
async fn a_verified_bank_account_is_debited_without_an_intent() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Ada").await;
        let account = source(&sandbox, &customer, "btok_us_verified").await;
        let params = [("amount", "2000"), ("currency", "usd"), ("customer", customer.as_str())];
        let named = [&params[..], &[("source", account["id"].as_str().unwrap())]].concat();
        let made = sandbox.post(URL, &named).await.ok();
        assert_eq!((&made["status"], &made["payment_intent"]), (&json!("pending"), &Value::Null));
        assert_eq!((&made["source"]["id"], &made["customer"]), (&account["id"], &json!(customer)));
        sandbox.advance(60).await;
        let done = sandbox.get(&format!("{URL}/{}", id(&made))).await.ok();
        assert_eq!((&done["status"], &done["paid"]), (&json!("succeeded"), &json!(true)));
        assert_eq!(payment_kinds(&sandbox).await, ["charge.pending", "charge.updated", "charge.succeeded"]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_debited_is_named() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (ada, bob) = (sandbox.customer("Ada").await, sandbox.customer("Bob").await);
        let account = id(&source(&sandbox, &ada, "btok_us_verified_accountClosed").await);
        for (customer, source, extra, code, param) in [
            (None, Some(account.as_str()), None, Some("parameter_missing"), "customer"),
            (Some(&bob), Some(account.as_str()), None, Some("missing"), "source"),
            (Some(&bob), None, None, Some("missing"), "source"),
            (Some(&ada), Some(account.as_str()), Some(("capture", "false")), None, "capture"),
            (Some(&ada), Some(account.as_str()), Some(("destination[account]", "acct_1")), None, "destination"),
        ] {
            let mut params = vec![("amount", "2000"), ("currency", "usd")];
            params.extend(customer.map(|own| ("customer", own.as_str())));
            params.extend(source.map(|own| ("source", own)).into_iter().chain(extra));
            sandbox.post(URL, &params).await.error(400, code, param);
        }
        let params = [("amount", "2000"), ("currency", "usd"), ("customer", ada.as_str()), ("source", &account)];
        sandbox.post(URL, &params).await.ok();
        sandbox.advance(60).await;
        let refused = sandbox.post(URL, &params).await.error(402, "bank_account_unusable", None);
        let charge = sandbox.get(&format!("{URL}/{}", refused["charge"].as_str().unwrap())).await.ok();
        assert_eq!((&charge["status"], &charge["failure_code"]), (&json!("failed"), &json!("bank_account_unusable")));
    })
    .await;
}
