//! Following pages without being led in circles.

use std::collections::HashSet;
use std::time::Duration;

use egress::Url;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::transport::Read;
use super::{DataCall, Fdx};
use crate::error::BankError;
use crate::json::Object;
use crate::rows::ROWS_MAX;

/// Bounds of one pull, whatever the bank claims is still to come.
const PAGES_MAX: usize = 1_000;
/// After so many pages in a row whose rows are known already, more are not asked for.
const BARREN_PAGES_MAX: usize = 10;
/// The same for pages without rows: a bank that filters after paging gives some before the first match.
const EMPTY_PAGES_MAX: usize = 100;
const BYTES_MAX: usize = 200 * 1024 * 1024;
const TIME_MAX: Duration = Duration::from_secs(300);

impl Fdx {
    /// Reads the list `list_name` page by page and hands each row to `row`, which says how many
    /// rows are kept by now. Returns whether everything was read.
    pub(super) async fn each_row(
        &self,
        call: DataCall<'_>,
        first: Url,
        list_name: &str,
        mut row: impl FnMut(&RawValue) -> usize + Send,
    ) -> Result<bool, BankError> {
        let deadline = Instant::now() + TIME_MAX;
        let mut seen = HashSet::from([first.to_string()]);
        let mut complete = true;
        let (mut bytes_read, mut kept, mut barren, mut empty) = (0, 0, 0, 0);
        let mut url = first.clone();
        for _ in 0..PAGES_MAX {
            let (object, bytes, partial) = match self.read(call, url.clone()).await? {
                Read::Found { object, bytes, partial } => (object, bytes, partial),
                Read::Nothing => return Ok(complete),
                Read::Unsupported => return Ok(false),
            };
            complete &= !partial;
            // An object without the list must not pass for an empty list.
            let rows = object.list(list_name).ok_or_else(|| BankError::Protocol(format!("the answer has no {list_name}")))?;
            let before = kept;
            kept = rows.iter().map(|raw| row(raw)).last().unwrap_or(kept);
            (barren, empty) = match (kept > before, rows.is_empty()) {
                (true, _) => (0, 0),
                (false, true) => (barren, empty + 1),
                (false, false) => (barren + 1, empty),
            };
            bytes_read += bytes;
            url = match next(&object, &first, &url) {
                Next::End => return Ok(complete),
                Next::Elsewhere => return Ok(false),
                Next::Page(next) => next,
            };
            let circle = !seen.insert(url.to_string());
            let fruitless = barren >= BARREN_PAGES_MAX || empty >= EMPTY_PAGES_MAX;
            let enough = kept >= ROWS_MAX || bytes_read >= BYTES_MAX || Instant::now() >= deadline;
            if circle || fruitless || enough {
                return Ok(false);
            }
        }
        Ok(false)
    }
}

enum Next {
    End,
    Page(Url),
    /// The bank points to another server, where our token must not go.
    Elsewhere,
}

/// Where the next page is: the cursor of FDX 6, that of FDX 5, or a link.
fn next(object: &Object, first: &Url, current: &Url) -> Next {
    let page = object.object("page");
    let cursor = |name: &str| page.as_ref().and_then(|page| page.text(name));
    if let Some(key) = cursor("nextPageKey") {
        return Next::Page(with_query(first, "pageKey", &key));
    }
    if let Some(offset) = cursor("nextOffset") {
        return Next::Page(with_query(first, "offset", &offset));
    }
    let link = object.object("links").and_then(|links| links.object("next"));
    let Some(href) = link.and_then(|link| link.text("href")) else {
        return Next::End;
    };
    match current.join(&href) {
        Ok(url) if url.origin() == first.origin() => Next::Page(url),
        _ => Next::Elsewhere,
    }
}

fn with_query(url: &Url, name: &str, value: &str) -> Url {
    let mut url = url.clone();
    url.query_pairs_mut().append_pair(name, value);
    url
}

#[cfg(test)]
mod tests {
    use super::{Next, next};
    use crate::json::Object;
    use egress::Url;

    fn followed(body: &str) -> Option<String> {
        let first = Url::parse("https://b/x/accounts?limit=5").unwrap();
        match next(&Object::parse(body.as_bytes()).unwrap(), &first, &first) {
            Next::Page(url) => Some(url.to_string()),
            Next::End => None,
            Next::Elsewhere => Some("elsewhere".to_owned()),
        }
    }

    #[test]
    fn every_kind_of_cursor_is_followed() {
        let base = "https://b/x/accounts?limit=5";
        for (body, expected) in [
            (r#"{"page":{"nextPageKey":"k/1"}}"#, format!("{base}&pageKey=k%2F1")),
            (r#"{"page":{"nextOffset":2}}"#, format!("{base}&offset=2")),
            (r#"{"page":{"nextOffset":"o"}}"#, format!("{base}&offset=o")),
            (r#"{"links":{"next":{"href":"?p=2"}}}"#, "https://b/x/accounts?p=2".to_owned()),
            (r#"{"links":{"next":{"href":"https://b/y"}}}"#, "https://b/y".to_owned()),
        ] {
            assert_eq!(followed(body), Some(expected), "{body}");
        }
    }

    #[test]
    fn the_end_and_foreign_links() {
        for body in
            ["{}", r#"{"page":{}}"#, r#"{"page":{"nextPageKey":null}}"#, r#"{"page":{"nextPageKey":""},"links":{"next":null}}"#]
        {
            assert_eq!(followed(body), None, "{body}");
        }
        for href in ["https://evil/x", "http://b/x", "//evil/x", "https://b:444/x", "https://u@b/"] {
            let body = format!(r#"{{"links":{{"next":{{"href":"{href}"}}}}}}"#);
            let expected = if href == "https://u@b/" { "https://u@b/" } else { "elsewhere" };
            assert_eq!(followed(&body).as_deref(), Some(expected), "userinfo is refused by egress");
        }
    }
}
