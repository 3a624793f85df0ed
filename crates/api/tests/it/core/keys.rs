use http::Method;
use testkit::each;

#[tokio::test]
async fn takes_keys_as_bearer_and_as_basic() {
    each(async |server| {
        // `sk_test_Basic00000000000000:` and the same without the colon, and with a password.
        let basic = [
            "c2tfdGVzdF9CYXNpYzAwMDAwMDAwMDAwMDAwOg==",
            "c2tfdGVzdF9CYXNpYzAwMDAwMDAwMDAwMDAw",
            "c2tfdGVzdF9CYXNpYzAwMDAwMDAwMDAwMDAwOnB3",
        ];
        let mut values: Vec<String> = basic.iter().map(|text| format!("Basic {text}")).collect();
        values.extend(["Bearer sk_test_Basic00000000000000".into(), "bearer  sk_test_Basic00000000000000".into()]);
        let mut accounts = Vec::new();
        for value in &values {
            let account = server.client().with("authorization", value).get("/v1/account").await.ok();
            accounts.push(account["id"].as_str().unwrap().to_owned());
        }
        accounts.dedup();
        assert_eq!(accounts.len(), 1, "one key is one account: {accounts:?}");
    })
    .await;
}

#[tokio::test]
async fn refuses_what_is_no_key() {
    each(async |server| {
        let client = server.client();
        let answer = client.get("/v1/account").await;
        answer.error(401, None, None);
        assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"Drawbridge\""));
        let none = ["", "Bearer", "Bearer ", "Basic", "Basic !!!", "Basic Og==", "Digest x", "sk_test_Basic00000000000000"];
        for value in none {
            let error = client.with("authorization", value).get("/v1/account").await.error(401, None, None);
            assert!(error["message"].as_str().unwrap().starts_with("You did not provide an API key"), "{value}: {error}");
        }
        for key in [
            "sk_test_short",
            "sk_live_Basic00000000000000",
            "pk_test_Unknown00000000000",
            "rk_test_Unknown00000000000",
            "sk_test_with-dashes-000000000",
        ] {
            let error = client.key(key).get("/v1/account").await.error(401, None, None);
            let message = error["message"].as_str().unwrap();
            assert!(message.starts_with("Invalid API Key provided: ") && !message.contains(key), "{message}");
        }
        client.key(&"x".repeat(300)).get("/v1/account").await.error(401, None, None);
    })
    .await;
}

#[tokio::test]
async fn restricted_keys_do_what_they_were_given() {
    each(async |server| {
        let sandbox = server.sandbox();
        let id = sandbox.customer("Jane").await;
        let path = format!("/v1/customers/{id}");
        let reader = sandbox.restricted(&[("customers", "read")]).await;
        reader.get(&path).await.ok();
        let error = reader.post("/v1/customers", &[]).await.error(403, None, None);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("'write' on 'customers'"), "{message}");
        reader.delete(&path).await.error(403, None, None);
        reader.get("/v1/events").await.error(403, None, None);
        let writer = sandbox.restricted(&[("customers", "write"), ("events", "none")]).await;
        writer.get(&path).await.ok();
        writer.post(&path, &[("name", "Ann")]).await.ok();
        writer.get("/v1/events").await.error(403, None, None);

        let keys = "/drawbridge/v1/api_keys";
        // A restricted key makes no key that may do more than itself.
        let maker = sandbox.restricted(&[("api_keys", "write"), ("customers", "read")]).await;
        let own = [("type", "restricted"), ("permissions[customers]", "read")];
        maker.post(keys, &own).await.ok();
        for more in [
            &[("type", "secret")][..],
            &[("type", "restricted"), ("permissions[customers]", "write")],
            &[("type", "restricted"), ("permissions[events]", "read")],
        ] {
            maker.post(keys, more).await.error(403, None, None);
        }
        for (params, param) in [
            (vec![("type", "restricted"), ("permissions[castles]", "read")], "permissions[castles]"),
            (vec![("type", "restricted"), ("permissions[customers]", "all")], "permissions[customers]"),
            (vec![("type", "secret"), ("permissions[customers]", "read")], "permissions"),
            (vec![("type", "master")], "type"),
        ] {
            sandbox.post(keys, &params).await.error(400, None, param);
        }
        sandbox.post(keys, &[]).await.error(400, "parameter_missing", "type");
    })
    .await;
}

#[tokio::test]
async fn keys_are_shown_once_and_end_when_they_should() {
    each(async |server| {
        let sandbox = server.sandbox();
        let keys = "/drawbridge/v1/api_keys";
        let soon = (testkit::START + 100).to_string();
        let made = sandbox.post(keys, &[("type", "secret"), ("name", "CI"), ("expires_at", &soon)]).await.ok();
        let key = made["key"].as_str().unwrap();
        assert!(key.starts_with("sk_test_") && key.ends_with(made["last4"].as_str().unwrap()));
        let list = sandbox.get(keys).await;
        assert!(!list.text().contains(key), "a key is never shown again");
        let listed = list.ok()["data"].as_array().unwrap().iter().filter(|one| one["id"] == made["id"]).count();
        assert_eq!(listed, 1);

        let holder = sandbox.key(key);
        holder.get("/v1/account").await.ok();
        server.clock.advance(101);
        holder.get("/v1/account").await.error(401, "api_key_expired", None);

        let revoked = sandbox.restricted(&[("accounts", "read")]).await;
        revoked.get("/v1/account").await.ok();
        let restricted = sandbox.get(keys).await.ok();
        let restricted = restricted["data"].as_array().unwrap().iter().find(|one| one["type"] == "restricted").unwrap().clone();
        let gone = sandbox.delete(&format!("{keys}/{}", restricted["id"].as_str().unwrap())).await.ok();
        assert_eq!(gone["deleted"], true);
        revoked.get("/v1/account").await.error(401, "api_key_expired", None);
        sandbox.delete(&format!("{keys}/key_none")).await.error(404, "resource_missing", "id");
    })
    .await;
}

#[tokio::test]
async fn publishable_keys_open_only_what_a_client_secret_opens() {
    each(async |server| {
        let sandbox = server.sandbox();
        let id = sandbox.customer("Jane").await;
        let browser = sandbox.publishable();
        browser.get(&format!("/v1/customers/{id}")).await.error(401, "secret_key_required", None);
        browser.post("/v1/customers", &[]).await.error(401, "secret_key_required", None);
        let flows = "/drawbridge/v1/connections/flows";
        browser.post(flows, &[]).await.error(400, "parameter_missing", "client_secret");
        browser.post(flows, &[("client_secret", "fcsess_client_secret_none")]).await.error(
            400,
            "resource_missing",
            "client_secret",
        );
        let session = sandbox.session(&id, &[]).await;
        let secret = session["client_secret"].as_str().unwrap();
        server.sandbox().get("/v1/account").await.ok();
        let opened = browser.with("origin", "https://shop.example").post(flows, &[("client_secret", secret)]).await;
        assert_eq!(opened.header("access-control-allow-origin"), Some("*"));
        assert_eq!(opened.ok()["session"], session["id"]);
        let stranger = server.sandbox();
        stranger.get("/v1/account").await.ok();
        stranger.publishable().post(flows, &[("client_secret", secret)]).await.error(400, "resource_missing", "client_secret");

        let preflight = browser.send(Method::OPTIONS, flows, None).await;
        assert_eq!(preflight.status, 204);
        assert!(preflight.header("access-control-allow-headers").unwrap().contains("Authorization"));
    })
    .await;
}

#[tokio::test]
async fn account_headers_name_the_own_account_or_are_refused() {
    each(async |server| {
        let sandbox = server.sandbox();
        let own = sandbox.account().await;
        let stranger = server.sandbox().account().await;
        for name in ["stripe-account", "stripe-context"] {
            sandbox.with(name, &own).get("/v1/account").await.ok();
            for other in [stranger.as_str(), "acct_none"] {
                sandbox.with(name, other).get("/v1/account").await.error(403, "account_invalid", None);
            }
        }
        assert_eq!(sandbox.with("stripe-account", &own).get("/v1/account").await.header("stripe-account"), Some(&*own));
    })
    .await;
}

#[tokio::test]
async fn modes_are_apart_and_say_so() {
    each(async |server| {
        let (live, test) = server.account_with_both_modes().await;
        assert_eq!(live.account().await, test.account().await);
        let id = test.customer("Jane").await;
        let path = format!("/v1/customers/{id}");
        let error = live.get(&path).await.error(404, "resource_missing", "id");
        let message = error["message"].as_str().unwrap();
        let expected = format!(
            "No such customer: '{id}'; a similar object exists in test mode, but a live mode key was used to make this request."
        );
        assert_eq!(message, expected);
        live.post(&path, &[]).await.error(404, "resource_missing", "id");
        live.delete(&path).await.error(404, "resource_missing", "id");
        assert!(live.get("/v1/customers").await.ok()["data"].as_array().unwrap().is_empty());
        assert!(live.events("*").await.is_empty());
        let real = live.post("/v1/customers", &[]).await.ok();
        assert_eq!(real["livemode"], true);
        let error =
            test.get(&format!("/v1/customers/{}", real["id"].as_str().unwrap())).await.error(404, "resource_missing", "id");
        assert!(error["message"].as_str().unwrap().contains("exists in live mode, but a test mode key"), "{error}");
        live.post("/v1/webhook_endpoints", &[("url", "http://example.com"), ("enabled_events[]", "*")]).await.error(
            400,
            "url_invalid",
            "url",
        );
        // A key of another version of the API is told so, whatever the mode.
        live.version("2099-01-01").get("/v1/account").await.error(400, None, None);
        live.version("yesterday").get("/v1/account").await.error(400, None, None);
    })
    .await;
}
