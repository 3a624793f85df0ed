use std::collections::HashSet;

use kernel::thin::About;
use kernel::{ApiError, ApiResult, ApiVersion, Cx, Filter, Page, Resource, Stored};

use super::PREFIX;
use super::names::{PING, is_thin};
use super::object::{Disabled, EventDestination, StatusDetails, WebhookEndpoint};
use super::params::{Create, DestinationType, EventPayload, List, Retrieve, Update, WebhookEndpointParams};
use crate::core::thin_events;
use crate::core::webhook_endpoints::{self as endpoints, API_VERSIONS, EVENT_NAMES};
use crate::v2::{Address, Shown, rfc3339};
use crate::{Call, Nothing, Reply};

const PATH: &str = "/v2/core/event_destinations";
/// Destinations of one account in one mode.
const DESTINATIONS_MAX: i64 = 16;
/// What only the call that makes a destination shows, and only if asked to.
const SECRET: &str = "webhook_endpoint.signing_secret";
/// What is shown if asked to.
const URL: &str = "webhook_endpoint.url";

/// Creates a destination. Its signing secret is shown by this answer only, if `include` names it.
///
/// # Errors
/// 400 for a type that this server does not have, and for a wrong address, event or version.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let p = call.params;
    check_include(&p.include, &[SECRET, URL])?;
    let url = checked_type(p.r#type, p.webhook_endpoint, cx.tenant.livemode())?;
    let sql = "select count(*) from objects where tenant = $1 and kind = 'v2.core.event_destination'";
    let count = cx.row(sql, &[]).await?.map(|row| row.int(0)).transpose()?.unwrap_or(0);
    if count >= DESTINATIONS_MAX {
        return Err(ApiError::invalid(format!("You have reached the maximum of {DESTINATIONS_MAX} event destinations.")));
    }
    let now = rfc3339(cx.now_ms());
    let destination = EventDestination {
        id: cx.id(PREFIX, 24),
        object: EventDestination::KIND.into(),
        created: now.clone(),
        description: p.description.set().unwrap_or_default(),
        enabled_events: checked_events(p.enabled_events, p.event_payload == EventPayload::Thin)?,
        event_payload: p.event_payload.as_str().into(),
        events_from: checked_sources(p.events_from)?,
        livemode: cx.tenant.livemode(),
        metadata: p.metadata,
        name: p.name,
        snapshot_api_version: checked_version(p.event_payload, p.snapshot_api_version)?,
        status: "enabled".into(),
        status_details: None,
        r#type: DestinationType::WebhookEndpoint.as_str().into(),
        updated: now,
        webhook_endpoint: WebhookEndpoint { signing_secret: None, url: Some(url) },
    };
    let secret = endpoints::make_secret(cx, &destination.id).await?;
    cx.insert(&destination).await?;
    let mut shown = shown(destination, &p.include);
    shown.webhook_endpoint.signing_secret = p.include.iter().any(|name| name == SECRET).then_some(secret);
    Reply::json(&shown)
}

/// Shows a destination.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Retrieve>) -> ApiResult<Reply> {
    check_include(&call.params.include, &[URL])?;
    let destination = cx.get::<EventDestination>(call.id(), "id").await?;
    Reply::json(&shown(destination.value, &call.params.include))
}

/// Updates a destination.
///
/// # Errors
/// 404 if there is none, 400 for a wrong address or event.
pub async fn update(cx: &mut Cx<'_>, call: Call<Update>) -> ApiResult<Reply> {
    let mut destination = cx.get::<EventDestination>(call.id(), "id").await?;
    let p = call.params;
    check_include(&p.include, &[URL])?;
    if !p.description.is_absent() {
        destination.description = p.description.set().unwrap_or_default();
    }
    p.metadata.apply(&mut destination.metadata)?;
    if let Some(name) = p.name {
        destination.name = name;
    }
    if let Some(events) = p.enabled_events {
        destination.enabled_events = checked_events(events, destination.event_payload == "thin")?;
    }
    if let Some(endpoint) = p.webhook_endpoint {
        destination.webhook_endpoint.url = Some(checked_url(&endpoint, cx.tenant.livemode())?);
    }
    write(cx, destination, &p.include).await
}

/// Stops deliveries to a destination; those that are still to come end without an attempt.
///
/// # Errors
/// 404 if there is none.
pub async fn disable(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let mut destination = cx.get::<EventDestination>(call.id(), "id").await?;
    destination.status = "disabled".into();
    destination.status_details = Some(StatusDetails { disabled: Disabled { reason: "user".into() } });
    write(cx, destination, &[]).await
}

/// Starts deliveries to a destination again, with the events from now on.
///
/// # Errors
/// 404 if there is none.
pub async fn enable(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let mut destination = cx.get::<EventDestination>(call.id(), "id").await?;
    destination.status = "enabled".into();
    destination.status_details = None;
    write(cx, destination, &[]).await
}

/// Deletes a destination; deliveries that are still to come are dropped.
///
/// # Errors
/// 404 if there is none.
pub async fn delete(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let destination = cx.get::<EventDestination>(call.id(), "id").await?;
    cx.remove(&destination).await?;
    endpoints::forget(cx, &destination.id).await?;
    Reply::json(&serde_json::json!({ "id": destination.id, "object": EventDestination::KIND }))
}

/// Lists destinations, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    check_include(&p.include, &[URL])?;
    let asked = p.page.as_list()?;
    let page = cx.list::<EventDestination>(PREFIX, &Filter::default(), &asked).await;
    // Fails for the row that the page goes on from, if it was deleted meanwhile.
    let page = page.map_err(|error| if error.param().is_some() { error.with_param("page") } else { error })?;
    let mut rows = Vec::with_capacity(page.rows.len());
    for doc in &page.rows {
        let destination = shown(serde_json::from_str(doc)?, &p.include);
        rows.push(Shown { doc: serde_json::to_string(&destination)?, id: destination.id });
    }
    let query = p.include.iter().enumerate().map(|(index, name)| (format!("include[{index}]"), name.clone())).collect();
    Address { path: PATH, query }.reply(&asked, &Page { rows, has_more: page.has_more })
}

/// Sends an event to a destination that it need not listen for, and answers the event.
///
/// # Errors
/// 404 if there is none, 400 if it is disabled.
pub async fn ping(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let destination = cx.get::<EventDestination>(call.id(), "id").await?;
    if destination.status != "enabled" {
        return Err(ApiError::invalid("This event destination is disabled. Enable it to send it a ping."));
    }
    let about = About { object: EventDestination::KIND.into(), id: Some(destination.id.clone()) };
    let id = cx.emit_thin(PING, &about, None, &[&destination.id]).await?;
    let event = thin_events::stored(cx, &id).await?;
    let event = event.ok_or_else(|| ApiError::internal("an event went away within its transaction"))?;
    Ok(Reply::text(thin_events::document(&event, &cx.tenant)?))
}

async fn write(cx: &mut Cx<'_>, mut destination: Stored<EventDestination>, include: &[String]) -> ApiResult<Reply> {
    destination.updated = rfc3339(cx.now_ms());
    cx.update(&mut destination).await?;
    Reply::json(&shown(destination.value, include))
}

/// The destination without its address, unless that is asked for.
fn shown(mut destination: EventDestination, include: &[String]) -> EventDestination {
    if !include.iter().any(|name| name == URL) {
        destination.webhook_endpoint.url = None;
    }
    destination
}

fn check_include(include: &[String], known: &[&str]) -> ApiResult<()> {
    match include.iter().position(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(index) => {
            let message = format!("Invalid include: this request can include {}.", known.join(", "));
            Err(ApiError::invalid_param(format!("include[{index}]"), message))
        }
    }
}

/// The address of a destination of the only type that this server can deliver to.
fn checked_type(kind: DestinationType, endpoint: Option<WebhookEndpointParams>, livemode: bool) -> ApiResult<String> {
    if kind != DestinationType::WebhookEndpoint {
        let message = format!("This server delivers to webhook endpoints only; it has no '{}' destinations.", kind.as_str());
        return Err(ApiError::invalid_param("type", message));
    }
    let endpoint = endpoint.ok_or_else(|| ApiError::from(form::FormError::missing("webhook_endpoint")))?;
    checked_url(&endpoint, livemode)
}

fn checked_url(endpoint: &WebhookEndpointParams, livemode: bool) -> ApiResult<String> {
    endpoints::checked_url(&endpoint.url, livemode).map_err(|error| error.with_param("webhook_endpoint[url]"))
}

/// The names, each once.
fn checked_events(mut events: Vec<String>, thin: bool) -> ApiResult<Vec<String>> {
    if events.is_empty() {
        return Err(form::FormError::missing("enabled_events").into());
    }
    let known = |name: &str| if thin { is_thin(name) } else { EVENT_NAMES.contains(&name) };
    if let Some(index) = events.iter().position(|name| !known(name)) {
        let shown: String = events[index].chars().take(100).collect();
        let kind = if thin { "a thin event" } else { "an event with a snapshot" };
        let message = format!("Invalid enabled_events: '{shown}' is not the name of {kind}.");
        return Err(ApiError::invalid_param(format!("enabled_events[{index}]"), message));
    }
    let mut seen = HashSet::new();
    events.retain(|name| seen.insert(name.clone()));
    if events.len() > 1 && events.iter().any(|name| name == "*") {
        return Err(ApiError::invalid_param("enabled_events", "If '*' is given, it must be the only event."));
    }
    Ok(events)
}

fn checked_sources(sources: Vec<String>) -> ApiResult<Vec<String>> {
    if sources.iter().any(|source| source != "@self") {
        let message = "Invalid events_from: this server sends the events of the account itself only ('@self').";
        return Err(ApiError::invalid_param("events_from", message));
    }
    Ok(vec!["@self".into()])
}

/// The version of snapshots; thin events have none.
fn checked_version(payload: EventPayload, version: Option<String>) -> ApiResult<Option<String>> {
    let wrong = |message: String| Err(ApiError::invalid_param("snapshot_api_version", message));
    match (payload, version) {
        (EventPayload::Thin, None) => Ok(None),
        (EventPayload::Thin, Some(_)) => wrong("Thin events have no version: leave snapshot_api_version out.".into()),
        (EventPayload::Snapshot, None) => Ok(Some(ApiVersion::LATEST.into())),
        (EventPayload::Snapshot, Some(version)) if API_VERSIONS.contains(&version.as_str()) => Ok(Some(version)),
        (EventPayload::Snapshot, Some(version)) => {
            let shown: String = version.chars().take(50).collect();
            wrong(format!("Invalid API version: {shown}"))
        }
    }
}
