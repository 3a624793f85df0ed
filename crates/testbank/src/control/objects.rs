//! What commands answer.

use serde_json::{Value, json};

use crate::conduct::{Conduct, DataKind, Downtime};
use crate::institutions::InstitutionInfo;
use crate::world::{PostalAddress, Row, StatedAccount, StatedBook, StatedInstitution, StatedPerson};

pub const INSTITUTION: &str = "drawbridge.testbank.institution";
pub const PERSON: &str = "drawbridge.testbank.person";
pub const ACCOUNT: &str = "drawbridge.testbank.account";
pub const TRANSACTION: &str = "drawbridge.testbank.transaction";

/// An institution as a test states it.
pub fn institution(own: &StatedInstitution) -> Value {
    let conduct = &own.conduct;
    let failures: serde_json::Map<String, Value> = DataKind::ALL
        .iter()
        .map(|kind| (kind.as_str().to_owned(), json!(conduct.failures.get(kind).map(|failure| failure.as_str()))))
        .collect();
    json!({
        "id": own.slug,
        "object": INSTITUTION,
        "built_in": own.built_in,
        "created": own.created,
        "delay_ms": conduct.delay_ms,
        "downtime": downtime(conduct),
        "failures": failures,
        "featured": own.featured,
        "name": own.name,
        "protocol": own.protocol.as_str(),
        "timeout_ms": conduct.timeout_ms,
        "url": own.url,
        "wrong_data": conduct.wrong_data.iter().map(|wrong| wrong.as_str()).collect::<Vec<_>>(),
    })
}

fn downtime(conduct: &Conduct) -> Value {
    match conduct.downtime {
        None => Value::Null,
        Some(Downtime::Planned { until }) => json!({"type": "planned", "until": until}),
        Some(Downtime::Unplanned) => json!({"type": "unplanned", "until": null}),
        Some(Downtime::Error) => json!({"type": "error", "until": null}),
    }
}

/// A built-in institution about which nothing was stated.
pub fn built_in(info: &InstitutionInfo) -> StatedInstitution {
    StatedInstitution {
        slug: info.slug.to_owned(),
        built_in: true,
        name: info.name.to_owned(),
        url: Some(info.url.to_owned()),
        protocol: info.protocol,
        featured: info.featured,
        conduct: Conduct::default(),
        version: 0,
        created: 0,
    }
}

/// A person. The password is never shown.
pub fn person(own: &StatedPerson) -> Value {
    let profile = &own.profile;
    json!({
        "id": own.id,
        "object": PERSON,
        "addresses": profile.addresses.iter().map(address).collect::<Vec<_>>(),
        "created": own.created,
        "email": profile.email,
        "institution": own.institution,
        "name": profile.name(),
        "password_required": own.password_digest.is_some(),
        "phone": profile.telephone,
        "username": own.username,
    })
}

fn address(own: &PostalAddress) -> Value {
    json!({
        "city": own.city,
        "country": own.country,
        "line1": own.line1,
        "line2": own.line2,
        "postal_code": own.postal_code,
        "state": own.region,
    })
}

/// An account with its balances at a moment.
pub fn account(own: &StatedAccount, book: &StatedBook, now: i64) -> Value {
    let (posted, pending) = (book.balance(now), book.pending(now));
    let available = if own.kind.is_deposit() { posted + pending } else { own.credit_limit + posted + pending };
    json!({
        "id": own.id,
        "object": ACCOUNT,
        "available_balance": available,
        "balance": posted,
        "created": own.created,
        "credit_limit": own.credit_limit,
        "currency": own.currency.to_lowercase(),
        "institution": own.institution,
        "name": own.name,
        "number": own.number,
        "opening_balance": own.opening_balance,
        "owners": own.owners,
        "payments": own.payments.as_str(),
        "routing_number": own.routing_number,
        "status": own.standing.as_str(),
        "transaction_count": book.len(),
        "type": own.kind.as_str(),
    })
}

/// A transaction as it stands at a moment.
pub fn transaction(account: &StatedAccount, row: &Row, now: i64) -> Value {
    json!({
        "id": row.id,
        "object": TRANSACTION,
        "account": account.id,
        "amount": row.amount,
        "currency": account.currency.to_lowercase(),
        "description": row.description,
        "posted_at": row.posted_at,
        "status": row.status(now).as_str(),
        "transacted_at": row.transacted_at,
        "void_at": row.void_at,
    })
}
