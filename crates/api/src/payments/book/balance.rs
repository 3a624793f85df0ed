use std::collections::BTreeMap;

use kernel::{ApiResult, Cx};
use money::Currency;
use serde_json::{Value as Json, json};
use store::Value;

use crate::{Call, Nothing, Reply};

/// Shows what the account owns in each currency: available now, and later.
///
/// # Errors
/// Those of the database.
pub async fn retrieve(cx: &mut Cx<'_>, _call: Call<Nothing>) -> ApiResult<Reply> {
    Reply::json(&shown(cx).await?)
}

/// The document of the balance, as it is now.
pub(super) async fn shown(cx: &mut Cx<'_>) -> ApiResult<Json> {
    let sums = sums(cx).await?;
    let part = |amount: fn(&Sums) -> i64| {
        let own = sums.iter().map(|(currency, sums)| {
            let amount = amount(sums);
            // Payments by bank account are counted with those by card, wherever they came from.
            json!({"amount": amount, "currency": currency, "source_types": {"card": amount}})
        });
        own.collect::<Vec<Json>>()
    };
    Ok(json!({
        "object": "balance",
        "available": part(|sums| sums.available),
        "livemode": cx.tenant.livemode(),
        "pending": part(|sums| sums.pending),
    }))
}

/// What is owned in one currency, minor units.
#[derive(Default)]
struct Sums {
    available: i64,
    pending: i64,
}

/// By currency; US dollars are always there.
async fn sums(cx: &mut Cx<'_>) -> ApiResult<BTreeMap<String, Sums>> {
    let sql = "select currency, case when available_on <= $2 then 1 else 0 end, cast(sum(amount) as bigint) from ledger_postings \
               where tenant = $1 and account = 'holder' group by 1, 2";
    let now = cx.now();
    let rows = cx.rows(sql, &[Value::from(now)]).await?;
    let mut out = BTreeMap::from([(Currency::USD.code().to_owned(), Sums::default())]);
    for row in rows {
        let sums = out.entry(row.text(0)?.to_owned()).or_default();
        match row.int(1)? {
            1 => sums.available = row.int(2)?,
            _ => sums.pending = row.int(2)?,
        }
    }
    Ok(out)
}
