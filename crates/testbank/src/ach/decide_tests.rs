use nacha::TransactionCode;

use super::*;
use crate::values::ROUTING_NUMBER;
use crate::world::{AccountKind, Anchor};

fn entry(code: TransactionCode, account: &str, amount: u64) -> Entry {
    Entry { transaction_code: code, routing: ROUTING_NUMBER.into(), account: account.into(), amount, ..Entry::default() }
}

fn account() -> StatedAccount {
    StatedAccount {
        id: "account_1".to_owned(),
        institution: "bank_1".to_owned(),
        owners: vec!["person_1".to_owned()],
        kind: AccountKind::Checking,
        name: "Everyday".to_owned(),
        number: "000987654321".to_owned(),
        routing_number: ROUTING_NUMBER.to_owned(),
        currency: "USD".to_owned(),
        opening_balance: 10_000,
        anchor: Anchor::Opening,
        credit_limit: 0,
        payments: Payments::Full,
        standing: Standing::Open,
        closed_at: None,
        created: 0,
    }
}

/// `R01`, `R10 late`, `R04 (text)`, or `posted`.
fn text(decision: &Decision) -> String {
    match decision {
        Decision::Post => "posted".to_owned(),
        Decision::Change { code, corrected_data } => format!("{code} ({corrected_data})"),
        Decision::Return(Reason { code, information, late }) => {
            let information = if information.is_empty() { String::new() } else { format!(" ({information})") };
            format!("{code}{}{information}", if *late { " late" } else { "" })
        }
    }
}

/// What becomes of a debit, of a credit, and of a small deposit that proves an account.
fn fates(number: &str) -> [String; 3] {
    let decide = |code, description| text(&Receiver::default().decide(description, &entry(code, number, 5_000)));
    [
        decide(TransactionCode::CHECKING_DEBIT, "PAYMENT"),
        decide(TransactionCode::CHECKING_CREDIT, "PAYMENT"),
        decide(TransactionCode::CHECKING_CREDIT, "ACCTVERIFY"),
    ]
}

#[test]
fn published_numbers() {
    // Number, debit, refund, small deposit.
    let table = [
        ("000123456789", "posted", "posted", "posted"),
        ("000111111113", "R02", "posted", "posted"),
        ("000111111116", "R03", "posted", "posted"),
        ("000222222227", "R01", "posted", "posted"),
        ("000333333335", "R10", "posted", "posted"),
        ("000444444440", "R83", "posted", "posted"),
        ("000555555559", "R10 late", "posted", "posted"),
        ("000666666661", "posted", "R04", "R04"),
        ("000777777771", "posted", "posted", "posted"),
        ("000888888885", "R04 (TOKENIZED NUMBER DEACTIVATED)", "posted", "posted"),
        ("000000000009", "posted", "posted", "posted"),
        ("000000004954", "posted", "posted", "posted"),
        ("000987654321", "posted", "posted", "posted"),
    ];
    for (number, debit, credit, proof) in table {
        assert_eq!(fates(number), [debit, credit, proof], "{number}");
    }
    // The debit that takes small deposits back is part of the proof.
    let debit = entry(TransactionCode::CHECKING_DEBIT, "000111111113", 77);
    assert_eq!(Receiver::default().decide("ACCTVERIFY", &debit), Decision::Post);
    // Prenotes tell what a debit would meet.
    let prenote = entry(TransactionCode::CHECKING_DEBIT_PRENOTE, "000111111113", 0);
    assert_eq!(text(&Receiver::default().decide("PAYMENT", &prenote)), "R02");
    let elsewhere = Entry { routing: "021000021".into(), ..entry(TransactionCode::CHECKING_DEBIT, "000111111113", 77) };
    assert_eq!(Receiver::default().decide("PAYMENT", &elsewhere), Decision::Post);
}

#[test]
fn accounts_that_a_test_stated() {
    let open = account();
    // How the account is, a debit of $50, a credit of $50.
    let table = [
        (StatedAccount { standing: Standing::Closed, ..open.clone() }, "R02", "R02"),
        (StatedAccount { standing: Standing::Restricted, ..open.clone() }, "R16", "R16"),
        (StatedAccount { payments: Payments::Nothing, ..open.clone() }, "R20", "R20"),
        (StatedAccount { payments: Payments::InstantOnly, ..open.clone() }, "R20", "R20"),
        (StatedAccount { payments: Payments::IncomingOnly, ..open.clone() }, "R20", "posted"),
        (StatedAccount { currency: "CAD".to_owned(), ..open.clone() }, "R83", "R83"),
        (open.clone(), "posted", "posted"),
    ];
    for (account, debit, credit) in table {
        let mut receiver = Receiver { account: Some(&account), available: 10_000, ..Receiver::default() };
        let said = [TransactionCode::CHECKING_DEBIT, TransactionCode::CHECKING_CREDIT]
            .map(|code| text(&receiver.decide("PAYMENT", &entry(code, &account.number, 5_000))));
        assert_eq!(said, [debit, credit], "{account:?}");
    }
    // Two debits of $60 from $100: the second one is not covered, one of $40 is.
    let mut receiver = Receiver { account: Some(&open), available: 10_000, ..Receiver::default() };
    let debits = [6_000, 6_000, 4_000].map(|amount| entry(TransactionCode::CHECKING_DEBIT, &open.number, amount));
    assert_eq!(debits.map(|debit| text(&receiver.decide("PAYMENT", &debit))), ["posted", "R01", "posted"]);
}

#[test]
fn what_a_test_says_comes_first() {
    let answer = |direction, code: &str, information: &str, late| StatedAnswer {
        id: "achret_1".to_owned(),
        account_number: "000123456789".to_owned(),
        routing_number: None,
        direction,
        code: code.to_owned(),
        information: information.to_owned(),
        late,
        created: 0,
    };
    let (debits, credits) = (answer(Some(Side::Debit), "R29", "ASK AGAIN", true), answer(Some(Side::Credit), "C01", "1", false));
    let mut receiver = Receiver { answers: vec![&debits, &credits], deactivated: true, ..Receiver::default() };
    let mut decide = |code| text(&receiver.decide("PAYMENT", &entry(code, "000123456789", 5)));
    assert_eq!(decide(TransactionCode::CHECKING_DEBIT), "R29 late (ASK AGAIN)");
    assert_eq!(decide(TransactionCode::CHECKING_CREDIT), "C01 (1)");
}

#[test]
fn numbers_that_stood_in_for_others_take_nothing_any_more() {
    let mut receiver = Receiver { deactivated: true, ..Receiver::default() };
    for code in [TransactionCode::CHECKING_DEBIT, TransactionCode::CHECKING_CREDIT] {
        let decision = receiver.decide("PAYMENT", &entry(code, "912345678901", 5));
        assert_eq!(text(&decision), "R04 (TOKENIZED NUMBER DEACTIVATED)");
    }
}
