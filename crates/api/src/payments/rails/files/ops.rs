use std::sync::Arc;

use form::FormError;
use kernel::{ApiError, ApiResult, Cx, ListParams, Page, created_bounds, cut};
use serde_json::json;
use store::{Row, Value};

use super::mask::masked;
use super::object::{ITEM_COLUMNS, Shown, ShownEntry, ShownItem};
use super::params::{Create, List, ListEntries, Way as WayParam};
use crate::payments::rails::entries::{COLUMNS as ENTRY_COLUMNS, StoredEntry};
use crate::payments::rails::inbound;
use crate::payments::rails::kept::{self, AchFile, COLUMNS, PREFIX, Way};
use crate::{App, Call, Nothing, Reply};

const URL: &str = "/drawbridge/v1/ach/files";
const NOUN: &str = "ACH file";

/// Lists files both ways, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    let mut values = Vec::new();
    let mut sql = format!("select {COLUMNS} from ach_files where tenant = $1");
    if let Some(way) = p.direction {
        values.push(Value::from(if way == WayParam::Out { "out" } else { "in" }));
        sql.push_str(&format!(" and direction = ${}", values.len() + 1));
    }
    let (from, to) = p.created.as_ref().map_or((None, None), created_bounds);
    for (bound, sign) in [(from, ">="), (to, "<")] {
        if let Some(bound) = bound {
            values.push(Value::from(format!("{PREFIX}{bound}")));
            sql.push_str(&format!(" and id {sign} ${}", values.len() + 1));
        }
    }
    let known = "select 1 from ach_files where tenant = $1 and id = $2";
    let page = page(cx, &sql, values, ("id", "desc"), &p.page, known).await?;
    let livemode = cx.tenant.livemode();
    let docs = page.rows.iter().map(|row| Ok(serde_json::to_string(&Shown::of(AchFile::read(row)?, livemode)?)?));
    Ok(Reply::list(URL, &Page { rows: docs.collect::<ApiResult<_>>()?, has_more: page.has_more }))
}

/// Shows a file.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let file = found(cx, call.id()).await?;
    Reply::json(&Shown::of(file, cx.tenant.livemode())?)
}

/// Shows what a file says, without account numbers.
///
/// # Errors
/// 404 if there is none.
pub async fn content(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let file = found(cx, call.id()).await?;
    let content = kept::content(cx, &file.id).await?;
    Reply::json(
        &json!({ "object": "drawbridge.ach_file_content", "content": masked(&content), "file": file.id, "name": file.name }),
    )
}

/// Lists the entries of a file in the order in which they were made; of a file from the bank with what became of each.
///
/// # Errors
/// 404 if there is none, 400 for wrong parameters.
pub async fn entries(cx: &mut Cx<'_>, call: Call<ListEntries>) -> ApiResult<Reply> {
    let file = found(cx, call.id()).await?;
    let values = vec![Value::from(file.id.clone())];
    let params = &call.params.page;
    let docs: Page = match file.way {
        Way::Out => {
            let sql = format!("select {ENTRY_COLUMNS} from ach_entries where tenant = $1 and file = $2");
            let known = "select 1 from ach_entries where tenant = $1 and id = $2";
            let page = page(cx, &sql, values, ("id", "asc"), params, known).await?;
            let docs = page.rows.iter().map(|row| Ok(serde_json::to_string(&ShownEntry::of(StoredEntry::read(row)?))?));
            Page { rows: docs.collect::<ApiResult<_>>()?, has_more: page.has_more }
        }
        Way::In => {
            let sql = format!(
                "select {ITEM_COLUMNS} from ach_items i left join ach_entries e on e.tenant = i.tenant and e.id = i.entry \
                 where i.tenant = $1 and i.file = $2"
            );
            let known = "select 1 from ach_items where tenant = $1 and id = $2";
            let page = page(cx, &sql, values, ("i.id", "asc"), params, known).await?;
            let docs = page.rows.iter().map(|row| Ok(serde_json::to_string(&ShownItem::read(row)?)?));
            Page { rows: docs.collect::<ApiResult<_>>()?, has_more: page.has_more }
        }
    };
    Ok(Reply::list(&format!("{URL}/{}/entries", file.id), &docs))
}

/// A page of rows, keyset by id, in the order of the list.
async fn page(
    cx: &mut Cx<'_>,
    sql: &str,
    mut values: Vec<Value<'_>>,
    (id, order): (&str, &str),
    params: &ListParams,
    known: &str,
) -> ApiResult<Page<Row>> {
    let cursor = params.cursor()?;
    if let Some((cursor, _, param)) = cursor
        && cx.row(known, &[Value::from(cursor)]).await?.is_none()
    {
        let shown: String = cursor.chars().take(100).collect();
        return Err(ApiError::coded("resource_missing", format!("No such entry of the list: '{shown}'")).with_param(param));
    }
    let backwards = cursor.is_some_and(|(_, before, _)| before);
    let ascending = (order == "asc") != backwards;
    let mut sql = sql.to_owned();
    if let Some((cursor, ..)) = cursor {
        values.push(Value::from(cursor));
        sql.push_str(&format!(" and {id} {} ${}", if ascending { ">" } else { "<" }, values.len() + 1));
    }
    values.push(Value::from(params.limit() + 1));
    sql.push_str(&format!(" order by {id} {} limit ${}", if ascending { "asc" } else { "desc" }, values.len() + 1));
    Ok(cut(cx.rows(&sql, &values).await?, params.limit(), backwards))
}

async fn found(cx: &mut Cx<'_>, id: &str) -> ApiResult<AchFile> {
    match kept::find(cx, id).await? {
        Some(file) => Ok(file),
        None => {
            let shown: String = id.chars().take(100).collect();
            Err(ApiError::missing(NOUN, &shown, "file"))
        }
    }
}

/// Takes over a file that came by another way than the originator's transport: returns and corrections in it take effect as
/// if it had come that way.
///
/// # Errors
/// 400 without content. A file that is not right is kept and shown as `unreadable`.
pub async fn create(app: App, call: Call<Create>) -> ApiResult<Reply> {
    let tenant = call.caller.tenant.clone();
    let content = call.params.content.filter(|text| !text.trim().is_empty()).ok_or_else(|| FormError::missing("content"))?;
    let name: String = call.params.name.unwrap_or_else(|| "by hand".into()).chars().take(200).collect();
    let shared = Arc::new((name, content));
    let received = app.core.write(&tenant, move |cx| {
        let shared = Arc::clone(&shared);
        Box::pin(async move { inbound::receive(cx, &shared.0, shared.1.as_bytes(), true).await })
    });
    let id = received.await?;
    inbound::apply(&app, &tenant, &id).await?;
    let show = app.core.read(&tenant, move |cx| Box::pin(async move { found(cx, &id).await }));
    let file = show.await?;
    Reply::json(&Shown::of(file, tenant.livemode())?)
}
