//! The networks over which an account can be paid, with its number or the one that stands in for it.

use axum::response::Response;
use serde::Serialize;

use super::access::Session;
use super::{FdxError, answer};
use crate::institutions::{ROUTING_NUMBER, SHORTLY};
use crate::oauth::Cluster;
use crate::world::{AccountPlan, DAY_SECONDS, Payments, Standing, TokenLife, instant_text};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Network {
    bank_id: &'static str,
    identifier: String,
    identifier_type: &'static str,
    r#type: &'static str,
    transfer_in: bool,
    transfer_out: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fi_attributes: Vec<Attribute>,
}

/// What a bank adds to the standard, which has no fields for the life of a tokenized number.
#[derive(Serialize, Clone)]
struct Attribute {
    name: &'static str,
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NetworkList {
    payment_networks: Vec<Network>,
}

/// The number by which the account is known to a client.
struct Identifier {
    number: String,
    kind: &'static str,
    attributes: Vec<Attribute>,
}

/// `GET /accounts/{id}/payment-networks`: where money can be sent and taken, with the full account number.
pub async fn list(session: Session) -> Result<Response, FdxError> {
    session.require(&[Cluster::PaymentSupport])?;
    let plan = session.account()?;
    match plan.standing {
        Standing::Open => {}
        Standing::Closed => return Err(FdxError::account_closed()),
        Standing::Restricted => return Err(FdxError::account_locked()),
    }
    let identifier = identifier(&session, plan);
    let network = |kind, transfer_in, transfer_out| Network {
        bank_id: ROUTING_NUMBER,
        identifier: identifier.number.clone(),
        identifier_type: identifier.kind,
        r#type: kind,
        transfer_in,
        transfer_out,
        fi_attributes: identifier.attributes.clone(),
    };
    let payment_networks = match plan.payments {
        Payments::Full => vec![network("US_ACH", true, true), network("US_RTP", true, false)],
        Payments::IncomingOnly => vec![network("US_ACH", true, false)],
        Payments::InstantOnly => vec![network("US_RTP", true, true)],
        Payments::Nothing => Vec::new(),
    };
    Ok(answer(&NetworkList { payment_networks }))
}

fn identifier(session: &Session, plan: &AccountPlan) -> Identifier {
    let customer = &session.customer;
    let Some(life) = plan.token else {
        return Identifier { number: customer.account_number(plan), kind: "ACCOUNT_NUMBER", attributes: Vec::new() };
    };
    let expires_at = session.grant.created_at
        + match life {
            TokenLife::Expired => 0,
            TokenLife::Immediate => SHORTLY,
            TokenLife::Eventual => 30 * DAY_SECONDS,
        };
    let status = if session.now < expires_at { "TRANSACTABLE" } else { "EXPIRED" };
    let attributes = vec![
        Attribute { name: "identifierExpirationTime", value: instant_text(expires_at) },
        Attribute { name: "identifierStatus", value: status.to_owned() },
    ];
    let number = customer.token_number(plan, &session.grant.id);
    Identifier { number, kind: "TOKENIZED_ACCOUNT_NUMBER", attributes }
}
