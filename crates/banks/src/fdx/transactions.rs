//! Transactions of an account.

use money::Currency;

use super::{DataCall, Fdx};
use crate::clean;
use crate::error::BankError;
use crate::json::Object;
use crate::rows::Rows;
use crate::transaction::{BankTransaction, TransactionPull, TransactionStatus, TransactionWindow};

/// Rows per page asked for.
const PAGE_SIZE: &str = "500";
/// Rows may lie this far after the window; what claims to be later is a mistake. One year.
const FUTURE_S: i64 = 366 * 86_400;

impl Fdx {
    pub(super) async fn pull_transactions(
        &self,
        call: DataCall<'_>,
        bank_account_id: &str,
        currency: &str,
        window: TransactionWindow,
    ) -> Result<TransactionPull, BankError> {
        let known = Currency::parse(currency).map_err(|_| BankError::Protocol("the account's currency is unknown".to_owned()))?;
        let mut url = self.resource(&["accounts", bank_account_id, "transactions"])?;
        let protocol = || BankError::Protocol("the window is not a time".to_owned());
        let start = clean::date(window.from, -1).ok_or_else(protocol)?;
        let end = clean::date(window.to, 1).ok_or_else(protocol)?;
        url.query_pairs_mut()
            // Names up to 6.3, then those of 6.4; servers ignore the ones they do not know. A day
            // more on both sides: banks cut at days of their own time zone, and some leave the
            // last one out.
            .append_pair("startTime", &start)
            .append_pair("endTime", &end)
            .append_pair("startDate", &start)
            .append_pair("endDate", &end)
            .append_pair("limit", PAGE_SIZE);
        let latest = window.to.max(call.ctx.now).saturating_add(FUTURE_S);
        let mut rows = Rows::default();
        let mut nonsense = false;
        let all_read = self
            .each_row(call, url, "transactions", |raw| {
                match Object::of(raw).map(|object| read_row(object, known, currency, latest)) {
                    Some(Row::Kept(row)) => nonsense |= !rows.add(row),
                    Some(Row::Informational) => {}
                    Some(Row::Nonsense) | None => nonsense = true,
                }
                rows.kept.len()
            })
            .await?;
        Ok(TransactionPull { complete: all_read && !nonsense, rows: rows.kept })
    }
}

enum Row {
    Kept(BankTransaction),
    /// Moves no money.
    Informational,
    /// Not to be believed.
    Nonsense,
}

fn read_row(object: Object, known: Currency, currency: &str, latest: i64) -> Row {
    let (object, _) = object.unwrap("transactionId", "Transaction");
    let direction = object.text("debitCreditMemo").unwrap_or_default().to_ascii_uppercase();
    let status = object.text("status").unwrap_or_default().to_ascii_uppercase();
    if direction == "MEMO" || status == "MEMO" {
        return Row::Informational;
    }
    read_money_row(&object, &direction, &status, known, currency)
        .filter(|row| row.transacted_at <= latest && row.posted_at.is_none_or(|at| at <= latest))
        .map_or(Row::Nonsense, Row::Kept)
}

fn read_money_row(object: &Object, direction: &str, status: &str, known: Currency, currency: &str) -> Option<BankTransaction> {
    let amount = clean::minor(&object.text("amount")?, known)?;
    let amount_minor = match direction {
        // The amount is absolute by the standard; banks that sign it as well mean the same.
        "DEBIT" => -amount.abs(),
        "CREDIT" => amount.abs(),
        _ => return None,
    };
    let time = |name: &str| object.text(name).and_then(|raw| clean::time(&raw));
    let posted_at = time("postedTimestamp");
    let status = match status {
        "POSTED" => TransactionStatus::Posted,
        "PENDING" | "AUTHORIZATION" => TransactionStatus::Pending,
        "" if posted_at.is_some() => TransactionStatus::Posted,
        "" => TransactionStatus::Pending,
        _ => return None,
    };
    let transacted_at = time("transactionTimestamp").or(posted_at)?;
    let description = object.first_text(&["description", "memo"]).unwrap_or_default();
    Some(BankTransaction {
        bank_transaction_id: object.text("transactionId").and_then(clean::identifier)?,
        reference_id: object.text("referenceTransactionId").and_then(clean::identifier),
        amount_minor,
        currency: currency.to_owned(),
        description: clean::text(&description, clean::TEXT_MAX).unwrap_or_default(),
        status,
        transacted_at,
        posted_at: posted_at.filter(|_| status == TransactionStatus::Posted),
    })
}

#[cfg(test)]
mod tests {
    use super::{Row, read_row};
    use crate::json::Object;
    use crate::transaction::{BankTransaction, TransactionStatus};
    use money::Currency;

    fn row(text: &str) -> Row {
        let object = Object::parse(text.as_bytes()).unwrap();
        read_row(object, Currency::parse("usd").unwrap(), "usd", 1_800_000_000)
    }

    fn kept(text: &str) -> BankTransaction {
        match row(text) {
            Row::Kept(row) => row,
            _ => panic!("not kept: {text}"),
        }
    }

    #[test]
    fn a_posted_debit_and_a_pending_credit() {
        let debit = kept(
            r#"{"transactionId":"t1","referenceTransactionId":"p1","debitCreditMemo":"DEBIT",
                "amount":12.30,"status":"POSTED","description":"COFFEE\n SHOP",
                "transactionTimestamp":"2026-01-02T03:04:05Z","postedTimestamp":"2026-01-03T00:00:00Z"}"#,
        );
        let expected = BankTransaction {
            bank_transaction_id: "t1".to_owned(),
            reference_id: Some("p1".to_owned()),
            amount_minor: -1_230,
            currency: "usd".to_owned(),
            description: "COFFEE SHOP".to_owned(),
            status: TransactionStatus::Posted,
            transacted_at: 1_767_323_045,
            posted_at: Some(1_767_398_400),
        };
        assert_eq!(debit, expected);
        let credit = kept(
            r#"{"depositTransaction":{"transactionId":2,"debitCreditMemo":"CREDIT","amount":"-5",
                "status":"AUTHORIZATION","memo":"pay","transactionTimestamp":"2026-01-02"}}"#,
        );
        assert_eq!((credit.amount_minor, credit.status), (500, TransactionStatus::Pending));
        assert_eq!((credit.description.as_str(), credit.posted_at), ("pay", None));
    }

    #[test]
    fn rows_that_make_no_sense() {
        let with = |field: &str, value: &str| {
            let mut fields = vec![
                ("transactionId", r#""t""#),
                ("debitCreditMemo", r#""DEBIT""#),
                ("amount", "1"),
                ("status", r#""POSTED""#),
                ("transactionTimestamp", r#""2026-01-02""#),
            ];
            fields.retain(|(name, _)| *name != field);
            fields.push((field, value));
            let body: Vec<String> = fields.iter().map(|(n, v)| format!("\"{n}\":{v}")).collect();
            row(&format!("{{{}}}", body.join(",")))
        };
        assert!(matches!(with("description", "7"), Row::Kept(_)));
        for (field, value) in [
            ("transactionId", r#""""#),
            ("transactionId", "null"),
            ("debitCreditMemo", r#""SIDEWAYS""#),
            ("amount", "1e30"),
            ("amount", "0.001"),
            ("amount", r#""lots""#),
            ("status", r#""MAYBE""#),
            ("transactionTimestamp", r#""9999-01-01""#),
            ("transactionTimestamp", r#""2099-01-01""#),
            ("transactionTimestamp", "null"),
        ] {
            assert!(matches!(with(field, value), Row::Nonsense), "{field} {value}");
        }
        assert!(matches!(with("debitCreditMemo", r#""MEMO""#), Row::Informational));
        assert!(matches!(with("status", r#""MEMO""#), Row::Informational));
    }
}
