//! Single values of an element.

use crate::decimal;
use crate::error::{Notes, WarningKind, excerpt};
use crate::moment_text;
use crate::transaction::Address;
use crate::tree::Element;
use crate::{Account, AccountKind, BankAccountKind, Decimal, Institution, Moment, Secret, Severity, Status, StatusCode};

pub(super) fn owned(element: &Element, name: &str) -> Option<String> {
    element.text(name).map(str::to_owned)
}

pub(super) fn secret(element: &Element, name: &str) -> Option<Secret> {
    element.text(name).map(Secret::new)
}

/// The line of a value, or of its element if there is none.
pub(super) fn line_of(element: &Element, name: &str) -> u32 {
    element.child(name).map_or(element.line, |child| child.line)
}

pub(super) fn date(element: &Element, name: &'static str, notes: &mut Notes) -> Option<Moment> {
    let text = element.text(name)?;
    let read = moment_text::read(text);
    let kind = match read {
        Some((_, true)) => None,
        Some((_, false)) => Some(WarningKind::DateInPart { name, text: excerpt(text) }),
        None => Some(WarningKind::ValueMalformed { name, text: excerpt(text) }),
    };
    if let Some(kind) = kind {
        notes.add(line_of(element, name), kind);
    }
    read.map(|(moment, _)| moment)
}

/// An amount; `thousandths` as in [`decimal::read`]. Says when there is none.
pub(super) fn amount(element: &Element, name: &'static str, thousandths: bool, notes: &mut Notes) -> Option<Decimal> {
    let line = line_of(element, name);
    let Some(text) = element.text(name) else {
        notes.add(line, WarningKind::ValueMissing { name });
        return None;
    };
    match decimal::read(text, thousandths) {
        Some((value, ambiguous)) => {
            if ambiguous {
                notes.add(line, WarningKind::AmountAmbiguous { text: excerpt(text) });
            }
            Some(value)
        }
        None => {
            notes.add(line, WarningKind::ValueMalformed { name, text: excerpt(text) });
            None
        }
    }
}

pub(super) fn flag(element: &Element, name: &str) -> Option<bool> {
    match element.text(name)? {
        "Y" | "y" => Some(true),
        "N" | "n" => Some(false),
        _ => None,
    }
}

pub(super) fn count(element: &Element, name: &'static str, notes: &mut Notes) -> Option<u32> {
    let text = element.text(name)?;
    let number = text.parse().ok();
    if number.is_none() {
        notes.add(line_of(element, name), WarningKind::ValueMalformed { name, text: excerpt(text) });
    }
    number
}

/// Three letters, in upper case.
pub(super) fn currency(element: &Element, name: &'static str, notes: &mut Notes) -> Option<String> {
    let text = element.text(name)?;
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Some(text.to_ascii_uppercase());
    }
    notes.add(line_of(element, name), WarningKind::ValueMalformed { name, text: excerpt(text) });
    None
}

/// The status inside of an element.
pub(super) fn status(element: &Element, notes: &mut Notes) -> Option<Status> {
    let status = element.child("STATUS")?;
    let Some(code) = count(status, "CODE", notes).map(StatusCode) else {
        notes.add(status.line, WarningKind::ValueMissing { name: "CODE" });
        return None;
    };
    let severity = match status.text("SEVERITY").map(str::to_ascii_uppercase).as_deref() {
        Some("INFO") => Severity::Info,
        Some("WARN") => Severity::Warn,
        Some("ERROR") => Severity::Error,
        _ if code <= StatusCode::UP_TO_DATE => Severity::Info,
        _ => Severity::Error,
    };
    Some(Status { code, severity, message: owned(status, "MESSAGE") })
}

/// The aggregates that identify an account, in the order in which they are looked for.
pub(super) const FROM: [&str; 3] = ["BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"];

/// The account of an aggregate such as `BANKACCTFROM`; nothing without a number.
pub(super) fn account(element: &Element, notes: &mut Notes) -> Option<Account> {
    let Some(number) = owned(element, "ACCTID") else {
        notes.add(element.line, WarningKind::ValueMissing { name: "ACCTID" });
        return None;
    };
    let kind = match element.name.as_str() {
        name if name.starts_with("CC") => AccountKind::Card,
        name if name.starts_with("INV") => AccountKind::Investment,
        _ => AccountKind::Bank(element.text("ACCTTYPE").map(BankAccountKind::from_code)),
    };
    let bank = owned(element, "BANKID").or_else(|| owned(element, "BROKERID"));
    Some(Account { kind, bank, branch: owned(element, "BRANCHID"), number, key: owned(element, "ACCTKEY") })
}

pub(super) fn institution(element: &Element) -> Option<Institution> {
    let institution = element.child("FI")?;
    Some(Institution { organization: owned(institution, "ORG"), id: owned(institution, "FID") })
}

pub(super) fn address(element: &Element) -> Address {
    Address {
        lines: ["ADDR1", "ADDR2", "ADDR3"].iter().filter_map(|name| owned(element, name)).collect(),
        city: owned(element, "CITY"),
        state: owned(element, "STATE"),
        postal_code: owned(element, "POSTALCODE"),
        country: owned(element, "COUNTRY"),
    }
}
