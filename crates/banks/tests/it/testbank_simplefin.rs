//! The whole way through the test bank's SimpleFIN server, from its page to the transactions.

use banks::{
    AnswerRefused, Answers, BankConnector, BankError, DataKind, FormSignIn, Grant, SignInStep, SimpleFin, SimpleFinConfig,
    TransactionWindow,
};
use egress::{Client, Limits, Method};

use crate::bank::context;
use crate::testbank::{browse, served};

fn connector() -> SimpleFin {
    SimpleFin::new(SimpleFinConfig::default(), Client::new(Limits::default()).unwrap())
}

/// The setup token that the server's page gives a person.
async fn token(base: &str, username: &str) -> String {
    let form = format!("world=world_1&username={username}&password=x");
    let page = browse(Method::POST, &format!("{base}/simplefin/create"), &form).await;
    let page = String::from_utf8(page.body).unwrap();
    let (_, rest) = page.split_once("readonly spellcheck=\"false\">").expect("a token");
    rest.split('<').next().unwrap().to_owned()
}

async fn answer(simplefin: &SimpleFin, token: &str) -> SignInStep {
    let answers = Answers::new([("token".to_owned(), token.to_owned())]);
    simplefin.answer(&context(), "world_1", None, answers).await.unwrap()
}

async fn link(simplefin: &SimpleFin, base: &str, username: &str) -> Grant {
    match answer(simplefin, &token(base, username).await).await {
        SignInStep::Done(grant) => grant,
        SignInStep::Ask { refused, .. } => panic!("refused: {refused:?}"),
    }
}

#[tokio::test]
async fn everything_the_server_shares_is_read() {
    let (simplefin, base, ctx) = (connector(), served().await, context());
    let grant = link(&simplefin, &base, "jane").await;
    let accounts = simplefin.accounts(&ctx, &grant).await.unwrap();
    assert!(!accounts.is_empty());
    let window = TransactionWindow { from: ctx.now - 180 * 86_400, to: ctx.now };
    let mut rows = 0;
    for account in &accounts {
        assert!(account.balance.is_some() && account.display_name.is_some());
        let pull = simplefin.transactions(&ctx, &grant, &account.bank_account_id, &account.currency, window).await.unwrap();
        assert!(pull.complete);
        rows += pull.rows.len();
    }
    assert!(rows > 100, "{rows} rows");
    assert!(!simplefin.shares(DataKind::PaymentNumbers));
}

#[tokio::test]
async fn tokens_are_good_for_one_claim_and_end_when_disabled() {
    let (simplefin, base, ctx) = (connector(), served().await, context());
    let once = token(&base, "jane").await;
    let SignInStep::Done(grant) = answer(&simplefin, &once).await else { panic!("refused") };
    let SignInStep::Ask { refused, .. } = answer(&simplefin, &once).await else { panic!("claimed twice") };
    assert_eq!(refused, Some(AnswerRefused::TokenUnusable));
    let form = format!("token={}", once.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"));
    browse(Method::POST, &format!("{base}/simplefin/disable"), &form).await;
    assert_eq!(simplefin.accounts(&ctx, &grant).await.unwrap_err(), BankError::GrantRevoked);
}

#[tokio::test]
async fn a_server_that_is_not_paid_and_one_that_needs_a_login() {
    let (simplefin, base, ctx) = (connector(), served().await, context());
    let unpaid = link(&simplefin, &base, "payment_required").await;
    assert_eq!(simplefin.accounts(&ctx, &unpaid).await.unwrap_err(), BankError::AccountLocked);
    let old = link(&simplefin, &base, "reauthenticate").await;
    let accounts = simplefin.accounts(&ctx, &old).await.unwrap();
    let window = TransactionWindow { from: ctx.now - 30 * 86_400, to: ctx.now };
    let pull = simplefin.transactions(&ctx, &old, &accounts[0].bank_account_id, "usd", window).await.unwrap();
    assert!(!pull.complete, "nothing may be voided by figures that are old");
}
