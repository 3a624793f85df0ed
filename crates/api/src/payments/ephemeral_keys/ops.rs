use form::{FormError, Params};
use kernel::{ApiError, ApiResult, Cx, Vault};
use serde_json::{Value as Json, json};
use store::{Row, Value};

use crate::core::customers::Customer;
use crate::{App, Call, Nothing, Reply};

/// Seconds of real time that a key works.
const LIFE_SECONDS: i64 = 3_600;

/// `POST /v1/ephemeral_keys`.
#[derive(Debug, Clone, Params)]
pub struct Create {
    pub customer: Option<String>,
}

/// Makes a key; the answer is the only one that shows it. The app that gets it must be named the version that its SDK speaks.
///
/// # Errors
/// 400 without a customer, or without the header that names the version.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    if !call.client.names_version {
        let message = "An ephemeral key is made for one version of the API: send the header 'Stripe-Version' of the app's SDK.";
        return Err(ApiError::invalid(message).before_work());
    }
    let customer = call.params.customer.ok_or_else(|| FormError::missing("customer"))?;
    cx.get_named::<Customer>(&customer, "customer").await?;
    let mode = if cx.tenant.livemode() { "live" } else { "test" };
    let secret = cx.core.ids().secret(&format!("ek_{mode}_"), 40);
    let id = cx.id("ephkey_", 24);
    let sql = "insert into api_keys (hash, id, tenant, kind, name, last4, permissions, created, expires_at, sealed) \
               values ($2, $3, $1, 'ephemeral', null, $4, $5, $6, $7, null)";
    let params = [
        Value::from(Vault::secret_hash(&secret)),
        Value::from(id.as_str()),
        Value::from(&secret[secret.len() - 4..]),
        Value::from(customer.as_str()),
        Value::from(cx.real_now()),
        Value::from(cx.real_now() + LIFE_SECONDS),
    ];
    cx.run(sql, &params).await?;
    let mut shown = find(cx, &id).await?.ok_or_else(|| ApiError::internal("a new key is not there"))?;
    shown["secret"] = json!(secret);
    Reply::json(&shown)
}

/// Ends a key before its time: at once on this node, and within two seconds on others.
///
/// # Errors
/// 404 if there is none.
pub async fn delete(app: App, call: Call<Nothing>) -> ApiResult<Reply> {
    let id = call.id().to_owned();
    let reply = app
        .core
        .write(&call.caller.tenant, move |cx| {
            let id = id.clone();
            Box::pin(async move {
                let shown = find(cx, &id).await?.ok_or_else(|| ApiError::missing("ephemeral key", &id, "key"))?;
                let sql = "delete from api_keys where tenant = $1 and id = $2 and kind = 'ephemeral'";
                cx.run(sql, &[Value::from(id.as_str())]).await?;
                Reply::json(&shown)
            })
        })
        .await?;
    app.keys.forget();
    Ok(reply)
}

async fn find(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<Json>> {
    let sql = "select id, permissions, created, expires_at from api_keys where tenant = $1 and id = $2 and kind = 'ephemeral'";
    let row = cx.row(sql, &[Value::from(id)]).await?;
    let livemode = cx.tenant.livemode();
    row.as_ref().map(|row| shown(row, livemode)).transpose()
}

fn shown(row: &Row, livemode: bool) -> ApiResult<Json> {
    Ok(json!({
        "id": row.text(0)?,
        "object": "ephemeral_key",
        "associated_objects": [{ "id": row.text(1)?, "type": "customer" }],
        "created": row.int(2)?,
        "expires": row.int(3)?,
        "livemode": livemode,
    }))
}
