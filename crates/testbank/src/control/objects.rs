//! What commands answer.

use serde_json::{Value, json};

use crate::ach::ReceivedEntry;
use crate::conduct::{Conduct, DataKind, Downtime};
use crate::institutions::InstitutionInfo;
use crate::world::{PostalAddress, Row, Side, StatedAccount, StatedAnswer, StatedBook, StatedInstitution, StatedPerson};

pub const INSTITUTION: &str = "drawbridge.testbank.institution";
pub const PERSON: &str = "drawbridge.testbank.person";
pub const ACCOUNT: &str = "drawbridge.testbank.account";
pub const ACH_RETURN: &str = "drawbridge.testbank.ach_return";
pub const ACH_ENTRY: &str = "drawbridge.testbank.ach_entry";
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

/// What ACH entries to a number are answered with.
pub fn ach_return(own: &StatedAnswer) -> Value {
    let change = own.code.starts_with('C');
    json!({
        "id": own.id,
        "object": ACH_RETURN,
        "account_number": own.account_number,
        "code": own.code,
        "corrected_data": change.then_some(&own.information),
        "created": own.created,
        "direction": own.direction.map(|side| side.as_str()),
        "information": (!change).then_some(&own.information),
        "late": own.late,
        "routing_number": own.routing_number,
    })
}

/// An ACH entry that the bank has taken.
pub fn ach_entry(own: &ReceivedEntry) -> Value {
    let (header, entry) = (&own.batch.header, &own.entry);
    let effective = header.effective().map(|date| format!("{:04}-{:02}-{:02}", date.year, date.month, date.day));
    let answers = own.answers.iter().map(|given| {
        let answered = &given.answered;
        json!({
            "code": answered.code,
            "file": given.file,
            "information": answered.information,
            "released_at": answered.release,
        })
    });
    json!({
        "id": entry.trace.as_str(),
        "object": ACH_ENTRY,
        "account_number": entry.account.as_str(),
        "amount": entry.amount,
        "answers": answers.collect::<Vec<_>>(),
        "company_name": header.company_name.as_str(),
        "created": own.received,
        "description": header.entry_description.as_str(),
        "direction": Side::of(entry).as_str(),
        "effective_date": effective,
        "entry_class": header.entry_class.code(),
        "file": own.file,
        "identification": entry.identification.as_str(),
        "name": entry.name.as_str(),
        "routing_number": entry.routing.as_str(),
        "transaction_code": entry.transaction_code.to_string(),
    })
}
