use kernel::{ApiError, ApiResult, Cx, Filter, Page, Resource, Slot};
use serde_json::Value as Json;

use super::content;
use super::object::File;
use super::params::{Create, List, Purpose};
use crate::download::Download;
use crate::payments::file_links;
use crate::{Call, Nothing, Reply};

const PREFIX: &str = "file_";
const URL: &str = "/v1/files";
/// What evidence may be.
const EVIDENCE_TYPES: [&str; 3] = ["pdf", "png", "jpg"];

/// Keeps a file that was sent as `multipart/form-data`, and makes a link to it if asked to.
///
/// # Errors
/// 400 for a body of another kind, an empty file, or evidence that is neither a PDF nor an image.
pub async fn create(cx: &mut Cx<'_>, call: Call<Create>) -> ApiResult<Reply> {
    let p = call.params;
    let Some(upload) = call.upload else {
        let message = "Send the file as a part of a multipart/form-data body.";
        return Err(ApiError::invalid_param("file", message).before_work());
    };
    if upload.content.is_empty() {
        return Err(ApiError::invalid_param("file", "The file is empty."));
    }
    let kind = content::kind(&upload.content, upload.name.as_deref());
    if p.purpose == Purpose::DisputeEvidence && !kind.as_deref().is_some_and(|own| EVIDENCE_TYPES.contains(&own)) {
        return Err(ApiError::invalid_param("file", "Evidence is a PDF, a PNG or a JPEG."));
    }
    let id = cx.id(PREFIX, 24);
    let file = File {
        object: File::KIND.into(),
        created: cx.now(),
        expires_at: None,
        filename: upload.name.clone(),
        purpose: p.purpose.as_str().into(),
        size: i64::try_from(upload.content.len()).unwrap_or(i64::MAX),
        title: None,
        r#type: kind,
        url: Some(format!("{}{URL}/{id}/contents", call.app.settings.base_url)),
        id,
    };
    content::keep(cx, &file.id, &upload.content).await?;
    cx.insert(&file).await?;
    if let Some(link) = p.file_link_data.filter(|link| link.create) {
        file_links::make(cx, &call.app, &file.id, link.expires_at, link.metadata, "file_link_data[expires_at]").await?;
    }
    let shown = with_links(cx, serde_json::to_value(&file)?).await?.to_string();
    cx.emit("file.created", &shown, None).await?;
    Ok(Reply::text(shown))
}

/// A file's document with its newest links.
async fn with_links(cx: &mut Cx<'_>, mut file: Json) -> ApiResult<Json> {
    let id = file["id"].as_str().unwrap_or_default().to_owned();
    file["links"] = file_links::newest_of(cx, &id).await?;
    Ok(file)
}

/// Shows a file.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let doc = cx.raw_or_missing::<File>(call.id(), "file").await?;
    Reply::json(&with_links(cx, serde_json::from_str(&doc)?).await?)
}

/// Lists files, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    let filter = Filter::default().with(Slot::F1, p.purpose.as_deref()).created(p.created);
    let page = cx.list::<File>(PREFIX, &filter, &p.page).await?;
    let mut rows = Vec::with_capacity(page.rows.len());
    for doc in &page.rows {
        rows.push(with_links(cx, serde_json::from_str(doc)?).await?.to_string());
    }
    Ok(Reply::list(URL, &Page { rows, has_more: page.has_more }))
}

/// Hands out a file's content.
///
/// # Errors
/// 404 if there is none.
pub async fn contents(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let file = cx.get::<File>(call.id(), "file").await?;
    Ok(Reply::file(download(cx, &file).await?))
}

/// A file's content, ready to be handed out.
pub(crate) async fn download(cx: &mut Cx<'_>, file: &File) -> ApiResult<Download> {
    let content = content::read(cx, &file.id).await?;
    let name = file.filename.clone().unwrap_or_else(|| file.id.clone());
    Ok(Download { name, content_type: content::content_type(&content), content })
}
