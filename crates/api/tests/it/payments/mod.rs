mod blocked_accounts;
mod microdeposits;
mod payment_methods;
mod setup_intents;

use testkit::{Params, Sandbox};

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

/// A payment method of a linked account, which is verified.
async fn method_of_linked(sandbox: &Sandbox) -> String {
    let account = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[]).await.id();
    let params: Params<'_> = &[
        ("type", "us_bank_account"),
        ("billing_details[name]", "Jane Smith"),
        ("us_bank_account[financial_connections_account]", &account),
    ];
    let made = sandbox.post("/v1/payment_methods", params).await.ok();
    made["id"].as_str().expect("an id").to_owned()
}

/// Blocks the account of a payment method, as an operator does; answers the block's id.
async fn blocked(sandbox: &Sandbox, method: &str) -> String {
    let params = [("payment_method", method), ("reason", "debit_not_authorized")];
    let made = sandbox.post("/drawbridge/v1/blocked_accounts", &params).await.ok();
    made["id"].as_str().expect("an id").to_owned()
}
