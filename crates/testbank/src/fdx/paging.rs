//! Pages of lists. A page key is sealed and holds the moment of the first page, so that a list does not shift while it is
//! being read.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::FdxError;
use super::access::Session;
use crate::conduct::WrongData;
use crate::seal::Purpose;

/// Rows in a page if the caller does not say.
const USUAL_LIMIT: usize = 100;
/// Most rows in a page; a caller who wants more gets as many.
const HIGHEST_LIMIT: usize = 500;

/// Where a page starts in which list.
#[derive(Debug, Serialize, Deserialize)]
pub struct PageKey<T> {
    /// The path of the list: a key opens no other.
    path: String,
    /// Consent for which it was made.
    consent: String,
    /// What the first page was asked for.
    pub list: T,
    /// Rows before this page.
    pub offset: usize,
}

/// The `page` object of a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_key: Option<String>,
    total_elements: usize,
}

#[derive(Serialize)]
struct Link {
    href: String,
}

/// The `links` object of a list.
#[derive(Serialize)]
pub struct Links {
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Link>,
}

/// One page of rows.
pub struct Slice<R> {
    pub rows: Vec<R>,
    pub page: PageInfo,
    pub links: Links,
}

/// Reads `limit`.
fn limit(session: &Session) -> Result<usize, FdxError> {
    match session.query("limit").map(str::parse::<usize>) {
        None => Ok(USUAL_LIMIT),
        Some(Ok(limit)) if limit > 0 => Ok(limit.min(HIGHEST_LIMIT)),
        Some(_) => Err(FdxError::input("limit must be a positive number")),
    }
}

/// Reads `pageKey`, which decides about everything but the size of the page.
pub fn resume<T: DeserializeOwned>(session: &Session, path: &str) -> Result<Option<PageKey<T>>, FdxError> {
    let Some(sealed) = session.query("pageKey") else {
        return Ok(None);
    };
    let key: Option<PageKey<T>> = session.site.bank.keys.open(Purpose::PageKey, sealed);
    key.filter(|key| key.path == path && key.consent == session.grant.id)
        .map(Some)
        .ok_or_else(|| FdxError::input("pageKey does not belong to this list"))
}

/// Cuts the page that starts at `offset` out of the whole list.
pub fn cut<R, T: Serialize>(session: &Session, path: &str, list: T, offset: usize, rows: Vec<R>) -> Result<Slice<R>, FdxError> {
    let limit = limit(session)?;
    let total = rows.len();
    let end = offset.saturating_add(limit).min(total);
    // Where pages are endless, the first one comes again after the last.
    let endless = total > 0 && session.conduct.has(WrongData::EndlessPages);
    let next = (end < total || endless).then(|| {
        let (path, consent) = (path.to_owned(), session.grant.id.clone());
        let offset = if end < total { end } else { 0 };
        session.site.bank.keys.seal(Purpose::PageKey, &PageKey { path, consent, list, offset })
    });
    let link = next.as_ref().map(|key| Link { href: session.address(&format!("{path}?limit={limit}&pageKey={key}")) });
    let rows = rows.into_iter().skip(offset).take(limit).collect();
    let page = PageInfo { next_page_key: next, total_elements: total };
    Ok(Slice { rows, page, links: Links { next: link } })
}
