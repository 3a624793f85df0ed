//! What banks send: `OFX` with `…RS` aggregates.

use super::fields::{date, institution, owned, secret, status};
use super::profile::{account_list, profile};
use super::statement::{is_statement, kind_of, statement};
use crate::document::{Answer, Challenge, Content, Document, SignOn};
use crate::error::{Error, ErrorKind, Notes, Reading, WarningKind};
use crate::tree::{self, Element};
use crate::{Line, StatementKind};

/// Reads a file or an answer of a bank.
///
/// # Errors
/// An [`Error`] with its line if the bytes are no OFX, have nothing in them, or are a client's
/// requests. Everything else is repaired or left out, with a warning.
///
/// ```
/// let file = b"OFXHEADER:100 VERSION:102\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL\n\
///     <BANKACCTFROM><BANKID>001<ACCTID>655000-2</BANKACCTFROM>\n\
///     <STMTTRN><DTPOSTED>20240102<TRNAMT>-1.234,56<FITID>7<MEMO>Aluguel\n</OFX>";
/// let reading = ofx::read(file)?;
/// let statement = reading.value.statements().next().expect("a statement");
/// assert_eq!(statement.transactions[0].amount.to_string(), "-1234.56");
/// assert_eq!(reading.warnings[0].to_string(), "line 2: <BANKMSGSRSV1> has no end tag");
/// # Ok::<(), ofx::Error>(())
/// ```
pub fn read(bytes: &[u8]) -> Result<Reading<Document>, Error> {
    let mut notes = Notes::default();
    let tree = tree::parse(bytes, &mut notes)?;
    let mut found = Found::default();
    visit(&tree.root, false, &mut found, &mut notes);
    if found.sign_on.is_none() && found.answers.is_empty() {
        let (line, kind) = match found.request_line {
            Some(line) => (line, ErrorKind::IsRequest),
            None => (tree.root.line, ErrorKind::NoMessages),
        };
        return Err(Error { line, kind });
    }
    let document = Document { format: tree.format, sign_on: found.sign_on, answers: found.answers };
    Ok(notes.into_reading(document))
}

#[derive(Default)]
struct Found {
    sign_on: Option<SignOn>,
    answers: Vec<Answer>,
    request_line: Option<u32>,
}

/// Finds answers wherever they stand, so that missing aggregates around them do no harm. Inside of
/// a statement there is no other one.
fn visit(element: &Element, in_statement: bool, found: &mut Found, notes: &mut Notes) {
    let begins = !in_statement && is_statement(element);
    if begins {
        let name = if element.name.starts_with('C') { "CCSTMTTRNRS" } else { "STMTTRNRS" };
        notes.add(element.line, WarningKind::AggregateMissing { name });
        let kind = family(element);
        found.answers.push(bare(element, Content::Statements(kind, vec![statement(element, kind, notes)])));
    }
    for child in &element.children {
        match child.name.as_str() {
            "SONRS" => {
                let sign_on = sign_on(child, notes);
                found.sign_on.get_or_insert(sign_on);
            }
            "PROFRS" => found.answers.push(bare(child, Content::Profile(Some(Box::new(profile(child, notes)))))),
            "ACCTINFORS" => found.answers.push(bare(child, Content::Accounts(Some(account_list(child, notes))))),
            "MFACHALLENGERS" => found.answers.push(bare(child, Content::Challenges(challenges(child)))),
            name if name.ends_with("TRNRS") => found.answers.push(answer(child, notes)),
            name if name == "SONRQ" || name.ends_with("TRNRQ") => {
                found.request_line.get_or_insert(child.line);
            }
            _ => visit(child, in_statement || begins, found, notes),
        }
    }
}

/// The kind of a statement by the tag that holds it.
fn family(element: &Element) -> StatementKind {
    match element.name.as_str() {
        name if name.starts_with("CC") || name.starts_with("CREDITCARD") => StatementKind::Card,
        name if name.starts_with("INV") => StatementKind::Investment,
        _ => StatementKind::Bank,
    }
}

/// Content without the aggregate that has the status.
fn bare(element: &Element, content: Content) -> Answer {
    Answer { transaction_id: String::new(), status: None, client_cookie: None, content, line: Line(element.line) }
}

fn answer(element: &Element, notes: &mut Notes) -> Answer {
    let content = match element.name.as_str() {
        "PROFTRNRS" => Content::Profile(element.find("PROFRS").map(|found| Box::new(profile(found, notes)))),
        "ACCTINFOTRNRS" => Content::Accounts(element.find("ACCTINFORS").map(|found| account_list(found, notes))),
        "MFACHALLENGETRNRS" => Content::Challenges(element.find("MFACHALLENGERS").map(challenges).unwrap_or_default()),
        "STMTTRNRS" | "CCSTMTTRNRS" | "INVSTMTTRNRS" => Content::Statements(family(element), statements(element, notes)),
        other => Content::Other(other.to_owned()),
    };
    Answer {
        transaction_id: owned(element, "TRNUID").unwrap_or_default(),
        status: status(element, notes),
        client_cookie: owned(element, "CLTCOOKIE"),
        content,
        line: Line(element.line),
    }
}

fn statements(element: &Element, notes: &mut Notes) -> Vec<crate::Statement> {
    let named: Vec<_> = element.children.iter().filter_map(|child| Some((child, kind_of(&child.name)?))).collect();
    if named.is_empty() && is_statement(element) {
        return vec![statement(element, family(element), notes)];
    }
    named.into_iter().map(|(child, kind)| statement(child, kind, notes)).collect()
}

fn sign_on(element: &Element, notes: &mut Notes) -> SignOn {
    SignOn {
        status: status(element, notes),
        server_time: date(element, "DTSERVER", notes),
        user_key: secret(element, "USERKEY"),
        user_key_expires: date(element, "TSKEYEXPIRE", notes),
        language: owned(element, "LANGUAGE"),
        profile_updated: date(element, "DTPROFUP", notes),
        accounts_updated: date(element, "DTACCTUP", notes),
        institution: institution(element),
        session_cookie: secret(element, "SESSCOOKIE"),
        access_key: secret(element, "ACCESSKEY"),
        intuit_bank_id: owned(element, "INTU.BID"),
        line: Line(element.line),
    }
}

fn challenges(element: &Element) -> Vec<Challenge> {
    let listed = element.children.iter().filter(|child| child.name == "MFACHALLENGE");
    listed
        .filter_map(|child| Some(Challenge { id: owned(child, "MFAPHRASEID")?, question: owned(child, "MFAPHRASELABEL") }))
        .collect()
}
