//! Files in OFX.

use std::collections::HashSet;

use ::ofx::{AccountKind, BankAccountKind, Statement, StatementKind};
use money::Currency;

use super::Unreadable;
use super::snapshot::{FileAccount, FileRow, Snapshot};
use crate::account::BankAccount;
use crate::clean;
use crate::ofx::statement;
use crate::transport::fingerprint;

/// Files that name no currency come from the United States.
const CURRENCY_DEFAULT: &str = "usd";
/// Rows may lie this far in the future; what claims to be later is a mistake. One year in seconds.
const FUTURE_S: i64 = 366 * 86_400;

/// Reads a file. One with statements is taken even if something in it is broken.
pub(super) fn read(text: &str, software_id: &str, now: i64) -> Result<Snapshot, Unreadable> {
    let reading = ::ofx::read(text.as_bytes()).map_err(|error| Unreadable::at(error.line))?;
    let mut snapshot = Snapshot { accounts: Vec::new() };
    for statement in reading.value.statements() {
        let one = read_statement(statement, text, software_id, now);
        let id = &one.account.bank_account_id;
        match snapshot.accounts.iter_mut().find(|known| known.account.bank_account_id == *id) {
            Some(known) => join(known, one),
            None => snapshot.accounts.push(one),
        }
    }
    // An answer of a bank without statements, such as an error or a profile.
    if snapshot.accounts.is_empty() { Err(Unreadable::at(1)) } else { Ok(snapshot) }
}

fn read_statement(statement: &Statement, text: &str, software_id: &str, now: i64) -> FileAccount {
    let currency = statement.currency.as_deref().and_then(|code| Currency::parse(code).ok());
    let currency = currency.map_or_else(|| CURRENCY_DEFAULT.to_owned(), |currency| currency.code().to_owned());
    let account = statement.account.as_ref();
    let kind = account.map_or_else(|| bare_kind(statement.kind), |account| account.kind.clone());
    let (category, subcategory) = statement::classify(&kind);
    let bank_account_id = match account {
        Some(account) => {
            let code = match &account.kind {
                AccountKind::Bank(kind) => kind.as_ref().map_or("BANK", BankAccountKind::code),
                AccountKind::Card => "CREDITCARD",
                AccountKind::Investment => "INVESTMENT",
            };
            // Some banks keep several currencies under one number: each is an account.
            let bank = account.bank.as_deref().unwrap_or_default();
            fingerprint(&["ofx", bank, &account.number, code, &currency, software_id])
        }
        None => fingerprint(&["ofx", text, &currency, software_id]),
    };
    let (rows, _) = statement::rows(statement, &currency, now.saturating_add(FUTURE_S));
    FileAccount {
        rows: rows.into_iter().map(|row| FileRow::new(row, &currency)).collect(),
        account: BankAccount {
            bank_account_id,
            display_name: None,
            last4: account.and_then(|account| clean::last_four(&account.number)),
            category,
            subcategory,
            balance: statement::balance(statement, category, &currency, now),
            currency,
            open: true,
        },
    }
}

fn bare_kind(kind: StatementKind) -> AccountKind {
    match kind {
        StatementKind::Bank => AccountKind::Bank(None),
        StatementKind::Card => AccountKind::Card,
        StatementKind::Investment => AccountKind::Investment,
    }
}

/// Some banks split an account into several statements: rows join, and the latest balance counts.
fn join(known: &mut FileAccount, other: FileAccount) {
    let ids: HashSet<&str> = known.rows.iter().map(|row| row.0.as_str()).collect();
    let new: Vec<FileRow> = other.rows.into_iter().filter(|row| !ids.contains(row.0.as_str())).collect();
    known.rows.extend(new);
    let as_of = |account: &BankAccount| account.balance.as_ref().map(|balance| balance.as_of);
    if as_of(&other.account) > as_of(&known.account) {
        known.account.balance = other.account.balance;
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::account::Subcategory;
    use crate::file::Unreadable;

    const NOW: i64 = 1_767_323_045;

    fn statement(number: &str, rows: &str) -> String {
        format!(
            "<STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>{number}<ACCTTYPE>CHECKING</BANKACCTFROM>\n\
             {rows}<LEDGERBAL><BALAMT>5.00<DTASOF>20260101</LEDGERBAL></STMTRS></STMTTRNRS>\n"
        )
    }

    const ROW: &str = "<STMTTRN><DTPOSTED>20260101<TRNAMT>-4.50<FITID>1<NAME>Coffee</STMTTRN>\n";

    #[test]
    fn statements_of_one_account_join() {
        let second = ROW.replace("<FITID>1", "<FITID>2");
        let text = format!(
            "<OFX>{}{}{}</OFX>",
            statement("001234", ROW),
            statement("001234", &format!("{ROW}{second}")),
            statement("99", "")
        );
        let snapshot = read(&text, "w", NOW).unwrap();
        assert_eq!(snapshot.accounts.len(), 2);
        let first = &snapshot.accounts[0];
        assert_eq!(first.rows.len(), 2);
        assert_eq!((first.account.last4.as_deref(), first.account.subcategory), (Some("1234"), Subcategory::Checking));
        assert!(!first.account.bank_account_id.contains("1234"));
        let again = read(&text.replace("Coffee", "Tea"), "w", NOW).unwrap();
        assert_eq!(again.accounts[0].account.bank_account_id, first.account.bank_account_id, "the same in a newer file");
    }

    #[test]
    fn currencies_under_one_number_are_accounts_of_their_own() {
        let euros = statement("001234", &ROW.replace("<FITID>1", "<FITID>2")).replace("<CURDEF>USD", "<CURDEF>EUR");
        let snapshot = read(&format!("<OFX>{}{euros}</OFX>", statement("001234", ROW)), "w", NOW).unwrap();
        let shown: Vec<_> = snapshot.accounts.iter().map(|one| (one.account.currency.as_str(), one.rows.len())).collect();
        assert_eq!(shown, [("usd", 1), ("eur", 1)]);
        assert_ne!(snapshot.accounts[0].account.bank_account_id, snapshot.accounts[1].account.bank_account_id);
    }

    #[test]
    fn broken_files_have_a_line_and_broken_rows_are_left_out() {
        assert_eq!(read("OFXHEADER:100\n\n<OFX>\n</OFX>", "w", NOW).unwrap_err(), Unreadable::at(3));
        let text = format!("<OFX>{}</OFX>", statement("1", &ROW.replace("-4.50", "lots")));
        assert!(read(&text, "w", NOW).unwrap().accounts[0].rows.is_empty());
    }
}
