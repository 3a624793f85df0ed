use kernel::{ApiError, ApiResult, Cx, created_bounds};
use serde_json::json;
use store::{Row, Value};

use super::params::List;
use crate::{Call, Nothing, Reply};

const URL: &str = "/v1/balance_transactions";
const COLUMNS: &str = "id, created, available_on, type, reporting_category, source, description, currency, amount, fee, net";

/// Shows a movement of the balance.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    match document(cx, call.id()).await? {
        Some(text) => Ok(Reply::text(text)),
        None => Err(missing(cx, call.id()).await?),
    }
}

/// The document of a balance transaction.
pub(crate) async fn document(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<String>> {
    let sql = format!("select {COLUMNS} from balance_transactions where tenant = $1 and id = $2");
    let row = cx.row(&sql, &[Value::from(id)]).await?;
    let now = cx.now();
    row.map(|row| shown(&row, now)).transpose()
}

/// The documents of all transactions about an object, oldest first.
pub(crate) async fn of_source(cx: &mut Cx<'_>, source: &str) -> ApiResult<Vec<String>> {
    let sql = format!("select {COLUMNS} from balance_transactions where tenant = $1 and source = $2 order by id");
    let now = cx.now();
    cx.rows(&sql, &[Value::from(source)]).await?.iter().map(|row| shown(row, now)).collect()
}

/// The fee that was taken with a balance transaction, in minor units.
///
/// # Errors
/// If there is no such line, and those of the database.
pub(crate) async fn fee_of(cx: &mut Cx<'_>, id: &str) -> ApiResult<i64> {
    let row = cx.row("select fee from balance_transactions where tenant = $1 and id = $2", &[Value::from(id)]).await?;
    let row = row.ok_or_else(|| ApiError::internal(format!("the balance transaction {id} is gone")))?;
    Ok(row.int(0)?)
}

async fn missing(cx: &mut Cx<'_>, id: &str) -> ApiResult<ApiError> {
    let other = cx.tenant.other_mode();
    let sql = "select 1 from balance_transactions where tenant = $1 and id = $2";
    let found = cx.tx.query_opt(sql, &[Value::from(other.key()), Value::from(id)]).await?;
    let shown: String = id.chars().take(100).collect();
    Ok(match found {
        Some(_) => ApiError::missing_here("balance transaction", &shown, "id", cx.tenant.livemode()),
        None => ApiError::missing("balance transaction", &shown, "id"),
    })
}

/// Lists the movements of the balance, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    let cursor = p.page.cursor()?;
    if let Some((id, _, param)) = cursor
        && document(cx, id).await?.is_none()
    {
        return Err(ApiError::missing("balance transaction", &id.chars().take(100).collect::<String>(), param).as_bad_request());
    }
    if let Some(payout) = &p.payout {
        // Nothing is paid out by this server yet, so there is none of this name.
        return Err(ApiError::missing("payout", &payout.chars().take(100).collect::<String>(), "payout").as_bad_request());
    }
    let mut sql = format!("select {COLUMNS} from balance_transactions where tenant = $1");
    let mut values = Vec::new();
    let mut only = |condition: &str, value: Value<'static>| {
        values.push(value);
        sql.push_str(&format!(" and {condition} ${}", values.len() + 1));
    };
    let currency = p.currency.map(|own| own.to_lowercase());
    for (condition, value) in [("type =", p.r#type), ("source =", p.source), ("currency =", currency)] {
        if let Some(value) = value {
            only(condition, Value::from(value));
        }
    }
    let (from, to) = p.created.as_ref().map_or((None, None), created_bounds);
    for (condition, bound) in [("id >=", from), ("id <", to)] {
        if let Some(bound) = bound {
            only(condition, Value::from(format!("txn_{bound}")));
        }
    }
    let newer = cursor.is_some_and(|(_, newer, _)| newer);
    if let Some((id, newer, _)) = cursor {
        only(if newer { "id >" } else { "id <" }, Value::from(id.to_owned()));
    }
    values.push(Value::from(p.page.limit() + 1));
    sql.push_str(&format!(" order by id {} limit ${}", if newer { "asc" } else { "desc" }, values.len() + 1));
    let now = cx.now();
    let docs = cx.rows(&sql, &values).await?.iter().map(|row| shown(row, now)).collect::<ApiResult<Vec<_>>>()?;
    Ok(Reply::list(URL, &kernel::cut(docs, p.page.limit(), newer)))
}

/// The document of a row of [`COLUMNS`]. Whether it is available is a matter of the time at which it is shown.
fn shown(row: &Row, now: i64) -> ApiResult<String> {
    let (available_on, currency, fee) = (row.int(2)?, row.text(7)?, row.int(9)?);
    let detail = json!({
        "amount": fee,
        "application": null,
        "currency": currency,
        "description": "Processing fees",
        "type": "stripe_fee",
    });
    Ok(json!({
        "id": row.text(0)?,
        "object": "balance_transaction",
        "amount": row.int(8)?,
        "available_on": available_on,
        "balance_type": "payments",
        "created": row.int(1)?,
        "currency": currency,
        "description": row.text_opt(6)?,
        "exchange_rate": null,
        "fee": fee,
        "fee_details": if fee == 0 { Vec::new() } else { vec![detail] },
        "net": row.int(10)?,
        "reporting_category": row.text(4)?,
        "source": row.text(5)?,
        "status": if available_on <= now { "available" } else { "pending" },
        "type": row.text(3)?,
    })
    .to_string())
}
