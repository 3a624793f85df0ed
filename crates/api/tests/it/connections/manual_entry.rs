use api::connections::linking::view::{ManualComplaint, Pane};
use serde_json::{Value, json};
use testkit::each;

#[tokio::test]
async fn typed_numbers_become_a_token() {
    each(async |server| {
        let sandbox = server.sandbox();
        let session = sandbox.typed_numbers().await;
        let token = &session["bank_account_token"];
        let account = &token["bank_account"];
        assert_eq!(token["object"], "token");
        assert_eq!((&token["type"], &token["used"], &token["livemode"]), (&json!("bank_account"), &json!(false), &json!(false)));
        assert_eq!((&account["last4"], &account["routing_number"]), (&json!("6789"), &json!("110000000")));
        assert_eq!((&account["account_type"], &account["status"]), (&json!("checking"), &json!("new")));
        assert_eq!(session["accounts"]["data"], json!([]), "nothing was linked");
        let shown = sandbox.get(&format!("/v1/tokens/{}", token["id"].as_str().unwrap())).await.ok();
        assert_eq!(&shown, token);
        assert!(!session.to_string().contains("123456789"), "the number is nowhere");
        let receipt = sandbox.get("/drawbridge/v1/consents").await.ok()["data"][0].clone();
        assert_eq!(receipt["bank_account"], json!({"id": account["id"], "last4": "6789"}));
        assert_eq!((&receipt["permissions"], &receipt["accounts"]), (&json!(["payment_method"]), &json!([])));
        assert_eq!((&receipt["institution"], &receipt["status"]), (&Value::Null, &json!("active")));
        sandbox.advance(365 * 86_400).await;
        assert_eq!(sandbox.get("/drawbridge/v1/consents").await.ok()["data"][0]["status"], "expired");

        let other = sandbox.typed_numbers().await;
        let again = &other["bank_account_token"];
        assert_eq!(again["bank_account"]["fingerprint"], account["fingerprint"], "the same account is recognised");
        assert_ne!(again["id"], token["id"]);
        let stranger = server.sandbox().typed_numbers().await;
        let theirs = &stranger["bank_account_token"]["bank_account"]["fingerprint"];
        assert!(theirs.is_string());
    })
    .await;
}

#[tokio::test]
async fn wrong_numbers_are_said_and_nothing_is_kept() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (session, flow) = sandbox.manual_entry().await;
        for (routing, account, again, expected) in [
            ("110000001", "123", "123", ManualComplaint::RoutingWrong),
            ("110000000", "12a", "12a", ManualComplaint::AccountWrong),
            ("110000000", "123", "321", ManualComplaint::AccountDiffers),
        ] {
            sandbox.type_numbers(&flow, routing, account, again).await.unwrap();
            let pane = sandbox.flow_view(&flow).await.pane;
            let Pane::ManualEntry { complaint, test_numbers, .. } = pane else { panic!("{pane:?}") };
            assert_eq!(complaint, Some(expected));
            assert!(test_numbers.is_some(), "a sandbox offers the test account");
        }
        let shown = sandbox.get(&format!("/v1/financial_connections/sessions/{}", session["id"].as_str().unwrap())).await.ok();
        assert_eq!(shown["bank_account_token"], Value::Null);
        sandbox.type_numbers(&flow, "110000000", "000123456789", "000123456789").await.unwrap();
        let pane = sandbox.flow_view(&flow).await.pane;
        assert!(matches!(&pane, Pane::ManualDone { last4, .. } if last4 == "6789"), "{pane:?}");
        sandbox.type_numbers(&flow, "110000000", "000123456789", "000123456789").await.unwrap_err();
    })
    .await;
}

#[tokio::test]
async fn numbers_are_typed_only_where_the_session_allows_it() {
    each(async |server| {
        let sandbox = server.sandbox();
        for (params, allowed) in [
            (vec![("permissions[]", "payment_method"), ("manual_entry[mode]", "automatic")], true),
            (vec![("permissions[]", "payment_method"), ("manual_entry[mode]", "disabled")], false),
            (vec![("permissions[]", "payment_method")], false),
            (vec![("permissions[]", "balances"), ("manual_entry[mode]", "automatic")], false),
        ] {
            let (_, mut person) = sandbox.person(&params).await;
            person.press("Agree and continue").await;
            let token = person.flow.rsplit('/').next().unwrap().to_owned();
            let pane = sandbox.flow_view(&token).await.pane;
            assert!(matches!(pane, Pane::Picker { manual_entry, .. } if manual_entry == allowed), "{params:?}: {pane:?}");
        }
    })
    .await;
}
