//! `/drawbridge/v1/request_logs`: what was asked of this account, for 30 days, without secrets.

use form::Params;
use kernel::{ApiError, ApiResult, Cx, ListParams, Page};
use serde_json::{Value as Json, json};
use store::{Row, Value};

use crate::reply::list_text;
use crate::{Call, Nothing, Reply};

const COLUMNS: &str = "id, created_real, key_id, method, path, status, api_version, idempotency_key, params, error";

/// `GET /drawbridge/v1/request_logs`.
#[derive(Debug, Clone, Params)]
pub struct List {
    /// The page.
    #[params(flatten)]
    pub page: ListParams,
}

/// Shows one request.
///
/// # Errors
/// 404 if it is not in the log.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let sql = format!("select {COLUMNS} from request_log where tenant = $1 and id = $2");
    let row = cx.row(&sql, &[Value::from(call.id())]).await?;
    let row = row.ok_or_else(|| ApiError::missing("request", call.id(), "id"))?;
    Ok(Reply::text(document(&row)?))
}

/// Lists requests, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params.page;
    let (sign, order, cursor) = match p.cursor()? {
        Some((id, true, _)) => (">", "asc", id.to_owned()),
        Some((id, false, _)) => ("<", "desc", id.to_owned()),
        None => ("<", "desc", String::from("req_~")),
    };
    let sql = format!("select {COLUMNS} from request_log where tenant = $1 and id {sign} $2 order by id {order} limit $3");
    let rows = cx.rows(&sql, &[Value::from(cursor), Value::from(p.limit() + 1)]).await?;
    let docs = rows.iter().map(document).collect::<ApiResult<Vec<_>>>()?;
    let page: Page = kernel::cut(docs, p.limit(), order == "asc");
    Ok(Reply::text(list_text("/drawbridge/v1/request_logs", &page.rows, page.has_more)))
}

fn document(row: &Row) -> ApiResult<String> {
    let params: Json = serde_json::from_str(row.text(8)?)?;
    let error: Option<Json> = row.text_opt(9)?.map(serde_json::from_str).transpose()?;
    Ok(json!({
        "id": row.text(0)?,
        "object": "drawbridge.request_log",
        "api_version": row.text(6)?,
        "created": row.int(1)?,
        "error": error.map(|error| error["error"].clone()),
        "idempotency_key": row.text_opt(7)?,
        "key": row.text(2)?,
        "method": row.text(3)?,
        "params": params,
        "path": row.text(4)?,
        "status": row.int(5)?,
    })
    .to_string())
}
