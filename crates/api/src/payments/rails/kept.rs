//! Files as they are kept: a row for what is asked about, and the content sealed in the vault.

use aws_lc_rs::digest::{SHA256, digest};
use kernel::{ApiError, ApiResult, Cx};
use store::{Row, StoreError, Value};

use super::state::{FileState, named};
use super::transport::Pace;

pub(super) const PREFIX: &str = "achf_";

/// The columns that [`AchFile::read`] reads.
pub(super) const COLUMNS: &str = "id, direction, name, state, pace, created, effective_date, batches, entries, debit, credit, \
                                  handed_at, error, findings, original";

named! {
    /// Which way a file goes.
    Way {
        /// To the bank.
        Out = "out",
        /// From the bank.
        In = "in",
    }
}

/// A file's row.
#[derive(Debug, Clone)]
pub(super) struct AchFile {
    pub id: String,
    pub way: Way,
    pub name: String,
    pub state: FileState,
    pub pace: Pace,
    pub created: i64,
    pub effective_date: Option<String>,
    pub batches: i64,
    pub entries: i64,
    pub debit: i64,
    pub credit: i64,
    pub handed_at: Option<i64>,
    pub error: Option<String>,
    pub findings: Option<String>,
    pub original: Option<String>,
}

/// What is written down with a file's content.
#[derive(Debug, Clone)]
pub(super) struct NewFile<'a> {
    pub way: Way,
    pub name: &'a str,
    pub state: FileState,
    pub pace: Pace,
    pub content: &'a [u8],
    pub says: &'a nacha::File,
    pub effective_date: Option<String>,
    pub error: Option<&'a str>,
    /// JSON
    pub findings: Option<String>,
    pub original: Option<&'a str>,
    pub by_hand: bool,
}

impl AchFile {
    /// Reads a row of [`COLUMNS`].
    pub(super) fn read(row: &Row) -> ApiResult<AchFile> {
        let text = |column| row.text(column).map(str::to_owned);
        let text_opt = |column| row.text_opt(column).map(|found| found.map(str::to_owned));
        Ok(AchFile {
            id: text(0)?,
            way: Way::read(row.text(1)?)?,
            name: text(2)?,
            state: FileState::read(row.text(3)?)?,
            pace: Pace::read(row.text(4)?)?,
            created: row.int(5)?,
            effective_date: text_opt(6)?,
            batches: row.int(7)?,
            entries: row.int(8)?,
            debit: row.int(9)?,
            credit: row.int(10)?,
            handed_at: row.int_opt(11)?,
            error: text_opt(12)?,
            findings: text_opt(13)?,
            original: text_opt(14)?,
        })
    }
}

/// Tells two files apart by what they say.
pub(super) fn digest_of(content: &[u8]) -> Vec<u8> {
    digest(&SHA256, content).as_ref().to_vec()
}

/// Keeps a file under `id`.
///
/// # Errors
/// A conflict, which starts the transaction over, if the same content came in at this moment elsewhere.
pub(super) async fn keep(cx: &mut Cx<'_>, id: &str, new: &NewFile<'_>) -> ApiResult<()> {
    let totals = new.says.totals();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let cents = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let sql = "insert into ach_files (tenant, id, direction, name, state, pace, digest, created, effective_date, batches, entries, \
               debit, credit, error, findings, original, by_hand) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
               on conflict (tenant, digest) where direction = 'in' and original is null do nothing";
    let params = [
        Value::from(id),
        Value::from(new.way.as_str()),
        Value::from(new.name),
        Value::from(new.state.as_str()),
        Value::from(new.pace.as_str()),
        Value::from(digest_of(new.content)),
        Value::from(cx.now()),
        Value::from(new.effective_date.as_deref()),
        Value::from(count(new.says.batches.len())),
        Value::from(count(new.says.batches.iter().map(|batch| batch.entries.len()).sum())),
        Value::from(cents(totals.debit)),
        Value::from(cents(totals.credit)),
        Value::from(new.error),
        Value::from(new.findings.as_deref()),
        Value::from(new.original),
        Value::from(i64::from(new.by_hand)),
    ];
    if cx.run(sql, &params).await? != 1 {
        return Err(StoreError::Conflict.into());
    }
    let name = vault_name(id);
    let sealed = cx.core.vault.seal(&cx.tenant, &name, new.content);
    let sql = "insert into vault (tenant, name, version, sealed) values ($1, $2, 1, $3)";
    cx.run(sql, &[Value::from(name), Value::from(sealed)]).await?;
    Ok(())
}

/// The file of this id.
pub(super) async fn find(cx: &mut Cx<'_>, id: &str) -> ApiResult<Option<AchFile>> {
    let sql = format!("select {COLUMNS} from ach_files where tenant = $1 and id = $2");
    cx.row(&sql, &[Value::from(id)]).await?.map(|row| AchFile::read(&row)).transpose()
}

/// The file of this id; whoever else wants to change it waits.
pub(super) async fn locked(cx: &mut Cx<'_>, id: &str) -> ApiResult<AchFile> {
    let sql = format!("select {COLUMNS} from ach_files where tenant = $1 and id = $2 for update");
    let row = cx.row(&sql, &[Value::from(id)]).await?;
    AchFile::read(&row.ok_or_else(|| ApiError::internal("an ACH file is gone"))?)
}

/// Moves a file on.
pub(super) async fn change(cx: &mut Cx<'_>, file: &AchFile, next: FileState) -> ApiResult<()> {
    if !file.state.may_become(next) {
        return Err(ApiError::internal(format!("a file does not go from {} to {}", file.state.as_str(), next.as_str())));
    }
    let sql = "update ach_files set state = $3 where tenant = $1 and id = $2 and state = $4";
    let params = [Value::from(file.id.as_str()), Value::from(next.as_str()), Value::from(file.state.as_str())];
    match cx.run(sql, &params).await? {
        1 => Ok(()),
        _ => Err(StoreError::Conflict.into()),
    }
}

/// What a file says.
///
/// # Errors
/// 404 once it is too old to be kept.
pub(super) async fn content(cx: &mut Cx<'_>, id: &str) -> ApiResult<Vec<u8>> {
    let name = vault_name(id);
    let row = cx.row("select sealed from vault where tenant = $1 and name = $2", &[Value::from(name.as_str())]).await?;
    let row = row.ok_or_else(|| ApiError::missing("content of an ACH file", id, "id"))?;
    cx.core.vault.open(&cx.tenant, &name, row.blob(0)?).map_err(|error| ApiError::internal(error.to_string()))
}

/// Where the vault keeps what a file says; the sweep of old files knows it too.
fn vault_name(id: &str) -> String {
    format!("ach/{id}")
}
