//! The customer, and the holders of an account.

use axum::response::Response;
use serde_json::{Value, json};

use super::access::Session;
use super::{FdxError, answer};
use crate::oauth::Cluster;
use crate::world::{AccountKind, AccountPlan, Address, Owners, Person};

/// `GET /customers/current`: the person of the token.
pub async fn current(session: Session) -> Result<Response, FdxError> {
    session.require(&[Cluster::CustomerPersonal])?;
    let person = session.customer.person();
    let accounts: Vec<Value> = session
        .accounts()
        .map(|plan| {
            let id = session.customer.account_id(plan);
            let href = session.address(&format!("/accounts/{id}"));
            json!({"accountId": id, "relationship": relationships(plan)[0], "links": [{"href": href, "rel": "account"}]})
        })
        .collect();
    Ok(answer(&json!({
        "customerId": session.customer.id(),
        "type": "CONSUMER",
        "name": name(&person),
        "dateOfBirth": person.born.text(),
        "email": [person.email],
        "addresses": [address(&person.address, "HOME")],
        "telephones": [telephone(&person, "CELL", true)],
        "accounts": accounts,
    })))
}

/// `GET /accounts/{id}/contact`: the holders and how to reach them.
pub async fn contact(session: Session) -> Result<Response, FdxError> {
    session.require(&[Cluster::CustomerContact])?;
    let plan = session.account()?;
    let person = session.customer.person();
    let roles = relationships(plan);
    let body = match plan.owners {
        Owners::Single => json!({
            "holders": [holder(&person, roles[0])],
            "emails": [person.email],
            "addresses": [address(&person.address, "HOME")],
            "telephones": [telephone(&person, "CELL", true)],
        }),
        Owners::NoContact => json!({
            "holders": [holder(&person, roles[0])],
            "emails": [],
            "addresses": [address(&person.address, "HOME")],
            "telephones": [],
        }),
        Owners::Joint => {
            let partner = person.partner();
            json!({
                "holders": [holder(&person, roles[0]), holder(&partner, roles[1])],
                "emails": [person.email, partner.email],
                "addresses": [address(&person.address, "HOME")],
                "telephones": [telephone(&person, "CELL", true), telephone(&partner, "CELL", false)],
            })
        }
        Owners::Business => json!({
            "holders": [{"relationship": roles[0], "type": "BUSINESS", "businessCustomer": {"name": person.business()}}],
            "emails": [format!("office.{}", person.email)],
            "addresses": [address(&person.address, "BUSINESS")],
            "telephones": [telephone(&person, "BUSINESS", true)],
        }),
        Owners::EmptyRecord => {
            json!({"holders": [], "emails": [], "addresses": [], "telephones": []})
        }
        Owners::NoRecord => return Err(FdxError::no_data("There is no record of the owners")),
    };
    Ok(answer(&body))
}

/// The roles of the first and the second holder.
fn relationships(plan: &AccountPlan) -> [&'static str; 2] {
    match (plan.owners, plan.kind) {
        (Owners::Business, _) => ["BUSINESS", "AUTHORIZED_SIGNER"],
        (_, AccountKind::Mortgage) => ["PRIMARY_BORROWER", "SECONDARY_BORROWER"],
        (Owners::Joint, _) => ["PRIMARY_JOINT", "SECONDARY_JOINT"],
        _ => ["SOLE_OWNER", "SECONDARY"],
    }
}

fn holder(person: &Person, relationship: &str) -> Value {
    json!({"relationship": relationship, "type": "CONSUMER", "name": name(person)})
}

fn name(person: &Person) -> Value {
    json!({"first": person.first, "last": person.last})
}

fn address(address: &Address, kind: &str) -> Value {
    let mut value = json!({
        "line1": address.line1,
        "city": address.city,
        "region": address.region,
        "postalCode": address.postal_code,
        "country": "US",
        "type": kind,
        "primary": true,
    });
    if let Some(line2) = &address.line2 {
        value["line2"] = json!(line2);
    }
    value
}

fn telephone(person: &Person, kind: &str, primary: bool) -> Value {
    json!({"type": kind, "country": "1", "number": person.telephone, "primary": primary})
}
