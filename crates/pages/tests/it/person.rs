//! The person's page over its router, with a product from memory.

use std::sync::{Arc, Mutex, PoisonError};

use api::connections::person::view::{Login, SharedAccount, SharedState};
use api::connections::person::{PersonError, PersonView, Target};
use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use pages::{People, Settings};
use tower::ServiceExt;

use crate::client::{Answer, BASE};

/// One person with two accounts behind the token `p0`.
#[derive(Clone, Default)]
struct Memory {
    gone: Arc<Mutex<Vec<Target>>>,
}

impl Memory {
    fn end(&self, token: &str, target: &Target) -> Result<usize, PersonError> {
        let known = self.view(token)?.accounts().filter(|own| *target == Target::Account(own.id.clone())).count();
        self.gone.lock().unwrap_or_else(PoisonError::into_inner).push(target.clone());
        Ok(known)
    }

    fn view(&self, token: &str) -> Result<PersonView, PersonError> {
        match token {
            "p0" => {}
            "down" => return Err(PersonError::Unavailable),
            _ => return Err(PersonError::NotFound),
        }
        let gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let account = |id: &str, name: &str| SharedAccount {
            id: id.to_owned(),
            institution_name: "Bank (OAuth)".to_owned(),
            name: Some(name.to_owned()),
            last4: Some("4021".to_owned()),
            subcategory: "checking".to_owned(),
            state: SharedState::Active,
            last_read: None,
        };
        let all = [account("fca_1", "Everyday <Checking>"), account("fca_2", "Joint Checking")];
        let accounts: Vec<_> = all.into_iter().filter(|own| !gone.contains(&Target::Account(own.id.clone()))).collect();
        let login = Login {
            id: "fcauth_1".to_owned(),
            institution_name: "Bank (OAuth)".to_owned(),
            asked: Vec::new(),
            since: 1_795_000_000,
            until: None,
            accounts,
        };
        Ok(PersonView {
            token: token.to_owned(),
            business_name: "Juniper Budget".to_owned(),
            livemode: true,
            logins: if login.accounts.is_empty() { Vec::new() } else { vec![login] },
            ended: Vec::new(),
            receipts: Vec::new(),
        })
    }
}

impl People for Memory {
    async fn open_from_flow(&self, flow: &str) -> Result<String, PersonError> {
        if flow == "t0" { Ok("p0".to_owned()) } else { Err(PersonError::NotFound) }
    }

    async fn person(&self, token: &str) -> Result<PersonView, PersonError> {
        self.view(token)
    }

    async fn stop_sharing(&self, token: &str, target: &Target) -> Result<usize, PersonError> {
        self.end(token, target)
    }

    async fn delete_data(&self, token: &str, target: &Target) -> Result<usize, PersonError> {
        self.end(token, target)
    }

    async fn export(&self, token: &str) -> Result<String, PersonError> {
        self.view(token).map(|_| "{}".to_owned())
    }
}

fn router() -> Router {
    let settings = Settings { base_url: BASE.to_owned(), sandbox: None, open_sandboxes: false, version: "0.0.0".to_owned() };
    pages::person_router(Memory::default(), &settings)
}

async fn send(router: &Router, request: http::request::Builder, body: &'static str) -> Answer {
    let request = request.header("host", "127.0.0.1:12111").body(Body::from(body)).expect("a request");
    let response = router.clone().oneshot(request).await.expect("the router is infallible");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body from memory").to_bytes();
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
}

async fn get(router: &Router, path: &str) -> Answer {
    send(router, Request::get(path), "").await
}

async fn post(router: &Router, path: &str, form: &'static str, origin: &str) -> Answer {
    let request = Request::post(path).header("origin", origin).header("content-type", "application/x-www-form-urlencoded");
    send(router, request, form).await
}

#[tokio::test]
async fn asks_before_it_acts_and_says_what_was_done() {
    let router = router();
    let entered = get(&router, "/connections/t0/person").await;
    assert_eq!((entered.status, entered.header("location")), (StatusCode::SEE_OTHER, "/person/p0"));
    let page = get(&router, "/person/p0").await;
    assert!(page.body.contains("Everyday &#60;Checking&#62;"), "{}", page.body);
    assert!(page.body.contains("href=\"/person/p0/stop?account=fca_1\""));
    let question = get(&router, "/person/p0/stop?account=fca_1").await;
    assert!(question.body.contains("Stop sharing this account?") && !question.body.contains("Joint"));
    let done = post(&router, "/person/p0/stop", "account=fca_1", BASE).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/person/p0?done=stop"));
    let page = get(&router, "/person/p0?done=stop").await;
    assert!(page.body.contains("Sharing has stopped.") && !page.body.contains("Everyday"));
    let done = post(&router, "/person/p0/delete", "account=fca_2", BASE).await;
    let page = get(&router, done.header("location")).await;
    assert!(page.body.contains("The data is deleted") && page.body.contains("Nothing is shared"));
}

#[tokio::test]
async fn what_is_not_there_leads_back_to_the_page() {
    let router = router();
    for path in ["/person/p0/stop", "/person/p0/stop?account=fca_9", "/person/p0/delete?login=", "/person/p0/delete?x=%FF"] {
        let answer = get(&router, path).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/person/p0"), "{path}");
    }
    for form in ["", "account=fca_9", "account", "\u{0}"] {
        let answer = post(&router, "/person/p0/stop", form, BASE).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/person/p0"), "{form}");
    }
}

#[tokio::test]
async fn pages_and_file_promise_safety_in_their_headers() {
    let router = router();
    for path in ["/person/p0", "/person/p0/stop?account=fca_1", "/person/p0/download", "/person/none", "/person/down"] {
        let answer = get(&router, path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!answer.body.contains("<script"), "{path}");
    }
    let file = get(&router, "/person/p0/download").await;
    assert_eq!(file.header("content-type"), "application/json");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"bank-data.json\"");
    let expired = get(&router, "/person/none").await;
    assert_eq!(expired.status, StatusCode::NOT_FOUND);
    assert!(expired.body.contains("This link has expired"));
    let down = get(&router, "/person/down").await;
    assert_eq!(down.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(down.body.contains("href=\"/person/down\""));
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let router = router();
    for (path, form) in [("/person/p0/stop", "account=fca_1"), ("/person/p0/delete", "account=fca_1")] {
        let foreign = post(&router, path, form, "https://evil.example").await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    }
    assert!(get(&router, "/person/p0").await.body.contains("Everyday"));
}

#[tokio::test]
async fn the_page_speaks_the_language_of_the_browser() {
    let router = router();
    for (wanted, heading) in
        [("es-MX,es;q=0.9,en;q=0.5", "Lo que usted comparte con Juniper Budget"), ("de", "What you share with Juniper Budget")]
    {
        let page = send(&router, Request::get("/person/p0").header("accept-language", wanted), "").await;
        assert!(page.body.contains(heading), "{wanted}");
    }
}
