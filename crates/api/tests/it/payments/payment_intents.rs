use serde_json::{Value, json};
use testkit::{Client, Params, Sandbox, each, ids};

use super::{MANDATE, created_with, id, linked_method, payment_kinds};

const URL: &str = "/v1/payment_intents";

async fn create(client: &Client, params: Params<'_>) -> Value {
    let all = [&[("amount", "2000"), ("currency", "usd")], params].concat();
    client.post(URL, &all).await.ok()
}

/// A payment of a linked account that was confirmed, and so is on its way.
async fn processing(sandbox: &Sandbox) -> Value {
    let method = linked_method(sandbox).await;
    let params = [&[("confirm", "true"), ("payment_method", method.as_str())], &MANDATE[..]].concat();
    create(sandbox, &params).await
}

#[tokio::test]
async fn a_new_one_waits_for_a_payment_method() {
    each(async |server| {
        let sandbox = server.sandbox();
        let params = [
            ("description", "Order 7"),
            ("metadata[order]", "7"),
            ("statement_descriptor", "ROCKET"),
            ("receipt_email", "a@b.co"),
        ];
        let made = create(&sandbox, &params).await;
        assert_eq!((&made["status"], &made["latest_charge"]), (&json!("requires_payment_method"), &Value::Null));
        assert_eq!(made["payment_method_types"], json!(["us_bank_account"]));
        assert_eq!(made["automatic_payment_methods"], json!({"allow_redirects": "always", "enabled": true}));
        assert_eq!((&made["capture_method"], &made["amount_received"]), (&json!("automatic_async"), &json!(0)));
        let secret = made["client_secret"].as_str().unwrap();
        assert!(secret.starts_with(&format!("{}_secret_", id(&made))), "{secret}");
        assert_eq!(sandbox.get(&format!("{URL}/{}", id(&made))).await.ok(), made);
        assert_eq!(payment_kinds(&sandbox).await, ["payment_intent.created"]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_paid_is_refused_by_name() {
    each(async |server| {
        let sandbox = server.sandbox();
        for (amount, currency, extra, code, param) in [
            ("49", "usd", None, Some("amount_too_small"), "amount"),
            ("100000000", "usd", None, Some("amount_too_large"), "amount"),
            ("2000", "eur", None, Some("payment_intent_invalid_currency"), "currency"),
            ("2000", "xxx", None, None, "currency"),
            ("2000", "usd", Some(("capture_method", "manual")), None, "capture_method"),
            ("2000", "usd", Some(("statement_descriptor", "MORE THAN 22 CHARACTERS")), None, "statement_descriptor"),
            ("2000", "usd", Some(("statement_descriptor", "A<B")), None, "statement_descriptor"),
            ("2000", "usd", Some(("application_fee_amount", "10")), None, "application_fee_amount"),
            ("2000", "usd", Some(("on_behalf_of", "acct_1")), None, "on_behalf_of"),
            ("2000", "usd", Some(("transfer_data[destination]", "acct_1")), None, "transfer_data"),
            ("2000", "usd", Some(("customer", "cus_1")), Some("resource_missing"), "customer"),
            ("2000", "usd", Some(("customer_account", "acct_1")), Some("resource_missing"), "customer_account"),
            ("2000", "usd", Some(("payment_method", "pm_1")), Some("resource_missing"), "payment_method"),
            ("2000", "usd", Some(("mandate_data[customer_acceptance][type]", "offline")), None, "mandate_data"),
            ("2000", "usd", Some(("off_session", "sometimes")), None, "off_session"),
        ] {
            let params: Vec<_> = [("amount", amount), ("currency", currency)].into_iter().chain(extra).collect();
            sandbox.post(URL, &params).await.error(400, code, param);
        }
        sandbox.post(URL, &[("currency", "usd")]).await.error(400, "parameter_missing", "amount");
        sandbox.post(URL, &[("amount", "2000")]).await.error(400, "parameter_missing", "currency");
        assert_eq!(payment_kinds(&sandbox).await, Vec::<String>::new(), "nothing was made");
    })
    .await;
}

#[tokio::test]
async fn types_are_named_until_endive() {
    each(async |server| {
        let sandbox = server.sandbox();
        let params = [("amount", "2000"), ("currency", "usd"), ("payment_method_types[]", "us_bank_account")];
        let code = "payment_method_types_no_longer_supported";
        sandbox.post(URL, &params).await.error(400, code, "payment_method_types");
        let older = sandbox.version("2026-08-26.dahlia");
        assert_eq!(older.post(URL, &params).await.ok()["payment_method_types"], json!(["us_bank_account"]));
    })
    .await;
}

#[tokio::test]
async fn a_linked_account_is_debited_at_once() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = linked_method(&sandbox).await;
        let confirmed = [
            ("confirm", "true"),
            ("payment_method", &method),
            ("description", "Order 7"),
            ("metadata[order]", "7"),
            ("shipping[name]", "Ada"),
            ("shipping[address][city]", "Troy"),
        ];
        let made = create(&sandbox, &[&confirmed[..], &MANDATE[..]].concat()).await;
        assert_eq!((&made["status"], &made["payment_method"]), (&json!("processing"), &json!(method)));
        assert_eq!((&made["next_action"], &made["last_payment_error"]), (&Value::Null, &Value::Null));
        let charge = sandbox.get(&format!("/v1/charges/{}", made["latest_charge"].as_str().unwrap())).await.ok();
        assert!(id(&charge).starts_with("py_"));
        let flags = [&charge["status"], &charge["paid"], &charge["captured"], &charge["balance_transaction"]];
        assert_eq!(flags, [&json!("pending"), &json!(false), &json!(true), &Value::Null]);
        assert_eq!((&charge["amount"], &charge["amount_captured"]), (&json!(2000), &json!(2000)));
        assert_eq!((&charge["payment_intent"], &charge["payment_method"]), (&made["id"], &json!(method)));
        assert_eq!((&charge["metadata"], &charge["shipping"]["name"]), (&json!({"order": "7"}), &json!("Ada")));
        let account = &charge["payment_method_details"]["us_bank_account"];
        assert_eq!((&account["payment_reference"], account.get("expected_debit_date")), (&Value::Null, None));
        let mandate = sandbox.get(&format!("/v1/mandates/{}", account["mandate"].as_str().unwrap())).await.ok();
        assert_eq!((&mandate["type"], &mandate["single_use"]["amount"]), (&json!("single_use"), &json!(2000)));
        assert_eq!(charge["outcome"]["type"], json!("authorized"));
        let expected = ["payment_intent.created", "payment_intent.processing", "charge.pending"];
        assert_eq!(payment_kinds(&sandbox).await, expected);
        let path = format!("{URL}/{}?expand[]=latest_charge&expand[]=payment_method", id(&made));
        let whole = sandbox.get(&path).await.ok();
        assert_eq!((&whole["latest_charge"]["id"], &whole["payment_method"]["id"]), (&charge["id"], &json!(method)));
    })
    .await;
}

#[tokio::test]
async fn a_debit_needs_a_mandate() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = linked_method(&sandbox).await;
        let params = [("amount", "2000"), ("currency", "usd"), ("confirm", "true"), ("payment_method", method.as_str())];
        let refused = sandbox.post(URL, &params).await.error(400, "payment_intent_mandate_invalid", None);
        let intent = &refused["payment_intent"];
        assert_eq!((&intent["status"], &intent["payment_method"]), (&json!("requires_confirmation"), &json!(method)));
        let path = format!("{URL}/{}", id(intent));
        assert_eq!(sandbox.get(&path).await.ok(), *intent, "it is kept");
        sandbox.post(&format!("{path}/confirm"), &[]).await.error(400, "payment_intent_mandate_invalid", None);
        let done = sandbox.post(&format!("{path}/confirm"), &[("mandate_data[customer_acceptance][type]", "offline")]).await.ok();
        assert_eq!(done["status"], json!("processing"));
    })
    .await;
}

#[tokio::test]
async fn what_is_kept_for_later_pays_again_without_a_word() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Ada").await;
        let method = linked_method(&sandbox).await;
        let base = [("confirm", "true"), ("payment_method", method.as_str()), ("customer", customer.as_str())];
        let future = [&base[..], &[("setup_future_usage", "off_session")], &MANDATE[..]].concat();
        assert_eq!(create(&sandbox, &future).await["status"], json!("processing"));
        let shown = sandbox.get(&format!("/v1/payment_methods/{method}")).await.ok();
        assert_eq!(shown["customer"], json!(customer), "it was attached");
        let again = create(&sandbox, &[&base[..], &[("off_session", "true")]].concat()).await;
        assert_eq!(again["status"], json!("processing"));
        let other = sandbox.customer("Bob").await;
        let stolen = [("amount", "2000"), ("currency", "usd"), ("payment_method", &method), ("customer", other.as_str())];
        sandbox.post(URL, &stolen).await.error(400, None, "payment_method");
    })
    .await;
}

#[tokio::test]
async fn what_belongs_to_nobody_pays_once() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = linked_method(&sandbox).await;
        let params = [&[("confirm", "true"), ("payment_method", method.as_str())], &MANDATE[..]].concat();
        assert_eq!(create(&sandbox, &params).await["status"], json!("processing"));
        let again = [&[("amount", "2000"), ("currency", "usd")], &params[..]].concat();
        sandbox.post(URL, &again).await.error(400, None, "payment_method");
    })
    .await;
}

#[tokio::test]
async fn steps_that_do_not_fit_say_where_it_stands() {
    each(async |server| {
        let sandbox = server.sandbox();
        const CODE: &str = "payment_intent_unexpected_state";
        let fresh = format!("{URL}/{}", id(&create(&sandbox, &[]).await));
        sandbox.post(&format!("{fresh}/confirm"), &[]).await.error(400, CODE, None);
        sandbox
            .post(&format!("{fresh}/verify_microdeposits"), &[("amounts[]", "32"), ("amounts[]", "45")])
            .await
            .error(400, CODE, None);
        sandbox.post(&format!("{fresh}/confirm"), &[("amount_to_confirm", "1")]).await.error(400, None, "amount_to_confirm");
        let moving = format!("{URL}/{}", id(&processing(&sandbox).await));
        sandbox.post(&moving, &[("amount", "3000")]).await.error(400, CODE, "amount");
        sandbox.post(&format!("{moving}/confirm"), &[]).await.error(400, CODE, None);
        assert_eq!(sandbox.post(&moving, &[("metadata[k]", "v")]).await.ok()["metadata"], json!({"k": "v"}));
        sandbox.post(&format!("{moving}/cancel"), &[]).await.ok();
        let refused = sandbox.post(&format!("{moving}/cancel"), &[]).await.error(400, CODE, None);
        let message = refused["message"].as_str().unwrap();
        assert!(message.starts_with("You cannot cancel this PaymentIntent because it has a status of canceled."), "{message}");
    })
    .await;
}

#[tokio::test]
async fn a_debit_that_is_not_sent_is_taken_back() {
    each(async |server| {
        let sandbox = server.sandbox();
        let made = processing(&sandbox).await;
        // Events of one moment have no order among requests. Nothing runs meanwhile, so nothing is sent.
        server.clock.advance(1);
        let params = [("cancellation_reason", "requested_by_customer")];
        let canceled = sandbox.post(&format!("{URL}/{}/cancel", id(&made)), &params).await.ok();
        assert_eq!((&canceled["status"], &canceled["cancellation_reason"]), (&json!("canceled"), &json!(params[0].1)));
        assert!(canceled["canceled_at"].is_i64());
        let charge = sandbox.get(&format!("/v1/charges/{}", made["latest_charge"].as_str().unwrap())).await.ok();
        assert_eq!((&charge["status"], &charge["failure_code"]), (&json!("failed"), &json!("canceled")));
        let kinds = payment_kinds(&sandbox).await;
        assert_eq!(kinds[kinds.len() - 2..], ["charge.failed", "payment_intent.canceled"]);
    })
    .await;
}

#[tokio::test]
async fn an_update_may_name_all_but_what_is_on_its_way() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = linked_method(&sandbox).await;
        let path = format!("{URL}/{}", id(&create(&sandbox, &[("metadata[a]", "1")]).await));
        let customer = sandbox.customer("Ada").await;
        let params = [
            ("amount", "3000"),
            ("customer", customer.as_str()),
            ("payment_method", &method),
            ("metadata[b]", "2"),
            ("metadata[a]", ""),
            ("payment_method_options[us_bank_account][transaction_purpose]", "goods"),
            ("payment_method_options[us_bank_account][verification_method]", "instant"),
            ("payment_details[order_reference]", "7"),
            ("amount_details[tax][total_tax_amount]", "100"),
        ];
        let updated = sandbox.post(&path, &params).await.ok();
        assert_eq!((&updated["status"], &updated["amount"]), (&json!("requires_confirmation"), &json!(3000)));
        assert_eq!((&updated["customer"], &updated["metadata"]), (&json!(customer), &json!({"b": "2"})));
        let options = &updated["payment_method_options"]["us_bank_account"];
        assert_eq!((&options["transaction_purpose"], &options["verification_method"]), (&json!("goods"), &json!("instant")));
        assert_eq!(updated["payment_details"], json!({"customer_reference": null, "order_reference": "7"}));
        assert_eq!(updated["amount_details"], json!({"tax": {"total_tax_amount": 100}}));
        sandbox.post(&path, &[("amount_details[shipping][amount]", "2950")]).await.error(400, None, "amount_details");
        sandbox.post("/v1/payment_intents/pi_1", &[("amount", "3000")]).await.error(404, "resource_missing", "intent");
    })
    .await;
}

#[tokio::test]
async fn a_page_sees_a_part_and_may_confirm() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = linked_method(&sandbox).await;
        let made = create(&sandbox, &[("metadata[secret]", "1")]).await;
        let (path, secret) = (format!("{URL}/{}", id(&made)), made["client_secret"].as_str().unwrap());
        let page = sandbox.publishable();
        page.get(&path).await.error(401, "secret_key_required", None);
        page.find(&path, &[("client_secret", "pi_1_secret_2")]).await.error(404, "resource_missing", "intent");
        let seen = page.find(&path, &[("client_secret", secret)]).await.ok();
        assert_eq!((seen.get("metadata"), seen.get("customer")), (None, None));
        assert_eq!(seen["status"], json!("requires_payment_method"));
        page.post(&path, &[("amount", "50")]).await.error(401, "secret_key_required", None);
        // Whoever pays decides neither how the account is proven nor how they agreed.
        for (name, value) in [
            ("payment_method_options[us_bank_account][verification_method]", "automatic"),
            ("payment_method_options[us_bank_account][target_date]", "2026-12-24"),
            ("payment_method_options[us_bank_account]", ""),
            ("mandate_data[customer_acceptance][type]", "offline"),
        ] {
            let params = [("client_secret", secret), ("payment_method", &method), (name, value)];
            page.post(&format!("{path}/confirm"), &params).await.error(400, None, name);
        }
        let params = [("client_secret", secret), ("payment_method", &method)];
        let done = page.post(&format!("{path}/confirm"), &params).await.ok();
        assert_eq!((&done["status"], done.get("latest_charge")), (&json!("processing"), None));
        let manual = create(&sandbox, &[("confirmation_method", "manual")]).await;
        let secret = manual["client_secret"].as_str().unwrap();
        let confirm = format!("{URL}/{}/confirm", id(&manual));
        page.post(&confirm, &[("client_secret", secret), ("payment_method", &method)]).await.error(400, None, None);
    })
    .await;
}

#[tokio::test]
async fn a_target_date_is_three_to_fifteen_days_ahead() {
    each(async |server| {
        let sandbox = server.sandbox();
        const DATE: &str = "payment_method_options[us_bank_account][target_date]";
        let day = async |ahead: i64| {
            let at = jiff::Timestamp::from_second(sandbox.now().await + ahead * 86_400).unwrap();
            at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
        };
        for ahead in [1, 20] {
            let params = [("amount", "2000"), ("currency", "usd"), (DATE, &day(ahead).await)];
            sandbox.post(URL, &params).await.error(400, None, DATE);
        }
        let method = linked_method(&sandbox).await;
        let date = day(8).await;
        let params = [("confirm", "true"), ("payment_method", method.as_str()), (DATE, date.as_str())];
        let made = create(&sandbox, &[&params[..], &MANDATE[..]].concat()).await;
        sandbox.advance(5 * 86_400).await;
        let path = format!("{URL}/{}", id(&made));
        assert_eq!(sandbox.get(&path).await.ok()["status"], json!("processing"));
        assert_eq!(sandbox.post(&format!("{path}/cancel"), &[]).await.ok()["status"], json!("canceled"), "it was not sent yet");
    })
    .await;
}

#[tokio::test]
async fn they_are_listed_and_searched() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Ada").await;
        let first = create(&sandbox, &[("customer", &customer), ("metadata[order]", "7")]).await;
        let second = create(&sandbox, &[("amount", "9900")]).await;
        let moving = processing(&sandbox).await;
        let all = sandbox.find(URL, &[("limit", "10")]).await.ok();
        assert_eq!(ids(&all), [id(&moving), id(&second), id(&first)]);
        assert_eq!(ids(&sandbox.find(URL, &[("customer", customer.as_str())]).await.ok()), [id(&first)]);
        for (query, expected) in [
            ("amount:9900", vec![id(&second)]),
            ("status:\"processing\"", vec![id(&moving)]),
            (&format!("customer:\"{customer}\" AND metadata[\"order\"]:\"7\""), vec![id(&first)]),
            ("currency:\"usd\" AND -status:\"processing\"", vec![id(&second), id(&first)]),
        ] {
            let found = sandbox.find(&format!("{URL}/search"), &[("query", query)]).await.ok();
            assert_eq!(ids(&found), expected, "{query}");
        }
        sandbox.find(&format!("{URL}/search"), &[("query", "email:\"x\"")]).await.error(400, None, "query");
        let charges = sandbox.find("/v1/charges", &[("payment_intent", id(&moving).as_str())]).await.ok();
        assert_eq!(ids(&charges), [moving["latest_charge"].as_str().unwrap()]);
        let found = sandbox.find("/v1/charges/search", &[("query", "status:\"pending\" AND amount>=2000")]).await.ok();
        assert_eq!(ids(&found), ids(&charges));
        assert_eq!(created_with(&sandbox, URL, &first).await, ids(&all));
    })
    .await;
}

#[tokio::test]
async fn a_charge_keeps_notes() {
    each(async |server| {
        let sandbox = server.sandbox();
        let made = processing(&sandbox).await;
        let path = format!("/v1/charges/{}", made["latest_charge"].as_str().unwrap());
        let params = [("description", "New"), ("metadata[k]", "v"), ("fraud_details[user_report]", "safe")];
        let updated = sandbox.post(&path, &params).await.ok();
        assert_eq!((&updated["description"], &updated["fraud_details"]), (&json!("New"), &json!({"user_report": "safe"})));
        let event = &sandbox.events("charge.updated").await[0];
        assert_eq!(event["data"]["previous_attributes"]["description"], Value::Null);
        let customer = sandbox.customer("Ada").await;
        assert_eq!(sandbox.post(&path, &[("customer", &customer)]).await.ok()["customer"], json!(customer));
        let other = sandbox.customer("Bob").await;
        sandbox.post(&path, &[("customer", &other)]).await.error(400, None, "customer");
    })
    .await;
}

#[tokio::test]
async fn line_items_come_to_the_amount() {
    each(async |server| {
        let sandbox = server.sandbox();
        let items = [
            ("amount_details[line_items][0][product_name]", "Seat"),
            ("amount_details[line_items][0][quantity]", "2"),
            ("amount_details[line_items][0][unit_cost]", "900"),
            ("amount_details[line_items][0][discount_amount]", "100"),
            ("amount_details[line_items][0][payment_method_options][klarna][reference]", "x"),
            ("amount_details[shipping][amount]", "200"),
            ("amount_details[tax][total_tax_amount]", "100"),
            ("hooks[inputs][tax][calculation]", "taxcalc_1"),
        ];
        let made = create(&sandbox, &items).await;
        let list = &made["amount_details"]["line_items"];
        assert_eq!((&list["object"], &list["has_more"]), (&json!("list"), &json!(false)));
        let item = &list["data"][0];
        assert_eq!(item["object"], json!("payment_intent_amount_details_line_item"));
        let shown = [&item["product_name"], &item["quantity"], &item["unit_cost"], &item["discount_amount"], &item["tax"]];
        assert_eq!(shown, [&json!("Seat"), &json!(2), &json!(900), &json!(100), &Value::Null]);
        assert_eq!(made["hooks"], json!({"inputs": {"tax": {"calculation": "taxcalc_1"}}}));
        assert_eq!(made["amount_details"].get("error"), None);

        let path = format!("{URL}/{}", id(&made));
        let less = ("amount_details[shipping][amount]", "199");
        sandbox.post(&path, &[less]).await.error(400, None, "amount_details");
        let told = sandbox.post(&path, &[less, ("amount_details[enforce_arithmetic_validation]", "false")]).await.ok();
        assert_eq!(told["amount_details"]["error"]["code"], json!("amount_details_amount_mismatch"));
        let twice = ("amount_details[discount_amount]", "1");
        sandbox.post(&path, &[twice]).await.error(400, "parameters_exclusive", "amount_details[discount_amount]");
        let cleared = [("amount_details[line_items]", ""), ("hooks[inputs][tax][calculation]", "")];
        let bare = sandbox.post(&path, &cleared).await.ok();
        assert_eq!((bare["amount_details"].get("line_items"), bare.get("hooks")), (None, None));
        let unnamed = [("amount_details[line_items][0][quantity]", "1"), ("amount_details[line_items][0][unit_cost]", "2000")];
        let param = "amount_details[line_items][0][product_name]";
        sandbox.post(&path, &unnamed).await.error(400, "parameter_missing", param);
        let most = "9223372036854775807";
        let huge: Vec<(String, &str)> = (0..4)
            .flat_map(|item| [("product_name", "Seat"), ("quantity", most), ("unit_cost", most)].map(|own| (item, own)))
            .map(|(item, (name, value))| (format!("amount_details[line_items][{item}][{name}]"), value))
            .collect();
        let huge: Vec<(&str, &str)> = huge.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        sandbox.post(&path, &huge).await.error(400, None, "amount_details");
    })
    .await;
}

#[tokio::test]
async fn a_confirmation_token_pays_once() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = linked_method(&sandbox).await;
        let customer = sandbox.customer("Ada").await;
        let base = [("payment_method", method.as_str()), ("setup_future_usage", "off_session")];
        let token = id(&sandbox.post("/v1/test_helpers/confirmation_tokens", &base).await.ok());
        let with = [("confirm", "true"), ("customer", customer.as_str()), ("confirmation_token", token.as_str())];
        let both = [&[("amount", "2000"), ("currency", "usd"), ("payment_method", method.as_str())], &with[..]].concat();
        sandbox.post(URL, &both).await.error(400, "parameters_exclusive", "confirmation_token");
        let made = create(&sandbox, &[&with[..], &MANDATE].concat()).await;
        assert_eq!((&made["status"], &made["payment_method"]), (&json!("processing"), &json!(method)));
        assert_eq!(made["setup_future_usage"], json!("off_session"));
        let spent = sandbox.get(&format!("/v1/confirmation_tokens/{token}")).await.ok();
        assert_eq!(spent["payment_intent"], made["id"]);
        let again = [&[("amount", "2000"), ("currency", "usd")], &with[..]].concat();
        let refused = sandbox.post(URL, &again).await;
        assert_eq!(refused.status, 400, "{}", refused.text());
        // What the token brought is kept for later: the payer need not be there, and has agreed once.
        let later = [("confirm", "true"), ("customer", customer.as_str()), ("payment_method", &method), ("off_session", "true")];
        let second = create(&sandbox, &later).await;
        assert_eq!(second["status"], json!("processing"));
        let mandate = async |intent: &Value| {
            let charge = sandbox.get(&format!("/v1/charges/{}", intent["latest_charge"].as_str().unwrap())).await.ok();
            charge["payment_method_details"]["us_bank_account"]["mandate"].clone()
        };
        let (first, reused) = (mandate(&made).await, mandate(&second).await);
        assert!(first.is_string() && first == reused, "{first} {reused}");
        // Nothing has to be done, so there is nothing to fail for.
        let strict = create(&sandbox, &[&later[..], &[("error_on_requires_action", "true")]].concat()).await;
        assert_eq!(strict["status"], json!("processing"));
    })
    .await;
}

#[tokio::test]
async fn types_are_named_when_updating_and_confirming_until_endive() {
    each(async |server| {
        let sandbox = server.sandbox();
        let made = create(&sandbox, &[]).await;
        let path = format!("{URL}/{}", id(&made));
        let named = [("payment_method_types[]", "us_bank_account")];
        let code = "payment_method_types_no_longer_supported";
        sandbox.post(&path, &named).await.error(400, code, "payment_method_types");
        let older = sandbox.version("2026-08-26.dahlia");
        assert_eq!(older.post(&path, &named).await.ok()["payment_method_types"], json!(["us_bank_account"]));
        let other = [("payment_method_types[]", "card")];
        let refused = older.post(&path, &other).await;
        assert_eq!(refused.status, 400, "{}", refused.text());
    })
    .await;
}

#[tokio::test]
async fn nothing_is_kept_for_a_customer_who_is_gone() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (method, customer) = (linked_method(&sandbox).await, sandbox.customer("Jane").await);
        let made = create(&sandbox, &[("customer", &customer), ("setup_future_usage", "off_session")]).await;
        sandbox.delete(&format!("/v1/customers/{customer}")).await.ok();
        let path = format!("{URL}/{}", id(&made));
        let params = [&[("payment_method", method.as_str())], &MANDATE[..]].concat();
        sandbox.post(&format!("{path}/confirm"), &params).await.error(400, "resource_missing", "customer");
        assert_eq!(sandbox.get(&format!("/v1/payment_methods/{method}")).await.ok()["customer"], json!(null));
        assert_eq!(sandbox.get(&path).await.ok()["latest_charge"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn a_debit_that_no_bank_took_was_declined_by_none() {
    each(async |server| {
        let sandbox = server.sandbox();
        let made = processing(&sandbox).await;
        let tenant = sandbox.tenant().await;
        let name = format!("numbers/{}", made["payment_method"].as_str().expect("a payment method"));
        let gone = sandbox.app.core.write(&tenant, move |cx| {
            let name = name.clone();
            Box::pin(async move { cx.run("delete from vault where tenant = $1 and name = $2", &[name.into()]).await })
        });
        assert_eq!(gone.await.expect("forgotten"), 1);
        sandbox.advance(10).await;
        let shown = sandbox.find(&format!("{URL}/{}", id(&made)), &[("expand[]", "latest_charge")]).await.ok();
        let (error, outcome) = (&shown["last_payment_error"], &shown["latest_charge"]["outcome"]);
        assert_eq!((&shown["status"], &error["code"]), (&json!("requires_payment_method"), &json!("processing_error")));
        assert_eq!(error.get("network_decline_code"), None, "{error}");
        let said = (&outcome["network_status"], &outcome["type"], &outcome["network_decline_code"]);
        assert_eq!(said, (&json!("not_sent_to_network"), &json!("invalid"), &json!(null)));
        assert_eq!(sandbox.get("/v1/balance_transactions").await.ok()["data"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn calling_one_payment_off_leaves_what_was_agreed_for_another() {
    each(async |server| {
        let sandbox = server.sandbox();
        let params = [
            ("type", "us_bank_account"),
            ("billing_details[name]", "Jane Smith"),
            ("us_bank_account[routing_number]", "110000000"),
            ("us_bank_account[account_number]", "000123456789"),
            ("us_bank_account[account_holder_type]", "individual"),
        ];
        let method = id(&sandbox.post("/v1/payment_methods", &params).await.ok());
        let params = [&[("confirm", "true"), ("payment_method", method.as_str())], &MANDATE[..]].concat();
        let (one, other) = (create(&sandbox, &params).await, create(&sandbox, &params).await);
        sandbox.post(&format!("{URL}/{}/cancel", id(&one)), &[]).await.ok();
        let ended = sandbox.events("mandate.updated").await;
        assert_eq!((ended.len(), &ended[0]["data"]["object"]["status"]), (1, &json!("inactive")));
        let verify = format!("{URL}/{}/verify_microdeposits", id(&other));
        let paying = sandbox.post(&verify, &[("descriptor_code", "SM11AA"), ("expand[]", "latest_charge")]).await.ok();
        assert_eq!(paying["status"], json!("processing"), "{paying}");
        let mandate = &paying["latest_charge"]["payment_method_details"]["us_bank_account"]["mandate"];
        assert_ne!(*mandate, ended[0]["data"]["object"]["id"]);

        // A Setup Intent that is called off takes its mandate with it as well.
        let customer = sandbox.customer("Jane").await;
        let params = [&super::numbers()[..], &[("confirm", "true"), ("customer", &customer)], &MANDATE].concat();
        let setup = sandbox.post("/v1/setup_intents", &params).await.ok();
        let mandate = format!("/v1/mandates/{}", setup["mandate"].as_str().expect("a mandate"));
        assert_eq!(sandbox.get(&mandate).await.ok()["status"], json!("pending"));
        sandbox.post(&format!("/v1/setup_intents/{}/cancel", id(&setup)), &[]).await.ok();
        assert_eq!(sandbox.get(&mandate).await.ok()["status"], json!("inactive"));
    })
    .await;
}
