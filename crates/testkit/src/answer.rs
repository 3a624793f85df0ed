use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

/// What the API answered. Reading it checks what every answer must have.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked, for messages.
    pub asked: String,
    /// HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The text of the body.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("answers are text")
    }

    /// The document of an answer with status 200.
    ///
    /// # Panics
    /// On any other status, with what was asked and answered.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}: {}", self.asked, self.text());
        self.json()
    }

    /// The `error` of an answer with this status, code and parameter.
    ///
    /// # Panics
    /// If anything differs, or the error lacks what every error has.
    #[track_caller]
    pub fn error<'a>(&self, status: u16, code: impl Into<Option<&'a str>>, param: impl Into<Option<&'a str>>) -> Value {
        let asked = &self.asked;
        assert_eq!(self.status, status, "{asked}: {}", self.text());
        let error = self.json()["error"].clone();
        assert_eq!(error["code"].as_str(), code.into(), "{asked}: {error}");
        assert_eq!(error["param"].as_str(), param.into(), "{asked}: {error}");
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{asked}: {error}");
        let kinds = ["api_error", "card_error", "invalid_request_error", "idempotency_error"];
        assert!(error["type"].as_str().is_some_and(|kind| kinds.contains(&kind)), "{asked}: {error}");
        error
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("headers are text"))
    }

    /// True if it was given before, under the same idempotency key.
    #[must_use]
    pub fn is_replay(&self) -> bool {
        self.header("idempotent-replayed") == Some("true")
    }

    #[track_caller]
    fn json(&self) -> Value {
        for name in ["request-id", "stripe-version"] {
            assert!(self.header(name).is_some_and(|text| !text.is_empty()), "{} was answered without {name}", self.asked);
        }
        assert_eq!(self.header("content-type"), Some("application/json"), "{}", self.asked);
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{}: {error}: {}", self.asked, self.text()))
    }
}
