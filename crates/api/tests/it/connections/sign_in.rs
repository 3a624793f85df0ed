use api::connections::linking::{self, view::Pane};
use banks::{AnswerRefused, FieldInput, FormKind, SignInForm};
use serde_json::{Value, json};
use testkit::{Person, Sandbox, each};

/// What a flow asks for a sign-in.
pub(crate) async fn asked(sandbox: &Sandbox, flow: &str) -> (SignInForm, Option<AnswerRefused>) {
    match sandbox.flow_view(flow).await.pane {
        Pane::SignIn { form, refused, .. } => (form, refused),
        pane => panic!("no sign-in: {pane:?}"),
    }
}

/// A person at the sign-in of a bank; the session and the flow's token.
pub(crate) async fn at_sign_in(sandbox: &Sandbox, bank: &str) -> (Value, String) {
    let (session, person): (Value, Person) = sandbox.person(&[]).await;
    let flow = person.flow.rsplit('/').next().unwrap().to_owned();
    linking::agree(&sandbox.app, &flow).await.unwrap();
    let found = linking::view(&sandbox.app, &flow, Some(bank)).await.unwrap();
    let Pane::Picker { institutions, .. } = found.pane else { panic!("{:?}", found.pane) };
    let institution = institutions.iter().find(|one| one.name == bank).expect("the bank");
    linking::choose_institution(&sandbox.app, &flow, &institution.id).await.unwrap();
    (session, flow)
}

pub(crate) async fn answer(sandbox: &Sandbox, flow: &str, answers: &[(&str, &str)]) {
    let answers = answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    linking::sign_in(&sandbox.app, flow, answers).await.unwrap();
}

/// Signs in with this password.
pub(crate) async fn sign_in(sandbox: &Sandbox, flow: &str, password: &str) {
    let (form, _) = asked(sandbox, flow).await;
    assert_eq!(form.kind, FormKind::Credentials);
    let names: Vec<&str> = form.fields.iter().map(|field| field.name.as_str()).collect();
    answer(sandbox, flow, &[(names[0], "jane"), (names[1], password)]).await;
}

/// Links every account that is offered; the accounts of the session.
pub(crate) async fn connect(sandbox: &Sandbox, session: &Value, flow: &str) -> Vec<Value> {
    let pane = sandbox.flow_view(flow).await.pane;
    let Pane::Accounts { choices, .. } = pane else { panic!("no accounts: {pane:?}") };
    let ids: Vec<String> = choices.iter().filter(|choice| choice.refused.is_none()).map(|choice| choice.id.clone()).collect();
    linking::choose_accounts(&sandbox.app, flow, &ids).await.unwrap();
    linking::done(&sandbox.app, flow).await.unwrap();
    sandbox.settle().await;
    let path = format!("/v1/financial_connections/sessions/{}", session["id"].as_str().unwrap());
    sandbox.get(&path).await.ok()["accounts"]["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn credentials_lead_to_accounts_with_data() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (session, flow) = at_sign_in(&sandbox, "Test (Non-OAuth)").await;
        sign_in(&sandbox, &flow, "anything").await;
        let accounts = connect(&sandbox, &session, &flow).await;
        let success = accounts.iter().find(|account| account["display_name"] == "Success").expect("the first account");
        assert_eq!(success["supported_payment_method_types"], json!(["us_bank_account"]));
        assert_eq!(success["account_numbers"][0]["status"], "transactable");
        let id = success["id"].as_str().unwrap();
        let fresh = sandbox.refresh(id, &["balance", "transactions"]).await;
        assert_eq!(fresh["balance_refresh"]["status"], "succeeded");
        assert!(fresh["balance"]["current"]["usd"].is_i64(), "{fresh}");
        let rows = sandbox.find("/v1/financial_connections/transactions", &[("account", id)]).await.ok();
        assert_eq!(rows["data"].as_array().unwrap().len(), 10, "a page of them");
    })
    .await;
}

#[tokio::test]
async fn the_bank_asks_what_it_wants_to_know() {
    each(async |server| {
        let sandbox = server.sandbox();
        for (password, kinds) in [
            ("plain", vec![]),
            ("mfa", vec![FormKind::Code]),
            ("security_question", vec![FormKind::Question]),
            ("confirm_mfa", vec![FormKind::ConfirmCode]),
            ("options", vec![FormKind::Choice, FormKind::Code]),
        ] {
            let (session, flow) = at_sign_in(&sandbox, "Bank (Non-OAuth)").await;
            sign_in(&sandbox, &flow, password).await;
            for kind in kinds {
                let (form, refused) = asked(&sandbox, &flow).await;
                assert_eq!((form.kind, refused), (kind, None), "{password}");
                let answers: Vec<(&str, &str)> = form
                    .fields
                    .iter()
                    .map(|field| {
                        (field.name.as_str(), if matches!(field.input, FieldInput::Choice { .. }) { "0" } else { "123456" })
                    })
                    .collect();
                answer(&sandbox, &flow, &answers).await;
            }
            let accounts = connect(&sandbox, &session, &flow).await;
            assert!(!accounts.is_empty(), "{password}");
            // The bank asks nothing again when its data is read later.
            let id = accounts[0]["id"].as_str().unwrap();
            assert_eq!(sandbox.refresh(id, &["balance"]).await["balance_refresh"]["status"], "succeeded", "{password}");
        }
    })
    .await;
}

#[tokio::test]
async fn wrong_answers_are_asked_for_again_and_errors_end_the_sign_in() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, flow) = at_sign_in(&sandbox, "Bank (Non-OAuth)").await;
        sign_in(&sandbox, &flow, "incorrect").await;
        assert_eq!(asked(&sandbox, &flow).await.1, Some(AnswerRefused::Wrong));
        sign_in(&sandbox, &flow, "security_question").await;
        let (form, _) = asked(&sandbox, &flow).await;
        answer(&sandbox, &flow, &[(form.fields[0].name.as_str(), "incorrect")]).await;
        let (form, refused) = asked(&sandbox, &flow).await;
        assert_eq!((form.kind, refused), (FormKind::Question, Some(AnswerRefused::Wrong)));
        let ended = vec![(form.fields[0].name.clone(), "error".to_owned())];
        linking::sign_in(&sandbox.app, &flow, ended).await.unwrap_err();
        let pane = sandbox.flow_view(&flow).await.pane;
        assert!(matches!(pane, Pane::Problem { .. }), "{pane:?}");
    })
    .await;
}

/// A step that does not fit changes nothing, at the bank neither.
#[tokio::test]
async fn what_does_not_fit_ends_no_sign_in() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (session, flow) = at_sign_in(&sandbox, "Test (Non-OAuth)").await;
        sign_in(&sandbox, &flow, "anything").await;
        linking::open_manual(&sandbox.app, &flow).await.unwrap_err();
        linking::choose_institution(&sandbox.app, &flow, "fcinst_none").await.unwrap_err();
        sandbox.settle().await;
        assert!(!connect(&sandbox, &session, &flow).await.is_empty(), "the grant is still there");
    })
    .await;
}

#[tokio::test]
async fn what_a_bank_is_told_stays_sealed() {
    each(async |server| {
        let sandbox = server.sandbox();
        let (_, flow) = at_sign_in(&sandbox, "Bank (Non-OAuth)").await;
        let (form, _) = asked(&sandbox, &flow).await;
        let names: Vec<&str> = form.fields.iter().map(|field| field.name.as_str()).collect();
        answer(&sandbox, &flow, &[(names[0], "jane-the-tester"), (names[1], "mfa")]).await;
        let view = serde_json::to_string(&sandbox.flow_view(&flow).await).unwrap();
        assert!(!view.contains("jane-the-tester"), "{view}");
        let logs = sandbox.get("/drawbridge/v1/request_logs").await.ok().to_string();
        assert!(!logs.contains("jane-the-tester"));
    })
    .await;
}
