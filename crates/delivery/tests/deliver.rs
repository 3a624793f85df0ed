//! Attempts against real receivers on loopback.

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Redirect;
use axum::routing::post;
use delivery::{Attempt, Delivery, Outcome, deliver, signature};
use egress::{Client, Limits, Policy};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

const BODY: &[u8] = br#"{"id":"evt_1","object":"event"}"#;
const TIME: i64 = 1_700_000_000;

fn sandbox() -> Policy {
    Policy { allow_loopback: true, allowed_networks: Vec::new(), require_https: false }
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    base
}

async fn attempt(url: &str, policy: &Policy) -> Attempt {
    attempt_within(20_000, url, policy).await
}

async fn attempt_within(timeout_ms: u64, url: &str, policy: &Policy) -> Attempt {
    let client = Client::new(Limits::default()).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("x-more", "1".parse().unwrap());
    headers.insert("user-agent", "other".parse().unwrap());
    let secrets = ["whsec_test"];
    let delivery = Delivery { url, secrets: &secrets, timestamp: TIME, body: BODY, headers, timeout_ms };
    deliver(&client, policy, delivery).await
}

#[tokio::test]
async fn the_receiver_gets_a_verifiable_event() {
    let (sender, mut received) = mpsc::unbounded_channel();
    let app = Router::new().route(
        "/",
        post(move |headers: HeaderMap, body: String| async move {
            sender.send((headers, body)).unwrap();
            (StatusCode::ACCEPTED, "thanks\u{0}")
        }),
    );
    let outcome = attempt(&serve(app).await, &sandbox()).await;
    assert_eq!(outcome.outcome, Outcome::Delivered);
    assert_eq!((outcome.status, outcome.error), (Some(202), None));
    assert_eq!(outcome.excerpt, "thanks");
    let (headers, body) = received.recv().await.unwrap();
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    assert!(signature::verify(&header("stripe-signature"), "whsec_test", body.as_bytes(), TIME, 1));
    assert_eq!(header("user-agent"), "Drawbridge/1.0 (+webhooks)");
    assert_eq!(header("content-type"), "application/json; charset=utf-8");
    assert_eq!(header("x-more"), "1");
}

#[tokio::test]
async fn only_2xx_is_success() {
    let app = Router::new()
        .route("/moved", post(|| async { Redirect::temporary("/ok") }))
        .route("/broken", post(|| async { (StatusCode::INTERNAL_SERVER_ERROR, "x".repeat(9_000)) }));
    let base = serve(app).await;
    let moved = attempt(&format!("{base}/moved"), &sandbox()).await;
    assert_eq!((moved.outcome, moved.status), (Outcome::Failed, Some(307)));
    let broken = attempt(&format!("{base}/broken"), &sandbox()).await;
    assert_eq!((broken.outcome, broken.status), (Outcome::Failed, Some(500)));
    assert_eq!(broken.excerpt, "x".repeat(512));
    assert!(broken.error.is_some());
}

#[tokio::test]
async fn no_answer_is_a_failure_with_a_reason() {
    let app = Router::new().route("/", post(std::future::pending::<String>));
    let base = serve(app).await;
    let slow = attempt_within(200, &base, &sandbox()).await;
    assert_eq!((slow.outcome, slow.status), (Outcome::Failed, None));
    assert_eq!(slow.error.as_deref(), Some("the call timed out"));
    assert!(slow.duration_ms >= 200);

    let refused = attempt(&base, &Policy::default()).await;
    assert_eq!(refused.outcome, Outcome::Failed);
    assert!(refused.error.unwrap().starts_with("destination refused"));

    let nonsense = attempt("not a url", &sandbox()).await;
    assert_eq!(nonsense.outcome, Outcome::Failed);
}
