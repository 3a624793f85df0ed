//! The contents of files: what they are, and where they are kept.

use bytes::Bytes;
use kernel::{ApiError, ApiResult, Cx};
use store::Value;

/// What a file begins with, what it then is, and how that is called on the web.
const KNOWN: [(&[u8], &str, &str); 4] = [
    (b"%PDF-", "pdf", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"GIF8", "gif", "image/gif"),
];
/// Longest ending of a name that is taken for a type.
const ENDING_MAX: usize = 8;

/// What a file is by its first bytes; else how its name ends.
pub(super) fn kind(content: &[u8], name: Option<&str>) -> Option<String> {
    if let Some((_, kind, _)) = KNOWN.iter().find(|(start, ..)| content.starts_with(start)) {
        return Some((*kind).to_owned());
    }
    let (_, ending) = name?.rsplit_once('.')?;
    let known = KNOWN.iter().any(|(_, kind, _)| *kind == ending);
    let is_ending = (1..=ENDING_MAX).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // A name that promises what the bytes are not says nothing.
    (is_ending && !known).then(|| ending.to_ascii_lowercase())
}

/// What a content is called on the web.
pub(super) fn content_type(content: &[u8]) -> &'static str {
    let found = KNOWN.iter().find(|(start, ..)| content.starts_with(start));
    found.map_or("application/octet-stream", |(_, _, name)| name)
}

pub(super) async fn keep(cx: &mut Cx<'_>, file: &str, content: &[u8]) -> ApiResult<()> {
    let sealed = cx.core.vault.seal(&cx.tenant, &name(file), content);
    let sql = "insert into file_contents (tenant, file, sealed) values ($1, $2, $3)";
    cx.run(sql, &[Value::from(file), Value::from(sealed)]).await?;
    Ok(())
}

pub(super) async fn read(cx: &mut Cx<'_>, file: &str) -> ApiResult<Bytes> {
    let row = cx.row("select sealed from file_contents where tenant = $1 and file = $2", &[Value::from(file)]).await?;
    let row = row.ok_or_else(|| ApiError::internal("a file without its content"))?;
    let plain = cx.core.vault.open(&cx.tenant, &name(file), row.blob(0)?);
    Ok(Bytes::from(plain.map_err(|error| ApiError::internal(error.to_string()))?))
}

/// What a content is sealed under.
fn name(file: &str) -> String {
    format!("file/{file}")
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn bytes_say_more_than_names() {
        for (content, name, expected) in [
            (&b"%PDF-1.7"[..], "a.png", Some("pdf")),
            (b"\x89PNG\r\n\x1a\n", "a", Some("png")),
            (b"a,b", "rows.CSV", Some("csv")),
            (b"<html>", "a.pdf", None),
            (b"x", "noending", None),
            (b"x", "a.much too long", None),
        ] {
            assert_eq!(kind(content, Some(name)).as_deref(), expected, "{name}");
        }
    }
}
