//! What a person sends from the sign-in pane: names and values, of a plain form or of one with a file.

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};
use encoding_rs::{Encoding, WINDOWS_1252};
use http::header;
use http_body_util::BodyExt;
use url::form_urlencoded;

/// The largest file, in bytes.
const LARGEST_FILE: usize = 5 * 1024 * 1024;
/// What stands around it: names, boundaries and the other answers.
const AROUND_A_FILE: usize = 64 * 1024;
/// Of a larger body this much is read and dropped, in bytes: a browser shows an answer only once it has sent everything.
const DROPPED: usize = 32 * 1024 * 1024;
/// The most answers that a form has.
const MOST_ANSWERS: usize = 32;

/// Why the answers cannot be had.
#[derive(Debug, PartialEq, Eq)]
pub enum Unreadable {
    TooLarge,
    /// Not a form, or one that ended early.
    Broken,
}

/// Reads the answers. A file becomes text under the name of its field.
pub async fn read(request: Request, largest_form: usize) -> Result<Vec<(String, String)>, Unreadable> {
    let (parts, body) = request.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let with_file = kind.to_ascii_lowercase().starts_with("multipart/form-data");
    let largest = if with_file { LARGEST_FILE + AROUND_A_FILE } else { largest_form };
    let bytes = whole(body, largest).await?;
    if !with_file {
        return Ok(form_urlencoded::parse(&bytes).into_owned().take(MOST_ANSWERS).collect());
    }
    let whole = Request::from_parts(parts, Body::from(bytes));
    let mut form = Multipart::from_request(whole, &()).await.map_err(|_| Unreadable::Broken)?;
    let mut answers = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| Unreadable::Broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let value = field.bytes().await.map_err(|_| Unreadable::Broken)?;
        if value.len() > LARGEST_FILE {
            return Err(Unreadable::TooLarge);
        }
        if answers.len() < MOST_ANSWERS {
            answers.push((name, text(&value)));
        }
    }
    Ok(answers)
}

async fn whole(mut body: Body, largest: usize) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unreadable::Broken)?.into_data() else { continue };
        length += data.len();
        if length <= largest {
            bytes.extend_from_slice(&data);
        } else if length > DROPPED {
            break;
        }
    }
    if length <= largest { Ok(bytes) } else { Err(Unreadable::TooLarge) }
}

/// Files of banks are UTF-8, say so by a mark at their beginning, or come from the time before.
fn text(bytes: &[u8]) -> String {
    match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode_with_bom_removal(bytes).0.into_owned(),
        None => std::str::from_utf8(bytes).map_or_else(|_| WINDOWS_1252.decode(bytes).0.into_owned(), str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_any_time_are_read() {
        assert_eq!(text("Caf\u{e9}".as_bytes()), "Caf\u{e9}");
        assert_eq!(text(b"Caf\xe9 \x80"), "Caf\u{e9} \u{20ac}");
        assert_eq!(text(b"\xef\xbb\xbfa"), "a");
        assert_eq!(text(b"\xff\xfea\0b\0"), "ab");
        assert_eq!(text(b""), "");
    }
}
