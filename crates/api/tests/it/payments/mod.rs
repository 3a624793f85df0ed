mod ach_directories;
mod ach_files;
mod ach_twice;
mod balance_check;
mod blocked_accounts;
mod books;
mod charges;
mod confirmation_tokens;
mod customer_sessions;
mod disputes;
mod ephemeral_keys;
mod files;
mod kept_records;
mod letters;
mod microdeposits;
mod month;
mod payment_intents;
mod payment_method_configurations;
mod payment_methods;
mod refunds;
pub mod seed;
mod setup_intents;
mod sources;
mod test_numbers;
mod tokens;
pub mod upload;

use serde_json::Value;
use testkit::{Sandbox, ids};

/// A payer's consent, as servers send it.
const MANDATE: [(&str, &str); 3] = [
    ("mandate_data[customer_acceptance][type]", "online"),
    ("mandate_data[customer_acceptance][online][ip_address]", "127.0.0.1"),
    ("mandate_data[customer_acceptance][online][user_agent]", "it"),
];

fn id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

/// A payment method of an account that was linked just now.
async fn linked_method(sandbox: &Sandbox) -> String {
    let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[]).await;
    method_of(sandbox, &linked.id()).await
}

/// A payment method of a linked account.
async fn method_of(sandbox: &Sandbox, account: &str) -> String {
    let params = [
        ("type", "us_bank_account"),
        ("billing_details[name]", "Jane Smith"),
        ("us_bank_account[financial_connections_account]", account),
    ];
    id(&sandbox.post("/v1/payment_methods", &params).await.ok())
}

/// The types of events on payments, oldest first.
async fn payment_kinds(sandbox: &Sandbox) -> Vec<String> {
    let all = sandbox.events("*").await;
    let kinds = all.iter().rev().map(|event| event["type"].as_str().expect("a type").to_owned());
    kinds.filter(|kind| kind.starts_with("payment_intent.") || kind.starts_with("charge.")).collect()
}

/// What a list shows of the second in which something was created, and later.
async fn created_with(sandbox: &Sandbox, url: &str, one: &Value) -> Vec<String> {
    ids(&sandbox.find(url, &[("created[gte]", &one["created"].to_string())]).await.ok())
}

/// The parameters of a payment method of typed numbers, made on the way.
fn numbers() -> [(&'static str, &'static str); 5] {
    [
        ("payment_method_data[type]", "us_bank_account"),
        ("payment_method_data[billing_details][name]", "Jane Smith"),
        ("payment_method_data[us_bank_account][routing_number]", "110000000"),
        ("payment_method_data[us_bank_account][account_number]", "000123456789"),
        ("payment_method_data[us_bank_account][account_holder_type]", "individual"),
    ]
}

/// Blocks the account of a payment method, as an operator does; answers the block's id.
async fn blocked(sandbox: &Sandbox, method: &str) -> String {
    let params = [("payment_method", method), ("reason", "debit_not_authorized")];
    id(&sandbox.post("/drawbridge/v1/blocked_accounts", &params).await.ok())
}
