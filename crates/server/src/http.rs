//! The HTTP shell: routes requests to the product, the pages and the test bank, caps bodies, survives panics.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use api::{App, Incoming, Outgoing};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kernel::ApiError;
use metrics_exporter_prometheus::PrometheusHandle;

/// The largest body that is read.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// All addresses of this server.
pub fn router(app: App, pages: Router, bank: Option<Router>, metrics: Option<PrometheusHandle>) -> Router {
    let mut router = Router::new().route("/healthz", get(|| async { "ok\n" })).merge(pages);
    if let Some(handle) = metrics {
        router = router.route("/metrics", get(move || std::future::ready(handle.render())));
    }
    if let Some(bank) = bank {
        router = router.nest(crate::bank::PATH, bank);
    }
    router.fallback(move |request: Request| answer(app.clone(), request))
}

/// Answers a request of the API. It runs in a task of its own, so that a caller that hangs up does not stop a write.
async fn answer(app: App, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return refuse(&ApiError::too_large(format!("The request's body is larger than {BODY_BYTES_MAX} bytes.")));
        }
        Err(_) => return refuse(&ApiError::invalid("The request's body did not arrive whole.")),
    };
    let incoming = Incoming {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or("").to_owned(),
        headers: parts.headers,
        body,
    };
    if incoming.method == http::Method::GET {
        // A read has nothing to finish for a caller that is gone.
        return respond(api::dispatch::dispatch(&app, incoming).await);
    }
    let app = Arc::new(app);
    let task = tokio::spawn(async move { api::dispatch::dispatch(&app, incoming).await });
    match task.await {
        Ok(outgoing) => respond(outgoing),
        Err(error) => {
            tracing::error!(%error, "a request's task ended early");
            refuse(&ApiError::internal("the request's task ended early"))
        }
    }
}

fn respond(outgoing: Outgoing) -> Response {
    let mut response = Response::new(Body::from(outgoing.body));
    *response.status_mut() = StatusCode::from_u16(outgoing.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = outgoing.headers;
    response
}

fn refuse(error: &ApiError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, error.to_json().to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("request-id", HeaderValue::from_static("req_none"));
    headers.insert("stripe-version", HeaderValue::from_static(kernel::ApiVersion::LATEST));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Wraps a page's handler chain so that a panic answers 500 instead of dropping the connection.
pub async fn survive(request: Request, next: axum::middleware::Next) -> Response {
    use std::future::Future;
    let future = AssertUnwindSafe(next.run(request));
    let mut future = Box::pin(future);
    let caught = std::future::poll_fn(move |context| {
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        match polled {
            Ok(std::task::Poll::Pending) => std::task::Poll::Pending,
            Ok(std::task::Poll::Ready(response)) => std::task::Poll::Ready(Some(response)),
            Err(_) => std::task::Poll::Ready(None),
        }
    })
    .await;
    caught.unwrap_or_else(|| refuse(&ApiError::internal("a handler panicked")))
}
