//! `STMTTRN`.

use super::fields::{account, address, amount, currency, date, line_of, owned};
use crate::decimal;
use crate::error::{Notes, WarningKind, excerpt};
use crate::transaction::{Correction, CorrectionAction, OtherCurrency, Payee, TransactionKind};
use crate::tree::Element;
use crate::{Line, Transaction};

/// A transaction; nothing without an amount. `thousandths` as in [`decimal::read`].
pub(super) fn transaction(element: &Element, pending: bool, thousandths: bool, notes: &mut Notes) -> Option<Transaction> {
    let Some(amount) = amount(element, "TRNAMT", thousandths, notes) else {
        notes.add(element.line, WarningKind::TransactionDropped);
        return None;
    };
    let posted = date(element, "DTPOSTED", notes);
    if posted.is_none() && !pending && element.text("DTPOSTED").is_none() {
        notes.add(line_of(element, "DTPOSTED"), WarningKind::ValueMissing { name: "DTPOSTED" });
    }
    let initiated = date(element, "DTUSER", notes).or_else(|| date(element, "DTTRAN", notes));
    let counterparty = element.child("BANKACCTTO").or_else(|| element.child("CCACCTTO"));
    Some(Transaction {
        id: id(element, pending, notes),
        kind: element.text("TRNTYPE").map(TransactionKind::from_code),
        pending,
        posted,
        initiated,
        available: date(element, "DTAVAIL", notes),
        amount,
        name: owned(element, "NAME"),
        extended_name: owned(element, "EXTDNAME"),
        payee: element.child("PAYEE").map(payee),
        counterparty: counterparty.and_then(|account_to| account(account_to, notes)),
        memo: owned(element, "MEMO"),
        check_number: owned(element, "CHECKNUM"),
        reference_number: owned(element, "REFNUM"),
        server_id: owned(element, "SRVRTID"),
        payee_id: owned(element, "PAYEEID"),
        industry_code: owned(element, "SIC"),
        currency: other_currency(element, notes),
        correction: correction(element),
        line: Line(element.line),
    })
}

/// Some banks write zeros where they have no id.
fn id(element: &Element, pending: bool, notes: &mut Notes) -> Option<String> {
    let id = owned(element, "FITID").filter(|id| id.chars().any(|character| character != '0'));
    if id.is_none() && !pending {
        notes.add(line_of(element, "FITID"), WarningKind::ValueMissing { name: "FITID" });
    }
    id
}

fn payee(element: &Element) -> Payee {
    Payee { name: owned(element, "NAME"), address: address(element), phone: owned(element, "PHONE") }
}

fn other_currency(element: &Element, notes: &mut Notes) -> Option<OtherCurrency> {
    let (aggregate, original) = match (element.child("CURRENCY"), element.child("ORIGCURRENCY")) {
        (Some(aggregate), _) => (aggregate, false),
        (None, Some(aggregate)) => (aggregate, true),
        (None, None) => return None,
    };
    let code = currency(aggregate, "CURSYM", notes)?;
    let rate = aggregate.text("CURRATE").and_then(|text| {
        // Rates have three decimal places more often than thousands.
        let read = decimal::read(text, true).map(|(value, _)| value);
        if read.is_none() {
            let kind = WarningKind::ValueMalformed { name: "CURRATE", text: excerpt(text) };
            notes.add(line_of(aggregate, "CURRATE"), kind);
        }
        read
    });
    Some(OtherCurrency { code, rate, original })
}

fn correction(element: &Element) -> Option<Correction> {
    let id = owned(element, "CORRECTFITID")?;
    let action = match element.text("CORRECTACTION").map(str::to_ascii_uppercase).as_deref() {
        Some("REPLACE") => Some(CorrectionAction::Replace),
        Some("DELETE") => Some(CorrectionAction::Delete),
        _ => None,
    };
    Some(Correction { id, action })
}
