//! Bodies that carry files.

use serde_json::Value;
use testkit::{Answer, Client, Params};

const BOUNDARY: &str = "----drawbridge-test";
/// The content type of [`body`].
pub const CONTENT_TYPE: &str = "multipart/form-data; boundary=----drawbridge-test";
/// The smallest thing that is taken for an image.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

/// Parameters and a file as a multipart body.
pub fn body(params: Params<'_>, name: &str, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (param, value) in params {
        out.extend(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{param}\"\r\n\r\n{value}\r\n").bytes());
    }
    let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png");
    out.extend(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").bytes());
    out.extend_from_slice(content);
    out.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
    out
}

/// Sends a file.
pub async fn send(client: &Client, params: Params<'_>, name: &str, content: &[u8]) -> Answer {
    client.with("content-type", CONTENT_TYPE).post_raw("/v1/files", body(params, name, content)).await
}

/// Sends evidence; the file.
pub async fn evidence(client: &Client) -> Value {
    send(client, &[("purpose", "dispute_evidence")], "receipt.png", PNG).await.ok()
}
