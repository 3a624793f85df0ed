//! Mails to payers: about deposits to answer, and about what they agreed to.

use serde_json::{Value, json};
use testkit::{Sandbox, each};

use super::numbers;

const MAILS: &str = "/drawbridge/v1/mails";
const URL: &str = "/v1/setup_intents";
const DAY: i64 = 86_400;
const CONFIRM: [(&str, &str); 3] = [
    ("confirm", "true"),
    ("mandate_data[customer_acceptance][type]", "offline"),
    ("payment_method_data[billing_details][email]", "ada@example.com"),
];

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

/// Mails about an object, oldest first.
async fn about(sandbox: &Sandbox, id: &str) -> Vec<Value> {
    let list = sandbox.find(MAILS, &[("about", id)]).await.ok();
    list["data"].as_array().expect("a list").iter().rev().cloned().collect()
}

#[tokio::test]
async fn payers_hear_of_deposits_until_they_answer() {
    each(async |server| {
        let sandbox = server.sandbox();
        let intent = sandbox.post(URL, &[&numbers()[..], &CONFIRM].concat()).await.ok();
        let id = text(&intent, "id");
        let page = text(&intent["next_action"]["verify_with_microdeposits"], "hosted_verification_url");
        let sent = about(&sandbox, id).await;
        assert_eq!(sent.len(), 1);
        assert_eq!((&sent[0]["to"], &sent[0]["status"]), (&json!("ada@example.com"), &json!("kept")));
        for needed in [page, "November 19, 2026", "ending in 6789", "begins with SM"] {
            assert!(text(&sent[0], "text").contains(needed), "{needed}: {}", sent[0]);
        }
        // They arrive on the day after: a reminder two days later, and one two days before the end.
        for (days, mails) in [(2, 1), (2, 2), (3, 2), (2, 3), (2, 3)] {
            sandbox.advance(days * DAY).await;
            assert_eq!(about(&sandbox, id).await.len(), mails, "after {days} more days");
        }
        for reminder in &about(&sandbox, id).await[1..] {
            assert!(text(reminder, "text").contains(page), "{reminder}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_has_answered_hears_no_more() {
    each(async |server| {
        let sandbox = server.sandbox();
        let intent = sandbox.post(URL, &[&numbers()[..], &CONFIRM].concat()).await.ok();
        let verify = format!("{URL}/{}/verify_microdeposits", text(&intent, "id"));
        sandbox.post(&verify, &[("descriptor_code", "SM11AA")]).await.ok();
        sandbox.advance(9 * DAY).await;
        assert_eq!(about(&sandbox, text(&intent, "id")).await.len(), 1);
        // Without an address nobody is written to.
        let silent = sandbox.post(URL, &[&numbers()[..], &CONFIRM[..2]].concat()).await.ok();
        sandbox.advance(9 * DAY).await;
        assert_eq!(about(&sandbox, text(&silent, "id")).await, Vec::<Value>::new());
        assert_eq!(about(&sandbox, text(&silent, "mandate")).await, Vec::<Value>::new());
    })
    .await;
}

#[tokio::test]
async fn a_new_mandate_is_confirmed_once_in_its_words() {
    each(async |server| {
        let sandbox = server.sandbox();
        let intent = sandbox.post(URL, &[&numbers()[..], &CONFIRM].concat()).await.ok();
        let mandate = text(&intent, "mandate");
        let mails = about(&sandbox, mandate).await;
        assert_eq!(mails.len(), 1);
        let said = text(&mails[0], "text");
        for needed in
            ["November 18, 2026", "110000000", "••••6789", "to debit this bank account for what you owe", "save the account"]
        {
            assert!(said.contains(needed), "{needed}: {said}");
        }
        let verify = format!("{URL}/{}/verify_microdeposits", text(&intent, "id"));
        let done = sandbox.post(&verify, &[("descriptor_code", "SM11AA")]).await.ok();
        let again =
            [("payment_method", text(&done, "payment_method")), ("amount", "500"), ("currency", "usd"), ("confirm", "true")];
        sandbox.post("/v1/payment_intents", &again).await.ok();
        let all = sandbox.find(MAILS, &[("to", "ada@example.com")]).await.ok();
        assert_eq!(all["data"].as_array().map(Vec::len), Some(2), "the mandate stands already: {all}");
        let one = sandbox.get(&format!("{MAILS}/{}", text(&mails[0], "id"))).await.ok();
        assert_eq!(one, mails[0]);
    })
    .await;
}

#[tokio::test]
async fn customers_read_their_language() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Ada").await;
        let spanish = [("preferred_locales[]", "fr"), ("preferred_locales[]", "es-MX"), ("preferred_locales[]", "en")];
        sandbox.post(&format!("/v1/customers/{customer}"), &spanish).await.ok();
        let of_customer = [("customer", customer.as_str())];
        let made = sandbox.post(URL, &[&numbers()[..], &CONFIRM[..], &of_customer].concat()).await.ok();
        let [deposits] = about(&sandbox, text(&made, "id")).await.try_into().expect("one mail");
        let [mandate] = about(&sandbox, text(&made, "mandate")).await.try_into().expect("one mail");
        assert!(text(&deposits, "subject").starts_with("Verifique su cuenta bancaria"), "{deposits}");
        assert!(text(&deposits, "text").contains("19 de noviembre de 2026"), "{deposits}");
        assert!(
            text(&mandate, "text").contains("18 de noviembre de 2026") && text(&mandate, "text").contains("cargar"),
            "{mandate}"
        );
    })
    .await;
}
