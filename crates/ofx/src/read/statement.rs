//! `STMTRS`, `CCSTMTRS`, `INVSTMTRS`, and what is left of them in broken files.

use std::collections::{HashMap, HashSet};

use money::Currency;

use super::fields::{FROM, account, amount, currency, date};
use super::transaction::transaction;
use crate::error::{Notes, WarningKind};
use crate::tree::Element;
use crate::{Balance, Line, Statement, StatementKind, Transaction};

/// The kind of a statement by its tag.
pub(super) fn kind_of(name: &str) -> Option<StatementKind> {
    match name {
        "STMTRS" => Some(StatementKind::Bank),
        "CCSTMTRS" => Some(StatementKind::Card),
        "INVSTMTRS" => Some(StatementKind::Investment),
        _ => None,
    }
}

/// Whether an element is a statement: by its tag, or because parts of one stand in it and there is
/// no statement further inside.
pub(super) fn is_statement(element: &Element) -> bool {
    const PARTS: [&str; 7] = ["BANKTRANLIST", "BANKACCTFROM", "CCACCTFROM", "INVACCTFROM", "LEDGERBAL", "STMTTRN", "INVTRANLIST"];
    let has_parts = || element.children.iter().any(|child| PARTS.contains(&child.name.as_str()));
    kind_of(&element.name).is_some() || (has_parts() && !holds_statement(element))
}

fn holds_statement(element: &Element) -> bool {
    let is_one = |child: &Element| kind_of(&child.name).is_some() || child.name.ends_with("TRNRS");
    element.children.iter().any(|child| is_one(child) || holds_statement(child))
}

pub(super) fn statement(element: &Element, kind: StatementKind, notes: &mut Notes) -> Statement {
    let code = currency(element, "CURDEF", notes);
    let thousandths =
        code.as_deref().and_then(|code| Currency::parse(code).ok()).is_some_and(|currency| currency.exponent() == 3);
    let list = ["BANKTRANLIST", "INVTRANLIST"].iter().find_map(|name| element.find(name)).unwrap_or(element);
    let account_from = FROM.iter().find_map(|name| element.child(name));
    let account_from = account_from.or_else(|| FROM.iter().find_map(|name| element.find(name)));
    if account_from.is_none() {
        notes.add(element.line, WarningKind::AggregateMissing { name: FROM[kind as usize] });
    }
    let account = account_from.and_then(|from| account(from, notes));
    let (start, end) = (date(list, "DTSTART", notes), date(list, "DTEND", notes));
    let mut found = (Vec::new(), Vec::new());
    transactions(element, false, thousandths, &mut found, notes);
    let (mut rows, pending) = found;
    rows.extend(pending);
    let ledger = balance(element, "LEDGERBAL", thousandths, notes);
    let available = balance(element, "AVAILBAL", thousandths, notes);
    Statement {
        kind,
        account,
        currency: code,
        ledger,
        available: available.or_else(|| cash(element, thousandths, notes)),
        start,
        end,
        transactions: without_repeats(rows, notes),
        line: Line(element.line),
    }
}

fn balance(element: &Element, name: &'static str, thousandths: bool, notes: &mut Notes) -> Option<Balance> {
    let balance = element.find(name)?;
    let amount = amount(balance, "BALAMT", thousandths, notes)?;
    Some(Balance { amount, as_of: date(balance, "DTASOF", notes) })
}

/// What an investment statement has in place of an available balance.
fn cash(element: &Element, thousandths: bool, notes: &mut Notes) -> Option<Balance> {
    let balances = element.find("INVBAL")?;
    let amount = amount(balances, "AVAILCASH", thousandths, notes)?;
    Some(Balance { amount, as_of: date(element, "DTASOF", notes) })
}

/// Collects booked and pending rows at any depth, because broken files put them anywhere.
fn transactions(
    element: &Element,
    pending: bool,
    thousandths: bool,
    found: &mut (Vec<Transaction>, Vec<Transaction>),
    notes: &mut Notes,
) {
    for child in &element.children {
        match child.name.as_str() {
            "STMTTRN" | "STMTTRNP" => {
                let pending = pending || child.name == "STMTTRNP";
                let rows = if pending { &mut found.1 } else { &mut found.0 };
                rows.extend(transaction(child, pending, thousandths, notes));
            }
            name => transactions(child, pending || name == "BANKTRANLISTP", thousandths, found, notes),
        }
    }
}

/// Leaves out rows that are the same including their id. Rows without an id are kept: the same
/// coffee can be bought twice a day.
fn without_repeats(rows: Vec<Transaction>, notes: &mut Notes) -> Vec<Transaction> {
    let mut seen: HashSet<&Transaction> = HashSet::new();
    let mut ids: HashMap<&str, usize> = HashMap::new();
    let mut is_repeat = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some(id) = row.id.as_deref() else {
            is_repeat.push(false);
            continue;
        };
        let repeat = !seen.insert(row);
        if repeat {
            notes.add(row.line.0, WarningKind::RepeatDropped { id: id.to_owned() });
        } else {
            let uses = ids.entry(id).or_default();
            *uses += 1;
            if *uses == 2 {
                notes.add(row.line.0, WarningKind::IdReused { id: id.to_owned() });
            }
        }
        is_repeat.push(repeat);
    }
    rows.into_iter().zip(is_repeat).filter(|(_, repeat)| !repeat).map(|(row, _)| row).collect()
}
