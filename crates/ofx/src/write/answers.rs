//! Answers of a bank.

use super::Writer;
use super::profile::{accounts, profile};
use super::statement::statement;
use crate::document::{Answer, Challenge, Content, Document, SignOn};
use crate::{Severity, StatementKind, Status};

/// Writes the answers of a bank, as a body to be sent or as a file for download.
///
/// Values are escaped but not shortened: the limits are those of the fields. Control characters
/// are left out. Answers of [`Content::Other`] are not written.
///
/// ```
/// use ofx::{Answer, Content, Document, Format, Moment, SignOn, StatementKind, Status, StatusCode};
///
/// let sign_on = SignOn { status: Some(Status::ok()), server_time: Moment::new(2024, 1, 1), ..SignOn::default() };
/// let refused = Status::error(StatusCode::ACCOUNT_NOT_FOUND, "We do not know this account.");
/// let document = Document {
///     format: Format::V211,
///     sign_on: Some(sign_on),
///     answers: vec![Answer::new("1", refused, Content::Statements(StatementKind::Bank, Vec::new()))],
/// };
/// let body = ofx::write(&document);
/// assert!(String::from_utf8_lossy(&body).contains("<CODE>2003</CODE>"));
/// assert_eq!(ofx::read(&body)?.value, document);
/// # Ok::<(), ofx::Error>(())
/// ```
pub fn write(document: &Document) -> Vec<u8> {
    let mut out = Writer::new(document.format);
    if let Some(signed_on) = &document.sign_on {
        out.message_set(Some("SIGNONMSGSRSV1"));
        sign_on(&mut out, signed_on);
    }
    for answer in &document.answers {
        write_answer(&mut out, answer);
    }
    out.finish()
}

fn sign_on(out: &mut Writer, signed_on: &SignOn) {
    out.aggregate("SONRS", |out| {
        status(out, signed_on.status.as_ref());
        out.date("DTSERVER", signed_on.server_time);
        out.secret("USERKEY", signed_on.user_key.as_ref());
        out.date("TSKEYEXPIRE", signed_on.user_key_expires);
        out.optional("LANGUAGE", signed_on.language.as_deref());
        out.date("DTPROFUP", signed_on.profile_updated);
        out.date("DTACCTUP", signed_on.accounts_updated);
        out.institution(signed_on.institution.as_ref());
        out.secret("SESSCOOKIE", signed_on.session_cookie.as_ref());
        out.secret("ACCESSKEY", signed_on.access_key.as_ref());
        out.optional("INTU.BID", signed_on.intuit_bank_id.as_deref());
    });
}

fn status(out: &mut Writer, status: Option<&Status>) {
    let Some(status) = status else { return };
    out.aggregate("STATUS", |out| {
        out.text("CODE", &status.code.0.to_string());
        let severity = match status.severity {
            Severity::Info => "INFO",
            Severity::Warn => "WARN",
            Severity::Error => "ERROR",
        };
        out.text("SEVERITY", severity);
        out.optional("MESSAGE", status.message.as_deref());
    });
}

fn write_answer(out: &mut Writer, answer: &Answer) {
    let (set, name) = match &answer.content {
        Content::Profile(_) => ("PROFMSGSRSV1", "PROFTRNRS"),
        Content::Accounts(_) => ("SIGNUPMSGSRSV1", "ACCTINFOTRNRS"),
        Content::Challenges(_) => ("SIGNONMSGSRSV1", "MFACHALLENGETRNRS"),
        Content::Statements(StatementKind::Bank, _) => ("BANKMSGSRSV1", "STMTTRNRS"),
        Content::Statements(StatementKind::Card, _) => ("CREDITCARDMSGSRSV1", "CCSTMTTRNRS"),
        Content::Statements(StatementKind::Investment, _) => ("INVSTMTMSGSRSV1", "INVSTMTTRNRS"),
        Content::Other(_) => return,
    };
    out.message_set(Some(set));
    out.aggregate(name, |out| {
        out.optional("TRNUID", Some(&answer.transaction_id));
        status(out, answer.status.as_ref());
        out.optional("CLTCOOKIE", answer.client_cookie.as_deref());
        match &answer.content {
            Content::Profile(Some(found)) => profile(out, found),
            Content::Accounts(Some(list)) => accounts(out, list),
            Content::Challenges(questions) if !questions.is_empty() => challenges(out, questions),
            Content::Statements(_, statements) => statements.iter().for_each(|found| statement(out, found)),
            _ => {}
        }
    });
}

fn challenges(out: &mut Writer, questions: &[Challenge]) {
    out.aggregate("MFACHALLENGERS", |out| {
        for question in questions {
            out.aggregate("MFACHALLENGE", |out| {
                out.text("MFAPHRASEID", &question.id);
                out.optional("MFAPHRASELABEL", question.question.as_deref());
            });
        }
    });
}
