//! Responses and their security headers.

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, header};

/// Who may put a page into a frame.
pub enum Frames<'a> {
    Nobody,
    /// The page that opened the flow.
    Opener(Option<&'a str>),
    /// The gallery, which shows samples in frames.
    Ourselves,
}

/// What may be sent to a browser as a page.
pub struct Page<'a> {
    pub status: StatusCode,
    pub html: String,
    pub frames: Frames<'a>,
    /// Origins that the page itself may show in frames, beside our own.
    pub shows: &'a str,
}

impl<'a> Page<'a> {
    /// A page that nobody may frame and that frames nothing foreign.
    pub fn new(html: String) -> Self {
        Self { status: StatusCode::OK, html, frames: Frames::Nobody, shows: "" }
    }

    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub fn frames(self, frames: Frames<'a>) -> Self {
        Self { frames, ..self }
    }

    pub fn shows(self, shows: &'a str) -> Self {
        Self { shows, ..self }
    }

    pub fn into_response(self) -> Response<Body> {
        let ancestors = match self.frames {
            Frames::Nobody => "'none'",
            Frames::Opener(origin) => origin.unwrap_or("'none'"),
            Frames::Ourselves => "'self'",
        };
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
             frame-src 'self' {}; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}",
            self.shows
        );
        let mut response = response(self.status, "text/html; charset=utf-8", self.html);
        let headers = response.headers_mut();
        // An origin that cannot stand in a header cannot be a real one: then nothing at all is allowed.
        let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        // The flow's window and the bank's popup must keep their tie.
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static("unsafe-none"));
        headers.insert(header::VARY, HeaderValue::from_static("X-Pane, Accept-Language"));
        response
    }
}

/// Any response that must not be stored, sniffed or tell where it came from.
pub fn response(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// 303: read the other address with GET.
pub fn see_other(address: &str) -> Response<Body> {
    match HeaderValue::from_str(address) {
        Ok(address) => {
            let mut response = response(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", Body::empty());
            response.headers_mut().insert(header::LOCATION, address);
            response
        }
        Err(_) => plain(StatusCode::BAD_GATEWAY, "The address to go to is not valid.\n"),
    }
}

/// A short plain text.
pub fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    response(status, "text/plain; charset=utf-8", text)
}

/// A small JSON object.
pub fn json(value: &serde_json::Value) -> Response<Body> {
    response(StatusCode::OK, "application/json", value.to_string())
}
