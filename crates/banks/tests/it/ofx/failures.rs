//! Banks that are down, broken or hostile.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use banks::{BankConnector, BankError, SignInStep};

use super::{OfxBank, listed, refused, respond, respond_refused, signed_on, unavailable};

/// A bank that takes the sign-in and answers everything later in one way.
async fn later(answer: fn(&ofx::Request, usize) -> Response) -> (OfxBank, Result<usize, BankError>) {
    let bank = OfxBank::open(103, move |request, number| match number {
        1 => respond(request, signed_on(), listed(request)),
        _ => answer(request, number),
    })
    .await;
    let grant = bank.grant().await;
    let accounts = bank.ofx.accounts(&bank.ctx, &grant).await.map(|accounts| accounts.len());
    (bank, accounts)
}

#[tokio::test]
async fn credentials_that_no_longer_work_end_the_grant() {
    fn answer(request: &ofx::Request, code: u32) -> Response {
        respond_refused(request, refused(code, "No.", "c"))
    }
    let answers: [fn(&ofx::Request, usize) -> Response; 6] = [
        |request, _| answer(request, 15_500),
        |request, _| answer(request, 15_501),
        |request, _| answer(request, 15_502),
        |request, _| answer(request, 15_000),
        |request, _| answer(request, 15_512),
        |request, _| answer(request, 3000),
    ];
    for one in answers {
        let (bank, outcome) = later(one).await;
        assert_eq!(outcome, Err(BankError::GrantRevoked));
        assert_eq!(bank.requests().len(), 2, "a wrong password is not tried again");
    }
    let (_, outcome) = later(|request, _| answer(request, 2000)).await;
    assert_eq!(outcome, Err(BankError::InternalFailure));
}

#[tokio::test]
async fn outages_are_bridged_or_told() {
    let (bank, outcome) = later(|request, number| match number {
        2 => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => respond(request, signed_on(), listed(request)),
    })
    .await;
    assert_eq!(outcome, Ok(3));
    let ids: Vec<String> = bank.requests()[1..].iter().map(|request| request.asks[0].transaction_id.clone()).collect();
    assert_ne!(ids[0], ids[1], "a new id for each attempt");

    let (bank, outcome) = later(|_, _| unavailable()).await;
    assert_eq!(outcome, Err(BankError::Unavailable { expected_at: None }));
    assert_eq!(bank.requests().len(), 4);

    let planned = |_: &ofx::Request, _: usize| (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "3600")]).into_response();
    let (bank, outcome) = later(planned).await;
    assert_eq!(outcome, Err(BankError::Unavailable { expected_at: Some(bank.ctx.now + 3_600) }));
}

#[tokio::test]
async fn sign_ins_are_not_repeated() {
    let bank = OfxBank::open(103, |_, _| unavailable()).await;
    let outcome = bank.answer(None, &[("username", "ada"), ("password", "x")]).await;
    assert_eq!(outcome.unwrap_err(), BankError::Unavailable { expected_at: None });
    assert_eq!(bank.requests().len(), 1);
}

#[tokio::test]
async fn answers_that_make_no_sense() {
    let answers: [fn(&ofx::Request, usize) -> Response; 6] = [
        |_, _| "<html>Sorry</html>".into_response(),
        |_, _| "".into_response(),
        |_, _| StatusCode::BAD_REQUEST.into_response(),
        |_, _| axum::response::Redirect::temporary("http://127.0.0.1:1/").into_response(),
        |request, _| ofx::write_request(request).into_response(),
        |request, _| {
            // As many answers as asks, and none is one to them.
            let challenges = |_: &ofx::Ask| ofx::Answer::ok("x", ofx::Content::Challenges(Vec::new()));
            respond(request, signed_on(), request.asks.iter().map(challenges).collect())
        },
    ];
    for (at, answer) in answers.into_iter().enumerate() {
        let bank = OfxBank::open(103, answer).await;
        let outcome = bank.answer(None, &[("username", "ada"), ("password", "x")]).await;
        assert!(matches!(outcome, Err(BankError::Protocol(_))), "{at}: {outcome:?}");
    }
}

#[tokio::test]
async fn huge_lists_are_cut() {
    let bank = OfxBank::open(103, |request, _| {
        let info = |number: usize| ofx::AccountInfo::active(ofx::Account::card(number.to_string()), "Card");
        let list = ofx::AccountList { updated: None, accounts: (0..500).map(info).collect() };
        let answers = request.asks.iter().take(1);
        let listed = answers.map(|ask| ofx::Answer::ok(ask.transaction_id.clone(), ofx::Content::Accounts(Some(list.clone()))));
        respond(request, signed_on(), listed.collect())
    })
    .await;
    let grant = bank.grant().await;
    assert_eq!(bank.ofx.accounts(&bank.ctx, &grant).await.unwrap().len(), 100);
}

#[tokio::test]
async fn live_tenants_never_reach_loopback() {
    let mut bank = OfxBank::open(103, |request, _| respond(request, signed_on(), listed(request))).await;
    bank.ctx.policy = egress::Policy::default();
    let outcome: Result<SignInStep, BankError> = bank.answer(None, &[("username", "ada"), ("password", "x")]).await;
    assert!(matches!(outcome, Err(BankError::Forbidden(_))));
    assert!(bank.requests().is_empty());
}
