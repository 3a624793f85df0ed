//! The HTTP shell: accepts connections, hands requests to the product, the pages or the test bank, caps bodies and waiting,
//! survives panics.

use std::convert::Infallible;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use api::{App, Incoming, Outgoing};
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Bytes};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use kernel::ApiError;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tower::ServiceExt;

/// The largest body that is read, where no file is sent.
const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Of a larger one, this much is read and dropped.
const DROPPED_BYTES_MAX: usize = 32 * 1024 * 1024;
/// A request's head must arrive within this time, and an idle connection is closed after it.
const HEAD_WAIT: Duration = Duration::from_secs(30);
/// A request's body must arrive within this time.
const BODY_WAIT: Duration = Duration::from_secs(30);
/// What is under way has this long to end when the server stops.
const STOP_WAIT: Duration = Duration::from_secs(10);

/// What answers: the product for its paths, the rest for all others.
#[derive(Clone)]
pub struct Shell {
    app: App,
    rest: Router,
}

impl Shell {
    /// A shell around the product, the pages, and the test bank if there is one.
    #[must_use]
    pub fn new(app: App, pages: Router, bank: Option<Router>, metrics: Option<PrometheusHandle>) -> Self {
        let mut rest = Router::new().route("/healthz", get(|| async { "ok\n" })).merge(pages);
        if let Some(handle) = metrics {
            rest = rest.route("/metrics", get(move || std::future::ready(handle.render())));
        }
        let files = app.clone();
        let linked = get(move |Path(token): Path<String>| linked_file(files.clone(), token));
        rest = rest.route("/links/{token}", linked);
        if let Some(bank) = bank {
            rest = rest.nest(crate::bank::PATH, bank);
        }
        let unknown = app.clone();
        let rest = rest.fallback(move |request: Request<Body>| answer(unknown.clone(), request));
        Shell { app, rest }
    }

    /// Answers one request, whatever happens on the way.
    pub async fn respond(self, request: Request<Body>) -> Response {
        let is_api = api::dispatch::is_api_path(request.uri().path());
        let shell = self.clone();
        let answered = async move {
            if is_api {
                return answer(shell.app, request).await;
            }
            // Pages write too: a browser that goes away stops nothing half-way.
            let Shell { app, rest } = shell;
            match tokio::spawn(async move { rest.oneshot(request).await }).await {
                Ok(Ok(response)) => response,
                Ok(Err(never)) => match never {},
                Err(error) => refuse(&app, &ApiError::internal(error.to_string())),
            }
        };
        let answered = AssertUnwindSafe(answered).catch_unwind().await;
        answered.unwrap_or_else(|_| refuse(&self.app, &ApiError::internal("a handler panicked")))
    }
}

/// Accepts connections until `stop` is done; then lets what is under way end.
pub async fn serve(listener: TcpListener, shell: Shell, stop: impl Future<Output = ()>) {
    let mut builder = hyper::server::conn::http1::Builder::new();
    // A caller that sends a request and hangs up has sent it: without half-closed connections it would be dropped unread.
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_WAIT).half_close(true);
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file handles, as a rule: wait until some connections end.
                tracing::error!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let shell = shell.clone();
        let service = hyper::service::service_fn(move |mut request: Request<hyper::body::Incoming>| {
            let shell = shell.clone();
            request.extensions_mut().insert(Peer(peer.ip()));
            async move { Ok::<_, Infallible>(shell.respond(request.map(Body::new)).await) }
        });
        let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(STOP_WAIT, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

/// Who is at the other end of a connection.
#[derive(Clone, Copy)]
struct Peer(IpAddr);

/// Where a request came from. A proxy on this machine says so in the last address of `X-Forwarded-For`; from elsewhere that
/// header proves nothing.
fn client_ip(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    if !peer.is_loopback() {
        return peer;
    }
    let forwarded = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    forwarded.and_then(|text| text.rsplit(',').next()?.trim().parse().ok()).unwrap_or(peer)
}

/// Answers a request of the API. A write runs in a task of its own, so that a caller that hangs up does not stop it.
async fn answer(app: App, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let limit = api::upload::body_bytes_max(&parts.method, parts.uri.path()).unwrap_or(BODY_BYTES_MAX);
    let body = match body.is_end_stream() {
        true => Bytes::new(),
        false => match tokio::time::timeout(BODY_WAIT, whole_body(body, limit)).await {
            Ok(Ok(Some(body))) => body,
            Ok(Ok(None)) => {
                return refuse(&app, &ApiError::too_large(format!("The request's body is larger than {limit} bytes.")));
            }
            Ok(Err(_)) | Err(_) => return refuse(&app, &ApiError::invalid("The request's body did not arrive whole.")),
        },
    };
    let client_ip = parts.extensions.get::<Peer>().map(|peer| client_ip(peer.0, &parts.headers));
    let incoming = Incoming {
        client_ip,
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or("").to_owned(),
        headers: parts.headers,
        body,
    };
    if incoming.method == Method::GET {
        return respond(api::dispatch::dispatch(&app, incoming).await);
    }
    let own = app.clone();
    let task = tokio::spawn(async move { api::dispatch::dispatch(&own, incoming).await });
    match task.await {
        Ok(outgoing) => respond(outgoing),
        Err(error) => {
            tracing::error!(%error, "a request's task ended early");
            refuse(&app, &ApiError::internal("the request's task ended early"))
        }
    }
}

/// The whole body; none if it is too large. Of one that is, some more is read and dropped, so that its sender gets to read the
/// answer.
async fn whole_body(mut body: Body, limit: usize) -> Result<Option<Bytes>, axum::Error> {
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        length += data.len();
        if length <= limit {
            bytes.extend_from_slice(&data);
        } else if length > DROPPED_BYTES_MAX {
            break;
        }
    }
    Ok((length <= limit).then(|| Bytes::from(bytes)))
}

/// A file at the address of a link, which is the only key.
async fn linked_file(app: App, token: String) -> Response {
    match api::payments::file_links::open(&app, &token).await {
        Ok(Some(file)) => {
            let mut headers = HeaderMap::new();
            file.put_headers(&mut headers);
            respond(Outgoing { status: 200, headers, body: file.content })
        }
        Ok(None) => refuse(&app, &ApiError::unknown_url("GET", "/links/…")),
        Err(error) => refuse(&app, &error),
    }
}

fn respond(outgoing: Outgoing) -> Response {
    let mut response = Response::new(Body::from(outgoing.body));
    *response.status_mut() = StatusCode::from_u16(outgoing.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = outgoing.headers;
    response
}

/// An error found before the product saw the request.
fn refuse(app: &App, error: &ApiError) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let id = app.core.ids().id("req_", 14, app.core.clock.now_us());
    headers.insert("request-id", HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("req_")));
    headers.insert("stripe-version", HeaderValue::from_static(kernel::ApiVersion::LATEST));
    respond(Outgoing { status: error.status(), headers, body: error.to_json().to_string().into() })
}

#[cfg(test)]
mod tests {
    use super::client_ip;
    use http::{HeaderMap, HeaderValue};
    use std::net::IpAddr;

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let mut headers = HeaderMap::new();
        assert_eq!(client_ip(ip("127.0.0.1"), &headers), ip("127.0.0.1"));
        headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.9, 198.51.100.7"));
        assert_eq!(client_ip(ip("127.0.0.1"), &headers), ip("198.51.100.7"), "what the proxy itself saw");
        assert_eq!(client_ip(ip("192.0.2.1"), &headers), ip("192.0.2.1"));
        headers.insert("x-forwarded-for", HeaderValue::from_static("nonsense"));
        assert_eq!(client_ip(ip("::1"), &headers), ip("::1"));
    }
}
