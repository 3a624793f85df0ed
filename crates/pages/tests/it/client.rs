//! A browser without scripts, in a few lines.

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use pages::{Settings, StartKeys};
use tower::ServiceExt;

use crate::support::Memory;

pub const BASE: &str = "http://127.0.0.1:12111";
pub const OPENER: &str = "https://juniper.example";

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Pages over a product from memory, with one flow `t0` opened by [`OPENER`].
pub struct Client {
    pub memory: Memory,
    router: Router,
}

impl Client {
    pub fn new() -> Self {
        Self::with(true)
    }

    pub fn with(sandbox: bool) -> Self {
        let memory = Memory::default();
        memory.open("t0", Some(OPENER));
        let keys = StartKeys {
            secret_key: "sk_test_0123456789abcdef".to_owned(),
            publishable_key: "pk_test_0123456789abcdef".to_owned(),
            business_name: "Juniper Budget".to_owned(),
        };
        let settings = Settings {
            base_url: BASE.to_owned(),
            sandbox: sandbox.then_some(keys),
            open_sandboxes: true,
            version: "0.0.0".to_owned(),
        };
        Self { router: pages::router(memory.clone(), settings), memory }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router is infallible");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body from memory").to_bytes();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(path).header("host", "127.0.0.1:12111");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).expect("a valid request")).await
    }

    /// Follows a link of one of our own pages.
    pub async fn follow(&self, path: &str) -> Answer {
        self.get_with(path, &[("sec-fetch-site", "same-origin")]).await
    }

    /// Posts a form as our own page would.
    pub async fn post(&self, path: &str, form: &'static str) -> Answer {
        self.post_from(path, form, BASE).await
    }

    pub async fn post_from(&self, path: &str, form: &'static str, origin: &str) -> Answer {
        let request = Request::post(path)
            .header("host", "127.0.0.1:12111")
            .header("origin", origin)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form));
        self.send(request.expect("a valid request")).await
    }

    /// Posts a form and reads the page that it leads to.
    pub async fn act(&self, path: &str, form: &'static str) -> Answer {
        let answer = self.post(path, form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.body);
        self.get(answer.header("location")).await
    }
}
