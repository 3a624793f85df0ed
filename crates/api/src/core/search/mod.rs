//! Searching what an account has: `GET /v1/<resource>/search`. Unlike the official one, a search sees every write at once.

mod query;

use form::Params;
use kernel::{ApiError, ApiResult, Cx, Page, Resource};
use serde_json::{Value as Json, json};

pub use query::{Kind, Query, Searchable};

use crate::{Call, Reply};

/// Documents that one search looks at before it answers with a page to go on from.
const SCANNED_MAX: usize = 20_000;
/// Matches are counted up to this many.
const COUNTED_MAX: usize = 10_000;

/// `GET /v1/<resource>/search`.
#[derive(Debug, Clone, Params)]
pub struct Search {
    #[params(min = 1, maximum = 100)]
    pub limit: Option<i64>,
    pub page: Option<String>,
    pub query: String,
}

/// Answers a search of a resource, whose ids begin with `place.0` and whose lists stand at `place.1`.
///
/// # Errors
/// 400 for a query or page that does not read.
pub(crate) async fn answer<R: Resource>(
    cx: &mut Cx<'_>,
    searchable: Searchable,
    place: (&str, &str),
    call: Call<Search>,
) -> ApiResult<Reply> {
    let p = call.params;
    let (prefix, url) = place;
    let query = Query::parse(&p.query, searchable)?;
    if let Some(page) = &p.page
        && cx.raw(R::KIND, page).await?.is_none()
    {
        return Err(ApiError::invalid_param("page", "Invalid page: use the next_page of an earlier answer."));
    }
    let limit = usize::try_from(p.limit.unwrap_or(10)).unwrap_or(10);
    let found = scan::<R>(cx, &query, prefix, p.page, limit).await?;
    let data = found.docs.iter().map(|doc| serde_json::from_str(doc)).collect::<Result<Vec<Json>, _>>()?;
    let mut shown = json!({
        "object": "search_result",
        "url": format!("{url}/search"),
        "has_more": found.next.is_some(),
        "data": data,
        "next_page": found.next,
    });
    if call.expand.iter().any(|path| path == "total_count") {
        shown["total_count"] = json!(scan::<R>(cx, &query, prefix, None, COUNTED_MAX).await?.docs.len());
    }
    Reply::json(&shown)
}

/// What a scan brought, and where to go on.
struct Found {
    docs: Vec<String>,
    next: Option<String>,
}

/// The first `limit` documents after a place that a query wants.
async fn scan<R: Resource>(
    cx: &mut Cx<'_>,
    query: &Query,
    prefix: &str,
    mut after: Option<String>,
    limit: usize,
) -> ApiResult<Found> {
    let mut docs: Vec<String> = Vec::new();
    let mut scanned = 0;
    loop {
        let page = next_batch::<R>(cx, prefix, after.as_deref()).await?;
        for (id, doc) in page.rows {
            scanned += 1;
            if query.matches(&serde_json::from_str(&doc)?) {
                if docs.len() == limit {
                    return Ok(Found { docs, next: after });
                }
                docs.push(doc);
            }
            after = Some(id);
        }
        if !page.has_more {
            return Ok(Found { docs, next: None });
        }
        if scanned >= SCANNED_MAX {
            return Ok(Found { docs, next: after });
        }
    }
}

/// The next thousand documents, newest first, with their ids.
async fn next_batch<R: Resource>(cx: &mut Cx<'_>, prefix: &str, after: Option<&str>) -> ApiResult<Page<(String, String)>> {
    const BATCH: i64 = 1_000;
    let sql = "select id, doc from objects where tenant = $1 and kind = $2 and deleted = 0 and id < $3 order by id desc limit $4";
    // No id has a tilde, which comes after all that ids are made of.
    let before = after.map_or_else(|| format!("{prefix}~"), str::to_owned);
    let rows = cx.rows(sql, &[R::KIND.into(), before.as_str().into(), (BATCH + 1).into()]).await?;
    let pairs = rows
        .into_iter()
        .map(|mut row| Ok((row.take_text(0)?, row.take_text(1)?)))
        .collect::<Result<Vec<_>, store::StoreError>>()?;
    Ok(kernel::cut(pairs, BATCH, false))
}
