use axum::body::Body;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, header};
use http_body_util::BodyExt;
use server::http::Shell;
use url::form_urlencoded;

use crate::Answer;

/// What is sent: names and values.
pub type Params<'a> = &'a [(&'a str, &'a str)];

/// A caller of the API, in process. Cheap to clone; what its methods add is added to a copy.
#[derive(Clone)]
pub struct Client {
    shell: Shell,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Names and values as a form, brackets and all.
#[must_use]
pub fn encode(params: Params<'_>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish()
}

impl Client {
    pub(crate) fn new(shell: Shell) -> Client {
        Client { shell, headers: Vec::new() }
    }

    /// The same caller with one more header; a header that is there is replaced.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Client {
        let name: HeaderName = name.parse().expect("a header's name");
        let mut client = self.clone();
        client.headers.retain(|(own, _)| *own != name);
        client.headers.push((name, value.parse().expect("a header's value")));
        client
    }

    /// The same caller with this key.
    #[must_use]
    pub fn key(&self, key: &str) -> Client {
        self.with("authorization", &format!("Bearer {key}"))
    }

    /// The same caller at another API version.
    #[must_use]
    pub fn version(&self, version: &str) -> Client {
        self.with("stripe-version", version)
    }

    /// The same caller with an idempotency key.
    #[must_use]
    pub fn idempotent(&self, key: &str) -> Client {
        self.with("idempotency-key", key)
    }

    /// `GET`; the path may have a query.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// `GET` with parameters.
    pub async fn find(&self, path: &str, params: Params<'_>) -> Answer {
        self.get(&format!("{path}?{}", encode(params))).await
    }

    /// `POST` with parameters.
    pub async fn post(&self, path: &str, params: Params<'_>) -> Answer {
        self.send(Method::POST, path, Some(encode(params).into())).await
    }

    /// `POST` with a body that is sent as it is.
    pub async fn post_raw(&self, path: &str, body: impl Into<Bytes>) -> Answer {
        self.send(Method::POST, path, Some(body.into())).await
    }

    /// `POST` with a JSON body, as `/v2` takes it.
    pub async fn post_json(&self, path: &str, body: &serde_json::Value) -> Answer {
        self.with("content-type", "application/json").send(Method::POST, path, Some(body.to_string().into())).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Any request.
    pub async fn send(&self, method: Method, path: &str, body: Option<Bytes>) -> Answer {
        let asked = format!("{method} {path}");
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let mut request = request.body(Body::from(body.unwrap_or_default())).expect("a request");
        for (name, value) in &self.headers {
            request.headers_mut().insert(name, value.clone());
        }
        let response = self.shell.clone().respond(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        Answer { asked, status: parts.status.as_u16(), headers: parts.headers, body }
    }
}
