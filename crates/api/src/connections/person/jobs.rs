//! Events show accounts as they were. Those of an account whose person had its data deleted lose the data too.

use std::sync::Arc;

use kernel::jobs::Job;
use kernel::{ApiResult, Cx};
use serde_json::Value as Json;
use store::Value;

use crate::App;

/// The job that takes an account's data out of its events.
pub(crate) const REDACT: &str = "redact_account_events";

/// Events that are looked at in one go.
const BATCH: i64 = 200;
/// What an account shows of its person.
const FIELDS: [&str; 4] = ["balance", "display_name", "last4", "ownership"];

/// An event without the data: its id, object and previous attributes.
struct Redacted(String, String, Option<String>);

/// Goes through the events that show accounts, those of sessions among them, and empties what they show of this one.
pub(crate) async fn redact(app: App, job: Job) -> ApiResult<()> {
    let mut after = ("financial_connections.".to_owned(), String::new());
    loop {
        let (from, account) = (after.clone(), job.key.clone());
        let batch = app.core.read(&job.tenant, move |cx| Box::pin(async move { look(cx, &from, &account).await }));
        let (found, next) = batch.await?;
        if !found.is_empty() {
            let found = Arc::new(found);
            app.core
                .write(&job.tenant, move |cx| {
                    let found = Arc::clone(&found);
                    Box::pin(async move { write(cx, &found).await })
                })
                .await?;
        }
        match next {
            Some(next) => after = next,
            None => return Ok(()),
        }
    }
}

/// The events of one batch that are to change, and where the next batch begins.
async fn look(cx: &mut Cx<'_>, from: &(String, String), account: &str) -> ApiResult<(Vec<Redacted>, Option<(String, String)>)> {
    let sql = "select type, id, object, previous from events where tenant = $1 and (type, id) > ($2, $3) and type < $4 \
               order by type, id limit $5";
    let params =
        [Value::from(from.0.as_str()), Value::from(from.1.as_str()), Value::from("financial_connections/"), Value::from(BATCH)];
    let rows = cx.rows(sql, &params).await?;
    let mut found = Vec::new();
    for row in &rows {
        let mut object: Json = serde_json::from_str(row.text(2)?)?;
        let is_about = object["id"] == account;
        if !empty_within(&mut object, account) {
            continue;
        }
        let mut previous: Option<Json> = row.text_opt(3)?.map(serde_json::from_str).transpose()?;
        previous.iter_mut().filter(|_| is_about).for_each(empty);
        found.push(Redacted(row.text(1)?.to_owned(), object.to_string(), previous.map(|previous| previous.to_string())));
    }
    let whole = i64::try_from(rows.len()).is_ok_and(|count| count == BATCH);
    let last = rows.last().filter(|_| whole);
    let next = last.map(|row| -> ApiResult<_> { Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())) }).transpose()?;
    Ok((found, next))
}

async fn write(cx: &mut Cx<'_>, found: &[Redacted]) -> ApiResult<()> {
    for Redacted(id, object, previous) in found {
        let params = [Value::from(id.as_str()), Value::from(object.as_str()), Value::from(previous.as_deref())];
        cx.run("update events set object = $3, previous = $4 where tenant = $1 and id = $2", &params).await?;
    }
    Ok(())
}

/// Empties the account wherever it stands in an object, alone or in a list; answers whether it does.
fn empty_within(object: &mut Json, account: &str) -> bool {
    if object.get("id").is_some_and(|id| id == account) {
        empty(object);
        return true;
    }
    match object {
        Json::Object(fields) => fields.values_mut().map(|value| empty_within(value, account)).fold(false, std::ops::BitOr::bitor),
        Json::Array(values) => values.iter_mut().map(|value| empty_within(value, account)).fold(false, std::ops::BitOr::bitor),
        _ => false,
    }
}

/// Puts null where data of the person stands; what is not there is not added.
fn empty(object: &mut Json) {
    for name in FIELDS {
        if let Some(value) = object.get_mut(name) {
            *value = Json::Null;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn accounts_are_emptied_within_what_shows_them() {
        let account = |id: &str, last4: Option<&str>| json!({"id": id, "last4": last4});
        let mut session =
            json!({"id": "fcsess_1", "accounts": {"data": [account("fca_1", Some("1")), account("fca_2", Some("2"))]}});
        assert!(empty_within(&mut session, "fca_2"));
        assert_eq!(session["accounts"]["data"], json!([account("fca_1", Some("1")), account("fca_2", None)]));
        assert!(!empty_within(&mut session, "fca_3"));
    }

    #[test]
    fn only_what_is_there_is_emptied() {
        let mut object = json!({"id": "fca_1", "balance": {"current": {"usd": 5}}, "last4": "6789", "status": "active"});
        empty(&mut object);
        assert_eq!(object, json!({"id": "fca_1", "balance": null, "last4": null, "status": "active"}));
    }
}
