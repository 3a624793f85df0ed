//! The consent behind a token: what it covers, and how a client gives it back.

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::access::Caller;
use super::{FdxError, answer};
use crate::oauth::Revocation;
use crate::world::instant_text;

const REASONS: &[&str] = &["BUSINESS_RULE", "USER_ACTION"];
const PARTIES: &[&str] = &["DATA_RECIPIENT", "DATA_ACCESS_PLATFORM", "DATA_PROVIDER", "INDIVIDUAL", "MERCHANT", "VENDOR"];

#[derive(Deserialize)]
struct RevocationRequest {
    reason: String,
    initiator: String,
}

/// `GET /consents/{id}`. Works with a token that has not expired even after the consent has ended.
pub async fn show(caller: Caller) -> Result<Response, FdxError> {
    check_own(&caller)?;
    let grant = &caller.grant;
    let revoked_at = grant.revoked_at(caller.now);
    let status = match (revoked_at, grant.is_active(caller.now)) {
        (Some(_), _) => "REVOKED",
        (None, true) => "ACTIVE",
        (None, false) => "EXPIRED",
    };
    let resources: Vec<Value> = grant
        .accounts
        .iter()
        .map(|id| json!({"resourceType": "ACCOUNT", "resourceId": id, "dataClusters": grant.clusters}))
        .collect();
    let self_address = caller.address(&format!("/consents/{}", grant.id));
    let mut body = json!({
        "id": grant.id,
        "status": status,
        "parties": [
            {"name": grant.client_name, "type": "DATA_RECIPIENT"},
            {"name": caller.site.institution.name, "type": "DATA_PROVIDER"},
        ],
        "createdTime": instant_text(grant.created_at),
        "updatedTime": instant_text(revoked_at.unwrap_or(grant.created_at)),
        "durationType": grant.duration,
        "resources": resources,
        "links": [
            {"rel": "self", "action": "GET", "href": self_address},
            {"rel": "revoke", "action": "PUT", "href": format!("{self_address}/revocation")},
        ],
    });
    let optional = [
        ("expirationTime", grant.expires_at.map(|end| json!(instant_text(end)))),
        ("durationPeriod", grant.duration_period.map(|days| json!(days))),
        ("lookbackPeriod", grant.lookback_period.map(|days| json!(days))),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            body[name] = value;
        }
    }
    Ok(answer(&body))
}

/// `PUT /consents/{id}/revocation`: ends the consent for ever; 409 if it has ended already.
pub async fn revoke(caller: Caller, body: Bytes) -> Result<Response, FdxError> {
    check_own(&caller)?;
    let request: RevocationRequest = serde_json::from_slice(&body).map_err(|error| FdxError::input(error.to_string()))?;
    if !REASONS.contains(&request.reason.as_str()) || !PARTIES.contains(&request.initiator.as_str()) {
        return Err(FdxError::input("reason or initiator is not a known value"));
    }
    if !caller.grant.is_active(caller.now) {
        return Err(FdxError::consent_ended());
    }
    let (reason, initiator, at) = (request.reason, request.initiator, caller.now);
    caller.grant.revoke(&caller.site.bank, Revocation { reason, initiator, at }).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn check_own(caller: &Caller) -> Result<(), FdxError> {
    if caller.path("consent") == caller.grant.id {
        Ok(())
    } else {
        Err(FdxError::not_authorised("The token belongs to another consent"))
    }
}
