//! The networks over which an account can be paid, with its number or the one that stands in for it.

use axum::response::Response;
use serde::Serialize;

use super::FdxError;
use super::access::Session;
use crate::ach::{self, Told};
use crate::conduct::DataKind;
use crate::institutions::SHORTLY;
use crate::oauth::Cluster;
use crate::world::{Account, DAY_SECONDS, Payments, Source, Standing, TokenLife, instant_text};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Network {
    bank_id: String,
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
    session.admit(DataKind::PaymentNumbers).await?;
    let account = session.account()?;
    match account.standing {
        Standing::Open => {}
        Standing::Closed => return Err(FdxError::account_closed()),
        Standing::Restricted => return Err(FdxError::account_locked()),
    }
    let identifier = identifier(&session, account).await?;
    let network = |kind, transfer_in, transfer_out| Network {
        bank_id: account.routing_number.to_string(),
        identifier: identifier.number.clone(),
        identifier_type: identifier.kind,
        r#type: kind,
        transfer_in,
        transfer_out,
        fi_attributes: identifier.attributes.clone(),
    };
    let payment_networks = match account.payments {
        Payments::Full => vec![network("US_ACH", true, true), network("US_RTP", true, false)],
        Payments::IncomingOnly => vec![network("US_ACH", true, false)],
        Payments::InstantOnly => vec![network("US_RTP", true, true)],
        Payments::Nothing => Vec::new(),
    };
    Ok(session.answer(&NetworkList { payment_networks }))
}

async fn identifier(session: &Session, account: &Account) -> Result<Identifier, FdxError> {
    let tokenized = match &account.source {
        Source::Made(plan) => plan.token.map(|life| (*plan, life)),
        Source::Stated(_) => None,
    };
    let Some((plan, life)) = tokenized else {
        return Ok(Identifier { number: account.number.clone(), kind: "ACCOUNT_NUMBER", attributes: Vec::new() });
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
    let number = session.portfolio.customer.token_number(plan, &session.grant.id);
    let told = Told { number: account.number.clone(), consent: session.grant.id.clone(), expires_at };
    ach::tell(&session.site.bank, &session.grant.world, &number, &told).await?;
    Ok(Identifier { number, kind: "TOKENIZED_ACCOUNT_NUMBER", attributes })
}
