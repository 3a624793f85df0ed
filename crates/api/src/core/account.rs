//! `GET /v1/account`: the account that a key belongs to.

use kernel::{ApiError, ApiResult, Cx};
use serde_json::{Value as Json, json};
use store::Value;

use crate::{Call, Nothing, Reply};

/// Shows the caller's account.
///
/// # Errors
/// Those of the database.
pub async fn retrieve(cx: &mut Cx<'_>, _call: Call<Nothing>) -> ApiResult<Reply> {
    let id = cx.tenant.account().to_owned();
    let doc = document(cx, &id).await?.ok_or_else(|| ApiError::internal("the caller's account has no row"))?;
    Ok(Reply::text(doc))
}

/// The document of the caller's own account; none for any other.
pub(crate) async fn document(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<String>> {
    if id != cx.tenant.account() {
        return Ok(None);
    }
    let row = cx.tx.query_opt("select doc from accounts where id = $1", &[Value::from(id)]).await?;
    Ok(row.map(|mut row| row.take_text(0)).transpose()?)
}

/// The name that people see in the linking flow.
///
/// # Errors
/// Those of the database.
pub async fn business_name(cx: &mut Cx<'_>) -> ApiResult<String> {
    let id = cx.tenant.account().to_owned();
    let doc = document(cx, &id).await?.unwrap_or_default();
    let account: Json = serde_json::from_str(&doc).unwrap_or(Json::Null);
    let names = [&account["business_profile"]["name"], &account["settings"]["dashboard"]["display_name"]];
    Ok(names.into_iter().find_map(Json::as_str).unwrap_or("This business").to_owned())
}

/// Makes the caller's account if it does not exist.
pub(crate) async fn ensure(cx: &mut Cx<'_>, name: &str) -> ApiResult<()> {
    let id = cx.tenant.account().to_owned();
    let doc = new_document(&id, name, cx.real_now()).to_string();
    let sql = "insert into accounts (id, version, doc) values ($1, 1, $2) on conflict (id) do nothing";
    cx.tx.execute(sql, &[Value::from(id), Value::from(doc)]).await?;
    Ok(())
}

/// An account that is its own platform, in the United States, ready for bank debits.
fn new_document(id: &str, name: &str, created: i64) -> Json {
    json!({
        "id": id,
        "object": "account",
        "business_profile": {
            "annual_revenue": null, "estimated_worker_count": null, "mcc": null,
            "minority_owned_business_designation": null, "name": name, "support_address": null,
            "specified_commercial_transactions_act_url": null, "support_email": null, "support_phone": null,
            "support_url": null, "url": null,
        },
        "business_type": null,
        "capabilities": {"transfers": "active", "us_bank_account_ach_payments": "active"},
        "charges_enabled": true,
        "controller": {"type": "account"},
        "country": "US",
        "created": created,
        "default_currency": "usd",
        "details_submitted": true,
        "email": null,
        "metadata": {},
        "payouts_enabled": true,
        "settings": {
            "branding": {"icon": null, "logo": null, "primary_color": null, "secondary_color": null},
            "card_payments": {
                "statement_descriptor_prefix": null, "statement_descriptor_prefix_kana": null,
                "statement_descriptor_prefix_kanji": null,
            },
            "dashboard": {"display_name": name, "timezone": "Etc/UTC"},
            "payments": {
                "statement_descriptor": null, "statement_descriptor_kana": null, "statement_descriptor_kanji": null,
                "statement_descriptor_prefix_kana": null, "statement_descriptor_prefix_kanji": null,
            },
        },
        "type": "standard",
    })
}
