use form::Range;
use kernel::thin::{COLUMNS, ThinEvent};
use kernel::{ApiError, ApiResult, Cx, ListParams, Page, created_bounds};
use store::Value;

use super::document;
use super::params::List;
use crate::v2::{Address, Shown};
use crate::{Call, Nothing, Reply};

const PATH: &str = "/v2/core/events";
/// Events are retrievable for this long.
const KEPT_SECONDS: i64 = 30 * 86_400;

/// Shows a thin event.
///
/// # Errors
/// 404 if there is none, or it is older than 30 days.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    match stored(cx, call.id()).await? {
        Some(event) if event.created_ms / 1_000 > cx.now() - KEPT_SECONDS => Ok(Reply::text(document(&event, &cx.tenant)?)),
        _ => Err(missing(cx, call.id()).await?),
    }
}

/// Lists thin events, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    let asked = p.page.as_list()?;
    let events = find(cx, &p, &asked).await?;
    let mut rows = Vec::with_capacity(events.rows.len());
    for event in events.rows {
        let doc = document(&event, &cx.tenant)?;
        rows.push(Shown { id: event.id, doc });
    }
    let address = Address { path: PATH, query: query(&p) };
    address.reply(&asked, &Page { rows, has_more: events.has_more })
}

async fn find(cx: &mut Cx<'_>, p: &List, asked: &ListParams) -> ApiResult<Page<ThinEvent>> {
    let oldest = Range::Between { gt: Some(cx.now() - KEPT_SECONDS), gte: None, lt: None, lte: None };
    let mut sql = format!("select {COLUMNS} from thin_events where tenant = $1");
    let mut values = Vec::new();
    let mut both = |sql: &mut String, condition: &str, value: Value<'static>| {
        values.push(value);
        sql.push_str(&format!(" and {condition} ${}", values.len() + 1));
    };
    for range in [Some(oldest), p.created.as_ref().map(crate::v2::MomentRange::seconds)].iter().flatten() {
        let (from, to) = created_bounds(range);
        for (bound, sign) in [(from, "id >="), (to, "id <")] {
            if let Some(bound) = bound {
                both(&mut sql, sign, Value::from(format!("evt_{bound}")));
            }
        }
    }
    if let Some(id) = &p.object_id {
        both(&mut sql, "object_id =", Value::from(id.clone()));
    }
    let cursor = asked.cursor()?.map(|(id, newer, _)| (id.to_owned(), newer));
    let newer = cursor.as_ref().is_some_and(|(_, newer)| *newer);
    if let Some((id, _)) = cursor {
        both(&mut sql, if newer { "id >" } else { "id <" }, Value::from(id));
    }
    if !p.types.is_empty() {
        let names: Vec<String> = (0..p.types.len()).map(|index| format!("${}", values.len() + 2 + index)).collect();
        sql.push_str(&format!(" and type in ({})", names.join(", ")));
        values.extend(p.types.iter().map(|name| Value::from(name.clone())));
    }
    values.push(Value::from(asked.limit() + 1));
    sql.push_str(&format!(" order by id {} limit ${}", if newer { "asc" } else { "desc" }, values.len() + 1));
    let rows = cx.rows(&sql, &values).await?;
    let events = rows.into_iter().map(ThinEvent::from_row).collect::<ApiResult<Vec<_>>>()?;
    Ok(kernel::cut(events, asked.limit(), newer))
}

/// The filters, for the addresses of other pages.
fn query(p: &List) -> Vec<(String, String)> {
    let mut query: Vec<(String, String)> = p.object_id.iter().map(|id| ("object_id".to_owned(), id.clone())).collect();
    query.extend(p.types.iter().enumerate().map(|(index, name)| (format!("types[{index}]"), name.clone())));
    if let Some(Range::Between { gt, gte, lt, lte }) = p.created.as_ref().map(crate::v2::MomentRange::seconds) {
        for (name, bound) in [("gt", gt), ("gte", gte), ("lt", lt), ("lte", lte)] {
            query.extend(bound.map(|bound| (format!("created[{name}]"), bound.to_string())));
        }
    }
    query
}

/// A thin event of this tenant, however old.
pub(crate) async fn stored(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<ThinEvent>> {
    let sql = format!("select {COLUMNS} from thin_events where tenant = $1 and id = $2");
    cx.row(&sql, &[Value::from(id)]).await?.map(ThinEvent::from_row).transpose()
}

async fn missing(cx: &mut Cx<'_>, id: &str) -> ApiResult<ApiError> {
    let shown: String = id.chars().take(100).collect();
    let other = cx.tenant.other_mode();
    let sql = "select 1 from thin_events where tenant = $1 and id = $2";
    let found = cx.tx.query_opt(sql, &[Value::from(other.key()), Value::from(id)]).await?;
    Ok(match found {
        Some(_) => ApiError::missing_here("event", &shown, "id", cx.tenant.livemode()),
        None => ApiError::missing("event", &shown, "id"),
    })
}
