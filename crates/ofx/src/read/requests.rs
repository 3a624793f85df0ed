//! What clients send: `OFX` with `…RQ` aggregates.

use super::fields::{FROM, account, date, flag, institution, owned, secret};
use crate::error::{Error, ErrorKind, Notes, Reading, WarningKind};
use crate::request::{Ask, AskContent, ChallengeAnswer, Credentials, Period, Request, SignOnRequest};
use crate::tree::{self, Element};
use crate::{Account, Line, Moment, Secret};

/// Reads the requests of a client.
///
/// # Errors
/// An [`Error`] with its line if the bytes are no OFX, have no `SONRQ`, or are a bank's answers. A
/// server answers such a body with HTTP status 400.
///
/// ```
/// use ofx::{AskContent, Credentials, Moment};
///
/// let body = b"OFXHEADER:100 VERSION:103\n<OFX><SIGNONMSGSRQV1><SONRQ><DTCLIENT>20240101\
///     <USERID>ada<USERPASS>secret<LANGUAGE>ENG<APPID>QWIN<APPVER>2700</SONRQ></SIGNONMSGSRQV1>\
///     <SIGNUPMSGSRQV1><ACCTINFOTRNRQ><TRNUID>1<ACCTINFORQ><DTACCTUP>19700101</ACCTINFORQ>\
///     </ACCTINFOTRNRQ></SIGNUPMSGSRQV1></OFX>";
/// let request = ofx::read_request(body)?.value;
/// assert!(matches!(request.sign_on.credentials, Credentials::Password { ref user, .. } if user == "ada"));
/// assert_eq!(request.asks[0].content, AskContent::Accounts { since: Moment::EPOCH });
/// # Ok::<(), ofx::Error>(())
/// ```
pub fn read_request(bytes: &[u8]) -> Result<Reading<Request>, Error> {
    let mut notes = Notes::default();
    let tree = tree::parse(bytes, &mut notes)?;
    let mut found = Found::default();
    visit(&tree.root, &mut found, &mut notes);
    let Some(sign_on) = found.sign_on else {
        let (line, kind) = match found.answer_line {
            Some(line) => (line, ErrorKind::IsAnswer),
            None => (tree.root.line, ErrorKind::Missing { element: "SONRQ" }),
        };
        return Err(Error { line, kind });
    };
    Ok(notes.into_reading(Request { format: tree.format, sign_on, asks: found.asks }))
}

#[derive(Default)]
struct Found {
    sign_on: Option<SignOnRequest>,
    asks: Vec<Ask>,
    answer_line: Option<u32>,
}

fn visit(element: &Element, found: &mut Found, notes: &mut Notes) {
    for child in &element.children {
        match child.name.as_str() {
            "SONRQ" => {
                let sign_on = sign_on(child, notes);
                found.sign_on.get_or_insert(sign_on);
            }
            name if name.ends_with("TRNRQ") => found.asks.push(ask(child, notes)),
            name if name == "SONRS" || name.ends_with("TRNRS") => {
                found.answer_line.get_or_insert(child.line);
            }
            _ => visit(child, found, notes),
        }
    }
}

fn ask(element: &Element, notes: &mut Notes) -> Ask {
    let mut date_in = |aggregate: &str, name| element.find(aggregate).and_then(|found| date(found, name, notes));
    let content = match element.name.as_str() {
        "MFACHALLENGETRNRQ" => AskContent::Challenges { client_time: date_in("MFACHALLENGERQ", "DTCLIENT") },
        "PROFTRNRQ" => AskContent::Profile { since: date_in("PROFRQ", "DTPROFUP").unwrap_or(Moment::EPOCH) },
        "ACCTINFOTRNRQ" => AskContent::Accounts { since: date_in("ACCTINFORQ", "DTACCTUP").unwrap_or(Moment::EPOCH) },
        "STMTTRNRQ" => {
            let (account, transactions) = statement_request(element, notes);
            AskContent::BankStatement { account, transactions }
        }
        "CCSTMTTRNRQ" => {
            let (account, transactions) = statement_request(element, notes);
            AskContent::CardStatement { account, transactions }
        }
        other => AskContent::Other(other.to_owned()),
    };
    Ask {
        transaction_id: owned(element, "TRNUID").unwrap_or_default(),
        client_cookie: owned(element, "CLTCOOKIE"),
        content,
        line: Line(element.line),
    }
}

fn statement_request(element: &Element, notes: &mut Notes) -> (Option<Account>, Option<Period>) {
    let from = FROM.iter().find_map(|name| element.find(name));
    if from.is_none() {
        notes.add(element.line, WarningKind::AggregateMissing { name: "BANKACCTFROM" });
    }
    let account = from.and_then(|from| account(from, notes));
    let included = element.find("INCTRAN").filter(|included| flag(included, "INCLUDE") != Some(false));
    let period = included.map(|included| Period { start: date(included, "DTSTART", notes), end: date(included, "DTEND", notes) });
    (account, period)
}

fn sign_on(element: &Element, notes: &mut Notes) -> SignOnRequest {
    let credentials = match (secret(element, "USERKEY"), element.text("USERID")) {
        (Some(key), None) => Credentials::UserKey(key),
        (_, user) => Credentials::Password {
            user: user.unwrap_or_default().to_owned(),
            password: element.text("USERPASS").map(Secret::new).unwrap_or_default(),
        },
    };
    let answers = element.children.iter().filter(|child| child.name == "MFACHALLENGEA");
    let challenge_answers = answers
        .filter_map(|child| {
            let id = owned(child, "MFAPHRASEID")?;
            Some(ChallengeAnswer { id, answer: secret(child, "MFAPHRASEA").unwrap_or_default() })
        })
        .collect();
    SignOnRequest {
        client_time: date(element, "DTCLIENT", notes),
        credentials,
        want_user_key: flag(element, "GENUSERKEY"),
        language: owned(element, "LANGUAGE").unwrap_or_default(),
        institution: institution(element),
        session_cookie: secret(element, "SESSCOOKIE"),
        application: owned(element, "APPID").unwrap_or_default(),
        application_version: owned(element, "APPVER").unwrap_or_default(),
        client_id: owned(element, "CLIENTUID"),
        first_credential: secret(element, "USERCRED1"),
        second_credential: secret(element, "USERCRED2"),
        auth_token: secret(element, "AUTHTOKEN"),
        access_key: secret(element, "ACCESSKEY"),
        challenge_answers,
        line: Line(element.line),
    }
}
