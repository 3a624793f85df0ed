//! Requests of a client.

use super::Writer;
use crate::request::{Ask, AskContent, Credentials, Period, Request, SignOnRequest};
use crate::{Account, Moment};

/// Writes the requests of a client, to be sent with the content type `application/x-ofx`.
///
/// Values are escaped but not shortened: the limits are those of the fields. Control characters
/// are left out. Asks of [`AskContent::Other`] are not written.
///
/// ```
/// use ofx::{Account, Ask, AskContent, BankAccountKind, Credentials, Format, Moment, Period, Request, Secret, SignOnRequest};
///
/// let now = Moment::from_unix_seconds(1_704_067_200).expect("a date");
/// let credentials = Credentials::Password { user: "ada".to_owned(), password: Secret::new("a<b") };
/// let account = Account::bank("110000000", "000123456789", BankAccountKind::Checking);
/// let period = Period { start: Moment::new(2023, 12, 1), end: None };
/// let request = Request {
///     format: Format::V102,
///     sign_on: SignOnRequest::new(now, credentials),
///     asks: vec![Ask::new("1", AskContent::BankStatement { account: Some(account), transactions: Some(period) })],
/// };
/// let body = ofx::write_request(&request);
/// assert!(String::from_utf8_lossy(&body).contains("<USERPASS>a&lt;b\r\n"));
/// assert_eq!(ofx::read_request(&body)?.value, request);
/// # Ok::<(), ofx::Error>(())
/// ```
pub fn write_request(request: &Request) -> Vec<u8> {
    let mut out = Writer::new(request.format);
    out.message_set(Some("SIGNONMSGSRQV1"));
    sign_on(&mut out, &request.sign_on);
    for ask in &request.asks {
        write_ask(&mut out, ask);
    }
    out.finish()
}

fn sign_on(out: &mut Writer, request: &SignOnRequest) {
    out.aggregate("SONRQ", |out| {
        out.date("DTCLIENT", request.client_time);
        match &request.credentials {
            Credentials::Password { user, password } => {
                out.text("USERID", user);
                out.text("USERPASS", password.expose());
            }
            Credentials::UserKey(key) => out.text("USERKEY", key.expose()),
        }
        out.flag("GENUSERKEY", request.want_user_key);
        out.text("LANGUAGE", &request.language);
        out.institution(request.institution.as_ref());
        out.secret("SESSCOOKIE", request.session_cookie.as_ref());
        out.text("APPID", &request.application);
        out.text("APPVER", &request.application_version);
        out.optional("CLIENTUID", request.client_id.as_deref());
        out.secret("USERCRED1", request.first_credential.as_ref());
        out.secret("USERCRED2", request.second_credential.as_ref());
        out.secret("AUTHTOKEN", request.auth_token.as_ref());
        out.secret("ACCESSKEY", request.access_key.as_ref());
        for answer in &request.challenge_answers {
            out.aggregate("MFACHALLENGEA", |out| {
                out.text("MFAPHRASEID", &answer.id);
                out.text("MFAPHRASEA", answer.answer.expose());
            });
        }
    });
}

fn write_ask(out: &mut Writer, ask: &Ask) {
    match &ask.content {
        AskContent::Challenges { client_time } => wrapped(out, ask, "SIGNONMSGSRQV1", "MFACHALLENGETRNRQ", |out| {
            out.aggregate("MFACHALLENGERQ", |out| out.date("DTCLIENT", *client_time));
        }),
        AskContent::Profile { since } => wrapped(out, ask, "PROFMSGSRQV1", "PROFTRNRQ", |out| {
            out.aggregate("PROFRQ", |out| {
                out.text("CLIENTROUTING", "NONE");
                out.date("DTPROFUP", Some(*since));
            });
        }),
        AskContent::Accounts { since } => wrapped(out, ask, "SIGNUPMSGSRQV1", "ACCTINFOTRNRQ", |out| {
            out.aggregate("ACCTINFORQ", |out| out.date("DTACCTUP", Some(*since)));
        }),
        AskContent::BankStatement { account, transactions } => wrapped(out, ask, "BANKMSGSRQV1", "STMTTRNRQ", |out| {
            statement(out, "STMTRQ", account.as_ref(), transactions.as_ref());
        }),
        AskContent::CardStatement { account, transactions } => {
            wrapped(out, ask, "CREDITCARDMSGSRQV1", "CCSTMTTRNRQ", |out| {
                statement(out, "CCSTMTRQ", account.as_ref(), transactions.as_ref());
            });
        }
        AskContent::Other(_) => {}
    }
}

fn wrapped(out: &mut Writer, ask: &Ask, set: &'static str, name: &'static str, inside: impl FnOnce(&mut Writer)) {
    out.message_set(Some(set));
    out.aggregate(name, |out| {
        out.optional("TRNUID", Some(&ask.transaction_id));
        out.optional("CLTCOOKIE", ask.client_cookie.as_deref());
        inside(out);
    });
}

fn statement(out: &mut Writer, name: &'static str, account: Option<&Account>, transactions: Option<&Period>) {
    let date = |out: &mut Writer, name, moment: Option<Moment>| out.date(name, moment);
    out.aggregate(name, |out| {
        if let Some(account) = account {
            out.account_from(account);
        }
        if let Some(period) = transactions {
            out.aggregate("INCTRAN", |out| {
                date(out, "DTSTART", period.start);
                date(out, "DTEND", period.end);
                out.text("INCLUDE", "Y");
            });
        }
    });
}
