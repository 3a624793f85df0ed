//! Statements of OFX, from a bank or from a file, in our terms.

use std::collections::HashSet;

use ::ofx::{AccountKind, BankAccountKind, CorrectionAction, Moment, Statement, Transaction, TransactionKind};
use money::Currency;

use crate::account::{Balance, Category, Subcategory};
use crate::clean;
use crate::transaction::{BankTransaction, TransactionStatus};
use crate::transport::fingerprint;

/// Our names for a kind of account. OFX before 2.2 has no loans; banks that list them make up codes.
pub(crate) fn classify(kind: &AccountKind) -> (Category, Subcategory) {
    match kind {
        AccountKind::Card => (Category::Credit, Subcategory::CreditCard),
        AccountKind::Investment => (Category::Investment, Subcategory::Other),
        AccountKind::Bank(None) => (Category::Cash, Subcategory::Other),
        AccountKind::Bank(Some(kind)) => match kind {
            BankAccountKind::Checking => (Category::Cash, Subcategory::Checking),
            BankAccountKind::Savings | BankAccountKind::MoneyMarket => (Category::Cash, Subcategory::Savings),
            BankAccountKind::CertificateOfDeposit => (Category::Cash, Subcategory::Other),
            BankAccountKind::CreditLine => (Category::Credit, Subcategory::LineOfCredit),
            BankAccountKind::Other(code) => match code.to_ascii_uppercase().as_str() {
                "MORTGAGE" => (Category::Credit, Subcategory::Mortgage),
                "LOAN" => (Category::Credit, Subcategory::Other),
                _ => (Category::Other, Subcategory::Other),
            },
        },
    }
}

/// The balance of a statement. Signs stay: OFX has less than zero for what is owed, as we do. What
/// may still be spent on credit says nothing about what is used without the limit, which OFX does
/// not tell.
pub(crate) fn balance(statement: &Statement, category: Category, currency: &str, now: i64) -> Option<Balance> {
    let currency = Currency::parse(currency).ok()?;
    let minor = |balance: &::ofx::Balance| clean::minor(&balance.amount.to_string(), currency);
    let as_of = |balance: &::ofx::Balance| balance.as_of.as_ref().and_then(seconds).unwrap_or(now);
    let available = statement.available.as_ref();
    let is_credit = category == Category::Credit;
    // Brokers tell their cash only.
    let ledger = statement.ledger.as_ref().or(available.filter(|_| category == Category::Investment))?;
    let current_minor = minor(ledger)?;
    Some(Balance {
        as_of: as_of(ledger),
        current_minor,
        available_minor: available.filter(|_| !is_credit).and_then(minor),
        credit_used_minor: is_credit.then_some(current_minor),
    })
}

fn seconds(moment: &Moment) -> Option<i64> {
    clean::believable(moment.unix_seconds())
}

/// The booked rows of a statement, and whether all of them could be believed. `latest` is the last
/// time that a row may have.
pub(crate) fn rows(statement: &Statement, currency: &str, latest: i64) -> (Vec<BankTransaction>, bool) {
    let corrected: HashSet<&str> =
        statement.transactions.iter().filter_map(|row| Some(row.correction.as_ref()?.id.as_str())).collect();
    let mut all = true;
    let mut kept = Vec::new();
    for (transaction, identity) in statement.transactions.iter().zip(statement.identities()) {
        let replaced = transaction.id.as_deref().is_some_and(|id| corrected.contains(id));
        if replaced || is_no_booking(transaction) {
            continue;
        }
        match row(transaction, &identity, statement.currency.as_deref().unwrap_or(currency), latest) {
            Some(row) => kept.push(row),
            None => all = false,
        }
    }
    (kept, all)
}

/// Not booked yet, only held, or there only to say that another row is void.
fn is_no_booking(transaction: &Transaction) -> bool {
    let deletes = transaction.correction.as_ref().and_then(|correction| correction.action) == Some(CorrectionAction::Delete);
    transaction.pending || transaction.kind == Some(TransactionKind::Hold) || deletes
}

fn row(transaction: &Transaction, identity: &str, currency: &str, latest: i64) -> Option<BankTransaction> {
    // A currency of its own is that of the amount, unless the amount was converted already.
    let own = transaction.currency.as_ref().filter(|other| !other.original).map(|other| other.code.as_str());
    let currency = Currency::parse(own.unwrap_or(currency)).ok()?;
    let posted_at = [transaction.posted, transaction.available, transaction.initiated].iter().flatten().find_map(seconds)?;
    let transacted_at = transaction.initiated.as_ref().and_then(seconds).unwrap_or(posted_at);
    (posted_at <= latest && transacted_at <= latest).then_some(BankTransaction {
        bank_transaction_id: row_id(identity),
        reference_id: transaction.correction.as_ref().and_then(|correction| clean::identifier(correction.id.clone())),
        amount_minor: clean::minor(&transaction.amount.to_string(), currency)?,
        currency: currency.code().to_owned(),
        description: description(transaction),
        status: TransactionStatus::Posted,
        transacted_at,
        posted_at: Some(posted_at),
    })
}

/// The bank's id where it is one; else what the crate `ofx` makes of the row's content.
fn row_id(identity: &str) -> String {
    let own = identity.strip_prefix("id:").filter(|id| !id.starts_with("row:"));
    own.and_then(|id| clean::identifier(id.to_owned()))
        .or_else(|| clean::identifier(identity.to_owned()))
        .unwrap_or_else(|| fingerprint(&[identity]))
}

/// The fullest name, and the memo where it says more.
fn description(transaction: &Transaction) -> String {
    let payee = transaction.payee.as_ref().and_then(|payee| payee.name.as_deref());
    let names = [transaction.extended_name.as_deref(), transaction.name.as_deref(), payee];
    let name = names.into_iter().flatten().max_by_key(|name| name.chars().count());
    let text = match (name, transaction.memo.as_deref()) {
        (Some(name), Some(memo)) if memo.starts_with(name) => memo.to_owned(),
        (Some(name), Some(memo)) if !name.contains(memo) => format!("{name} {memo}"),
        (name, memo) => name.or(memo).unwrap_or_default().to_owned(),
    };
    clean::text(&text, clean::TEXT_MAX).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{balance, classify, row_id, rows};
    use crate::account::{Category, Subcategory};
    use ::ofx::{AccountKind, BankAccountKind, Statement};

    fn statement(inside: &str) -> Statement {
        let text = format!("<OFX><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>1</BANKACCTFROM>{inside}</STMTRS></OFX>");
        ::ofx::read(text.as_bytes()).unwrap().value.statements().next().unwrap().clone()
    }

    #[test]
    fn kinds() {
        for (code, expected) in [
            ("CHECKING", (Category::Cash, Subcategory::Checking)),
            ("MONEYMRKT", (Category::Cash, Subcategory::Savings)),
            ("CREDITLINE", (Category::Credit, Subcategory::LineOfCredit)),
            ("mortgage", (Category::Credit, Subcategory::Mortgage)),
            ("CD", (Category::Cash, Subcategory::Other)),
            ("XYZ", (Category::Other, Subcategory::Other)),
        ] {
            assert_eq!(classify(&AccountKind::Bank(Some(BankAccountKind::from_code(code)))), expected, "{code}");
        }
    }

    #[test]
    fn balances_keep_their_sign() {
        let both = statement("<LEDGERBAL><BALAMT>-12.30<DTASOF>20260102</LEDGERBAL><AVAILBAL><BALAMT>987.70</AVAILBAL>");
        let card = balance(&both, Category::Credit, "usd", 7).unwrap();
        assert_eq!((card.as_of, card.current_minor), (1_767_312_000, -1_230));
        assert_eq!((card.available_minor, card.credit_used_minor), (None, Some(-1_230)));
        let cash = balance(&both, Category::Cash, "usd", 7).unwrap();
        assert_eq!((cash.available_minor, cash.credit_used_minor), (Some(98_770), None));
        assert_eq!(balance(&statement("<LEDGERBAL><BALAMT>1.005</LEDGERBAL>"), Category::Cash, "usd", 7), None);
        assert_eq!(balance(&statement(""), Category::Cash, "usd", 7), None);
    }

    #[test]
    fn rows_are_booked_exact_and_told_apart() {
        let row = |id: &str, amount: &str, more: &str| {
            format!("<STMTTRN><TRNTYPE>POS<DTPOSTED>20260102<TRNAMT>{amount}<FITID>{id}{more}</STMTTRN>")
        };
        let inside = [
            row("1", "-4.50", "<NAME>Coffee<MEMO>Coffee at the corner<DTUSER>20260101"),
            row("2", "-1.00", "<NAME>Bus"),
            row("2", "-2.00", "<NAME>Bus"),
            row("3", "5.00", "<NAME>wrong"),
            row("4", "6.00", "<NAME>right<CORRECTFITID>3<CORRECTACTION>REPLACE"),
            row("5", "9.00", ""),
            row("6", "0", "<CORRECTFITID>5<CORRECTACTION>DELETE"),
            "<STMTTRN><TRNTYPE>HOLD<DTPOSTED>20260102<TRNAMT>1<FITID>7</STMTTRN>".to_owned(),
        ];
        let (kept, all) = rows(&statement(&inside.concat()), "eur", 1_800_000_000);
        assert!(all);
        let shown: Vec<(&str, i64, &str)> =
            kept.iter().map(|row| (row.bank_transaction_id.as_str(), row.amount_minor, row.description.as_str())).collect();
        assert_eq!(shown[0], ("1", -450, "Coffee at the corner"));
        assert_eq!((kept[0].transacted_at, kept[0].posted_at), (1_767_225_600, Some(1_767_312_000)));
        assert_eq!((shown[1].1, shown[2].1), (-100, -200));
        assert_ne!(shown[1].0, shown[2].0, "one FITID, two rows");
        assert_eq!(shown[3], ("4", 600, "right"));
        assert_eq!(kept[3].reference_id.as_deref(), Some("3"));
        assert_eq!(kept.len(), 4);
        assert!(kept.iter().all(|row| row.currency == "usd"), "the statement's own currency");
    }

    #[test]
    fn rows_that_make_no_sense_are_left_out() {
        for inside in [
            "<STMTTRN><DTPOSTED>20260102<TRNAMT>1.005<FITID>1</STMTTRN>",
            "<STMTTRN><TRNAMT>1<FITID>1</STMTTRN>",
            "<STMTTRN><DTPOSTED>10010101<TRNAMT>1<FITID>1</STMTTRN>",
            "<STMTTRN><DTPOSTED>20990101<TRNAMT>1<FITID>1</STMTTRN>",
            "<STMTTRN><DTPOSTED>20260102<TRNAMT>1<FITID>1<CURRENCY><CURRATE>1<CURSYM>XXX</CURRENCY></STMTTRN>",
        ] {
            let (kept, all) = rows(&statement(inside), "usd", 1_800_000_000);
            assert!(kept.is_empty() && !all, "{inside}");
        }
    }

    #[test]
    fn ids_are_the_banks_where_they_are_ids() {
        assert_eq!(row_id("id:F1"), "F1");
        assert_eq!(row_id("id:row:F1"), "id:row:F1");
        assert_eq!(row_id("row:20260102:1:ab:1"), "row:20260102:1:ab:1");
        assert_eq!(row_id(&format!("id:{}", "x".repeat(300))).len(), 64);
    }
}
