use serde_json::{Value, json};
use testkit::{each, ids};

use super::{blocked, linked_method};

const URL: &str = "/drawbridge/v1/blocked_accounts";

#[tokio::test]
async fn an_account_is_blocked_for_all_its_payment_methods() {
    each(async |server| {
        let sandbox = server.sandbox();
        let first = linked_method(&sandbox).await;
        let shown = async |id: &str| sandbox.get(&format!("/v1/payment_methods/{id}")).await.ok()["us_bank_account"].clone();
        let account = shown(&first).await["financial_connections_account"].as_str().expect("an account").to_owned();
        let of_account = [
            ("type", "us_bank_account"),
            ("billing_details[name]", "Jane"),
            ("us_bank_account[financial_connections_account]", account.as_str()),
        ];
        let made = async || sandbox.post("/v1/payment_methods", &of_account).await.ok()["id"].as_str().expect("an id").to_owned();
        let second = made().await;
        let block = blocked(&sandbox, &first).await;
        let third = made().await;
        for method in [&first, &second, &third] {
            let reason = &shown(method).await["status_details"]["blocked"];
            assert_eq!(reason, &json!({"network_code": null, "reason": "debit_not_authorized"}), "{method}");
        }
        let told = sandbox.events("payment_method.automatically_updated").await;
        assert_eq!(told.len(), 2, "the third was never another");
        assert_eq!(told[0]["data"]["previous_attributes"]["us_bank_account"]["status_details"], Value::Null);
        let fingerprint = shown(&first).await["fingerprint"].as_str().expect("a fingerprint").to_owned();
        assert_eq!(ids(&sandbox.find(URL, &[("fingerprint", &fingerprint)]).await.ok()), std::slice::from_ref(&block));
        assert_eq!(blocked(&sandbox, &second).await, block, "it is the same account");
        assert_eq!(sandbox.events("payment_method.automatically_updated").await.len(), 2, "nothing changed");

        let path = format!("{URL}/{block}");
        let gone = sandbox.delete(&path).await.ok();
        assert_eq!(gone, json!({"id": block, "object": "drawbridge.blocked_account", "deleted": true}));
        assert_eq!(shown(&third).await["status_details"], Value::Null);
        sandbox.delete(&path).await.error(404, "resource_missing", "id");
        sandbox.post(URL, &[("payment_method", "pm_none")]).await.error(400, "resource_missing", "payment_method");
    })
    .await;
}
