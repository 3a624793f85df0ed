use kernel::events::changed;
use kernel::{ApiError, ApiResult, Cx, Filter, Slot, Stored};
use serde_json::Value as Json;

use super::evidence;
use super::object::Dispute;
use super::params::{List, Update};
use crate::payments::charges::Charge;
use crate::payments::named;
use crate::{Call, Nothing, Reply};

pub(super) const PREFIX: &str = "du_";
const URL: &str = "/v1/disputes";

/// Shows a dispute.
///
/// # Errors
/// 404 if there is none.
pub async fn retrieve(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    Ok(Reply::text(cx.raw_or_missing::<Dispute>(call.id(), "dispute").await?))
}

/// Lists disputes, newest first.
///
/// # Errors
/// 400 for wrong parameters.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let p = call.params;
    if let Some(charge) = &p.charge {
        cx.get_named::<Charge>(charge, "charge").await?;
    }
    if let Some(intent) = &p.payment_intent {
        named::payment_intent(cx, intent).await?;
    }
    let filter = Filter::default().with(Slot::F1, p.charge.as_deref()).with(Slot::F2, p.payment_intent.as_deref());
    Ok(Reply::list(URL, &cx.list::<Dispute>(PREFIX, &filter.created(p.created), &p.page).await?))
}

/// Updates a dispute's metadata, and its evidence while that is asked for. Evidence is submitted unless that is put off.
///
/// # Errors
/// 404; 400 for wrong parameters, and for evidence that nobody asks for any more.
pub async fn update(cx: &mut Cx<'_>, call: Call<Update>) -> ApiResult<Reply> {
    let id = call.id().to_owned();
    let p = call.params;
    let mut dispute = cx.get::<Dispute>(&id, "dispute").await?;
    let before = serde_json::to_value(&dispute.value)?;
    p.metadata.apply(&mut dispute.metadata)?;
    if let Some(sent) = p.evidence {
        if !dispute.needs_response() {
            let message = format!("This dispute is {}: it takes no evidence any more.", dispute.status);
            return Err(ApiError::invalid_param("evidence", message));
        }
        evidence::apply(cx, sent, &mut dispute.evidence).await?;
        dispute.evidence_details.has_evidence = true;
    }
    if let Some(method) = p.intended_submission_method {
        dispute.intended_submission_method = Some(method.as_str().into());
    }
    if dispute.needs_response() && dispute.evidence_details.has_evidence && p.submit.unwrap_or(true) {
        submit(&mut dispute);
    }
    Ok(Reply::text(write(cx, &mut dispute, &before, "charge.dispute.updated").await?))
}

fn submit(dispute: &mut Dispute) {
    let reviewed = if dispute.status == "needs_response" { "under_review" } else { "warning_under_review" };
    dispute.status = reviewed.into();
    dispute.evidence_details.submission_count += 1;
    dispute.evidence_details.submission_method = "manual".into();
}

/// Gives a dispute up while evidence is asked for: it is lost.
///
/// # Errors
/// 404; 400 if it is closed already.
pub async fn close(cx: &mut Cx<'_>, call: Call<Nothing>) -> ApiResult<Reply> {
    let mut dispute = cx.get::<Dispute>(call.id(), "dispute").await?;
    if !dispute.needs_response() {
        let message = format!("You cannot close this dispute because it has a status of {}.", dispute.status);
        return Err(ApiError::coded("status_transition_invalid", message));
    }
    let before = serde_json::to_value(&dispute.value)?;
    dispute.status = "lost".into();
    Ok(Reply::text(write(cx, &mut dispute, &before, "charge.dispute.closed").await?))
}

async fn write(cx: &mut Cx<'_>, dispute: &mut Stored<Dispute>, before: &Json, event: &str) -> ApiResult<String> {
    let doc = cx.update(dispute).await?;
    if let Some(previous) = changed(before, &serde_json::to_value(&dispute.value)?) {
        cx.emit(event, &doc, Some(&previous)).await?;
    }
    Ok(doc)
}
