//! Files as banks write them.

use proptest::prelude::{any, prop, proptest};

use super::read;
use crate::file::Unreadable;
use crate::file::snapshot::{FileAccount, Snapshot};

fn one(text: &str) -> FileAccount {
    let mut snapshot = read(text, "w").unwrap_or_else(|error| panic!("{error:?} in {text}"));
    assert_eq!(snapshot.accounts.len(), 1, "{text}");
    snapshot.accounts.remove(0)
}

/// Amounts in order, with the description.
fn shown(account: &FileAccount) -> Vec<(i64, &str)> {
    account.rows.iter().map(|row| (row.1, row.4.as_str())).collect()
}

#[test]
fn signs_in_every_way() {
    let expected = [(-450, "Coffee"), (120_000, "Pay")];
    for text in [
        "Date,Description,Amount\n01/05/2026,Coffee,-4.50\n01/06/2026,Pay,1200.00\n",
        "Date,Description,Amount\n01/05/2026,Coffee,(4.50)\n01/06/2026,Pay,\"$1,200.00\"\n",
        "Date;Description;Amount\n05.01.2026;Coffee;-4,50\n06.01.2026;Pay;1.200,00\n",
        "Date\tDescription\tDebit\tCredit\n2026-01-05\tCoffee\t4.50\t\n2026-01-06\tPay\t\t1200\n",
        "Date,Description,Withdrawals,Deposits\n2026-01-05,Coffee,-4.50,0.00\n2026-01-06,Pay,0.00,1200\n",
        "Date|Description|Amount|Type\n2026-01-05|Coffee|4.50|Debit\n2026-01-06|Pay|1200|Credit\n",
        "Date,Description,Amount\n2026-01-05,Coffee,4.50 DR\n2026-01-06,Pay,1200.00CR\n",
        // What the type says counts only where no amount has a sign.
        "Date,Description,Amount,Type\n2026-01-05,Coffee,-4.50,DEBIT\n2026-01-06,Pay,1200,DEBIT\n",
    ] {
        assert_eq!(shown(&one(text)), expected, "{text}");
    }
}

#[test]
fn what_stands_around_the_table_is_left_out() {
    let account = one(
        "\u{feff}Account summary\nAccount:,\"Checking, mine\"\n\nPosting Date,Transaction Date,Description,Amount,Balance,Status\n\
         01/06/2026,01/05/2026,\"Pay, January\",10.00,30.00,Posted\n01/05/2026,Beginning balance,,,20.00,\n\
         01/04/2026,01/04/2026,Hold,-1.00,,Pending\n01/04/2026,01/04/2026,Bus,-2.00,20.00,Posted\nTotal,,,8.00,,\n",
    );
    assert_eq!(shown(&account), [(1_000, "Pay, January"), (-200, "Bus")]);
    assert_eq!((account.rows[0].2, account.rows[0].3), (1_767_657_600, 1_767_571_200));
    let balance = account.account.balance.unwrap();
    assert_eq!((balance.as_of, balance.current_minor), (1_767_657_600, 3_000), "the newest row stands first");
}

#[test]
fn the_last_balance_is_found_in_either_order() {
    let balance = |rows: &str| one(&format!("Date,Amount,Balance\n{rows}")).account.balance.map(|balance| balance.current_minor);
    assert_eq!(balance("2026-01-05,1.00,1.00\n2026-01-06,2.00,3.00"), Some(300));
    assert_eq!(balance("2026-01-05,1.00,1.00\n2026-01-05,2.00,3.00"), Some(300));
    assert_eq!(balance("2026-01-05,2.00,3.00\n2026-01-05,1.00,1.00"), Some(300));
    assert_eq!(balance("2026-01-05,2.00,"), None);
}

#[test]
fn unreadable_rows_name_their_line() {
    for (text, line) in [
        ("", Some(1)),
        ("hello\nworld\n", Some(1)),
        ("Date,Amount\n", Some(1)),
        ("Date,Amount\n2026-01-05,1.00\n2026-02-30,1.00\n", Some(3)),
        ("Date,Amount\n2026-01-05,1.00\n2026-01-06,lots\n", Some(3)),
        ("Date,Amount\n2026-01-05,1.001\n", Some(2)),
        ("x\n\nDate,Amount\n13/01/2026,1.00\n01/13/2026,1.00\n", Some(4)),
        ("Date,Debit,Credit\n2026-01-05,1.00,1.00\n", Some(2)),
        ("Date,Amount,Currency\n2026-01-05,1.00,XXX\n", Some(2)),
        ("Date,Description,Amount\n2026-01-05,Tea,1.00\n2026-01-05,\"Coffee,1.00\n", Some(3)),
        ("Date,Description,Amount\n2026-01-05,\"Coffee,1.00\n2026-01-06,\"Bus\",2.00\n2026-01-07,Tea,1.00\n", Some(2)),
        ("Date,Description,Amount\n2026-01-05,\"Coffee,1.00\n2026-01-06,Bus,2.00\n", Some(2)),
        ("Date,Description,Amount\n2026-01-05,\"two\nlines\",1.00\nnext 5,x,1.00\n", Some(4)),
    ] {
        assert_eq!(read(text, "w").unwrap_err(), Unreadable { line }, "{text:?}");
    }
}

#[test]
fn accounts_and_currencies_are_told_apart() {
    let text = "Date,Amount,Currency,Account\n2026-01-05,1.00,EUR,Savings 1234\n2026-01-05,150,JPY,000123456789\n";
    let snapshot = read(text, "w").unwrap();
    let shown: Vec<(Option<&str>, Option<&str>, &str, i64)> = snapshot
        .accounts
        .iter()
        .map(|one| {
            let account = &one.account;
            (account.display_name.as_deref(), account.last4.as_deref(), account.currency.as_str(), one.rows[0].1)
        })
        .collect();
    assert_eq!(shown, [(Some("Savings 1234"), Some("1234"), "eur", 100), (None, Some("6789"), "jpy", 150)]);
    assert!(!serde_json::to_string(&snapshot).unwrap().contains("000123456789"));
    assert_eq!(one("Date,Amount (EUR)\n2026-01-05,1.00\n").account.currency, "eur");
}

#[test]
fn currencies_under_one_number_are_accounts_of_their_own() {
    let text = "Date,Amount,Currency,Account\n2026-01-05,1.00,USD,1234\n2026-01-05,2.00,EUR,1234\n2026-01-06,3.00,USD,1234\n";
    let accounts = read(text, "w").unwrap().accounts;
    let shown: Vec<_> = accounts.iter().map(|one| (one.account.currency.as_str(), one.rows.len())).collect();
    assert_eq!(shown, [("usd", 2), ("eur", 1)]);
    assert_ne!(accounts[0].account.bank_account_id, accounts[1].account.bank_account_id);
}

#[test]
fn text_over_several_lines_is_one_cell() {
    let account = one("Date,Description,Amount\n2026-01-05,\"two, or\nthree, lines\",1.00\n2026-01-06,5\" pipe,-2.00\n");
    assert_eq!(account.rows.len(), 2);
}

#[test]
fn rows_have_names_of_their_own() {
    let ids = |text: &str| one(text).rows.into_iter().map(|row| row.0).collect::<Vec<_>>();
    assert_eq!(ids("Date,Amount,Transaction ID\n2026-01-05,1.00,a\n2026-01-05,1.00,b\n"), ["a", "b"]);
    let repeated = ids("Date,Amount,Reference Number\n2026-01-05,1.00,a\n2026-01-05,1.00,a\n");
    assert_ne!(repeated[0], repeated[1]);
    assert!(repeated.iter().all(|id| id.starts_with("row:")));
    let id = |text: &str, installation: &str| read(text, installation).unwrap().accounts[0].account.bank_account_id.clone();
    let text = "Date,Amount\n2026-01-05,1.00\n";
    assert_eq!(id(text, "w"), id(text, "w"));
    assert_ne!(id(text, "w"), id(text, "v"));
    assert_ne!(id(text, "w"), id(&text.replace("1.00", "2.00"), "w"));
}

#[test]
fn what_is_kept_comes_back() {
    let snapshot = read("Date,Amount,Balance\n2026-01-05,1.00,5.00\n", "w").unwrap();
    let text = serde_json::to_string(&snapshot).unwrap();
    assert_eq!(serde_json::from_str::<Snapshot>(&text).unwrap(), snapshot);
}

proptest! {
    #[test]
    fn no_file_panics(text in any::<String>()) {
        let _ = read(&text, "w");
        let _ = read(&format!("Date,Amount,Balance\n{text}"), "w");
    }

    #[test]
    fn no_row_panics(cells in prop::collection::vec(prop::collection::vec("[-0-9/.,()$A-Za-z \"]{0,12}", 0..9), 0..12)) {
        let rows: Vec<String> = cells.iter().map(|row| row.join(",")).collect();
        let text = format!("Date,Transaction Date,Amount,Type,Balance,Currency,Account,ID,Status\n{}", rows.join("\n"));
        if let Ok(snapshot) = read(&text, "w") {
            assert!(snapshot.accounts.iter().all(|one| !one.rows.is_empty()));
        }
    }
}
