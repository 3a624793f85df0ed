//! Serves the pages with a product from memory: `cargo run -p pages --example preview`, then the printed address. For
//! work on the look and behaviour of the pages; the real product is `drawbridge serve`.

#[path = "../tests/it/support.rs"]
mod support;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::Redirect;
use axum::routing::{get, post};
use http::{HeaderMap, Response, header};
use pages::{Settings, StartKeys};
use support::Memory;

/// The flow that the preview's SDK calls open.
const TOKEN: &str = "preview";
/// The flow that has a page of its own.
const HOSTED: &str = "hosted";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), std::io::Error> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base_url = format!("http://{}", listener.local_addr()?);
    println!("{base_url}/drawbridge/gallery");
    println!("{base_url}/hosted");
    let keys = StartKeys {
        secret_key: "sk_test_previewPreview0001".to_owned(),
        publishable_key: "pk_test_previewPreview0001".to_owned(),
        business_name: "Juniper Budget".to_owned(),
    };
    let settings =
        Settings { base_url: base_url.clone(), sandbox: Some(keys), open_sandboxes: true, version: "preview".to_owned() };
    let memory = Memory::default();
    let product = Router::new()
        .route("/drawbridge/v1/connections/flows", post(open))
        .route("/drawbridge/v1/connections/flows/result", post(result))
        .route("/bank", get(bank))
        .route("/hosted", get(hosted))
        .with_state((memory.clone(), base_url));
    axum::serve(listener, product.merge(pages::router(memory, settings))).await
}

async fn open(State((memory, base_url)): State<(Memory, String)>, headers: HeaderMap) -> String {
    let origin = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok());
    memory.open(TOKEN, origin);
    serde_json::json!({ "token": TOKEN, "url": format!("{base_url}/connections/{TOKEN}") }).to_string()
}

async fn result(State((memory, _)): State<(Memory, String)>) -> String {
    let linked = memory.get(TOKEN).map(|view| view.linked).unwrap_or_default();
    let accounts: Vec<_> = linked
        .iter()
        .map(|account| {
            serde_json::json!({
                "id": account.id, "display_name": account.name, "last4": account.last4,
                "institution_name": account.institution_name,
            })
        })
        .collect();
    let session = serde_json::json!({ "id": "fcsess_1", "accounts": accounts });
    serde_json::json!({ "financialConnectionsSession": session }).to_string()
}

/// Begins a flow that is a page of its own.
async fn hosted(State((memory, base_url)): State<(Memory, String)>) -> Redirect {
    memory.open(HOSTED, None);
    memory.alter(HOSTED, |view| {
        view.hosted = true;
        view.return_url = Some(format!("{base_url}/?back"));
    });
    Redirect::to(&format!("/connections/{HOSTED}"))
}

/// A bank with two links.
async fn bank(RawQuery(query): RawQuery) -> Response<Body> {
    let query = query.unwrap_or_default();
    let page = format!(
        "<!doctype html><title>Bank</title><h1>Bank</h1><a href='/connections/return?{query}&code=1'>Allow</a> \
         <a href='/connections/return?{query}&error=access_denied'>Deny</a>"
    );
    let mut response = Response::new(Body::from(page));
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html"));
    response
}
