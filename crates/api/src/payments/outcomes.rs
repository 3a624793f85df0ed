//! What the rails report about an entry, led to what the entry was made for.

use kernel::{ApiResult, Cx};

use super::rails::{AchEntry, Purpose, Returned};
use super::{charges, microdeposits, refunds};
use crate::App;

/// The entry's file was handed to the bank: it can no longer be taken back.
pub(crate) async fn submitted(cx: &mut Cx<'_>, app: &App, entry: &AchEntry) -> ApiResult<()> {
    match entry.purpose {
        Purpose::Charge => charges::ach::submitted(cx, app, entry).await,
        Purpose::Refund => refunds::ach::submitted(cx, app, entry).await,
        Purpose::Microdeposit => microdeposits::ach::submitted(cx, app, entry).await,
    }
}

/// The entry's money has arrived, and nothing came back so far.
pub(crate) async fn settled(cx: &mut Cx<'_>, app: &App, entry: &AchEntry) -> ApiResult<()> {
    match entry.purpose {
        Purpose::Charge => charges::ach::settled(cx, app, entry).await,
        Purpose::Refund => refunds::ach::settled(cx, app, entry).await,
        Purpose::Microdeposit => microdeposits::ach::settled(cx, app, entry).await,
    }
}

/// The entry came back, before it settled or after.
pub(crate) async fn returned(cx: &mut Cx<'_>, app: &App, entry: &AchEntry, how: &Returned) -> ApiResult<()> {
    match entry.purpose {
        Purpose::Charge => charges::ach::returned(cx, app, entry, how).await,
        Purpose::Refund => refunds::ach::returned(cx, app, entry, how).await,
        Purpose::Microdeposit => microdeposits::ach::returned(cx, app, entry, how).await,
    }
}
