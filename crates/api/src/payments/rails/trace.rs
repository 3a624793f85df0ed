//! Trace numbers: the eight digits of the bank, and seven that ascend and are never given twice.

use kernel::{ApiError, ApiResult, Cx};
use store::Value;

use super::originator::Originator;

/// Takes `count` trace numbers in a row, ascending. Two that take at once on different nodes wait for each other at the row
/// of the sequence, and what a transaction took that did not commit is given to the next one.
///
/// # Errors
/// An internal one when the originator's range is used up: its operator has to give it another.
pub(super) async fn take(cx: &mut Cx<'_>, originator: &Originator, count: usize) -> ApiResult<Vec<String>> {
    let (first, last) = (i64::from(*originator.traces.start()), i64::from(*originator.traces.end()));
    let count = i64::try_from(count).unwrap_or(i64::MAX).min(last + 1);
    let odfi = format!("{:08}", originator.odfi.dfi());
    let sql = "insert into ach_traces (tenant, odfi, next) values ($1, $2, $3) on conflict (tenant, odfi) \
               do update set next = case when ach_traces.next < $4 then $3 else ach_traces.next + $5 end returning next";
    let params = [Value::from(odfi.as_str()), Value::from(first + count), Value::from(first), Value::from(count)];
    let row = cx.row(sql, &params).await?.ok_or_else(|| ApiError::internal("a sequence has no row"))?;
    let next = row.int(0)?;
    if next - 1 > last {
        return Err(ApiError::internal(format!("trace numbers {first} to {last} of bank {odfi} are used up")));
    }
    Ok((next - count..next).map(|sequence| number(&odfi, sequence)).collect())
}

/// The trace numbers that would be taken next; nobody has them.
pub(super) async fn next(cx: &mut Cx<'_>, originator: &Originator, count: usize) -> ApiResult<Vec<String>> {
    let odfi = format!("{:08}", originator.odfi.dfi());
    let sql = "select next from ach_traces where tenant = $1 and odfi = $2";
    let row = cx.row(sql, &[Value::from(odfi.as_str())]).await?;
    let first = row.map(|row| row.int(0)).transpose()?.unwrap_or(0).max(i64::from(*originator.traces.start()));
    Ok((first..).take(count).map(|sequence| number(&odfi, sequence)).collect())
}

/// The fifteen digits.
fn number(odfi: &str, sequence: i64) -> String {
    format!("{odfi}{sequence:07}")
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_have_fifteen_digits() {
        assert_eq!(number("12345678", 1), "123456780000001");
        assert_eq!(number("00000001", 9_999_999), "000000019999999");
    }
}
