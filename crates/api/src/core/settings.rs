//! `/drawbridge/v1/settings`: what an account has turned on, in one mode. Everything is off at first.

use form::Params;
use kernel::{ApiResult, Columns, Cx, Resource};
use serde::{Deserialize, Serialize};

use crate::{Call, Nothing, Reply};

/// There is one of each tenant.
const ID: &str = "settings";

/// The settings, as stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Not shown.
    #[serde(rename = "_id")]
    id: String,
    /// `drawbridge.settings`
    pub object: String,
    pub livemode: bool,
    /// People may link an account by a statement file of their bank: "Import a statement file" is among the banks.
    pub statement_files: bool,
}

impl Resource for Settings {
    const KIND: &'static str = "drawbridge.settings";
    const NOUN: &'static str = "settings";

    fn id(&self) -> &str {
        &self.id
    }

    fn columns(&self) -> Columns {
        [None, None, None, None]
    }
}

/// `POST /drawbridge/v1/settings`.
#[derive(Debug, Clone, Params)]
pub struct Update {
    /// What is not sent stays as it is.
    pub statement_files: Option<bool>,
}

/// What this tenant has turned on.
pub(crate) async fn of_tenant(cx: &mut Cx<'_>) -> ApiResult<Settings> {
    let stored = cx.find::<Settings>(ID).await?;
    let livemode = cx.tenant.livemode();
    Ok(stored.map_or_else(
        || Settings { id: ID.into(), object: Settings::KIND.into(), livemode, statement_files: false },
        |stored| stored.value,
    ))
}

/// Shows the settings.
///
/// # Errors
/// Those of the database.
pub async fn retrieve(cx: &mut Cx<'_>, _call: Call<Nothing>) -> ApiResult<Reply> {
    let settings = of_tenant(cx).await?;
    shown(&settings)
}

/// Changes the settings.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn update(cx: &mut Cx<'_>, call: Call<Update>) -> ApiResult<Reply> {
    let stored = cx.find::<Settings>(ID).await?;
    let mut settings = of_tenant(cx).await?;
    settings.statement_files = call.params.statement_files.unwrap_or(settings.statement_files);
    match stored {
        Some(mut stored) => {
            stored.value = settings.clone();
            cx.update(&mut stored).await?;
        }
        None => {
            cx.insert(&settings).await?;
        }
    }
    shown(&settings)
}

fn shown(settings: &Settings) -> ApiResult<Reply> {
    let mut shown = serde_json::to_value(settings)?;
    if let Some(map) = shown.as_object_mut() {
        map.shift_remove("_id");
    }
    Reply::json(&shown)
}
