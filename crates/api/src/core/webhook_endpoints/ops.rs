use kernel::{ApiError, ApiResult, ApiVersion, Cx, Filter};
use serde_json::json;
use store::Value;
use url::Url;

use super::names::{API_VERSIONS, EVENT_NAMES, PREVIEW_EVENT_NAMES};
use super::object::WebhookEndpoint;
use super::params::{Create, List, Update};
use crate::{Call, Nothing, Reply};

const PREFIX: &str = "we_";
/// Endpoints of one account in one mode.
const ENDPOINTS_MAX: i64 = 16;

/// Creates an endpoint; the answer is the only one that shows its secret.
///
/// # Errors
/// 400 for a wrong address, event or version.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let p = call.params;
    if let Some(version) = &p.api_version
        && !is_known_version(version, cx.version.is_preview())
    {
        return Err(ApiError::invalid_param("api_version", format!("Invalid API version: {version}")));
    }
    let sql = "select count(*) from objects where tenant = $1 and kind = 'webhook_endpoint'";
    let count = cx.row(sql, &[]).await?.map(|row| row.int(0)).transpose()?.unwrap_or(0);
    if count >= ENDPOINTS_MAX {
        return Err(ApiError::invalid(format!("You have reached the maximum of {ENDPOINTS_MAX} webhook endpoints.")));
    }
    let endpoint = WebhookEndpoint {
        id: cx.id(PREFIX, 24),
        object: "webhook_endpoint".into(),
        api_version: p.api_version,
        application: None,
        created: cx.now(),
        description: p.description.set(),
        enabled_events: checked_events(p.enabled_events, cx.version.is_preview())?,
        livemode: cx.tenant.livemode(),
        metadata: p.metadata,
        status: "enabled".into(),
        url: checked_url(&p.url, cx.tenant.livemode())?,
    };
    let secret = make_secret(cx, &endpoint.id).await?;
    cx.insert(&endpoint).await?;
    let mut shown = serde_json::to_value(&endpoint)?;
    shown["secret"] = json!(secret);
    Reply::json(&shown)
}

/// Updates an endpoint.
///
/// # Errors
/// 404 if there is none, 400 for a wrong address or event.
pub async fn update(cx: &mut Cx<'_>, call: Call<Update>) -> ApiResult<Reply> {
    let mut endpoint = cx.get::<WebhookEndpoint>(call.id(), "id").await?;
    let p = call.params;
    p.description.apply(&mut endpoint.description);
    p.metadata.apply(&mut endpoint.metadata)?;
    if let Some(url) = p.url {
        endpoint.url = checked_url(&url, cx.tenant.livemode())?;
    }
    if let Some(events) = p.enabled_events {
        endpoint.enabled_events = checked_events(events, cx.version.is_preview())?;
    }
    if let Some(disabled) = p.disabled {
        endpoint.status = if disabled { "disabled" } else { "enabled" }.into();
    }
    Ok(Reply::text(cx.update(&mut endpoint).await?))
}

/// Shows an endpoint.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    Ok(Reply::text(cx.raw_or_missing::<WebhookEndpoint>(call.id(), "id").await?))
}

/// Deletes an endpoint; deliveries that are still to come are dropped.
///
/// # Errors
/// 404 if there is none.
pub async fn delete(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let endpoint = cx.get::<WebhookEndpoint>(call.id(), "id").await?;
    cx.remove(&endpoint).await?;
    forget(cx, &endpoint.id).await?;
    Ok(Reply::deleted(&endpoint.id, "webhook_endpoint"))
}

/// Lists endpoints, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let page = cx.list::<WebhookEndpoint>(PREFIX, &Filter::default(), &call.params.page).await?;
    Ok(Reply::list("/v1/webhook_endpoints", &page))
}

/// Makes and seals the signing secret of a new endpoint or destination.
pub(crate) async fn make_secret(cx: &mut Cx<'_>, id: &str) -> ApiResult<String> {
    let secret = cx.core.ids().secret("whsec_", 32);
    let sealed = cx.core.vault.seal(&cx.tenant, &vault_name(id), secret.as_bytes());
    let sql = "insert into vault (tenant, name, version, sealed) values ($1, $2, 1, $3)";
    cx.run(sql, &[Value::from(vault_name(id)), Value::from(sealed)]).await?;
    Ok(secret)
}

/// Drops the secret of an endpoint or destination that is gone, and the deliveries that were still to come.
pub(crate) async fn forget(cx: &mut Cx<'_>, id: &str) -> ApiResult<()> {
    cx.run("delete from vault where tenant = $1 and name = $2", &[Value::from(vault_name(id))]).await?;
    let sql = "update deliveries set state = 'failed', next_attempt_at = null where tenant = $1 and endpoint = $2 and state = 'pending'";
    cx.run(sql, &[Value::from(id)]).await?;
    Ok(())
}

/// The signing secret of an endpoint or destination.
pub(crate) async fn secret_of(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<String>> {
    let name = vault_name(id);
    let row = cx.row("select sealed from vault where tenant = $1 and name = $2", &[Value::from(name.as_str())]).await?;
    let Some(row) = row else { return Ok(None) };
    let plain = cx.core.vault.open(&cx.tenant, &name, row.blob(0)?).map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(Some(String::from_utf8_lossy(&plain).into_owned()))
}

fn vault_name(id: &str) -> String {
    format!("webhook/{id}")
}

/// Preview versions are taken from callers that speak one.
fn is_known_version(version: &str, preview: bool) -> bool {
    API_VERSIONS.contains(&version) || (preview && ApiVersion::parse(version).is_some_and(|version| version.is_preview()))
}

fn checked_events(events: Vec<String>, preview: bool) -> ApiResult<Vec<String>> {
    for (index, name) in events.iter().enumerate() {
        let is_known = EVENT_NAMES.contains(&name.as_str()) || (preview && PREVIEW_EVENT_NAMES.contains(&name.as_str()));
        if !is_known {
            let shown: String = name.chars().take(100).collect();
            let message = format!("Invalid enabled_events: '{shown}' is not the name of an event.");
            return Err(ApiError::invalid_param(format!("enabled_events[{index}]"), message));
        }
    }
    if events.is_empty() {
        return Err(form::FormError::missing("enabled_events").into());
    }
    if events.len() > 1 && events.iter().any(|name| name == "*") {
        return Err(ApiError::invalid_param("enabled_events", "If '*' is given, it must be the only event."));
    }
    Ok(events)
}

/// An address that events can be sent to. Where it leads is checked again at each delivery.
pub(crate) fn checked_url(text: &str, livemode: bool) -> ApiResult<String> {
    let wrong = |message: &str| ApiError::coded("url_invalid", message.to_owned()).with_param("url");
    let url = Url::parse(text).map_err(|_| wrong("Invalid URL: an explicit scheme (such as https) must be provided."))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong("Invalid URL: webhook endpoints are reached over https (or http in sandboxes)."));
    }
    if livemode && url.scheme() != "https" {
        return Err(wrong("Invalid URL: in live mode webhook endpoints must use https."));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("Invalid URL: user names and passwords are not sent to webhook endpoints."));
    }
    Ok(text.to_owned())
}
