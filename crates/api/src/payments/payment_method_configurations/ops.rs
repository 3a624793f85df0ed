use form::Patch;
use kernel::{ApiError, ApiResult, Cx, Filter, Resource, Slot, Stored};

use super::choice::{find, is_anything_stored, unchanged, write_default};
use super::object::Configuration;
use super::params::{Create, List, Update};
use crate::{Call, Nothing, Reply};

const PREFIX: &str = "pmc_";
const URL: &str = "/v1/payment_method_configurations";

/// Makes a configuration.
///
/// # Errors
/// 400 for wrong parameters, or a parent that is not there.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let p = call.params;
    write_default(cx).await?;
    let parent = match &p.parent {
        Some(id) => Some(cx.get_named::<Configuration>(id, "parent").await?.value),
        None => None,
    };
    if let Some(grandparent) = parent.as_ref().and_then(|parent| parent.parent.as_deref()) {
        let message = format!("This configuration has a parent itself: name '{grandparent}' instead.");
        return Err(ApiError::invalid_param("parent", message));
    }
    let name = p.name.unwrap_or_else(|| "Payment methods".into());
    let mut made = Configuration::new(cx.id(PREFIX, 24), name, cx.tenant.livemode(), parent.as_ref());
    for (name, preference) in p.methods.sent() {
        made.prefer(name, preference, parent.as_ref());
    }
    Ok(Reply::text(cx.insert(&made).await?))
}

/// Changes a configuration, and what those below it inherit.
///
/// # Errors
/// 404; 400 for wrong parameters, or when the default one is to be deactivated.
pub async fn update(cx: &mut Cx<'_>, call: Call<Update>) -> ApiResult<Reply> {
    let id = call.id().to_owned();
    let p = call.params;
    write_default(cx).await?;
    let mut own = cx.get::<Configuration>(&id, "configuration").await?;
    if own.is_default && p.active == Some(false) {
        return Err(ApiError::invalid_param("active", "The default configuration cannot be deactivated."));
    }
    let parent = match own.parent.clone() {
        Some(id) => cx.find::<Configuration>(&id).await?.map(|stored| stored.value),
        None => None,
    };
    own.active = p.active.unwrap_or(own.active);
    own.name = p.name.unwrap_or_else(|| own.name.clone());
    for (name, preference) in p.methods.sent() {
        own.prefer(name, preference, parent.as_ref());
    }
    let doc = cx.update(&mut own).await?;
    for mut child in children(cx, &id).await? {
        child.inherit(&own);
        cx.update(&mut child).await?;
    }
    Ok(Reply::text(doc))
}

async fn children(cx: &mut Cx<'_>, parent: &str) -> ApiResult<Vec<Stored<Configuration>>> {
    let sql = "select id from objects where tenant = $1 and kind = $2 and f1 = $3 order by id";
    let mut found = Vec::new();
    for row in cx.rows(sql, &[Configuration::KIND.into(), parent.into()]).await? {
        found.extend(cx.find(row.text(0)?).await?);
    }
    Ok(found)
}

/// Shows a configuration.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    match find(cx, call.id()).await? {
        Some(own) => Reply::json(&own),
        None => Err(cx.missing::<Configuration>(call.id(), "configuration").await?),
    }
}

/// Lists configurations, newest first, the default one last.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    if matches!(p.application, Patch::Set(_)) {
        return Ok(Reply::list(URL, &kernel::Page::default()));
    }
    if !is_anything_stored(cx).await? {
        return only_default(cx, &p);
    }
    let active = p.active.map(|own| own.to_string());
    let filter = Filter::default().with(Slot::F2, active.as_deref());
    Ok(Reply::list(URL, &cx.list::<Configuration>(PREFIX, &filter, &p.page).await?))
}

/// The list while nothing was ever written down.
fn only_default(cx: &Cx<'_>, p: &List) -> ApiResult<Reply> {
    let default = unchanged(cx);
    let mut page = kernel::Page::default();
    match p.page.cursor()? {
        Some((id, _, param)) if id != default.id => {
            return Err(ApiError::missing(Configuration::NOUN, id, param).as_bad_request());
        }
        None if p.active != Some(false) => page.rows.push(serde_json::to_string(&default)?),
        _ => {}
    }
    Ok(Reply::list(URL, &page))
}
