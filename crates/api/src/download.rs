use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a name may have unencoded.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

/// A file that is handed out.
#[derive(Debug, Clone)]
pub struct Download {
    /// What it is called.
    pub name: String,
    /// What it was found to be; anything else is bytes.
    pub content_type: &'static str,
    /// Its bytes.
    pub content: Bytes,
}

impl Download {
    /// Says what it is; browsers save it and run nothing of it, whatever it holds.
    pub fn put_headers(&self, headers: &mut HeaderMap) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        let name = format!("attachment; filename*=UTF-8''{}", utf8_percent_encode(&self.name, PLAIN));
        let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
}
