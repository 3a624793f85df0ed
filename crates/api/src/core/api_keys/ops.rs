use form::Metadata;
use kernel::{Access, ApiError, ApiResult, Cx, Right, Vault};
use serde_json::{Value as Json, json};
use store::{Row, Value};

use super::params::{Create, KeyType};
use crate::core::sandboxes::key_id;
use crate::{App, Call, Nothing, Reply, routes};

const COLUMNS: &str = "id, kind, name, last4, permissions, created, expires_at";

/// Makes a key; the answer is the only one that shows it.
///
/// # Errors
/// 400 for unknown resources or rights.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let p = call.params;
    let mode = if cx.tenant.livemode() { "live" } else { "test" };
    let prefix = match p.r#type {
        KeyType::Secret => "sk",
        KeyType::Restricted => "rk",
        KeyType::Publishable => "pk",
    };
    if p.r#type != KeyType::Restricted && !p.permissions.is_empty() {
        return Err(ApiError::invalid_param("permissions", "Only restricted keys have permissions."));
    }
    for (name, right) in &p.permissions {
        if !routes::is_resource(name) || Right::parse(right).is_none() {
            let message = "Invalid permission: name a resource of this server, and none, read or write.";
            return Err(ApiError::invalid_param(format!("permissions[{name}]"), message));
        }
    }
    check_giver(&call.caller.access, p.r#type, &p.permissions)?;
    let key = cx.core.ids().secret(&format!("{prefix}_{mode}_"), 32);
    let permissions = (p.r#type == KeyType::Restricted).then(|| json!(p.permissions).to_string());
    let sql = "insert into api_keys (hash, id, tenant, kind, name, last4, permissions, created, expires_at, sealed) \
               values ($2, $3, $1, $4, $5, $6, $7, $8, $9, null)";
    let id = key_id(&key);
    let params = [
        Value::from(Vault::secret_hash(&key)),
        Value::from(id.as_str()),
        Value::from(p.r#type.as_str()),
        Value::from(p.name),
        Value::from(&key[key.len() - 4..]),
        Value::from(permissions),
        Value::from(cx.real_now()),
        Value::from(p.expires_at),
    ];
    cx.run(sql, &params).await?;
    let mut shown = find(cx, &id).await?.ok_or_else(|| ApiError::internal("a new key is not there"))?;
    shown["key"] = json!(key);
    Reply::json(&shown)
}

/// A restricted key gives no more than it has.
fn check_giver(access: &Access, kind: KeyType, permissions: &Metadata) -> ApiResult<()> {
    let Access::Restricted(own) = access else { return Ok(()) };
    let within = |(name, right): (&String, &String)| Right::parse(right) <= Some(own.get(name).copied().unwrap_or(Right::None));
    if kind == KeyType::Restricted && permissions.iter().all(within) {
        return Ok(());
    }
    Err(ApiError::forbidden(None, "A restricted key can only make restricted keys, with no more rights than its own."))
}

/// Lists the account's keys in this mode.
///
/// # Errors
/// Those of the database.
pub async fn list(cx: &mut Cx<'_>, _call: Call<Nothing>) -> ApiResult<Reply> {
    let sql =
        format!("select {COLUMNS} from api_keys where tenant = $1 and kind <> 'ephemeral' order by created desc, id limit 100");
    let rows = cx.rows(&sql, &[]).await?;
    let data = rows.iter().map(document).collect::<ApiResult<Vec<_>>>()?;
    Reply::json(&json!({"object": "list", "data": data, "has_more": false, "url": "/drawbridge/v1/api_keys"}))
}

/// Revokes a key: it stops working at once on this node, and within two seconds on others.
///
/// # Errors
/// 404 if there is none.
pub async fn revoke(app: App, call: Call<Nothing>) -> ApiResult<Reply> {
    let id = call.id().to_owned();
    let reply = app
        .core
        .write(&call.caller.tenant, move |cx| {
            let id = id.clone();
            Box::pin(async move {
                let Some(mut shown) = find(cx, &id).await? else { return Err(ApiError::missing("API key", &id, "id")) };
                // The row stays: a key that once opened a sandbox must not open it again.
                let sql = "update api_keys set expires_at = $3, sealed = null where tenant = $1 and id = $2";
                cx.run(sql, &[Value::from(id.as_str()), Value::from(cx.real_now())]).await?;
                shown["deleted"] = json!(true);
                Reply::json(&shown)
            })
        })
        .await?;
    app.keys.forget();
    Ok(reply)
}

async fn find(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<Json>> {
    let sql = format!("select {COLUMNS} from api_keys where tenant = $1 and id = $2 and kind <> 'ephemeral'");
    let row = cx.row(&sql, &[Value::from(id)]).await?;
    row.as_ref().map(document).transpose()
}

fn document(row: &Row) -> ApiResult<Json> {
    let permissions: Option<Json> = row.text_opt(4)?.map(serde_json::from_str).transpose()?;
    Ok(json!({
        "id": row.text(0)?,
        "object": "drawbridge.api_key",
        "created": row.int(5)?,
        "expires_at": row.int_opt(6)?,
        "last4": row.text(3)?,
        "name": row.text_opt(2)?,
        "permissions": permissions,
        "type": row.text(1)?,
    }))
}
