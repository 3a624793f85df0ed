//! What the objects say about money, beside what was posted for them.

use std::collections::BTreeMap;

use kernel::{ApiResult, Cx};
use serde_json::Value as Json;
use store::Value;

use super::Wrong;

/// Documents looked at together.
const BATCH: i64 = 500;
/// Sorts after every character of an id.
const END: &str = "~";

/// What was posted for one object, in minor units. Fees are paid by the holder, so the two are one here: what an object says
/// is the amount before the fee.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Posted {
    holder_and_fees: i64,
    network: i64,
    bank: i64,
    disputes: i64,
}

/// A kind of object, the beginning of its ids, and what has to be posted for one.
struct Rule {
    kind: &'static str,
    prefix: &'static str,
    expected: fn(&Json) -> Posted,
}

const RULES: [Rule; 3] = [
    Rule { kind: "charge", prefix: "py_", expected: charge },
    Rule { kind: "refund", prefix: "pyr_", expected: refund },
    Rule { kind: "dispute", prefix: "du_", expected: dispute },
];

fn charge(doc: &Json) -> Posted {
    let amount = doc["amount"].as_i64().unwrap_or_default();
    match (doc["status"].as_str(), doc["balance_transaction"].is_string()) {
        (Some("pending"), true) => Posted { holder_and_fees: amount, network: -amount, ..Posted::default() },
        (Some("succeeded"), _) => Posted { holder_and_fees: amount, bank: -amount, ..Posted::default() },
        // Nothing was sent yet, or what was posted was taken back but for a fee.
        _ => Posted::default(),
    }
}

fn refund(doc: &Json) -> Posted {
    let amount = doc["amount"].as_i64().unwrap_or_default();
    match (doc["status"].as_str(), doc["balance_transaction"].is_string()) {
        (Some("pending"), true) => Posted { holder_and_fees: -amount, network: amount, ..Posted::default() },
        (Some("succeeded"), _) => Posted { holder_and_fees: -amount, bank: amount, ..Posted::default() },
        _ => Posted::default(),
    }
}

fn dispute(doc: &Json) -> Posted {
    let amount = doc["amount"].as_i64().unwrap_or_default();
    match doc["status"].as_str() {
        Some("lost") => Posted { holder_and_fees: -amount, bank: amount, ..Posted::default() },
        _ => Posted::default(),
    }
}

pub(super) async fn check(cx: &mut Cx<'_>) -> ApiResult<Wrong> {
    let mut wrong = Vec::new();
    for rule in &RULES {
        let mut after = rule.prefix.to_owned();
        loop {
            let sql = "select id, doc from objects where tenant = $1 and kind = $2 and id > $3 order by id limit $4";
            let params = [Value::from(rule.kind), Value::from(after.as_str()), Value::from(BATCH)];
            let rows = cx.rows(sql, &params).await?;
            let docs = rows.iter().map(|row| Ok((row.text(0)?.to_owned(), serde_json::from_str(row.text(1)?)?)));
            let docs = docs.collect::<ApiResult<BTreeMap<String, Json>>>()?;
            let whole = i64::try_from(docs.len()).is_ok_and(|count| count == BATCH);
            let until = match docs.last_key_value() {
                Some((last, _)) if whole => last.clone(),
                _ => format!("{}{END}", rule.prefix),
            };
            wrong.extend(compare(cx, rule, &docs, &after, &until).await?);
            if !whole {
                break;
            }
            after = until;
        }
    }
    Ok(wrong)
}

/// Compares a batch of documents with all that was posted for ids after `after` up to `until`.
async fn compare(cx: &mut Cx<'_>, rule: &Rule, docs: &BTreeMap<String, Json>, after: &str, until: &str) -> ApiResult<Wrong> {
    let posted = posted(cx, after, until).await?;
    let lines = lines(cx, after, until).await?;
    let refunded = if rule.kind == "charge" { refunded(cx, after, until).await? } else { BTreeMap::new() };
    let mut wrong = Vec::new();
    for (id, _) in posted.iter().filter(|(id, _)| !docs.contains_key(*id)) {
        wrong.push((id.clone(), format!("money was posted for this {}, which does not exist", rule.kind)));
    }
    for (id, doc) in docs {
        let (is, should) = (posted.get(id).copied().unwrap_or_default(), (rule.expected)(doc));
        if is != should {
            let status = doc["status"].as_str().unwrap_or("no status");
            wrong.push((id.clone(), format!("it is {status}, so {should:?} has to be posted, and {is:?} is")));
        }
        for name in ["balance_transaction", "failure_balance_transaction"] {
            if let Some(line) = doc[name].as_str()
                && !lines.get(line).is_some_and(|(source, amount)| source == id && amount.abs() == doc["amount"])
            {
                wrong.push((id.clone(), format!("its {name} {line} is not there, or about something else")));
            }
        }
        let sum = refunded.get(id).copied().unwrap_or_default();
        if rule.kind == "charge" && doc["amount_refunded"] != sum {
            let says = &doc["amount_refunded"];
            wrong.push((id.clone(), format!("its amount_refunded is {says}, but its refunds come to {sum}")));
        }
    }
    Ok(wrong)
}

async fn posted(cx: &mut Cx<'_>, after: &str, until: &str) -> ApiResult<BTreeMap<String, Posted>> {
    let sql = "select e.source, p.account, cast(sum(p.amount) as bigint) from ledger_entries e \
               join ledger_postings p on p.tenant = e.tenant and p.entry = e.id \
               where e.tenant = $1 and e.source > $2 and e.source <= $3 group by e.source, p.account";
    let mut out: BTreeMap<String, Posted> = BTreeMap::new();
    for row in cx.rows(sql, &[Value::from(after), Value::from(until)]).await? {
        let own = out.entry(row.text(0)?.to_owned()).or_default();
        let sum = row.int(2)?;
        match row.text(1)? {
            "holder" | "fees" => own.holder_and_fees += sum,
            "network" => own.network += sum,
            "bank" => own.bank += sum,
            "disputes" => own.disputes += sum,
            // Between tenants: no object of these kinds moves there.
            _ => {}
        }
    }
    Ok(out)
}

/// Lines by id: what they are about, and their amounts.
async fn lines(cx: &mut Cx<'_>, after: &str, until: &str) -> ApiResult<BTreeMap<String, (String, i64)>> {
    let sql = "select id, source, amount from balance_transactions where tenant = $1 and source > $2 and source <= $3";
    let rows = cx.rows(sql, &[Value::from(after), Value::from(until)]).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), (row.text(1)?.to_owned(), row.int(2)?)))).collect()
}

/// What the refunds of each charge come to that did not fail.
async fn refunded(cx: &mut Cx<'_>, after: &str, until: &str) -> ApiResult<BTreeMap<String, i64>> {
    // A refund's first column is its charge.
    let sql = "select f1, doc from objects where tenant = $1 and kind = 'refund' and f1 > $2 and f1 <= $3 and deleted = 0";
    let mut out: BTreeMap<String, i64> = BTreeMap::new();
    for row in cx.rows(sql, &[Value::from(after), Value::from(until)]).await? {
        let doc: Json = serde_json::from_str(row.text(1)?)?;
        if !matches!(doc["status"].as_str(), Some("failed" | "canceled")) {
            *out.entry(row.text(0)?.to_owned()).or_default() += doc["amount"].as_i64().unwrap_or_default();
        }
    }
    Ok(out)
}
