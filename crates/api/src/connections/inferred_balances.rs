//! `/v1/financial_connections/accounts/:id/inferred_balances`: what an account held at the end of each day, counted back from
//! the bank's last balance by the transactions posted since.

use std::collections::BTreeMap;

use form::Params;
use kernel::{ApiError, ApiResult, Cx, ListParams, Page};
use serde_json::json;
use store::Value;

use crate::connections::accounts::Account;
use crate::{Call, Reply, page};

const DAY_SECONDS: i64 = 86_400;
/// Days shown at most; banks tell of 180, and what was fetched is kept.
const DAYS_MAX: i64 = 730;

/// `GET …/inferred_balances`.
#[derive(Debug, Clone, Params)]
pub struct List {
    #[params(flatten)]
    pub page: ListParams,
}

/// A balance at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Inferred {
    id: String,
    /// Unix seconds.
    as_of: i64,
    minor: i64,
}

/// Lists the balances of an account, newest first: the bank's own, then one for the end of each day before.
///
/// # Errors
/// 404 for an unknown account, 400 for one without the permissions or disconnected.
pub async fn list(cx: &mut Cx<'_>, call: Call<List>) -> ApiResult<Reply> {
    let account: Account = serde_json::from_str(&cx.raw_or_missing::<Account>(call.id(), "account").await?)?;
    if let Some(missing) = ["balances", "transactions"].iter().find(|permission| !account.permits(permission)) {
        let message = format!("The permission '{missing}' was not asked for when this account was linked.");
        return Err(ApiError::invalid_param("account", message));
    }
    if account.status == "disconnected" {
        return Err(ApiError::invalid_param("account", "This account was disconnected; its data is no longer available."));
    }
    let known = account.balance.as_ref().filter(|_| account.inferred_balances_refresh.is_some());
    let last = known.and_then(|balance| Some((balance.as_of, balance.current.iter().next()?)));
    let (mut all, mut currency) = (Vec::new(), "usd");
    if let Some((as_of, (own, minor))) = last {
        currency = own;
        let posted = posted_by_day(cx, &account.id, own, as_of).await?;
        all = infer(&account.id, as_of, *minor, &posted);
    }
    let page = page::cut(&all, &call.params.page, "financial_connections.account_inferred_balance", |one| one.id.as_str())?;
    let rows = page.rows.iter().map(|one| shown(one, currency)).collect();
    let url = format!("/v1/financial_connections/accounts/{}/inferred_balances", account.id);
    Ok(Reply::list(&url, &Page { rows, has_more: page.has_more }))
}

fn shown(one: &Inferred, currency: &str) -> String {
    json!({
        "id": one.id,
        "object": "financial_connections.account_inferred_balance",
        "as_of": one.as_of,
        "current": {currency: one.minor},
    })
    .to_string()
}

/// What was posted on each day up to a moment, in minor units; days count from the epoch in UTC.
async fn posted_by_day(cx: &mut Cx<'_>, account: &str, currency: &str, until: i64) -> ApiResult<BTreeMap<i64, i64>> {
    let sql = "select moment / 86400, cast(sum(amount) as bigint) from \
               (select coalesce(posted_at, transacted_at) as moment, amount from bank_transactions \
               where tenant = $1 and account = $2 and currency = $3 and status = 'posted') as posted \
               where moment <= $4 and moment > $5 group by 1";
    let params = [account.into(), currency.into(), Value::from(until), Value::from(until - DAYS_MAX * DAY_SECONDS)];
    let rows = cx.rows(sql, &params).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?))).collect()
}

/// The balances from the bank's own at `as_of` back to the first day of which something is known, newest first. Pure.
fn infer(account: &str, as_of: i64, minor: i64, posted: &BTreeMap<i64, i64>) -> Vec<Inferred> {
    // There is no address for one of them; its id only has to stay the same.
    let suffix = account.strip_prefix("fca_").unwrap_or(account);
    let entry = |at: i64, minor: i64| Inferred { id: format!("fcinfbal_{suffix}{at}"), as_of: at, minor };
    let mut all = vec![entry(as_of, minor)];
    let today = as_of.div_euclid(DAY_SECONDS);
    let Some(first) = posted.keys().next() else { return all };
    let mut minor = minor;
    for day in (*first..today).rev() {
        minor = minor.saturating_sub(posted.get(&(day + 1)).copied().unwrap_or(0));
        let end = (day + 1) * DAY_SECONDS - 1;
        // A balance of the last second of a day is the bank's own for that day.
        if end < as_of {
            all.push(entry(end, minor));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_back_day_by_day() {
        let day = |number: i64| number * DAY_SECONDS;
        let posted = BTreeMap::from([(100, 500), (102, -200), (103, 50)]);
        let all = infer("fca_1", day(103) + 3_600, 1_000, &posted);
        let found: Vec<(i64, i64)> = all.iter().map(|one| (one.as_of, one.minor)).collect();
        let expected = [(day(103) + 3_600, 1_000), (day(103) - 1, 950), (day(102) - 1, 1_150), (day(101) - 1, 1_150)];
        assert_eq!(found, expected);
        assert_eq!(infer("fca_1", day(103), 1_000, &BTreeMap::new()).len(), 1, "nothing to count back by");
    }
}
