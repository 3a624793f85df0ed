//! The customer, and the holders of an account.

use axum::response::Response;
use serde_json::{Value, json};

use super::FdxError;
use super::access::Session;
use crate::conduct::DataKind;
use crate::oauth::Cluster;
use crate::world::{Account, AccountKind, Holders, Owners, PostalAddress, Profile};

/// `GET /customers/current`: the person of the token.
pub async fn current(session: Session) -> Result<Response, FdxError> {
    session.require(&[Cluster::CustomerPersonal])?;
    let person = &session.portfolio.person;
    let accounts: Vec<Value> = session
        .accounts()
        .map(|account| {
            let href = session.address(&format!("/accounts/{}", account.id));
            let relationship = relationships(account)[0];
            json!({"accountId": account.id, "relationship": relationship, "links": [{"href": href, "rel": "account"}]})
        })
        .collect();
    let mut body = json!({
        "customerId": session.portfolio.customer.id(),
        "type": "CONSUMER",
        "name": name(person),
        "email": emails(person),
        "addresses": addresses(person, "HOME"),
        "telephones": telephones(person, "CELL", true),
        "accounts": accounts,
    });
    if let Some(born) = &person.born {
        body["dateOfBirth"] = json!(born);
    }
    Ok(session.answer(&body))
}

/// `GET /accounts/{id}/contact`: the holders and how to reach them.
pub async fn contact(session: Session) -> Result<Response, FdxError> {
    session.require(&[Cluster::CustomerContact])?;
    session.admit(DataKind::Ownership).await?;
    let account = session.account()?;
    let person = &session.portfolio.person;
    let roles = relationships(account);
    let body = match &account.holders {
        Holders::Stated(holders) => stated(holders, roles),
        Holders::Made(Owners::Single) => json!({
            "holders": [holder(person, roles[0])],
            "emails": emails(person),
            "addresses": addresses(person, "HOME"),
            "telephones": telephones(person, "CELL", true),
        }),
        Holders::Made(Owners::NoContact) => json!({
            "holders": [holder(person, roles[0])],
            "emails": [],
            "addresses": addresses(person, "HOME"),
            "telephones": [],
        }),
        Holders::Made(Owners::Joint) => {
            let partner = Profile::from(&session.portfolio.customer.person().partner());
            let emails = [emails(person), emails(&partner)].concat();
            let telephones = [telephones(person, "CELL", true), telephones(&partner, "CELL", false)].concat();
            json!({
                "holders": [holder(person, roles[0]), holder(&partner, roles[1])],
                "emails": emails,
                "addresses": addresses(person, "HOME"),
                "telephones": telephones,
            })
        }
        Holders::Made(Owners::Business) => {
            let business = session.portfolio.customer.person().business();
            let office = person.email.iter().map(|email| format!("office.{email}"));
            json!({
                "holders": [{"relationship": roles[0], "type": "BUSINESS", "businessCustomer": {"name": business}}],
                "emails": office.collect::<Vec<_>>(),
                "addresses": addresses(person, "BUSINESS"),
                "telephones": telephones(person, "BUSINESS", true),
            })
        }
        Holders::Made(Owners::EmptyRecord) => {
            json!({"holders": [], "emails": [], "addresses": [], "telephones": []})
        }
        Holders::Made(Owners::NoRecord) => return Err(FdxError::no_data("There is no record of the owners")),
    };
    Ok(session.answer(&body))
}

/// People who were stated each carry what is theirs.
fn stated(holders: &[Profile], roles: [&str; 2]) -> Value {
    let each = holders.iter().enumerate().map(|(place, person)| {
        let mut one = holder(person, roles[place.min(1)]);
        one["email"] = json!(emails(person));
        one["addresses"] = json!(addresses(person, "HOME"));
        one["telephones"] = json!(telephones(person, "CELL", place == 0));
        one
    });
    json!({"holders": each.collect::<Vec<_>>(), "emails": [], "addresses": [], "telephones": []})
}

/// The roles of the first and the second holder.
fn relationships(account: &Account) -> [&'static str; 2] {
    let joint = match &account.holders {
        Holders::Made(Owners::Business) => return ["BUSINESS", "AUTHORIZED_SIGNER"],
        Holders::Made(owners) => *owners == Owners::Joint,
        Holders::Stated(people) => people.len() > 1,
    };
    match (account.kind, joint) {
        (AccountKind::Mortgage, _) => ["PRIMARY_BORROWER", "SECONDARY_BORROWER"],
        (_, true) => ["PRIMARY_JOINT", "SECONDARY_JOINT"],
        (_, false) => ["SOLE_OWNER", "SECONDARY"],
    }
}

fn holder(person: &Profile, relationship: &str) -> Value {
    json!({"relationship": relationship, "type": "CONSUMER", "name": name(person)})
}

fn name(person: &Profile) -> Value {
    if person.last.is_empty() { json!({"first": person.first}) } else { json!({"first": person.first, "last": person.last}) }
}

fn emails(person: &Profile) -> Vec<&str> {
    person.email.as_deref().into_iter().collect()
}

fn addresses(person: &Profile, kind: &str) -> Vec<Value> {
    person.addresses.iter().enumerate().map(|(place, one)| address(one, kind, place == 0)).collect()
}

fn address(address: &PostalAddress, kind: &str, primary: bool) -> Value {
    let mut value = json!({
        "line1": address.line1,
        "city": address.city,
        "region": address.region,
        "postalCode": address.postal_code,
        "country": address.country,
        "type": kind,
        "primary": primary,
    });
    if let Some(line2) = &address.line2 {
        value["line2"] = json!(line2);
    }
    value
}

fn telephones(person: &Profile, kind: &str, primary: bool) -> Vec<Value> {
    let one = |number: &String| json!({"type": kind, "country": "1", "number": number, "primary": primary});
    person.telephone.iter().map(one).collect()
}
