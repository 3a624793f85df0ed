//! The list of banks in an app.

use kernel::{ApiResult, Cx};
use serde_json::json;

use super::manifest;
use super::params::{Featured, Search};
use super::phone::Phone;
use crate::connections::linking;
use crate::{Call, Reply};

/// The banks that are shown before anything is typed.
///
/// # Errors
/// 400 for a secret that opens nothing.
pub async fn featured(cx: &mut Cx<'_>, call: Call<Featured>) -> ApiResult<Reply> {
    let phone = Phone::within(cx, &call.app, &call.params.client_secret).await?;
    list(&phone, "", call.params.limit)
}

/// The banks for what was typed.
///
/// # Errors
/// 400 for a secret that opens nothing.
pub async fn search(cx: &mut Cx<'_>, call: Call<Search>) -> ApiResult<Reply> {
    let phone = Phone::within(cx, &call.app, &call.params.client_secret).await?;
    list(&phone, &call.params.query, call.params.limit)
}

fn list(phone: &Phone, query: &str, limit: Option<i64>) -> ApiResult<Reply> {
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let found = phone.directory.search(query, phone.tenant.livemode());
    let data: Vec<_> = found.into_iter().take(limit).map(manifest::institution).collect();
    let show_manual_entry = linking::takes_numbers(&phone.flow, &phone.session);
    Reply::json(&json!({"object": "list", "data": data, "has_more": false, "show_manual_entry": show_manual_entry}))
}
