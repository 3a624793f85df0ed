//! Writing into the books.

use kernel::{ApiError, ApiResult, Cx};
use ledger::movement::Movement;
use ledger::{Account, Entry, LedgerError};
use store::Value;

use super::funds;

/// What a line of the balance says beside its amounts.
#[derive(Debug, Clone)]
pub(crate) struct Line<'a> {
    /// The id of the charge, refund, dispute … that it belongs to.
    pub source: &'a str,
    pub description: Option<&'a str>,
    /// Unix seconds on the tenant's clock; the present for what is taken.
    pub available_on: i64,
}

/// Writes a movement of the holder's balance; answers the balance transaction's id, `txn_…`. A source has one movement of a
/// kind: the database refuses a second one.
///
/// # Errors
/// Those of the database.
pub(crate) async fn post(cx: &mut Cx<'_>, movement: &Movement, line: &Line<'_>) -> ApiResult<String> {
    let statement = movement.statement;
    let entry = write(cx, &movement.entry, statement.category, line.source, line.available_on).await?;
    let id = cx.id("txn_", 24);
    let sql = "insert into balance_transactions (tenant, id, entry, created, available_on, type, reporting_category, source, \
               description, currency, amount, fee, net) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let params = [
        Value::from(id.as_str()),
        Value::from(entry),
        Value::from(cx.now()),
        Value::from(line.available_on),
        Value::from(statement.kind),
        Value::from(statement.category),
        Value::from(line.source),
        Value::from(line.description),
        Value::from(statement.amount.currency().code().to_owned()),
        Value::from(statement.amount.minor()),
        Value::from(statement.fee.minor()),
        Value::from(statement.net.minor()),
    ];
    cx.run(sql, &params).await?;
    if statement.amount.minor() > 0 {
        funds::announce(cx, line.available_on).await?;
    }
    Ok(id)
}

/// Writes an entry that does not touch the holder's balance.
///
/// # Errors
/// 500 for an entry that does touch it, which would change the balance without a line; those of the database.
pub(crate) async fn move_between(cx: &mut Cx<'_>, entry: &Entry, source: &str) -> ApiResult<()> {
    if entry.postings().iter().any(|one| one.account == Account::Holder) {
        return Err(ApiError::internal("an entry that touches the holder's balance was written without a line"));
    }
    write(cx, entry, &kind(entry), source, 0).await?;
    Ok(())
}

/// What an entry between other accounts is called: which ones give, and which ones get.
fn kind(entry: &Entry) -> String {
    let named = |gets: bool| {
        let names = entry.postings().iter().filter(|one| (one.amount.minor() > 0) == gets).map(|one| one.account.as_str());
        names.collect::<Vec<_>>().join("_and_")
    };
    format!("{}_to_{}", named(false), named(true))
}

async fn write(cx: &mut Cx<'_>, entry: &Entry, kind: &str, source: &str, available_on: i64) -> ApiResult<String> {
    let id = cx.id("lent_", 24);
    let sql = "insert into ledger_entries (tenant, id, created, kind, source) values ($1, $2, $3, $4, $5)";
    let params = [Value::from(id.as_str()), Value::from(cx.now()), Value::from(kind), Value::from(source)];
    cx.run(sql, &params).await?;
    for posting in entry.postings() {
        let sql = "insert into ledger_postings (tenant, entry, account, currency, amount, available_on) \
                   values ($1, $2, $3, $4, $5, $6)";
        let params = [
            Value::from(id.as_str()),
            Value::from(posting.account.as_str()),
            Value::from(posting.amount.currency().code().to_owned()),
            Value::from(posting.amount.minor()),
            Value::from((posting.account == Account::Holder).then_some(available_on)),
        ];
        cx.run(sql, &params).await?;
    }
    Ok(id)
}

/// What the ledger does not take is a mistake of ours: amounts were checked when they came in.
pub(crate) fn refused(error: LedgerError) -> ApiError {
    ApiError::internal(format!("the ledger refused a movement: {error}"))
}
