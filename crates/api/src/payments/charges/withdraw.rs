//! Charges that end before they were sent.

use kernel::{ApiResult, Cx};

use super::ach;
use super::failure::{Failure, before_sending};
use super::object::{Charge, Status};
use crate::App;
use crate::payments::{rails, refunds};

/// Takes back the debit of a charge, which then has failed; false if it has left already.
pub(crate) async fn withdraw(cx: &mut Cx<'_>, app: &App, id: &str) -> ApiResult<bool> {
    let mut charge = cx.get::<Charge>(id, "charge").await?;
    if charge.status != Status::Pending || !rails::withdraw(cx, id).await? {
        return Ok(false);
    }
    not_sent(&mut charge, &before_sending("canceled", None));
    let doc = cx.update(&mut charge).await?;
    cx.emit("charge.failed", &doc, None).await?;
    refunds::charge_failed(cx, app, id).await?;
    Ok(true)
}

/// The account was found to lack the funds for a charge that was held: it fails, and with it what it was made for.
pub(crate) async fn lacks_funds(cx: &mut Cx<'_>, app: &App, id: &str) -> ApiResult<()> {
    let mut charge = cx.get::<Charge>(id, "charge").await?;
    if charge.status != Status::Pending || !rails::withdraw(cx, id).await? {
        return Ok(());
    }
    let why = before_sending("insufficient_funds", Some("insufficient_funds"));
    not_sent(&mut charge, &why);
    ach::fail(cx, app, &mut charge, &why).await
}

/// Makes a charge one that no bank ever heard of.
pub(super) fn not_sent(charge: &mut Charge, why: &Failure) {
    charge.fail(why);
    if let Some(outcome) = &mut charge.outcome {
        outcome.network_status = Some("not_sent_to_network".into());
        outcome.r#type = "invalid".into();
        outcome.reason = Some(why.code.into());
        outcome.seller_message = Some(why.message.into());
    }
}
