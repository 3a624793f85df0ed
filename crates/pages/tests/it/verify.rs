//! The page of small deposits over its router, with a product from memory.

use std::sync::{Arc, Mutex, PoisonError};

use api::payments::microdeposits::{Failure, Given, Kind, State, VerifyError, VerifyView};
use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use pages::{Settings, Verifying};
use tower::ServiceExt;

use crate::client::{Answer, BASE};

/// Deposits behind the token `code`, of which SM11AA is the right answer, and behind `amounts`, of which 32 and 45 are.
#[derive(Clone)]
struct Memory {
    views: Arc<Mutex<[VerifyView; 2]>>,
}

impl Memory {
    fn new() -> Memory {
        let view = |kind, attempts_remaining| VerifyView {
            business: "Juniper <Budget>".to_owned(),
            bank_name: Some("Test Bank".to_owned()),
            last4: Some("6789".to_owned()),
            kind,
            state: State::Pending,
            failure: None,
            livemode: true,
            arrival_date: 1_795_496_400,
            attempts_remaining,
        };
        Memory { views: Arc::new(Mutex::new([view(Kind::DescriptorCode, 10), view(Kind::Amounts, 2)])) }
    }

    fn with<T>(&self, token: &str, change: impl FnOnce(&mut VerifyView) -> T) -> Result<T, VerifyError> {
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        match token {
            "code" => Ok(change(&mut views[0])),
            "amounts" => Ok(change(&mut views[1])),
            "down" => Err(VerifyError::Unavailable),
            _ => Err(VerifyError::NotFound),
        }
    }
}

impl Verifying for Memory {
    async fn deposits(&self, token: &str) -> Result<VerifyView, VerifyError> {
        self.with(token, |view| view.clone())
    }

    async fn answer(&self, token: &str, given: Given) -> Result<bool, VerifyError> {
        self.with(token, |view| {
            let right = given.descriptor_code.as_deref() == Some("SM11AA") || given.amounts == Some(vec![32, 45]);
            view.attempts_remaining -= i64::from(!right);
            if right {
                view.state = State::Verified;
            } else if view.attempts_remaining == 0 {
                (view.state, view.failure) = (State::Failed, Some(Failure::AttemptsExceeded));
            }
            right
        })
    }
}

fn router() -> Router {
    let settings = Settings { base_url: BASE.to_owned(), sandbox: None, open_sandboxes: false, version: "0.0.0".to_owned() };
    pages::verify_router(Memory::new(), &settings)
}

async fn send(router: &Router, request: http::request::Builder, body: String) -> Answer {
    let request = request.header("host", "127.0.0.1:12111").body(Body::from(body)).expect("a request");
    let response = router.clone().oneshot(request).await.expect("the router is infallible");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body from memory").to_bytes();
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
}

async fn get(router: &Router, path: &str) -> Answer {
    send(router, Request::get(path), String::new()).await
}

/// Sends a form, and reads where it leads.
async fn answer(router: &Router, path: &str, form: &str) -> Answer {
    let request = Request::post(path).header("origin", BASE).header("content-type", "application/x-www-form-urlencoded");
    let sent = send(router, request, form.to_owned()).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    get(router, sent.header("location")).await
}

#[tokio::test]
async fn the_right_code_verifies_the_account() {
    let router = router();
    let page = get(&router, "/verify/code").await;
    for text in ["Juniper &#60;Budget&#62; wants to be sure", "at Test Bank ending in 6789", "Nov 24, 2026", "10 attempts left"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    let wrong = answer(&router, "/verify/code", "code=SM0000").await;
    assert!(wrong.body.contains("This is not the code that was sent.") && wrong.body.contains("9 attempts left"));
    let unreadable = answer(&router, "/verify/code", "code=1").await;
    assert!(unreadable.body.contains("begins with SM.</p>") && unreadable.body.contains("9 attempts left"), "not counted");
    let right = answer(&router, "/verify/code", "code=sm11aa").await;
    assert!(right.body.contains("Your account is verified") && !right.body.contains("<form"));
    let again = get(&router, "/verify/code?refused=wrong").await;
    assert!(!again.body.contains("This is not the code"), "nothing is wrong any more");
}

#[tokio::test]
async fn amounts_are_given_in_dollars_and_guessing_ends() {
    let router = router();
    let wrong = answer(&router, "/verify/amounts", "first=0.32&second=0.46").await;
    assert!(wrong.body.contains("These are not the amounts that were sent.") && wrong.body.contains("One attempt left"));
    let last = answer(&router, "/verify/amounts", "first=0.32&second=0.46").await;
    assert!(last.body.contains("Too many wrong answers") && !last.body.contains("<form"));
    let other = self::router();
    assert!(answer(&other, "/verify/amounts", "first=%240.32&second=45").await.body.contains("Your account is verified"));
}

#[tokio::test]
async fn pages_promise_safety_in_their_headers() {
    let router = router();
    for path in ["/verify/code", "/verify/amounts?refused=wrong", "/verify/none", "/verify/down"] {
        let answer = get(&router, path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(!answer.body.contains("<script"), "{path}");
    }
    assert_eq!(get(&router, "/verify/none").await.status, StatusCode::NOT_FOUND);
    let down = get(&router, "/verify/down").await;
    assert_eq!(down.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(down.body.contains("href=\"/verify/down\""));
}

#[tokio::test]
async fn forms_of_other_sites_and_large_ones_are_refused() {
    let router = router();
    let foreign = Request::post("/verify/code").header("origin", "https://evil.example");
    assert_eq!(send(&router, foreign, "code=SM11AA".to_owned()).await.status, StatusCode::FORBIDDEN);
    let large = Request::post("/verify/code").header("origin", BASE);
    assert_eq!(send(&router, large, format!("code={}", "S".repeat(5_000))).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(get(&router, "/verify/code").await.body.contains("10 attempts left"));
}

#[tokio::test]
async fn the_page_speaks_the_language_of_the_browser() {
    let router = router();
    let page = send(&router, Request::get("/verify/code").header("accept-language", "es-MX"), String::new()).await;
    assert!(page.body.contains("Verifique su cuenta bancaria") && page.body.contains("24 nov 2026"), "{}", page.body);
}
