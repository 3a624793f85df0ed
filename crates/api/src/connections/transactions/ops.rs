use form::{Params, Range};
use kernel::{ApiError, ApiResult, Cx, ListParams, Page};
use serde_json::json;
use store::{Row, Value};

use crate::connections::accounts::{Account, Link};
use crate::{Call, Nothing, Reply};

const COLUMNS: &str = "id, account, amount, currency, description, status, posted_at, void_at, transacted_at, refresh, updated";

/// `GET /v1/financial_connections/transactions`.
#[derive(Debug, Clone, Params)]
pub struct List {
    /// `fca_…`
    pub account: String,
    /// Unix seconds.
    pub transacted_at: Option<Range>,
    /// Only what later refreshes brought or changed.
    pub transaction_refresh: Option<RefreshFilter>,
    /// The page.
    #[params(flatten)]
    pub page: ListParams,
}

/// See [`List::transaction_refresh`].
#[derive(Debug, Clone, Params)]
pub struct RefreshFilter {
    /// `fctxnref_…`
    pub after: String,
}

/// Lists an account's transactions, the newest `transacted_at` first.
///
/// # Errors
/// 400 for an unknown account, one without the permission, or one that was never refreshed successfully.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    check_readable(cx, &p.account).await?;
    let mut sql = format!("select {COLUMNS} from bank_transactions where tenant = $1 and account = $2");
    let mut values = vec![Value::from(p.account.as_str())];
    let mut add = |sql: &mut String, text: &str, value: Value<'static>| {
        values.push(value);
        sql.push_str(&text.replace('?', &format!("${}", values.len() + 1)));
    };
    if let Some(range) = &p.transacted_at {
        let (from, to) = range.inclusive();
        add(&mut sql, " and transacted_at >= ?", from.into());
        add(&mut sql, " and transacted_at <= ?", to.into());
    }
    if let Some(filter) = &p.transaction_refresh {
        let number = refresh_number(cx, &p.account, &filter.after).await?;
        add(&mut sql, " and refresh_number > ?", number.into());
    }
    let cursor = p.page.cursor()?;
    let newer = cursor.is_some_and(|(_, newer, _)| newer);
    if let Some((id, newer, param)) = cursor {
        let at = place(cx, &p.account, id, param).await?;
        let sign = if newer { ">" } else { "<" };
        add(&mut sql, &format!(" and (transacted_at, id) {sign} (?, "), at.into());
        add(&mut sql, "?)", id.to_owned().into());
    }
    let order = if newer { "asc" } else { "desc" };
    add(&mut sql, &format!(" order by transacted_at {order}, id {order} limit ?"), (p.page.limit() + 1).into());
    let rows = cx.rows(&sql, &values).await?;
    let livemode = cx.tenant.livemode();
    let docs = rows.iter().map(|row| document(row, livemode)).collect::<ApiResult<Vec<_>>>()?;
    let page: Page = kernel::cut(docs, p.page.limit(), newer);
    Ok(Reply::list("/v1/financial_connections/transactions", &page))
}

/// Shows a transaction.
///
/// # Errors
/// 404 if there is none, or its account was disconnected.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let sql = format!("select {COLUMNS} from bank_transactions where tenant = $1 and id = $2");
    let row = cx.row(&sql, &[Value::from(call.id())]).await?;
    let Some(row) = row else { return Err(missing(cx, call.id()).await?) };
    let account = readable(cx, row.text(1)?).await?;
    if account.is_none() {
        return Err(missing(cx, call.id()).await?);
    }
    Ok(Reply::text(document(&row, cx.tenant.livemode())?))
}

/// The newest transactions of an account as documents, whoever may read them, at most `limit`.
pub(crate) async fn newest(cx: &mut Cx<'_>, account: &str, limit: i64) -> ApiResult<Vec<String>> {
    let sql = format!(
        "select {COLUMNS} from bank_transactions where tenant = $1 and account = $2 order by transacted_at desc, id desc limit $3"
    );
    let rows = cx.rows(&sql, &[Value::from(account), Value::from(limit)]).await?;
    let livemode = cx.tenant.livemode();
    rows.iter().map(|row| document(row, livemode)).collect()
}

async fn readable(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<Account>> {
    let account = cx.raw("financial_connections.account", id).await?;
    let account: Option<Account> = account.map(|doc| serde_json::from_str(&doc)).transpose()?;
    Ok(account.filter(|account| account.status != "disconnected" && account.permits("transactions")))
}

async fn check_readable(cx: &mut Cx<'_>, id: &str) -> ApiResult<()> {
    let Some(doc) = cx.raw("financial_connections.account", id).await? else {
        return Err(cx.missing::<Account>(id, "account").await?.as_bad_request());
    };
    let account: Account = serde_json::from_str(&doc)?;
    if !account.permits("transactions") {
        let message = "The permission 'transactions' was not asked for when this account was linked.";
        return Err(ApiError::invalid_param("account", message));
    }
    if account.status == "disconnected" {
        return Err(ApiError::invalid_param("account", "This account was disconnected; its data is no longer available."));
    }
    let link = cx.find::<Link>(id).await?;
    if link.is_some_and(|link| link.transactions_from.is_some()) {
        return Ok(());
    }
    let message = "No refresh of this account's transactions has succeeded yet. Refresh it, and wait for financial_connections.account.refreshed_transactions.";
    Err(ApiError::coded("financial_connections_no_successful_transaction_refresh", message).with_param("account"))
}

async fn refresh_number(cx: &mut Cx<'_>, account: &str, id: &str) -> ApiResult<i64> {
    let sql = "select number from transaction_refreshes where tenant = $1 and id = $2 and account = $3";
    let row = cx.row(sql, &[Value::from(id), Value::from(account)]).await?;
    let shown: String = id.chars().take(100).collect();
    let missing = || {
        let message = format!("No such financial_connections.transaction_refresh: '{shown}'");
        ApiError::coded("resource_missing", message).with_param("transaction_refresh[after]")
    };
    Ok(row.ok_or_else(missing)?.int(0)?)
}

async fn place(cx: &mut Cx<'_>, account: &str, id: &str, param: &str) -> ApiResult<i64> {
    let sql = "select transacted_at from bank_transactions where tenant = $1 and id = $2 and account = $3";
    let row = cx.row(sql, &[Value::from(id), Value::from(account)]).await?;
    match row {
        Some(row) => Ok(row.int(0)?),
        None => Err(missing(cx, id).await?.as_bad_request().with_param(param)),
    }
}

async fn missing(cx: &mut Cx<'_>, id: &str) -> ApiResult<ApiError> {
    const NOUN: &str = "financial_connections.transaction";
    let shown: String = id.chars().take(100).collect();
    let other = cx.tenant.other_mode();
    let sql = "select 1 from bank_transactions where tenant = $1 and id = $2";
    let found = cx.tx.query_opt(sql, &[Value::from(other.key()), Value::from(id)]).await?;
    Ok(match found {
        Some(_) => ApiError::missing_here(NOUN, &shown, "transaction", cx.tenant.livemode()),
        None => ApiError::missing(NOUN, &shown, "transaction"),
    })
}

fn document(row: &Row, livemode: bool) -> ApiResult<String> {
    Ok(json!({
        "id": row.text(0)?,
        "object": "financial_connections.transaction",
        "account": row.text(1)?,
        "amount": row.int(2)?,
        "currency": row.text(3)?,
        "description": row.text(4)?,
        "livemode": livemode,
        "status": row.text(5)?,
        "status_transitions": {"posted_at": row.int_opt(6)?, "void_at": row.int_opt(7)?},
        "transacted_at": row.int(8)?,
        "transaction_refresh": row.text(9)?,
        "updated": row.int(10)?,
    })
    .to_string())
}
