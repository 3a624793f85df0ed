//! The data of a person as a file.

use kernel::{ApiResult, Cx};
use serde_json::{Value as Json, json};
use store::Value;

use super::ops::{self, Own, PersonError};
use crate::App;
use crate::connections::transactions;
use crate::core::account::business_name;

/// Transactions in one file; the newest of each account come first. 180 days of several busy accounts stay below it.
const TRANSACTIONS_MAX: i64 = 20_000;

/// Everything that is stored about the person here, as a JSON document: accounts with owners and transactions, and receipts.
/// Never an account number. `complete` is false if there were more transactions than one file takes.
///
/// # Errors
/// See [`PersonError`].
pub async fn export(app: &App, token: &str) -> Result<String, PersonError> {
    let door = ops::enter(app, token).await?;
    let whose = door.target;
    let text = app.core.read(&door.tenant, move |cx| Box::pin(async move { document(cx, &whose).await }));
    Ok(text.await?)
}

async fn document(cx: &mut Cx<'_>, whose: &str) -> ApiResult<String> {
    let (mut left, mut complete) = (TRANSACTIONS_MAX, true);
    let mut accounts: Vec<Json> = Vec::new();
    let (own, receipts) = ops::belongings(cx, whose).await?;
    for Own { account, .. } in own {
        let mut shown = serde_json::to_value(&account)?;
        let mut rows: Vec<Json> = Vec::new();
        if account.status != "disconnected" {
            let found = transactions::newest(cx, &account.id, left + 1).await?;
            complete &= i64::try_from(found.len()).unwrap_or(i64::MAX) <= left;
            let kept = usize::try_from(left).unwrap_or(0);
            rows = found.iter().take(kept).map(|doc| serde_json::from_str(doc)).collect::<Result<_, _>>()?;
            left -= i64::try_from(rows.len()).unwrap_or(0);
        }
        shown["ownership"] = owners(cx, account.ownership.as_deref()).await?;
        shown["transactions"] = Json::Array(rows);
        accounts.push(shown);
    }
    let document = json!({
        "object": "drawbridge.person_export",
        "accounts": accounts,
        "business_name": business_name(cx).await?,
        "complete": complete,
        "consents": receipts,
        "created": cx.now(),
        "livemode": cx.tenant.livemode(),
    });
    Ok(serde_json::to_string_pretty(&document)?)
}

/// The newest snapshot of the owners, in full.
async fn owners(cx: &mut Cx<'_>, ownership: Option<&str>) -> ApiResult<Json> {
    let Some(id) = ownership else { return Ok(Json::Null) };
    let sql = "select doc from objects where tenant = $1 and kind = 'financial_connections.account_ownership' and id = $2";
    let row = cx.row(sql, &[Value::from(id)]).await?;
    Ok(row.map(|row| -> ApiResult<Json> { Ok(serde_json::from_str(row.text(0)?)?) }).transpose()?.unwrap_or(Json::Null))
}
