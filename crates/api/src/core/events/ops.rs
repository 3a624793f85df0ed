use form::Range;
use kernel::events::{COLUMNS, Event};
use kernel::{ApiError, ApiResult, ApiVersion, Cx, Page, created_bounds};
use serde_json::Value as Json;
use store::Value;

use super::params::List;
use crate::{Call, Nothing, Reply, versions};

/// Events are retrievable for this long.
const KEPT_SECONDS: i64 = 30 * 86_400;

/// Shows an event.
///
/// # Errors
/// 404 if there is none, or it is older than 30 days.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let event = match stored(cx, call.id()).await? {
        Some(event) if event.created > cx.now() - KEPT_SECONDS && is_known(cx, &event) => event,
        _ => return Err(missing(cx, call.id()).await?),
    };
    Ok(Reply::text(document(cx, &event).await?))
}

/// Events that only preview versions know are shown to those alone.
fn is_known(cx: &Cx<'_>, event: &Event) -> bool {
    cx.version.is_preview() || !ApiVersion::parse(&event.api_version).is_some_and(|version| version.is_preview())
}

/// Lists events, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    if p.r#type.is_some() && !p.types.is_empty() {
        let message = "You may only specify one of these parameters: type, types.";
        return Err(ApiError::coded("parameters_exclusive", message).with_param("type"));
    }
    let cursor = p.page.cursor()?;
    if let Some((id, _, param)) = cursor
        && stored(cx, id).await?.is_none()
    {
        let shown: String = id.chars().take(100).collect();
        return Err(ApiError::coded("resource_missing", format!("No such event: '{shown}'")).with_param(param));
    }
    let oldest = Range::Between { gt: Some(cx.now() - KEPT_SECONDS), gte: None, lt: None, lte: None };
    let oldest = created_bounds(&oldest).0.unwrap_or_default();
    let mut sql = format!("select {COLUMNS} from events where tenant = $1 and id >= $2");
    let mut values = vec![Value::from(format!("evt_{oldest}"))];
    name_filter(&p, &mut sql, &mut values);
    let (from, to) = p.created.as_ref().map_or((None, None), created_bounds);
    for (bound, sign) in [(from, ">="), (to, "<")] {
        if let Some(bound) = bound {
            values.push(Value::from(format!("evt_{bound}")));
            sql.push_str(&format!(" and id {sign} ${}", values.len() + 1));
        }
    }
    if !cx.version.is_preview() {
        sql.push_str(" and api_version not like '%.preview'");
    }
    if let Some(success) = p.delivery_success {
        let not = if success { "not " } else { "" };
        sql.push_str(&format!(
            " and {not}exists (select 1 from deliveries d where d.tenant = events.tenant and d.event = events.id and d.state <> 'succeeded')"
        ));
    }
    let newer = cursor.is_some_and(|(_, newer, _)| newer);
    if let Some((id, newer, _)) = cursor {
        values.push(Value::from(id));
        sql.push_str(&format!(" and id {} ${}", if newer { ">" } else { "<" }, values.len() + 1));
    }
    values.push(Value::from(p.page.limit() + 1));
    sql.push_str(&format!(" order by id {} limit ${}", if newer { "asc" } else { "desc" }, values.len() + 1));
    let rows = cx.rows(&sql, &values).await?;
    let events = rows.into_iter().map(Event::from_row).collect::<ApiResult<Vec<_>>>()?;
    let events = kernel::cut(events, p.page.limit(), newer);
    let mut docs = Vec::with_capacity(events.rows.len());
    for event in &events.rows {
        docs.push(document(cx, event).await?);
    }
    Ok(Reply::list("/v1/events", &Page { rows: docs, has_more: events.has_more }))
}

fn name_filter(p: &List, sql: &mut String, values: &mut Vec<Value<'_>>) {
    match p.r#type.as_deref().map(|name| (name, name.strip_suffix('*'))) {
        Some((_, Some(prefix))) => {
            values.push(Value::from(prefix.to_owned()));
            sql.push_str(&format!(" and type >= ${}", values.len() + 1));
            // `~` sorts after every character of an event's name.
            values.push(Value::from(format!("{prefix}~")));
            sql.push_str(&format!(" and type < ${}", values.len() + 1));
        }
        Some((name, None)) => {
            values.push(Value::from(name.to_owned()));
            sql.push_str(&format!(" and type = ${}", values.len() + 1));
        }
        None if p.types.is_empty() => {}
        None => {
            let mut places = Vec::new();
            for name in &p.types {
                values.push(Value::from(name.to_owned()));
                places.push(format!("${}", values.len() + 1));
            }
            sql.push_str(&format!(" and type in ({})", places.join(", ")));
        }
    }
}

/// A stored event of the tenant.
pub(crate) async fn stored(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<Event>> {
    let sql = format!("select {COLUMNS} from events where tenant = $1 and id = $2");
    cx.row(&sql, &[Value::from(id)]).await?.map(Event::from_row).transpose()
}

/// How many endpoints have yet to take an event.
pub(crate) async fn pending(cx: &mut Cx<'_>, event: &str) -> ApiResult<i64> {
    let sql = "select count(*) from deliveries where tenant = $1 and event = $2 and state = 'pending'";
    let row = cx.row(sql, &[Value::from(event)]).await?;
    Ok(row.map(|row| row.int(0)).transpose()?.unwrap_or(0))
}

async fn document(cx: &mut Cx<'_>, event: &Event) -> ApiResult<String> {
    let pending = pending(cx, &event.id).await?;
    // An event keeps the version it was made at, whatever the caller speaks.
    let version = ApiVersion::parse(&event.api_version).unwrap_or_else(ApiVersion::latest);
    let livemode = cx.tenant.livemode();
    if versions::shows_as_stored(&event.object, &version) {
        return event.document(&event.object, version.as_str(), livemode, pending);
    }
    let (object, previous) = shown(event, &version)?;
    let event = Event { previous, ..event.clone() };
    event.document(&object, version.as_str(), livemode, pending)
}

/// The object and the old values of an event, as a version shows them.
pub(crate) fn shown(event: &Event, version: &ApiVersion) -> ApiResult<(String, Option<String>)> {
    let mut object: Json = serde_json::from_str(&event.object)?;
    versions::render(&mut object, version);
    let mut previous = event.previous.as_deref().map(serde_json::from_str::<Json>).transpose()?;
    if let Some(previous) = &mut previous {
        versions::render_previous(previous, &object, version);
    }
    Ok((object.to_string(), previous.map(|previous| previous.to_string())))
}

async fn missing(cx: &mut Cx<'_>, id: &str) -> ApiResult<ApiError> {
    let shown: String = id.chars().take(100).collect();
    let other = cx.tenant.other_mode();
    let sql = "select 1 from events where tenant = $1 and id = $2";
    let found = cx.tx.query_opt(sql, &[Value::from(other.key()), Value::from(id)]).await?;
    Ok(match found {
        Some(_) => ApiError::missing_here("event", &shown, "id", cx.tenant.livemode()),
        None => ApiError::missing("event", &shown, "id"),
    })
}
