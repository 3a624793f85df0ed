//! Everything that a sandbox has of its payments, read as it is stored: pages of a list would be read a thousand times.

use std::collections::BTreeMap;

use kernel::{ApiResult, Cx};
use serde::Deserialize;
use store::{Row, Value as Sql};
use testkit::Sandbox;

/// Rows read at once.
const STEP: i64 = 2_000;

/// What is looked at of intents, charges, refunds and disputes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Object {
    pub id: String,
    pub status: String,
    pub amount: i64,
    pub amount_received: i64,
    pub amount_refunded: i64,
    pub disputed: bool,
    pub charge: Option<String>,
    pub latest_charge: Option<String>,
    pub payment_intent: Option<String>,
    pub failure_code: Option<String>,
    pub network_reason_code: Option<String>,
}

/// An entry of the network.
#[derive(Debug, Clone)]
pub struct Entry {
    pub state: String,
    pub object: String,
    pub amount: i64,
    pub direction: String,
    pub file: Option<String>,
    pub trace: Option<String>,
    pub return_code: Option<String>,
}

/// A line of the balance.
#[derive(Debug, Clone)]
pub struct Line {
    pub source: String,
    pub amount: i64,
    pub fee: i64,
    pub net: i64,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Records {
    pub intents: BTreeMap<String, Object>,
    pub charges: BTreeMap<String, Object>,
    pub refunds: BTreeMap<String, Object>,
    pub disputes: BTreeMap<String, Object>,
    pub entries: Vec<Entry>,
    pub lines: Vec<Line>,
    /// How many events of which type there are about an object.
    pub events: BTreeMap<String, BTreeMap<String, usize>>,
    /// What was posted to each account of the ledger, in cents.
    pub posted: BTreeMap<String, i64>,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

impl Records {
    pub async fn read(sandbox: &Sandbox) -> Records {
        let tenant = sandbox.tenant().await;
        let read = sandbox.app.core.read(&tenant, |cx| Box::pin(async move { all(cx).await }));
        read.await.expect("everything is read")
    }
}

async fn all(cx: &mut Cx<'_>) -> ApiResult<Records> {
    let mut records = Records {
        intents: objects(cx, "payment_intent").await?,
        charges: objects(cx, "charge").await?,
        refunds: objects(cx, "refund").await?,
        disputes: objects(cx, "dispute").await?,
        ..Records::default()
    };
    let sql = "select id, state, object, amount, direction, file, trace, return_code from ach_entries \
               where tenant = $1 and id > $2 order by id limit $3";
    for row in rows(cx, sql, None).await? {
        let text = |column| row.text_opt(column).map(|text| text.map(str::to_owned));
        records.entries.push(Entry {
            state: row.text(1)?.to_owned(),
            object: row.text(2)?.to_owned(),
            amount: row.int(3)?,
            direction: row.text(4)?.to_owned(),
            file: text(5)?,
            trace: text(6)?,
            return_code: text(7)?,
        });
    }
    let sql = "select id, source, type, amount, fee, net from balance_transactions where tenant = $1 and id > $2 \
               order by id limit $3";
    for row in rows(cx, sql, None).await? {
        let source = row.text(1)?.to_owned();
        records.lines.push(Line { source, amount: row.int(3)?, fee: row.int(4)?, net: row.int(5)? });
    }
    let sql = "select id, type, object from events where tenant = $1 and id > $2 and (type like 'payment\\_intent.%' escape '\\' \
               or type like 'charge.%' or type like 'refund.%') order by id limit $3";
    for row in rows(cx, sql, None).await? {
        let about: Named = serde_json::from_str(row.text(2)?)?;
        *records.events.entry(about.id).or_default().entry(row.text(1)?.to_owned()).or_default() += 1;
    }
    let sql = "select account, cast(sum(amount) as bigint) from ledger_postings where tenant = $1 group by account";
    for row in cx.rows(sql, &[]).await? {
        records.posted.insert(row.text(0)?.to_owned(), row.int(1)?);
    }
    Ok(records)
}

async fn objects(cx: &mut Cx<'_>, kind: &str) -> ApiResult<BTreeMap<String, Object>> {
    let sql = "select id, doc from objects where tenant = $1 and id > $2 and kind = $4 and deleted = 0 order by id limit $3";
    let mut found = BTreeMap::new();
    for row in rows(cx, sql, Some(kind)).await? {
        found.insert(row.text(0)?.to_owned(), serde_json::from_str(row.text(1)?)?);
    }
    Ok(found)
}

/// All rows of a query that pages by its first column.
async fn rows(cx: &mut Cx<'_>, sql: &str, kind: Option<&str>) -> ApiResult<Vec<Row>> {
    let mut all: Vec<Row> = Vec::new();
    loop {
        let after = all.last().map_or(Ok(""), |row| row.text(0))?.to_owned();
        let mut params = vec![Sql::from(after), Sql::from(STEP)];
        params.extend(kind.map(Sql::from));
        let page = cx.rows(sql, &params).await?;
        let last = page.len() < usize::try_from(STEP).unwrap_or(usize::MAX);
        all.extend(page);
        if last {
            return Ok(all);
        }
    }
}
