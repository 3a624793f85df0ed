use form::{Metadata, Patch};
use kernel::jobs::NewJob;
use kernel::{ApiError, ApiResult, Cx, Filter, ListParams, Resource, Slot, Stored};
use serde_json::{Value as Json, json};

use super::object::FileLink;
use super::params::{Create, List, Update};
use crate::connections::linking;
use crate::download::Download;
use crate::payments::files::{self, File};
use crate::{App, Call, Nothing, Reply};

const PREFIX: &str = "link_";
const URL: &str = "/v1/file_links";
/// What the door of a link is called.
const DOOR: &str = "file_link";
/// The job that ends a link, by its id.
pub(crate) const EXPIRE: &str = "expire_file_link";
/// Links end by their own time; their doors are there for as long as anybody may ask (a hundred years).
const DOOR_SECONDS: i64 = 100 * 366 * 86_400;
/// Characters of an address that must not be guessed.
const TOKEN_CHARS: usize = 43;

/// Makes a link to a file.
///
/// # Errors
/// 400 for an unknown file, or a time that is over.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let p = call.params;
    cx.get_named::<File>(&p.file, "file").await?;
    let link = make(cx, &call.app, &p.file, p.expires_at, p.metadata, "expires_at").await?;
    Reply::json(&link)
}

/// Makes a link to a file that exists. `param` is where its end was sent.
pub(crate) async fn make(
    cx: &mut Cx<'_>,
    app: &App,
    file: &str,
    expires_at: Option<i64>,
    metadata: Metadata,
    param: &str,
) -> ApiResult<FileLink> {
    if let Some(at) = expires_at {
        check_future(cx, at, param)?;
    }
    let token = cx.core.ids().secret("", TOKEN_CHARS);
    let link = FileLink {
        id: cx.id(PREFIX, 24),
        object: FileLink::KIND.into(),
        created: cx.now(),
        expired: false,
        expires_at,
        file: file.to_owned(),
        livemode: cx.tenant.livemode(),
        metadata,
        url: Some(format!("{}/links/{token}", app.settings.base_url)),
    };
    linking::make_door(cx, DOOR, &token, &link.id, DOOR_SECONDS).await?;
    cx.insert(&link).await?;
    schedule(cx, &link).await?;
    Ok(link)
}

fn check_future(cx: &Cx<'_>, at: i64, param: &str) -> ApiResult<()> {
    // The upper end keeps times in milliseconds within their range: the year 9999.
    if at > cx.now() && at < 253_402_300_800 {
        return Ok(());
    }
    Err(ApiError::invalid_param(param, "The link must expire in the future."))
}

/// Has the link end at its time, if it has one.
async fn schedule(cx: &mut Cx<'_>, link: &FileLink) -> ApiResult<()> {
    match link.expires_at {
        Some(at) if !link.expired => {
            let job = NewJob { kind: EXPIRE, key: &link.id, lane: EXPIRE, run_at_ms: at * 1_000, payload: "" };
            cx.enqueue(&job).await
        }
        _ => cx.dequeue(EXPIRE, &link.id).await,
    }
}

/// The job that ends a link.
pub(crate) async fn expire(cx: &mut Cx<'_>, id: String) -> ApiResult<()> {
    let Some(mut link) = cx.find::<FileLink>(&id).await? else { return Ok(()) };
    if link.expires_at.is_some_and(|at| at <= cx.now()) && !link.expired {
        link.expired = true;
        cx.update(&mut link).await?;
    }
    Ok(())
}

/// Shows a link.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    Ok(Reply::text(cx.raw_or_missing::<FileLink>(call.id(), "link").await?))
}

/// Updates a link. One that has expired takes metadata only.
///
/// # Errors
/// 404; 400 for wrong parameters, or a new time for a link that has expired.
pub async fn update(cx: &mut Cx<'_>, call: Call<Update>) -> ApiResult<Reply> {
    let id = call.id().to_owned();
    let p = call.params;
    let mut link = cx.get::<FileLink>(&id, "link").await?;
    p.metadata.apply(&mut link.metadata)?;
    if !p.expires_at.is_absent() {
        if link.expired {
            return Err(ApiError::invalid_param("expires_at", "This link has expired. Make a new one."));
        }
        set_end(cx, &mut link, p.expires_at)?;
        schedule(cx, &link).await?;
    }
    Ok(Reply::text(cx.update(&mut link).await?))
}

fn set_end(cx: &Cx<'_>, link: &mut Stored<FileLink>, sent: Patch<String>) -> ApiResult<()> {
    let sent = sent.set();
    match sent.as_deref() {
        None => link.expires_at = None,
        Some("now") => {
            link.expires_at = Some(cx.now());
            link.expired = true;
        }
        Some(text) => {
            let at = text.parse().map_err(|_| {
                ApiError::invalid_param("expires_at", "Invalid expires_at: must be unix seconds, or 'now'.").before_work()
            })?;
            check_future(cx, at, "expires_at")?;
            link.expires_at = Some(at);
        }
    }
    Ok(())
}

/// Lists links, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    if let Some(file) = &p.file {
        cx.get_named::<File>(file, "file").await?;
    }
    let expired = p.expired.map(|own| own.to_string());
    let filter = Filter::default().with(Slot::F1, p.file.as_deref()).with(Slot::F2, expired.as_deref()).created(p.created);
    Ok(Reply::list(URL, &cx.list::<FileLink>(PREFIX, &filter, &p.page).await?))
}

/// The newest links of a file, as its document shows them.
pub(crate) async fn newest_of(cx: &mut Cx<'_>, file: &str) -> ApiResult<Json> {
    let filter = Filter::default().with(Slot::F1, Some(file));
    let page = cx.list::<FileLink>(PREFIX, &filter, &ListParams::default()).await?;
    let data = page.rows.iter().map(|doc| Ok(serde_json::from_str(doc)?)).collect::<ApiResult<Vec<Json>>>()?;
    Ok(json!({"object": "list", "data": data, "has_more": page.has_more, "url": format!("{URL}?file={file}")}))
}

/// The file behind an address, while its link is open.
///
/// # Errors
/// Those of the database.
pub async fn open(app: &App, token: &str) -> ApiResult<Option<Download>> {
    let Some(door) = linking::door(app, DOOR, token).await? else { return Ok(None) };
    let id = door.target;
    app.core
        .read(&door.tenant, move |cx| {
            Box::pin(async move {
                let Some(link) = cx.find::<FileLink>(&id).await? else { return Ok(None) };
                if link.expired || link.expires_at.is_some_and(|at| at <= cx.now()) {
                    return Ok(None);
                }
                match cx.find::<File>(&link.file).await? {
                    Some(file) => Ok(Some(files::download(cx, &file).await?)),
                    None => Ok(None),
                }
            })
        })
        .await
}
