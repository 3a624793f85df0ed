use serde_json::{Value, json};
use testkit::{Params, Sandbox, each, ids};

use super::{blocked, linked_method, numbers};

const URL: &str = "/v1/setup_intents";
const ON_PAPER: (&str, &str) = ("mandate_data[customer_acceptance][type]", "offline");

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

async fn confirm(sandbox: &Sandbox, intent: &Value, params: Params<'_>) -> testkit::Answer {
    sandbox.post(&format!("{URL}/{}/confirm", text(intent, "id")), params).await
}

#[tokio::test]
async fn a_linked_account_is_set_up_at_once() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Ada").await;
        let method = linked_method(&sandbox).await;
        let made = sandbox.post(URL, &[("customer", &customer), ("description", "Rent"), ("metadata[k]", "v")]).await.ok();
        assert_eq!((&made["status"], &made["usage"]), (&json!("requires_payment_method"), &json!("off_session")));
        assert_eq!(made["payment_method_types"], json!(["us_bank_account"]));
        assert_eq!(made["automatic_payment_methods"], json!({"allow_redirects": "always", "enabled": true}));
        assert_eq!(made["payment_method_options"]["us_bank_account"]["verification_method"], "automatic");
        assert!(text(&made, "client_secret").starts_with(&format!("{}_secret_", text(&made, "id"))));

        let updated = sandbox.post(&format!("{URL}/{}", text(&made, "id")), &[("payment_method", &method)]).await.ok();
        assert_eq!(updated["status"], "requires_confirmation");
        let done = confirm(&sandbox, &made, &[ON_PAPER]).await.ok();
        assert_eq!((&done["status"], &done["payment_method"]), (&json!("succeeded"), &json!(method)));
        assert_eq!((&done["next_action"], &done["last_setup_error"]), (&Value::Null, &Value::Null));

        let mandate = sandbox.get(&format!("/v1/mandates/{}", text(&done, "mandate"))).await.ok();
        assert_eq!((&mandate["status"], &mandate["type"]), (&json!("active"), &json!("multi_use")));
        assert_eq!((&mandate["multi_use"], &mandate["payment_method"]), (&json!({}), &json!(method)));
        assert_eq!(mandate["customer_acceptance"]["offline"], json!({}));
        assert_eq!(mandate["payment_method_details"], json!({"type": "us_bank_account", "us_bank_account": {}}));

        let attempts = sandbox.find("/v1/setup_attempts", &[("setup_intent", text(&made, "id"))]).await.ok();
        assert_eq!(ids(&attempts), [text(&done, "latest_attempt")]);
        assert_eq!((&attempts["data"][0]["status"], &attempts["data"][0]["customer"]), (&json!("succeeded"), &json!(customer)));

        let attached = sandbox.get(&format!("/v1/payment_methods/{method}")).await.ok();
        assert_eq!(attached["customer"], json!(customer));
        for event in ["setup_intent.created", "setup_intent.succeeded", "payment_method.attached"] {
            assert_eq!(sandbox.events(event).await.len(), 1, "{event}");
        }
        let again = confirm(&sandbox, &made, &[]).await;
        again.error(400, "setup_intent_unexpected_state", None);
        sandbox.post(&format!("{URL}/{}/cancel", text(&made, "id")), &[]).await.error(400, "setup_intent_unexpected_state", None);
    })
    .await;
}

#[tokio::test]
async fn ids_are_shown_in_full_on_demand() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Ada").await;
        let method = linked_method(&sandbox).await;
        let made = [("confirm", "true"), ("payment_method", method.as_str()), ("customer", customer.as_str()), ON_PAPER];
        let paths = ["customer", "payment_method.customer", "mandate.payment_method", "latest_attempt.setup_intent"];
        let params: Vec<_> = made.into_iter().chain(paths.map(|path| ("expand[]", path))).collect();
        let shown = sandbox.post(URL, &params).await.ok();
        assert_eq!(shown["customer"]["name"], "Ada");
        assert_eq!(shown["payment_method"]["customer"]["name"], "Ada");
        assert_eq!(shown["mandate"]["payment_method"]["id"], json!(method));
        assert_eq!(shown["latest_attempt"]["setup_intent"]["object"], "setup_intent");
        let reader = sandbox.restricted(&[("setup_intents", "read")]).await;
        let path = format!("{URL}/{}", text(&shown, "id"));
        reader.find(&path, &[("expand[]", "latest_attempt")]).await.ok();
        reader.find(&path, &[("expand[]", "mandate")]).await.error(403, None, "expand");
    })
    .await;
}

#[tokio::test]
async fn a_mandate_is_needed_once() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = linked_method(&sandbox).await;
        let made = sandbox.post(URL, &[]).await.ok();
        let refused = confirm(&sandbox, &made, &[("payment_method", &method)]).await;
        let error = refused.error(400, "setup_intent_mandate_invalid", None);
        assert_eq!(error["setup_intent"]["status"], "requires_confirmation");
        assert_eq!(error["setup_intent"]["payment_method"], json!(method), "it stays with what was sent");
        let online = "mandate_data[customer_acceptance][online]";
        let kind = ("mandate_data[customer_acceptance][type]", "online");
        let missing = format!("{online}[ip_address]");
        confirm(&sandbox, &made, &[kind]).await.error(400, "parameter_missing", missing.as_str());
        let later = (sandbox.now().await + 60).to_string();
        let accepted_at = "mandate_data[customer_acceptance][accepted_at]";
        confirm(&sandbox, &made, &[ON_PAPER, (accepted_at, &later)]).await.error(400, None, accepted_at);
        let agent = format!("{online}[user_agent]");
        let online = [kind, (missing.as_str(), "203.0.113.7"), (agent.as_str(), "Test/1"), (accepted_at, "1700000000")];
        let done = confirm(&sandbox, &made, &online).await.ok();
        let mandate = sandbox.get(&format!("/v1/mandates/{}", text(&done, "mandate"))).await.ok();
        let acceptance = json!({"accepted_at": 1_700_000_000, "online": {"ip_address": "203.0.113.7", "user_agent": "Test/1"},
            "type": "online"});
        assert_eq!(mandate["customer_acceptance"], acceptance);

        let second = sandbox.post(URL, &[("confirm", "true"), ("payment_method", &method)]).await.ok();
        assert_eq!((&second["status"], &second["mandate"]), (&json!("succeeded"), &done["mandate"]), "it counts on");
    })
    .await;
}

#[tokio::test]
async fn a_mandate_for_one_payment_says_which() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = linked_method(&sandbox).await;
        let options = "payment_method_options[us_bank_account][mandate_options][collection_method]";
        let single = [("single_use[amount]", "1099"), ("single_use[currency]", "usd"), (options, "paper")];
        let made = sandbox.post(URL, &single).await.ok();
        assert_eq!(made.get("single_use"), None, "what is asked for is not shown");
        let done = confirm(&sandbox, &made, &[("payment_method", &method), ON_PAPER]).await.ok();
        assert_eq!(done["mandate"], Value::Null);
        let mandate = sandbox.get(&format!("/v1/mandates/{}", text(&done, "single_use_mandate"))).await.ok();
        assert_eq!(
            (&mandate["type"], &mandate["single_use"]),
            (&json!("single_use"), &json!({"amount": 1099, "currency": "usd"}))
        );
        assert_eq!(mandate["payment_method_details"]["us_bank_account"], json!({"collection_method": "paper"}));
        assert_eq!(mandate.get("multi_use"), None);
        let euros = [("single_use[amount]", "1099"), ("single_use[currency]", "eur")];
        sandbox.post(URL, &euros).await.error(400, None, "single_use[currency]");
    })
    .await;
}

#[tokio::test]
async fn a_blocked_account_fails_until_it_is_unblocked() {
    each(async |server| {
        let sandbox = server.sandbox();
        let method = linked_method(&sandbox).await;
        let block = blocked(&sandbox, &method).await;
        let shown = sandbox.get(&format!("/v1/payment_methods/{method}")).await.ok();
        assert_eq!(shown["us_bank_account"]["status_details"]["blocked"]["reason"], "debit_not_authorized");
        let made = sandbox.post(URL, &[]).await.ok();
        let refused = confirm(&sandbox, &made, &[("payment_method", &method), ON_PAPER]).await;
        let error = refused.error(402, "bank_account_unusable", "payment_method");
        assert_eq!(error["type"], "card_error");
        let after = sandbox.get(&format!("{URL}/{}", text(&made, "id"))).await.ok();
        assert_eq!(error["setup_intent"], after, "what was refused is written down");
        assert_eq!((&after["status"], &after["payment_method"]), (&json!("requires_payment_method"), &Value::Null));
        assert_eq!(after["last_setup_error"]["code"], "bank_account_unusable");
        assert_eq!(after["last_setup_error"]["payment_method"]["id"], json!(method));
        let attempts = sandbox.find("/v1/setup_attempts", &[("setup_intent", text(&made, "id"))]).await.ok();
        assert_eq!(attempts["data"][0]["status"], "failed");
        assert_eq!(attempts["data"][0]["setup_error"]["code"], "bank_account_unusable");
        assert_eq!(sandbox.events("setup_intent.setup_failed").await.len(), 1);

        let secret = text(&made, "client_secret");
        let seen = sandbox.publishable().find(&format!("{URL}/{}", text(&made, "id")), &[("client_secret", secret)]).await.ok();
        assert_eq!(seen["last_setup_error"]["payment_method"]["us_bank_account"]["status_details"], json!({}), "not for pages");

        sandbox.delete(&format!("/drawbridge/v1/blocked_accounts/{block}")).await.ok();
        let done = confirm(&sandbox, &made, &[("payment_method", &method), ON_PAPER]).await.ok();
        assert_eq!((&done["status"], &done["last_setup_error"]), (&json!("succeeded"), &Value::Null));
        let events = sandbox.events("payment_method.automatically_updated").await;
        assert_eq!(events.len(), 2, "blocked and unblocked");
        assert_eq!(events[0]["data"]["object"]["us_bank_account"]["status_details"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_page_sees_and_does_what_the_client_secret_opens() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Ada").await;
        let method = linked_method(&sandbox).await;
        let made = sandbox.post(URL, &[("customer", &customer), ("metadata[k]", "secret")]).await.ok();
        let path = format!("{URL}/{}", text(&made, "id"));
        let page = sandbox.publishable();
        let secret = ("client_secret", text(&made, "client_secret"));
        page.get(&path).await.error(401, "secret_key_required", None);
        page.get(&format!("{URL}/seti_none")).await.error(401, "secret_key_required", None);
        page.find(&path, &[("client_secret", "seti_1_secret_2")]).await.error(404, "resource_missing", "intent");
        sandbox.find(&path, &[("client_secret", "seti_1_secret_2")]).await.error(404, "resource_missing", "intent");
        let seen = page.find(&path, &[secret]).await.ok();
        let mut fields: Vec<&str> = seen.as_object().expect("an object").keys().map(String::as_str).collect();
        fields.sort_unstable();
        let expected = [
            "cancellation_reason",
            "client_secret",
            "created",
            "description",
            "id",
            "last_setup_error",
            "livemode",
            "next_action",
            "object",
            "payment_method",
            "payment_method_types",
            "status",
            "usage",
        ];
        assert_eq!(fields, expected);

        let confirm = format!("{path}/confirm");
        page.post(&confirm, &[("payment_method", &method)]).await.error(401, "secret_key_required", None);
        let infer = ("mandate_data[customer_acceptance][online][infer_from_client]", "true");
        let online = ("mandate_data[customer_acceptance][type]", "online");
        let browser = page.with("user-agent", "Browser/1");
        let params = [secret, ("payment_method", &method), infer, online, ("expand[]", "payment_method")];
        let done = browser.post(&confirm, &params).await.ok();
        assert_eq!((&done["status"], &done["payment_method"]["id"]), (&json!("succeeded"), &json!(method)));
        assert_eq!(done.get("customer"), None);
        page.find(&path, &[secret, ("expand[]", "payment_method.customer")]).await.error(403, None, "expand");
        let whole = sandbox.get(&path).await.ok();
        let mandate = sandbox.get(&format!("/v1/mandates/{}", text(&whole, "mandate"))).await.ok();
        assert_eq!(mandate["customer_acceptance"]["online"]["user_agent"], "Browser/1");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_set_up_is_refused() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (ada, bob) = (sandbox.customer("Ada").await, sandbox.customer("Bob").await);
        let method = linked_method(&sandbox).await;
        let path = format!("/v1/payment_methods/{method}");
        sandbox.post(&format!("{path}/attach"), &[("customer", &ada)]).await.ok();
        let given = ("payment_method", method.as_str());
        for customer in [vec![], vec![("customer", bob.as_str())]] {
            let params = [vec![given], customer].concat();
            sandbox.post(URL, &params).await.error(400, None, "payment_method");
        }
        let made = sandbox.post(URL, &[("customer", &ada)]).await.ok();
        confirm(&sandbox, &made, &[ON_PAPER]).await.error(400, "setup_intent_unexpected_state", None);
        sandbox.post(&format!("{path}/detach"), &[]).await.ok();
        confirm(&sandbox, &made, &[given, ON_PAPER]).await.error(400, None, "payment_method");
        for (params, code, param) in [
            (vec![("customer", "cus_none")], Some("resource_missing"), "customer"),
            (vec![("payment_method", "pm_none")], Some("resource_missing"), "payment_method"),
            (vec![("on_behalf_of", "acct_none")], Some("resource_missing"), "on_behalf_of"),
            (vec![("payment_method_configuration", "pmc_none")], Some("resource_missing"), "payment_method_configuration"),
            (vec![ON_PAPER], None, "mandate_data"),
            (vec![("attach_to_self", "true"), ("customer", &ada)], Some("parameters_exclusive"), "attach_to_self"),
            (vec![("payment_method_data[type]", "card")], None, "payment_method_data[type]"),
            (
                vec![("payment_method_data[type]", "us_bank_account")],
                Some("parameter_missing"),
                "payment_method_data[billing_details][name]",
            ),
            (vec![("confirmation_token", "ctoken_none"), ("confirm", "true")], Some("resource_missing"), "confirmation_token"),
        ] {
            sandbox.post(URL, &params).await.error(400, code, param);
        }
        sandbox.get("/v1/setup_attempts").await.error(400, "parameter_missing", "setup_intent");
        sandbox.find("/v1/setup_attempts", &[("setup_intent", "seti_none")]).await.error(400, "resource_missing", "setup_intent");
        sandbox.get("/v1/mandates/mandate_none").await.error(404, "resource_missing", "mandate");
        assert_eq!(ids(&sandbox.get(URL).await.ok()).len(), 1, "what is refused leaves nothing behind");
    })
    .await;
}

#[tokio::test]
async fn types_are_computed_since_endive() {
    each(async |server| {
        let sandbox = server.sandbox();
        let dahlia = sandbox.version("2026-08-26.dahlia");
        let old = ("payment_method_types[]", "us_bank_account");
        sandbox.post(URL, &[old]).await.error(400, "payment_method_types_no_longer_supported", "payment_method_types");
        let made = dahlia.post(URL, &[("payment_method_types[]", "card"), old]).await.ok();
        assert_eq!(made["payment_method_types"], json!(["us_bank_account"]));
        assert_eq!(made["automatic_payment_methods"], Value::Null);
        dahlia.post(URL, &[("payment_method_types[]", "card")]).await.error(400, None, "payment_method_types");

        let allowed = [("allowed_payment_method_types[]", "us_bank_account"), ("allowed_payment_method_types[]", "card")];
        let made = sandbox.post(URL, &allowed).await.ok();
        assert_eq!(made["allowed_payment_method_types"], json!(["us_bank_account", "card"]));
        assert_eq!(made["payment_method_types"], json!(["us_bank_account"]));
        let allowed = "allowed_payment_method_types";
        sandbox.post(URL, &[("allowed_payment_method_types[]", "card")]).await.error(400, None, allowed);
        let excluded = ("excluded_payment_method_types[]", "us_bank_account");
        sandbox.post(URL, &[excluded]).await.error(400, None, "excluded_payment_method_types");
        for other in [("excluded_payment_method_types[]", "card"), ("automatic_payment_methods[enabled]", "true")] {
            let both = [("allowed_payment_method_types[]", "us_bank_account"), other];
            sandbox.post(URL, &both).await.error(400, "parameters_exclusive", allowed);
        }
    })
    .await;
}

#[tokio::test]
async fn options_are_kept_and_checked() {
    each(async |server| {
        let sandbox = server.sandbox();
        let own = |name: &str| format!("payment_method_options[us_bank_account]{name}");
        let (permissions, prefetch) = (own("[financial_connections][permissions]"), own("[financial_connections][prefetch]"));
        let verification = own("[verification_method]");
        let subcategories = own("[financial_connections][filters][account_subcategories][]");
        let (many, some) = (format!("{permissions}[]"), format!("{prefetch}[]"));
        let good = [
            (many.as_str(), "payment_method"),
            (many.as_str(), "balances"),
            (some.as_str(), "balances"),
            (subcategories.as_str(), "checking"),
            (verification.as_str(), "instant"),
            ("payment_method_options[card][request_three_d_secure]", "any"),
        ];
        let made = sandbox.post(URL, &good).await.ok();
        let shown = json!({"us_bank_account": {
            "financial_connections": {
                "filters": {"account_subcategories": ["checking"]},
                "permissions": ["payment_method", "balances"],
                "prefetch": ["balances"],
            },
            "verification_method": "instant",
        }});
        assert_eq!(made["payment_method_options"], shown);
        sandbox.post(URL, &[(many.as_str(), "balances")]).await.error(400, None, permissions.as_str());
        sandbox.post(URL, &[(some.as_str(), "balances")]).await.error(400, None, prefetch.as_str());
        let target = own("[target_date]");
        sandbox.post(URL, &[(target.as_str(), "2026-12-01")]).await.error(400, "parameter_unknown", target.as_str());
        let unknown = "payment_method_options[gold]";
        sandbox.post(URL, &[("payment_method_options[gold][x]", "y")]).await.error(400, "parameter_unknown", unknown);

        let refused = confirm(&sandbox, &made, &[&numbers()[..], &[ON_PAPER]].concat()).await;
        refused.error(400, "bank_account_verification_failed", "payment_method");
        let after = sandbox.get(&format!("{URL}/{}", text(&made, "id"))).await.ok();
        assert_eq!(after["last_setup_error"]["code"], "bank_account_verification_failed");
        let cleared = ("payment_method_options[us_bank_account]", "");
        let after = sandbox.post(&format!("{URL}/{}", text(&made, "id")), &[cleared]).await.ok();
        assert_eq!(after["payment_method_options"], json!({"us_bank_account": {"verification_method": "automatic"}}));
    })
    .await;
}

#[tokio::test]
async fn they_are_listed_updated_and_canceled() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Ada").await;
        let method = linked_method(&sandbox).await;
        let own = sandbox.post(URL, &[("attach_to_self", "true"), ("flow_directions[]", "inbound")]).await.ok();
        assert_eq!((&own["attach_to_self"], &own["flow_directions"]), (&json!(true), &json!(["inbound"])));
        let hers = sandbox.post(URL, &[("customer", &customer), ("payment_method", &method)]).await.ok();
        let listed = async |name: &str, value: &str| ids(&sandbox.find(URL, &[(name, value)]).await.ok());
        assert_eq!(listed("limit", "10").await, [text(&hers, "id"), text(&own, "id")]);
        assert_eq!(listed("customer", &customer).await, [text(&hers, "id")]);
        assert_eq!(listed("payment_method", &method).await, [text(&hers, "id")]);
        assert_eq!(listed("attach_to_self", "true").await, [text(&own, "id")]);
        let path = format!("{URL}/{}", text(&hers, "id"));
        let updated = sandbox.post(&path, &[("description", "Rent"), ("metadata[k]", "v")]).await.ok();
        assert_eq!((&updated["description"], &updated["metadata"]), (&json!("Rent"), &json!({"k": "v"})));
        let canceled = sandbox.post(&format!("{path}/cancel"), &[("cancellation_reason", "duplicate")]).await.ok();
        assert_eq!((&canceled["status"], &canceled["cancellation_reason"]), (&json!("canceled"), &json!("duplicate")));
        assert_eq!(sandbox.events("setup_intent.canceled").await[0]["data"]["object"], canceled);
        for refused in [format!("{path}/cancel"), format!("{path}/confirm"), path.clone()] {
            sandbox.post(&refused, &[]).await.error(400, "setup_intent_unexpected_state", None);
        }
        let verify = sandbox.post(&format!("{path}/verify_microdeposits"), &[("descriptor_code", "SM11AA")]).await;
        verify.error(400, "setup_intent_unexpected_state", None);
    })
    .await;
}
