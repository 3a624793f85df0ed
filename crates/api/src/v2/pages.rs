use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use form::Params;
use kernel::{ApiError, ApiResult, ListParams, Page};
use serde::Serialize;
use serde_json::value::RawValue;
use url::form_urlencoded::Serializer;

use crate::Reply;

/// The parameters that every list of `/v2` takes.
#[derive(Debug, Clone, Default, Params)]
pub struct PageParams {
    /// 1 to 100; 20 if not given.
    #[params(min = 1, maximum = 100)]
    pub limit: Option<i64>,
    /// A token from the address of another page.
    pub page: Option<String>,
}

impl PageParams {
    /// The same as lists of `/v1` have it.
    ///
    /// # Errors
    /// 400 for a token that is not one.
    pub(crate) fn as_list(&self) -> ApiResult<ListParams> {
        let limit = Some(self.limit.unwrap_or(20));
        let (older, newer) = match &self.page {
            None => (None, None),
            Some(token) => match read(token).ok_or_else(|| ApiError::invalid_param("page", "Invalid page token."))? {
                (id, false) => (Some(id), None),
                (id, true) => (None, Some(id)),
            },
        };
        Ok(ListParams { limit, starting_after: older, ending_before: newer })
    }
}

/// A row of a page.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    /// Its id, by which pages go on.
    pub id: String,
    /// Its document.
    pub doc: String,
}

/// Where a list is, and what it was asked for besides its page.
pub(crate) struct Address<'a> {
    pub path: &'a str,
    pub query: Vec<(String, String)>,
}

impl Address<'_> {
    /// A list of documents with the addresses of the pages around it.
    ///
    /// # Errors
    /// If a document is not JSON.
    pub(crate) fn reply(&self, asked: &ListParams, page: &Page<Shown>) -> ApiResult<Reply> {
        #[derive(Serialize)]
        struct List<'a> {
            data: Vec<&'a RawValue>,
            next_page_url: Option<String>,
            previous_page_url: Option<String>,
        }
        // The page that one came from exists; in the other direction the list knows.
        let (has_older, has_newer) = match (&asked.starting_after, &asked.ending_before) {
            (_, Some(_)) => (true, page.has_more),
            (Some(_), None) => (page.has_more, true),
            (None, None) => (page.has_more, false),
        };
        let at = |row: Option<&Shown>, newer: bool| row.map(|row| self.page(asked.limit(), &token(&row.id, newer)));
        let list = List {
            data: page.rows.iter().map(|row| serde_json::from_str(&row.doc)).collect::<Result<_, _>>()?,
            next_page_url: at(page.rows.last().filter(|_| has_older), false),
            previous_page_url: at(page.rows.first().filter(|_| has_newer), true),
        };
        Reply::json(&list)
    }

    fn page(&self, limit: i64, token: &str) -> String {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(&self.query).append_pair("limit", &limit.to_string()).append_pair("page", token);
        format!("{}?{}", self.path, query.finish())
    }
}

fn token(id: &str, newer: bool) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}{id}", if newer { '<' } else { '>' }))
}

/// The id that a page goes on from, and whether to newer ones.
fn read(token: &str) -> Option<(String, bool)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (newer, id) = text.strip_prefix('<').map(|id| (true, id)).or_else(|| text.strip_prefix('>').map(|id| (false, id)))?;
    Some((id.to_owned(), newer))
}
