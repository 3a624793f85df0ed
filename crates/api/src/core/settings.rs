//! `/drawbridge/v1/settings`: what an account has turned on, in one mode. Everything is off at first.

use form::{ParamEnum, Params};
use kernel::{ApiError, ApiResult, Columns, Cx, Resource};
use serde::{Deserialize, Serialize};

use crate::payments::rails::transport::Pace;
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
    /// Debits of linked accounts wait until the balance covers them.
    #[serde(default)]
    pub balance_check: bool,
    /// `instant` or `banking_days`: how fast ACH payments settle. Live mode has the calendar's pace only.
    #[serde(default = "instant")]
    pub settlement: String,
}

fn instant() -> String {
    Pace::Instant.as_str().into()
}

impl Settings {
    /// How fast ACH payments settle.
    pub(crate) fn pace(&self) -> Pace {
        let calendar = self.livemode || self.settlement == Pace::BankingDays.as_str();
        if calendar { Pace::BankingDays } else { Pace::Instant }
    }
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
    pub balance_check: Option<bool>,
    pub settlement: Option<Settlement>,
}

/// How fast ACH payments settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ParamEnum)]
pub enum Settlement {
    Instant,
    BankingDays,
}

/// What this tenant has turned on.
pub(crate) async fn of_tenant(cx: &mut Cx<'_>) -> ApiResult<Settings> {
    let stored = cx.find::<Settings>(ID).await?;
    let livemode = cx.tenant.livemode();
    let mut settings = stored.map_or_else(
        || Settings {
            id: ID.into(),
            object: Settings::KIND.into(),
            livemode,
            statement_files: false,
            balance_check: false,
            settlement: instant(),
        },
        |stored| stored.value,
    );
    settings.settlement = settings.pace().as_str().into();
    Ok(settings)
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
    settings.balance_check = call.params.balance_check.unwrap_or(settings.balance_check);
    if let Some(settlement) = call.params.settlement {
        if settings.livemode && settlement == Settlement::Instant {
            let message = "In live mode payments settle by the calendar of banks.";
            return Err(ApiError::invalid_param("settlement", message));
        }
        settings.settlement = settlement.as_str().into();
    }
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
