//! The start page, the files that pages load, and the SDK.

use http::StatusCode;

use crate::client::{BASE, Client};

const SECRET: &str = "sk_test_0123456789abcdef";

#[tokio::test]
async fn the_start_page_shows_the_keys_to_this_machine_only() {
    let client = Client::new();
    let here = client.get("/").await;
    assert!(here.body.contains(SECRET) && here.body.contains("Link a test bank"));
    let request = http::Request::get("/").header("host", "rebound.example");
    let rebound = client.send(request.body(axum::body::Body::empty()).expect("a request")).await;
    assert!(!rebound.body.contains(SECRET) && !rebound.body.contains("pk_test_"));
}

#[tokio::test]
async fn a_server_for_others_shows_no_keys_and_no_gallery() {
    let client = Client::with(false);
    let start = client.get("/").await;
    assert_eq!(start.status, StatusCode::OK);
    assert!(!start.body.contains("sk_test_"));
    assert_eq!(client.get("/drawbridge/gallery").await.status, StatusCode::NOT_FOUND);
    assert_eq!(client.post("/try/session", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_start_page_makes_a_session() {
    let client = Client::new();
    let answer = client.post("/try/session", "").await;
    assert_eq!(answer.body, r#"{"client_secret":"fcsess_1_secret_1"}"#);
    let foreign = client.post_from("/try/session", "", "https://evil.example").await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_sdk_is_served_to_every_site() {
    let client = Client::new();
    for path in ["/v3", "/v3/", "/v3/stripe.js", "/endive/stripe.js"] {
        let sdk = client.get(path).await;
        assert_eq!(sdk.status, StatusCode::OK, "{path}");
        assert!(sdk.header("content-type").starts_with("text/javascript"));
        assert_eq!(sdk.header("cross-origin-resource-policy"), "cross-origin");
        assert!(sdk.body.contains("collectFinancialConnectionsAccounts"));
    }
}

#[tokio::test]
async fn every_file_that_a_page_names_is_served_and_kept_by_browsers() {
    let client = Client::new();
    let mut seen = 0;
    for path in ["/", "/connections/t0", "/drawbridge/gallery"] {
        let page = client.get(path).await.body;
        for file in page.split("/static/").skip(1).filter_map(|rest| rest.split('"').next()) {
            let answer = client.get(&format!("/static/{file}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{file}");
            assert!(answer.header("cache-control").contains("immutable"), "{file}");
            seen += 1;
        }
    }
    assert!(seen >= 6, "{seen}");
    assert_eq!(client.get("/static/style.css").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_start_page_may_frame_the_flow() {
    let client = Client::new();
    let policy = client.get("/").await.header("content-security-policy").to_owned();
    assert!(policy.contains(&format!("frame-src 'self' {BASE};")), "{policy}");
    assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
}
