//! The way of a request: match, authenticate, decode, run in one transaction, answer after the commit.

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use bytes::Bytes;
use form::{Form, Limits};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use kernel::{Access, ApiError, ApiResult, ApiVersion, Caller, Cx, RequestRef};
use metrics::{Counter, Histogram};
use store::Tx;

use crate::app::Flight;
use crate::idempotency::{self, Kept, Keyed};
use crate::request_log::{self, Entry};
use crate::route::{Call, Client, Decoded, Kind, Route};
use crate::upload::{self, Upload};
use crate::{App, Download, auth, expand, router, v2, versions};

/// A request with its whole body.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The method.
    pub method: Method,
    /// The path, without the query.
    pub path: String,
    /// The query, without the question mark.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Where it came from, as far as this server can tell.
    pub client_ip: Option<IpAddr>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// JSON, a file, or nothing for a preflight.
    pub body: Bytes,
}

/// What was found out about a request on its way, for the answer's headers and the log.
#[derive(Clone)]
struct Trace {
    request_id: String,
    version: ApiVersion,
    idempotency_key: Option<String>,
    account: Option<String>,
    replayed: bool,
    /// The caller is known, so that the request stands in its log.
    logged: bool,
    /// Errors have the shape of `/v2`.
    v2: bool,
}

/// What is sent back.
enum Answered {
    Json(String),
    File(Download),
}

/// A request that may be run.
struct Ready {
    route: &'static Route,
    call: Call<Decoded>,
    entry: Option<Entry>,
    keyed: Option<Keyed>,
}

/// True for paths that this crate answers.
#[must_use]
pub fn is_api_path(path: &str) -> bool {
    path.starts_with("/v1/") || path.starts_with("/v2/") || path.starts_with("/drawbridge/v1/")
}

/// Answers a request. A caller that hangs up does not stop it: run it in a task of its own.
pub async fn dispatch(app: &App, incoming: Incoming) -> Outgoing {
    let for_browsers = router::is_for_browsers(&incoming.path);
    if incoming.method == Method::OPTIONS && for_browsers {
        return preflight();
    }
    let started = Instant::now();
    let mut trace = Trace {
        request_id: app.core.ids().id("req_", 14, app.core.clock.now_us()),
        version: ApiVersion::latest(),
        idempotency_key: None,
        account: None,
        replayed: false,
        logged: false,
        v2: v2::is_v2(&incoming.path),
    };
    let result = answer(app, &incoming, &mut trace).await;
    let (status, body) = match result {
        Ok((status, body)) => (status, body),
        Err(error) => {
            report(&trace, &incoming, &error);
            (error.status(), Answered::Json(error_body(app, &trace, &error)))
        }
    };
    count(status, started);
    let mut headers = headers(&trace, status, for_browsers);
    let body = match body {
        Answered::Json(text) => Bytes::from(text),
        Answered::File(file) => {
            file.put_headers(&mut headers);
            file.content
        }
    };
    Outgoing { status, headers, body }
}

/// What is counted; looked up once, because a look-up by name costs as much as a short query.
struct Counts {
    ok: Counter,
    refused: Counter,
    failed: Counter,
    seconds: Histogram,
}

static COUNTS: LazyLock<Counts> = LazyLock::new(|| {
    let of = |class: &'static str| metrics::counter!("drawbridge_requests_total", "outcome" => class);
    Counts {
        ok: of("ok"),
        refused: of("refused"),
        failed: of("failed"),
        seconds: metrics::histogram!("drawbridge_request_seconds"),
    }
});

/// Counts an answer by the class of its status.
fn count(status: u16, started: Instant) {
    let counter = match status {
        0..400 => &COUNTS.ok,
        400..500 => &COUNTS.refused,
        _ => &COUNTS.failed,
    };
    counter.increment(1);
    COUNTS.seconds.record(started.elapsed().as_secs_f64());
}

async fn answer(app: &App, incoming: &Incoming, trace: &mut Trace) -> ApiResult<(u16, Answered)> {
    let method = incoming.method.as_str();
    let found = router::find(method, &incoming.path).filter(|(route, _)| !route.preview || speaks_preview(incoming));
    let Some((route, ids)) = found else {
        return Err(ApiError::unknown_url(method, &incoming.path));
    };
    let caller = auth::authenticate(app, &incoming.headers).await?;
    trace.logged = true;
    trace.account = header_text(&incoming.headers, "stripe-account");
    let prepared = prepare(app, incoming, trace, route, ids, &caller);
    match prepared {
        Ok(ready) if ready.route.kind == Kind::Read => {
            let result = read(app, trace, ready).await;
            if let Err(error) = &result {
                log_refusal(app, incoming, trace, &caller, error).await;
            }
            result
        }
        Ok(ready) => run(app, trace, ready).await.map(|(status, text)| (status, Answered::Json(text))),
        Err(error) => {
            log_refusal(app, incoming, trace, &caller, &error).await;
            Err(error)
        }
    }
}

/// Logs a request that was refused before it could write.
async fn log_refusal(app: &App, incoming: &Incoming, trace: &Trace, caller: &Arc<Caller>, error: &ApiError) {
    let params = parse(incoming).map_or_else(|_| String::from("{}"), |(form, _)| form.to_json_redacted(&request_log::is_secret));
    let entry = Entry::of(incoming, trace_request(trace), caller, &trace.version, params);
    request_log::write_failed_write(app, caller, entry, None, error, "").await;
}

/// Endpoints that are not general yet are there for preview versions alone.
fn speaks_preview(incoming: &Incoming) -> bool {
    let version = header_text(&incoming.headers, "stripe-version");
    version.and_then(|text| ApiVersion::parse(&text)).is_some_and(|version| version.is_preview())
}

fn prepare(
    app: &App,
    incoming: &Incoming,
    trace: &mut Trace,
    route: &'static Route,
    ids: Vec<String>,
    caller: &Arc<Caller>,
) -> ApiResult<Ready> {
    if let Some(text) = header_text(&incoming.headers, "stripe-version") {
        trace.version = ApiVersion::parse(&text).ok_or_else(|| {
            let shown: String = text.chars().take(50).collect();
            ApiError::invalid(format!(
                "Invalid Stripe API version: {shown}. This server speaks {} and older ones.",
                ApiVersion::LATEST
            ))
            .before_work()
        })?;
    } else if trace.v2 {
        let message = format!("Requests to /v2 must name a version: send the header 'Stripe-Version: {}'.", ApiVersion::LATEST);
        return Err(ApiError::invalid(message).before_work());
    }
    trace.idempotency_key = idempotency::presented(&incoming.headers)?;
    auth::authorize(route, caller)?;
    let (mut form, upload) = parse(incoming)?;
    let keyed = trace
        .idempotency_key
        .as_ref()
        .filter(|_| route.method == "POST" || (trace.v2 && route.method == "DELETE"))
        .map(|key| Keyed::new(key, route.method, &incoming.path, &form.fingerprint_bytes()));
    // Reads are logged only when they are refused.
    let entry = (route.kind != Kind::Read).then(|| {
        Entry::of(incoming, trace_request(trace), caller, &trace.version, form.to_json_redacted(&request_log::is_secret))
    });
    let expand = if trace.v2 { Vec::new() } else { expand::take(&mut form)? };
    let params = route.endpoint.decode(form)?;
    let origin = header_text(&incoming.headers, "origin");
    let client = Client {
        ip: incoming.client_ip,
        user_agent: header_text(&incoming.headers, "user-agent"),
        names_version: incoming.headers.contains_key("stripe-version"),
    };
    let row = (route.method, route.path);
    let call = Call { app: app.clone(), ids, params, row, caller: Arc::clone(caller), origin, client, expand, upload };
    Ok(Ready { route, call, entry, keyed })
}

/// The parameters, and the file among them if there is one.
fn parse(incoming: &Incoming) -> ApiResult<(Form, Option<Arc<Upload>>)> {
    let limits = Limits::default();
    let mut form = Form::parse(incoming.query.as_bytes(), &limits)?;
    if incoming.method != Method::GET && !incoming.body.is_empty() {
        let kind = header_text(&incoming.headers, "content-type").unwrap_or_default();
        if v2::is_v2(&incoming.path) {
            if !kind.starts_with("application/json") {
                return Err(ApiError::invalid("This endpoint takes application/json bodies.").before_work());
            }
            form.extend(v2::form_of(&incoming.body, &limits)?)?;
            return Ok((form, None));
        }
        if kind.starts_with("application/json") {
            return Err(
                ApiError::invalid("This endpoint takes application/x-www-form-urlencoded bodies, not JSON.").before_work()
            );
        }
        if kind.starts_with("multipart/form-data") && upload::body_bytes_max(&incoming.method, &incoming.path).is_some() {
            let (sent, file) = upload::read(&incoming.body, &kind, &limits)?;
            form.extend(sent)?;
            return Ok((form, file));
        }
        form.extend(Form::parse(&incoming.body, &limits)?)?;
    }
    Ok((form, None))
}

async fn run(app: &App, trace: &mut Trace, mut ready: Ready) -> ApiResult<(u16, String)> {
    let entry = ready.entry.take().ok_or_else(|| ApiError::internal("a write without its log entry"))?;
    match ready.route.kind {
        Kind::Write => write(app, trace, ready, entry).await,
        Kind::Read | Kind::Beside => beside(app, trace, ready, entry).await,
    }
}

async fn read(app: &App, trace: &Trace, ready: Ready) -> ApiResult<(u16, Answered)> {
    let Ready { route, call, .. } = ready;
    let (expand, access) = (call.expand.clone(), call.caller.access.clone());
    let own = app.clone();
    let version = trace.version.clone();
    let tenant = call.caller.tenant.clone();
    app.core
        .store
        .read(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Answered>> {
            Box::pin(async move {
                let mut cx = Cx::start(tx, Arc::clone(&own.core), tenant, version).await?.reading();
                match route.endpoint.within(&mut cx, call).await?.into_file() {
                    Ok(file) => Ok(Answered::File(file)),
                    Err(reply) => {
                        let text = reply.into_text()?;
                        finish(&own, &mut cx, text, &expand, &access).await.map(Answered::Json)
                    }
                }
            })
        })
        .await
        .map(|body| (200, body))
}

/// What becomes of a request with an idempotency key.
enum Entered {
    /// No other request of this process has the key; nobody else gets it before this is dropped. None without a key.
    Alone(Option<Flight>),
    /// Another has it, and its answer is there already: it is committed before its caller hears of it.
    Answered(Kept),
}

async fn enter(app: &App, caller: &Caller, keyed: Option<&Keyed>) -> ApiResult<Entered> {
    let Some(keyed) = keyed else { return Ok(Entered::Alone(None)) };
    if let Some(flight) = app.enter_flight(caller.tenant.key(), &keyed.key) {
        return Ok(Entered::Alone(Some(flight)));
    }
    match idempotency::committed(app, caller, keyed).await? {
        Some(kept) => Ok(Entered::Answered(kept)),
        None => Err(ApiError::idempotency_in_use(&keyed.key)),
    }
}

async fn write(app: &App, trace: &mut Trace, ready: Ready, entry: Entry) -> ApiResult<(u16, String)> {
    let Ready { route, call, keyed, .. } = ready;
    let caller = Arc::clone(&call.caller);
    let _flight = match enter(app, &caller, keyed.as_ref()).await? {
        Entered::Alone(flight) => flight,
        Entered::Answered(kept) => return conclude(app, trace, &caller, &entry, keyed.as_ref(), Ok(kept)).await,
    };
    let request = trace_request(trace);
    let shared = Arc::new((call, entry, keyed, request, trace.clone(), app.clone()));
    let mine = Arc::clone(&shared);
    let result = app
        .core
        .store
        .write(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Kept>> {
            let shared = Arc::clone(&mine);
            Box::pin(async move {
                let (call, entry, keyed, request, traced, app) = &*shared;
                let mut cx = Cx::start(tx, Arc::clone(&app.core), call.caller.tenant.clone(), traced.version.clone()).await?;
                if let Some(keyed) = keyed
                    && let Some(kept) = idempotency::find(&mut cx, keyed).await?
                {
                    return Ok(kept);
                }
                cx.request = Some(request.clone());
                let reply = route.endpoint.within(&mut cx, call.clone()).await?;
                let (status, body, refusal) = match reply.into_text() {
                    Ok(text) => (200, finish(app, &mut cx, text, &call.expand, &call.caller.access).await?, None),
                    Err(error) => (error.status(), error_body(app, traced, &error), Some(request_log::shown(&error).to_string())),
                };
                if let Some(keyed) = keyed {
                    idempotency::keep(&mut cx, keyed, &request.id, status, &body).await?;
                }
                request_log::write(&mut cx, entry, status, refusal.as_deref()).await?;
                Ok(Kept { status, body, replayed: false })
            })
        })
        .await;
    app.core.bell.notify_waiters();
    conclude(app, trace, &shared.0.caller, &shared.1, shared.2.as_ref(), result).await
}

async fn beside(app: &App, trace: &mut Trace, ready: Ready, entry: Entry) -> ApiResult<(u16, String)> {
    let Ready { route, call, keyed, .. } = ready;
    let caller = Arc::clone(&call.caller);
    let _flight = match enter(app, &caller, keyed.as_ref()).await? {
        Entered::Alone(flight) => flight,
        Entered::Answered(kept) => return conclude(app, trace, &caller, &entry, keyed.as_ref(), Ok(kept)).await,
    };
    let found = match &keyed {
        Some(keyed) => idempotency::find_or_claim_now(app, &caller, keyed).await?,
        None => None,
    };
    let result = match found {
        Some(kept) => Ok(kept),
        None => run_beside(app, trace, route, call).await,
    };
    // A read that opens its own transactions is still a read: nothing is written about it.
    if let Ok(kept) = &result
        && !kept.replayed
        && route.method != "GET"
    {
        idempotency::keep_now(app, &caller, keyed.as_ref(), &entry, kept).await?;
    }
    if let (Err(error), Some(keyed)) = (&result, &keyed)
        && !keyed.keeps(error)
    {
        idempotency::release_now(app, &caller, keyed).await?;
    }
    conclude(app, trace, &caller, &entry, keyed.as_ref(), result).await
}

async fn run_beside(app: &App, trace: &Trace, route: &Route, call: Call<Decoded>) -> ApiResult<Kept> {
    let tenant = call.caller.tenant.clone();
    let version = trace.version.clone();
    let (expand, access) = (call.expand.clone(), call.caller.access.clone());
    let text = route.endpoint.beside(app.clone(), call).await?.into_text()?;
    let own = app.clone();
    let body = app
        .core
        .store
        .read(move |tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<String>> {
            Box::pin(async move {
                let mut cx = Cx::start(tx, Arc::clone(&own.core), tenant, version).await?.reading();
                finish(&own, &mut cx, text.clone(), &expand, &access).await
            })
        })
        .await?;
    Ok(Kept { status: 200, body, replayed: false })
}

/// Turns the outcome of a write into an answer; an error that work produced is kept under the idempotency key.
async fn conclude(
    app: &App,
    trace: &mut Trace,
    caller: &Arc<Caller>,
    entry: &Entry,
    keyed: Option<&Keyed>,
    result: ApiResult<Kept>,
) -> ApiResult<(u16, String)> {
    match result {
        Ok(kept) => {
            trace.replayed = kept.replayed;
            Ok((kept.status, kept.body))
        }
        Err(error) => {
            let body = error_body(app, trace, &error);
            let keyed = keyed.filter(|keyed| keyed.keeps(&error));
            request_log::write_failed_write(app, caller, entry.clone(), keyed, &error, &body).await;
            Err(error)
        }
    }
}

/// Applies the version and the expansions to a reply.
async fn finish(app: &App, cx: &mut Cx<'_>, text: String, paths: &[String], access: &Access) -> ApiResult<String> {
    if paths.is_empty() && versions::shows_as_stored(&text, &cx.version) {
        return Ok(text);
    }
    let mut value = serde_json::from_str(&text)?;
    expand::apply(cx, &mut value, paths, &expand::Reader { app, access }).await?;
    let version = cx.version.clone();
    versions::render(&mut value, &version);
    Ok(value.to_string())
}

fn error_body(app: &App, trace: &Trace, error: &ApiError) -> String {
    let mut body = error.to_json();
    if trace.logged {
        let url = format!("{}/drawbridge/v1/request_logs/{}", app.settings.base_url, trace.request_id);
        body["error"]["request_log_url"] = url.into();
    }
    if trace.v2 {
        v2::reshape(&mut body, error.status());
    }
    body.to_string()
}

/// The whole chain of an error, once.
fn report(trace: &Trace, incoming: &Incoming, error: &ApiError) {
    if error.status() >= 500 {
        tracing::error!(request.id = trace.request_id, http.method = %incoming.method, http.path = incoming.path, ?error, "a request failed");
    } else {
        tracing::debug!(request.id = trace.request_id, http.method = %incoming.method, http.path = incoming.path, ?error, "a request was refused");
    }
}

fn trace_request(trace: &Trace) -> RequestRef {
    RequestRef { id: trace.request_id.clone(), idempotency_key: trace.idempotency_key.clone() }
}

fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn headers(trace: &Trace, status: u16, for_browsers: bool) -> HeaderMap {
    let mut out = HeaderMap::with_capacity(16);
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-store"));
    out.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if for_browsers {
        out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        let exposed = HeaderValue::from_static("Request-Id, Stripe-Version");
        out.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            out.insert(HeaderName::from_static(name), value);
        }
    };
    put("request-id", &trace.request_id);
    put("stripe-version", trace.version.as_str());
    if let Some(key) = &trace.idempotency_key {
        put("idempotency-key", key);
    }
    if trace.replayed {
        put("idempotent-replayed", "true");
    }
    if let Some(account) = &trace.account {
        put("stripe-account", account);
    }
    if status == 401 {
        put("www-authenticate", "Basic realm=\"Drawbridge\"");
    }
    if status >= 500 {
        // 503 means nothing was changed; a 500 that an idempotency key keeps would only be repeated.
        put("stripe-should-retry", if status == 503 { "true" } else { "false" });
    }
    out
}

fn preflight() -> Outgoing {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, DELETE"));
    let allowed = "Authorization, Content-Type, Idempotency-Key, Stripe-Account, Stripe-Context, Stripe-Version";
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(allowed));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    Outgoing { status: 204, headers, body: Bytes::new() }
}
