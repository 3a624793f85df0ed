use serde_json::{Value, json};
use testkit::{ALL_PERMISSIONS, Params, Sandbox, each};

const SESSIONS: &str = "/v1/financial_connections/sessions";

#[tokio::test]
async fn todays_defaults() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        let session =
            sandbox.session(&customer, &[("prefetch[]", "balances"), ("return_url", "https://shop.example/back")]).await;
        assert!(session["id"].as_str().unwrap().starts_with("fcsess_"));
        assert!(session["client_secret"].as_str().unwrap().starts_with("fcsess_client_secret_"));
        let expected = json!({
            "object": "financial_connections.session",
            "account_holder": {"customer": customer, "type": "customer"},
            "filters": {
                "account_subcategories": ["checking", "savings", "mortgage", "line_of_credit", "credit_card"],
                "country": "US",
                "require_payment_method_support": "none",
            },
            "livemode": false,
            "manual_entry": {"mode": "disabled"},
            "permissions": ["balances", "ownership", "payment_method", "transactions"],
            "prefetch": ["balances"],
            "return_url": "https://shop.example/back",
            "accounts": {"object": "list", "data": [], "has_more": false, "url": "/v1/financial_connections/accounts"},
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&session[name], value, "{name}");
        }
        assert_eq!(session.get("limits"), None);
        let path = format!("{SESSIONS}/{}", session["id"].as_str().unwrap());
        assert_eq!(sandbox.get(&path).await.ok(), session);
        sandbox.get(&format!("{SESSIONS}/fcsess_none")).await.error(404, "resource_missing", "session");
    })
    .await;
}

async fn at_version(sandbox: &Sandbox, version: &str, holder: &[(&str, &str)], more: &[(&str, &str)]) -> Value {
    let mut params = holder.to_vec();
    params.push(("permissions[]", "balances"));
    params.extend_from_slice(more);
    sandbox.version(version).post(SESSIONS, &params).await.ok()
}

/// What a session is given and how it is shown, by version.
#[tokio::test]
async fn older_versions_have_their_own_defaults() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (account, customer) = (sandbox.account().await, sandbox.customer("Jane").await);
        let own = [("account_holder[type]", "account"), ("account_holder[account]", account.as_str())];
        let theirs = [("account_holder[type]", "customer"), ("account_holder[customer]", customer.as_str())];
        // Version, holder; then countries, country, payment method support, manual entry, limit.
        let cases = [
            ("2026-10-28.endive", &own, json!([null, "US", "none", "disabled", null])),
            ("2026-10-28.endive", &theirs, json!([null, "US", "none", "disabled", null])),
            ("2026-08-26.dahlia", &own, json!([["US"], "US", "all", "automatic", 1])),
            ("2026-08-26.dahlia", &theirs, json!([["US"], "US", "none", "disabled", null])),
            ("2026-07-29.dahlia", &own, json!([["US"], null, "all", "automatic", 1])),
            ("2024-06-20", &own, json!([["US"], null, null, null, null])),
            ("2024-06-20", &theirs, json!([["US"], null, null, null, null])),
        ];
        for (version, holder, expected) in cases {
            let session = at_version(&sandbox, version, holder, &[]).await;
            let filters = &session["filters"];
            let shown = json!([
                filters["countries"],
                filters["country"],
                filters["require_payment_method_support"],
                session["manual_entry"]["mode"],
                session["limits"]["accounts"],
            ]);
            assert_eq!(shown, expected, "{version}");
        }
        // What is not shown to an old version holds all the same.
        let old = at_version(&sandbox, "2024-06-20", &own, &[]).await;
        let now = sandbox.get(&format!("{SESSIONS}/{}", old["id"].as_str().unwrap())).await.ok();
        assert_eq!(now["limits"]["accounts"], 1);

        let countries = [("filters[countries][]", "US")];
        let session = at_version(&sandbox, "2026-07-29.dahlia", &theirs, &countries).await;
        assert_eq!(session["filters"]["countries"], json!(["US"]));
        let mut params = theirs.to_vec();
        params.extend([("permissions[]", "balances"), countries[0]]);
        sandbox.post(SESSIONS, &params).await.error(400, "parameter_unknown", "filters[countries]");
    })
    .await;
}

#[tokio::test]
async fn says_what_is_asked_for() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        let params = [
            ("permissions[]", "transactions"),
            ("permissions[]", "balances"),
            ("permissions[]", "transactions"),
            ("filters[account_subcategories][]", "savings"),
            ("filters[country]", "US"),
            ("filters[require_payment_method_support]", "at_least_one"),
            ("limits[accounts]", "3"),
            ("manual_entry[mode]", "automatic"),
        ];
        let session = sandbox.session(&customer, &params).await;
        assert_eq!(session["permissions"], json!(["transactions", "balances"]));
        let filters =
            json!({"account_subcategories": ["savings"], "country": "US", "require_payment_method_support": "at_least_one"});
        assert_eq!((&session["filters"], &session["limits"]), (&filters, &json!({"accounts": 3})));
        assert_eq!(session["manual_entry"]["mode"], "automatic");
        assert_eq!(sandbox.session(&customer, &[("limits[accounts]", "")]).await.get("limits"), None);
    })
    .await;
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    each(async |server| {
        let sandbox = server.sandbox();
        let customer = sandbox.customer("Jane").await;
        let stranger = server.sandbox().customer("John").await;
        let gone = sandbox.customer("Gone").await;
        sandbox.delete(&format!("/v1/customers/{gone}")).await.ok();
        let own = [("account_holder[type]", "customer"), ("account_holder[customer]", customer.as_str())];
        // What is sent besides the holder and all permissions.
        let cases: &[(Params<'_>, Option<&str>, &str)] = &[
            (&[("prefetch[]", "everything")], None, "prefetch[0]"),
            (&[("permissions[]", "everything")], None, "permissions[4]"),
            (&[("filters[country]", "USA")], None, "filters[country]"),
            (&[("filters[country]", "DE")], None, "filters[country]"),
            (&[("filters[account_subcategories][]", "piggy_bank")], None, "filters[account_subcategories][0]"),
            (&[("filters[require_payment_method_support]", "some")], None, "filters[require_payment_method_support]"),
            (&[("filters[colour]", "red")], Some("parameter_unknown"), "filters[colour]"),
            (&[("limits[accounts]", "0")], Some("parameter_invalid_integer"), "limits[accounts]"),
            (&[("limits[accounts]", "many")], Some("parameter_invalid_integer"), "limits[accounts]"),
            (&[("manual_entry[mode]", "maybe")], None, "manual_entry[mode]"),
            (&[("return_url", "not a url")], Some("url_invalid"), "return_url"),
            (&[("return_url", "javascript:alert(1)")], Some("url_invalid"), "return_url"),
            (&[("account_holder[account]", "acct_1")], None, "account_holder[account]"),
        ];
        for (more, code, param) in cases {
            println!("{more:?}");
            let params: Vec<(&str, &str)> = own.iter().chain(&ALL_PERMISSIONS).chain(*more).copied().collect();
            sandbox.post(SESSIONS, &params).await.error(400, *code, *param);
        }
        // What is sent in all.
        let some = ("permissions[]", "balances");
        let kind = ("account_holder[type]", "customer");
        let cases: &[(Params<'_>, Option<&str>, &str)] = &[
            (&[some], Some("parameter_missing"), "account_holder"),
            (&own, Some("parameter_missing"), "permissions"),
            (&[some, ("account_holder[customer]", &customer)], Some("parameter_missing"), "account_holder[type]"),
            (&[some, kind], Some("parameter_missing"), "account_holder[customer]"),
            (&[some, ("account_holder[type]", "bank")], None, "account_holder[type]"),
            (&[some, kind, ("account_holder[customer]", "cus_none")], Some("resource_missing"), "account_holder[customer]"),
            (&[some, kind, ("account_holder[customer]", &stranger)], Some("resource_missing"), "account_holder[customer]"),
            (&[some, kind, ("account_holder[customer]", &gone)], Some("resource_missing"), "account_holder[customer]"),
            (
                &[some, ("account_holder[type]", "account"), ("account_holder[account]", "acct_1")],
                Some("resource_missing"),
                "account_holder[account]",
            ),
            (
                &[some, ("account_holder[type]", "account"), ("account_holder[customer]", &customer)],
                None,
                "account_holder[customer]",
            ),
            (&[some, kind, ("account_holder[customer]", &customer), ("prefetch[]", "transactions")], None, "prefetch[0]"),
        ];
        for (params, code, param) in cases {
            println!("{params:?}");
            sandbox.post(SESSIONS, params).await.error(400, *code, *param);
        }
    })
    .await;
}
