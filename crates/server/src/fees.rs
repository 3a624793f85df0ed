//! What the operator takes for payments: a JSON file.
//!
//! ```json
//! {"payment": {"basis_points": 80, "share_max": 500}, "failed_payment": {"fixed": 400}, "dispute": {"fixed": 1500}}
//! ```

use std::path::Path;

use ledger::{Fee, Fees};
use serde::Deserialize;

/// The whole amount, in hundredths of a percent.
const ALL: u32 = 10_000;
/// Most cents of a fee: what the largest payment comes to.
const FEE_MAX: i64 = 99_999_999;

/// A service that is not named costs what it costs by default.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    payment: Option<Cost>,
    failed_payment: Option<Cost>,
    dispute: Option<Cost>,
}

/// Amounts in cents.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cost {
    #[serde(default)]
    basis_points: u32,
    share_max: Option<i64>,
    #[serde(default)]
    fixed: i64,
}

/// The fees of a file.
///
/// # Errors
/// A text that says what is wrong with the file.
pub fn read(path: &Path) -> Result<Fees, String> {
    let wrong = |what: String| format!("the file of fees {} cannot be used: {what}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    parse(&text).map_err(wrong)
}

fn parse(text: &str) -> Result<Fees, String> {
    let entry: Entry = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let usual = Fees::default();
    Ok(Fees {
        payment: fee("payment", entry.payment, usual.payment)?,
        failed_payment: fee("failed_payment", entry.failed_payment, usual.failed_payment)?,
        dispute: fee("dispute", entry.dispute, usual.dispute)?,
    })
}

fn fee(name: &str, cost: Option<Cost>, usual: Fee) -> Result<Fee, String> {
    let Some(Cost { basis_points, share_max, fixed }) = cost else { return Ok(usual) };
    let amounts = 0..=FEE_MAX;
    if basis_points > ALL || !amounts.contains(&fixed) || share_max.is_some_and(|most| !amounts.contains(&most)) {
        return Err(format!("{name}: basis_points are at most {ALL}; share_max and fixed are cents, 0 to {FEE_MAX}"));
    }
    Ok(Fee { basis_points, share_max, fixed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_stays_and_what_is_wrong_is_said() {
        let found = parse(r#"{"payment": {"basis_points": 100, "fixed": 25}, "dispute": {}}"#).expect("fees");
        assert_eq!(found.payment, Fee { basis_points: 100, share_max: None, fixed: 25 });
        assert_eq!((found.failed_payment, found.dispute), (Fees::default().failed_payment, Fee::NONE));
        for (text, said) in [
            (r#"{"payment": {"basis_points": 10001}}"#, "payment: basis_points"),
            (r#"{"failed_payment": {"fixed": -1}}"#, "failed_payment: basis_points"),
            (r#"{"dispute": {"share_max": -1}}"#, "dispute: basis_points"),
            (r#"{"refund": {"fixed": 1}}"#, "refund"),
            (r#"{"dispute": {"fixd": 1}}"#, "fixd"),
        ] {
            let error = parse(text).expect_err("refused");
            assert!(error.contains(said), "{said}: {error}");
        }
    }
}
