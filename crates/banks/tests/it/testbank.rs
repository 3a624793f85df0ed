//! The whole way through the test bank, over HTTP, as the product goes it.

use std::sync::Arc;

use ::testbank::{BoxFuture, Config, MemoryShelf, TestBank, WorldClock};
use axum::Router;
use banks::{
    BankConnector, BankError, Callback, ClientRegistration, DataKind, Fdx, Grant, LoginRequest, RedirectSignIn, Subcategory,
    TransactionStatus, TransactionWindow,
};
use egress::{Client, HeaderValue, Limits, Method, Request, Response, Url, header};

use crate::bank::{connector, context, serve};

/// The bank's time stands where the tests' time stands.
struct Still;

impl WorldClock for Still {
    fn now(&self, _world: &str) -> BoxFuture<'_, i64> {
        Box::pin(async { context().now })
    }

    fn real_now(&self) -> i64 {
        context().now
    }
}

/// Serves the bank under a path, as the product does, and gives its address.
pub(crate) async fn served() -> String {
    let base = serve(|base| {
        let config = Config { base_url: format!("{base}/testbank"), secret: [7; 32], ach_key: String::new() };
        let bank = TestBank::new(config, Arc::new(MemoryShelf::new()), Arc::new(Still));
        Router::new().nest("/testbank", bank.router())
    })
    .await;
    format!("{base}/testbank")
}

/// Connects to one of its institutions.
async fn institution(slug: &str) -> Fdx {
    connector(&format!("{}/{slug}", served().await))
}

/// The value of the first attribute that follows `before` in a page.
fn attribute(page: &str, before: &str) -> String {
    let start = page.find(before).unwrap_or_else(|| panic!("{before} in {page}")) + before.len();
    let end = page[start..].find('"').unwrap();
    page[start..start + end].replace("&#38;", "&").replace("&amp;", "&")
}

pub(crate) async fn browse(method: Method, url: &str, body: &str) -> Response {
    let client = Client::new(Limits::default()).unwrap();
    let mut request = Request::new(method, Url::parse(url).unwrap());
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers.insert(header::CONTENT_TYPE, form);
    request.body = body.as_bytes().to_vec();
    client.send(request, &context().policy).await.unwrap()
}

/// Walks the bank's pages as a person does, pressing the button that each page offers first.
async fn log_in(authorize_url: &str) -> Url {
    let mut answer = browse(Method::GET, authorize_url, "").await;
    for _ in 0..3 {
        if let Some(location) = answer.header("location") {
            return Url::parse(location).unwrap();
        }
        let page = String::from_utf8(answer.body).unwrap();
        let action = attribute(&page, "method=\"post\" action=\"");
        let transaction = attribute(&page, "name=\"transaction\" value=\"");
        let body = format!("transaction={transaction}&username=ada&password=x&decision=agree");
        answer = browse(Method::POST, &action, &body).await;
    }
    Url::parse(answer.header("location").expect("the pages end")).unwrap()
}

async fn link(fdx: &Fdx, data: &[DataKind]) -> (ClientRegistration, Grant) {
    let ctx = context();
    let return_to = "http://127.0.0.1:9/connections/return";
    let registration = fdx.register(&ctx, return_to, "world_1", "Rocket Rides").await.unwrap();
    let request = LoginRequest {
        state: "state_1".to_owned(),
        data: data.to_vec(),
        client_display_name: "Rocket Rides".to_owned(),
        duration_days: 365,
        lookback_days: 180,
    };
    let start = fdx.begin(&ctx, &registration, request).await.unwrap();
    let returned = log_in(&start.authorize_url).await;
    let query = |name: &str| {
        let found = returned.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned())
    };
    assert_eq!(query("state").as_deref(), Some("state_1"));
    let callback = Callback { code: query("code"), error: query("error"), iss: query("iss") };
    let grant = fdx.finish(&ctx, &registration, &start.secret, callback).await.unwrap();
    (registration, grant)
}

const EVERYTHING: [DataKind; 4] = [DataKind::Balances, DataKind::Transactions, DataKind::Ownership, DataKind::PaymentNumbers];

#[tokio::test]
async fn everything_the_bank_shares_is_read() {
    let fdx = institution("test-oauth").await;
    let ctx = context();
    let (_, grant) = link(&fdx, &EVERYTHING).await;
    let accounts = fdx.accounts(&ctx, &grant).await.unwrap();
    let checking = accounts.iter().find(|account| account.subcategory == Subcategory::Checking).unwrap();
    assert_eq!(checking.currency, "usd");
    assert!(checking.open && checking.last4.is_some() && checking.display_name.is_some());
    for account in &accounts {
        let id = &account.bank_account_id;
        let fresh = fdx.account(&ctx, &grant, id).await.unwrap();
        assert_eq!(fresh.balance, account.balance);
        assert!(!fdx.owners(&ctx, &grant, id).await.unwrap().is_empty());
    }
    let id = &checking.bank_account_id;
    let numbers = fdx.payment_numbers(&ctx, &grant, id).await.unwrap().unwrap();
    assert!(numbers.can_debit && numbers.can_credit);
    assert!(numbers.account.expose().ends_with(checking.last4.as_deref().unwrap()));
    let window = TransactionWindow { from: ctx.now - 180 * 86_400, to: ctx.now };
    let pull = fdx.transactions(&ctx, &grant, id, "usd", window).await.unwrap();
    assert!(pull.complete);
    assert!(pull.rows.len() > 100, "{} rows", pull.rows.len());
    assert!(pull.rows.iter().any(|row| row.amount_minor > 0));
    assert!(pull.rows.iter().any(|row| row.amount_minor < 0));
    assert!(pull.rows.iter().any(|row| row.status == TransactionStatus::Posted));
}

#[tokio::test]
async fn a_consent_lives_by_renewal_and_ends_by_revocation() {
    let fdx = institution("test-oauth").await;
    let ctx = context();
    let (registration, grant) = link(&fdx, &[]).await;
    let grant = fdx.renew(&ctx, Some(&registration), &grant).await.unwrap();
    let accounts = fdx.accounts(&ctx, &grant).await.unwrap();
    assert!(accounts.iter().all(|account| account.balance.is_none()), "balances were not asked for");
    let id = &accounts[0].bank_account_id;
    let refused = fdx.owners(&ctx, &grant, id).await;
    assert_eq!(refused.unwrap_err(), BankError::NotPermitted(DataKind::Ownership));
    fdx.revoke(&ctx, Some(&registration), &grant).await.unwrap();
    let ended = fdx.accounts(&ctx, &grant).await.unwrap_err();
    assert!(matches!(ended, BankError::TokenExpired | BankError::GrantRevoked), "{ended:?}");
    let renewed = fdx.renew(&ctx, Some(&registration), &grant).await;
    assert_eq!(renewed.unwrap_err(), BankError::GrantRevoked);
    fdx.revoke(&ctx, Some(&registration), &grant).await.unwrap();
}

#[tokio::test]
async fn banks_that_are_down_say_how() {
    let ctx = context();
    for (slug, planned, broken) in
        [("down-scheduled", true, false), ("down-unscheduled", false, false), ("down-error", false, true)]
    {
        let fdx = institution(slug).await;
        let error = fdx.register(&ctx, "http://127.0.0.1:9/r", "w", "n").await.unwrap_err();
        match error {
            BankError::Unavailable { expected_at: Some(at) } => assert!(planned && at > ctx.now),
            BankError::Unavailable { expected_at: None } => assert!(!planned && !broken, "{slug}"),
            BankError::InternalFailure => assert!(broken, "{slug}"),
            other => panic!("{slug}: {other:?}"),
        }
    }
}
