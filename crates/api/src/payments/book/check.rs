//! Whether the books are right: entries that sum to zero, lines that say what was posted, objects that agree with both.

mod objects;

use std::fmt;
use std::sync::Arc;

use kernel::{ApiResult, Core, Cx, Tenant};
use store::{Row, Tx};

/// Something in the books that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// Whose books.
    pub tenant: Tenant,
    /// The id of the entry, line or object.
    pub about: String,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.tenant, self.about, self.what)
    }
}

/// Checks the books of every account in both modes. On a server that is at work, something that is being written just now can
/// be told wrongly: what is found twice in a row stands.
///
/// # Errors
/// Those of the database.
pub async fn check(core: &Arc<Core>) -> ApiResult<Vec<Disagreement>> {
    let mut found = Vec::new();
    for tenant in tenants(core).await? {
        let wrong = core.read(&tenant, |cx| Box::pin(async move { check_tenant(cx).await })).await?;
        found.extend(wrong.into_iter().map(|(about, what)| Disagreement { tenant: tenant.clone(), about, what }));
    }
    Ok(found)
}

/// Everybody who may have books.
async fn tenants(core: &Core) -> ApiResult<Vec<Tenant>> {
    let rows = core
        .store
        .read(|tx: &mut Tx| -> store::BoxFuture<'_, ApiResult<Vec<Row>>> {
            let sql = "select tenant from api_keys union select tenant from ledger_entries order by 1";
            Box::pin(async move { Ok(tx.query(sql, &[]).await?) })
        })
        .await?;
    Ok(rows.iter().filter_map(|row| Tenant::from_key(row.text(0).ok()?)).collect())
}

/// What is found: an id, and what is wrong with it.
pub(super) type Wrong = Vec<(String, String)>;

pub(super) async fn check_tenant(cx: &mut Cx<'_>) -> ApiResult<Wrong> {
    let mut wrong = entries(cx).await?;
    wrong.extend(lines(cx).await?);
    wrong.extend(objects::check(cx).await?);
    Ok(wrong)
}

/// Every entry sums to zero in each currency, and so do all accounts together.
async fn entries(cx: &mut Cx<'_>) -> ApiResult<Wrong> {
    let sql = "select e.id, p.currency, cast(coalesce(sum(p.amount), 0) as bigint), count(p.entry) from ledger_entries e \
               left join ledger_postings p on p.tenant = e.tenant and p.entry = e.id where e.tenant = $1 \
               group by e.id, p.currency having coalesce(sum(p.amount), 0) <> 0 or count(p.entry) < 2 order by e.id";
    let mut wrong = Vec::new();
    for row in cx.rows(sql, &[]).await? {
        let (sum, lines) = (row.int(2)?, row.int(3)?);
        wrong.push((row.text(0)?.to_owned(), format!("its {lines} postings sum to {sum} and not to zero")));
    }
    let sql = "select currency, cast(sum(amount) as bigint) from ledger_postings where tenant = $1 \
               group by currency having sum(amount) <> 0";
    for row in cx.rows(sql, &[]).await? {
        let what = format!("all accounts together hold {} and not nothing", row.int(1)?);
        wrong.push((row.text(0)?.to_owned(), what));
    }
    Ok(wrong)
}

/// Every line says what its entry posted to the holder, and every such posting has a line. A line whose amount is all fee has
/// nothing to post.
async fn lines(cx: &mut Cx<'_>) -> ApiResult<Wrong> {
    let sql = "select t.id, t.net, p.amount, t.available_on, p.available_on from balance_transactions t \
               left join ledger_postings p on p.tenant = t.tenant and p.entry = t.entry and p.account = 'holder' \
               and p.currency = t.currency where t.tenant = $1 and (t.net <> coalesce(p.amount, 0) \
               or t.net <> t.amount - t.fee or (p.amount is not null and p.available_on <> t.available_on)) order by t.id";
    let mut wrong = Vec::new();
    for row in cx.rows(sql, &[]).await? {
        let posted = row.int_opt(2)?.unwrap_or(0);
        let what = match row.int(1)? {
            net if net != posted => format!("its net is {net}, but {posted} was posted to the holder"),
            _ => "its amount, fee and net, or its days, do not fit each other".to_owned(),
        };
        wrong.push((row.text(0)?.to_owned(), what));
    }
    let sql = "select p.entry, p.amount from ledger_postings p left join balance_transactions t \
               on t.tenant = p.tenant and t.entry = p.entry and t.currency = p.currency \
               where p.tenant = $1 and p.account = 'holder' and t.id is null order by p.entry";
    for row in cx.rows(sql, &[]).await? {
        wrong.push((row.text(0)?.to_owned(), format!("it posts {} to the holder and has no balance transaction", row.int(1)?)));
    }
    Ok(wrong)
}
