//! The client against real servers on loopback.

use axum::Router;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::{get, post};
use egress::{Client, EgressError, Limits, Method, Overflow, Policy, Request, Url};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn sandbox() -> Policy {
    Policy { allow_loopback: true, allowed_networks: Vec::new(), require_https: false }
}

fn client() -> Client {
    Client::new(Limits { body_bytes_max: 1_000, ..Limits::default() }).unwrap()
}

/// Serves `router` on a free port and returns its base URL.
async fn serve(router: Router) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Url::parse(&base).unwrap()
}

/// Answers every connection with `bytes`, then holds it open.
async fn serve_raw(bytes: &'static [u8]) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut request = [0; 4_096];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(bytes).await;
                std::future::pending::<()>().await;
            });
        }
    });
    Url::parse(&base).unwrap()
}

#[tokio::test]
async fn sends_method_headers_and_body() {
    let app = Router::new().route(
        "/echo",
        post(|headers: axum::http::HeaderMap, body: String| async move {
            let name = headers.get("x-name").unwrap().to_str().unwrap().to_owned();
            (StatusCode::CREATED, format!("{name}:{body}"))
        }),
    );
    let url = serve(app).await.join("/echo").unwrap();
    let mut request = Request::new(Method::POST, url);
    request.headers.insert("x-name", "a".parse().unwrap());
    request.body = b"hello".to_vec();
    let response = client().send(request, &sandbox()).await.unwrap();
    assert_eq!((response.status, response.body.as_slice()), (201, b"a:hello".as_slice()));
    assert!(!response.truncated);
}

#[tokio::test]
async fn the_policy_of_the_call_decides_even_when_a_connection_is_open() {
    let base = serve(Router::new().route("/", get(|| async { "ok" }))).await;
    let by_name = Url::parse(&format!("http://localhost:{}/", base.port().unwrap())).unwrap();
    let client = client();
    let allowed = Request::new(Method::GET, by_name.clone());
    assert_eq!(client.send(allowed, &sandbox()).await.unwrap().status, 200);
    let strict = Policy { require_https: false, ..Policy::default() };
    for url in [base, by_name] {
        let outcome = client.send(Request::new(Method::GET, url), &strict).await;
        assert!(matches!(outcome, Err(EgressError::Forbidden { .. })), "{outcome:?}");
    }
}

#[tokio::test]
async fn redirects_are_answers() {
    let app = Router::new().route("/", get(|| async { Redirect::temporary("/other") }));
    let request = Request::new(Method::GET, serve(app).await);
    let response = client().send(request, &sandbox()).await.unwrap();
    assert_eq!((response.status, response.header("location")), (307, Some("/other")));
}

#[tokio::test]
async fn bodies_over_the_limit_fail_or_are_cut() {
    let base = serve(Router::new().route("/", get(|| async { "x".repeat(5_000) }))).await;
    let outcome = client().send(Request::new(Method::GET, base.clone()), &sandbox()).await;
    assert_eq!(outcome.unwrap_err(), EgressError::BodyTooLarge);
    let mut request = Request::new(Method::GET, base);
    request.overflow = Overflow::Truncate;
    request.body_bytes_max = Some(10);
    let response = client().send(request, &sandbox()).await.unwrap();
    assert!(response.truncated);
    assert_eq!(response.body, b"xxxxxxxxxx");
}

#[tokio::test]
async fn a_silent_server_times_out() {
    let mut request = Request::new(Method::GET, serve_raw(b"").await);
    request.timeout_ms = Some(50);
    let outcome = client().send(request, &sandbox()).await;
    assert_eq!(outcome.unwrap_err(), EgressError::Timeout);
}

#[tokio::test]
async fn a_stalled_body_times_out_unless_the_status_is_enough() {
    let base = serve_raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await;
    let mut request = Request::new(Method::GET, base.clone());
    request.timeout_ms = Some(700);
    let outcome = client().send(request, &sandbox()).await;
    assert_eq!(outcome.unwrap_err(), EgressError::Timeout);
    let mut request = Request::new(Method::GET, base);
    request.timeout_ms = Some(700);
    request.overflow = Overflow::Truncate;
    let response = client().send(request, &sandbox()).await.unwrap();
    assert_eq!((response.status, response.body.as_slice()), (200, b"half".as_slice()));
    assert!(response.truncated);
}

#[tokio::test]
async fn failures_have_names() {
    let not_http = serve_raw(b"this is not http\r\n\r\n").await;
    let outcome = client().send(Request::new(Method::GET, not_http), &sandbox()).await;
    assert!(matches!(outcome, Err(EgressError::Other(_))), "{outcome:?}");

    // A port that was free a moment ago: bound, read, released.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let outcome = client().send(Request::new(Method::GET, closed), &sandbox()).await;
    assert_eq!(outcome.unwrap_err(), EgressError::Connect);

    let plain = serve_raw(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let tls = Url::parse(&format!("https://127.0.0.1:{}/", plain.port().unwrap())).unwrap();
    let outcome = client().send(Request::new(Method::GET, tls), &sandbox()).await;
    assert_eq!(outcome.unwrap_err(), EgressError::Tls);
}

#[tokio::test]
async fn refused_destinations_are_never_contacted() {
    for text in ["https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/", "http://8.8.8.8/"] {
        let request = Request::new(Method::GET, Url::parse(text).unwrap());
        let outcome = client().send(request, &Policy::default()).await;
        assert!(matches!(outcome, Err(EgressError::Forbidden { .. })), "{text}: {outcome:?}");
    }
}

#[test]
fn limits_of_zero_are_refused() {
    assert!(Client::new(Limits { total_timeout_ms: 0, ..Limits::default() }).is_err());
}
