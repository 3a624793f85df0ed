//! Bodies that carry a file beside their parameters: `multipart/form-data`, which one endpoint takes.

use std::sync::Arc;

use aws_lc_rs::digest;
use bytes::Bytes;
use form::{Form, Limits};
use futures_util::{FutureExt, stream};
use http::Method;
use kernel::{ApiError, ApiResult};
use url::form_urlencoded::Serializer;

/// The endpoint.
const PATH: &str = "/v1/files";
/// The parameter that is a file.
const FILE: &str = "file";
/// The largest file.
pub const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// What a body may have around the file.
const AROUND_BYTES_MAX: usize = 64 * 1024;
/// Longest name of a file, in characters.
const NAME_CHARS_MAX: usize = 255;

/// A file as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// What its sender calls it.
    pub name: Option<String>,
    /// Its bytes.
    pub content: Bytes,
}

/// The largest body of a request that may carry a file; none for all others.
#[must_use]
pub fn body_bytes_max(method: &Method, path: &str) -> Option<usize> {
    (*method == Method::POST && path.strip_suffix('/').unwrap_or(path) == PATH).then_some(FILE_BYTES_MAX + AROUND_BYTES_MAX)
}

/// Reads a body whose content type has this boundary. Among the parameters the file stands as its digest, so that the same
/// request with another file is another one.
///
/// # Errors
/// 400 for a body that cannot be read, 413 for a file that is too large.
pub(crate) fn read(body: &Bytes, content_type: &str, limits: &Limits) -> ApiResult<(Form, Option<Arc<Upload>>)> {
    // The whole body is in memory, so that nothing has to be waited for.
    let parts = parts(body.clone(), content_type).now_or_never();
    let (text, upload) = parts.ok_or_else(|| ApiError::internal("a body in memory had to be waited for"))??;
    Ok((Form::parse(text.as_bytes(), limits)?, upload.map(Arc::new)))
}

async fn parts(body: Bytes, content_type: &str) -> ApiResult<(String, Option<Upload>)> {
    let boundary = multer::parse_boundary(content_type).map_err(unreadable)?;
    let mut multipart = multer::Multipart::new(stream::once(async move { Ok::<_, multer::Error>(body) }), boundary);
    let mut text = Serializer::new(String::new());
    let mut upload = None;
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == FILE {
            let file_name = field.file_name().map(|own| own.chars().take(NAME_CHARS_MAX).collect());
            let content = field.bytes().await.map_err(unreadable)?;
            if content.len() > FILE_BYTES_MAX {
                return Err(ApiError::too_large(format!("Files have at most {FILE_BYTES_MAX} bytes.")));
            }
            text.append_pair(FILE, &digest_of(&content));
            upload = Some(Upload { name: file_name, content });
        } else {
            text.append_pair(&name, &field.text().await.map_err(unreadable)?);
        }
    }
    Ok((text.finish(), upload))
}

fn digest_of(content: &[u8]) -> String {
    let hash: String = digest::digest(&digest::SHA256, content).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hash}")
}

fn unreadable(error: multer::Error) -> ApiError {
    ApiError::invalid(format!("The multipart body cannot be read: {error}")).before_work()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(parts: &[(&str, &str)]) -> Bytes {
        let part = |(head, content): &(&str, &str)| format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n");
        Bytes::from(parts.iter().map(part).collect::<String>() + "--b--\r\n")
    }

    #[test]
    fn a_file_stands_among_the_parameters_as_its_digest() {
        let sent = |content| body(&[("name=\"purpose\"", "dispute_evidence"), ("name=\"file\"; filename=\"a b.png\"", content)]);
        let read = |content| read(&sent(content), "multipart/form-data; boundary=b", &Limits::default()).unwrap();
        let (form, upload) = read("one");
        assert_eq!(form.get_text("purpose"), Some("dispute_evidence"));
        let upload = upload.unwrap();
        assert_eq!((upload.name.as_deref(), &upload.content[..]), (Some("a b.png"), &b"one"[..]));
        assert_eq!(form.get_text("file"), read("one").0.get_text("file"));
        assert_ne!(form.get_text("file"), read("two").0.get_text("file"));
    }

    #[test]
    fn what_is_no_multipart_body_is_refused() {
        for (content, kind) in [
            (Bytes::from("purpose=x"), "multipart/form-data; boundary=b"),
            (body(&[("name=\"file\"", "x")]), "multipart/form-data"),
            (Bytes::from("--b\r\n"), "multipart/form-data; boundary=b"),
        ] {
            assert_eq!(read(&content, kind, &Limits::default()).unwrap_err().status(), 400, "{kind}");
        }
    }

    #[test]
    fn one_endpoint_takes_files() {
        assert!(body_bytes_max(&Method::POST, "/v1/files/").is_some());
        assert!(body_bytes_max(&Method::GET, "/v1/files").is_none());
        assert!(body_bytes_max(&Method::POST, "/v1/customers").is_none());
    }
}
