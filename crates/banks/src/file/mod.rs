//! A file that a bank's website gave: OFX (`.ofx`, `.qfx`) or CSV. For banks that nothing else reaches.
//!
//! The grant holds what was in the file, so nothing is called, and every refresh gives the same. A file
//! proves nothing: whoever has it could have written it. So there are no account numbers and no holders
//! for anybody to rely on, although OFX files name the account.

mod columns;
mod dates;
mod ofx_file;
mod snapshot;
mod table;

use crate::account::BankAccount;
use crate::connector::{BankConnector, BoxFuture, CallContext, DataKind, FormSignIn, Grant, SignIn};
use crate::error::BankError;
use crate::sign_in::{AnswerRefused, Answers, FieldInput, FormKind, SignInField, SignInForm, SignInState, SignInStep};
use crate::transaction::{TransactionPull, TransactionWindow};
use snapshot::Snapshot;

/// Largest file taken, in bytes.
pub const FILE_BYTES_MAX: usize = 5 * 1024 * 1024;

/// The institution "Import a statement file".
#[derive(Clone, Copy, Debug, Default)]
pub struct StatementFile;

/// Where and why a file cannot be read: the line, if it is a text at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unreadable {
    line: Option<u32>,
}

impl Unreadable {
    fn at(line: u32) -> Unreadable {
        Unreadable { line: Some(line) }
    }
}

/// The characters of a file, for the answer to [`FieldInput::File`]: UTF-8 or UTF-16 where the bytes say
/// so, else Windows-1252, which never fails.
pub fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

fn form() -> SignInForm {
    let field = SignInField { name: "file".to_owned(), input: FieldInput::File, label: None };
    SignInForm { kind: FormKind::File, says: None, fields: vec![field] }
}

/// What is in a file. `software_id` keeps the ids of one installation apart from those of others.
fn read(text: &str, software_id: &str, now: i64) -> Result<Snapshot, Unreadable> {
    if text.len() > FILE_BYTES_MAX || text.contains('\0') {
        return Err(Unreadable { line: None });
    }
    let text = text.trim_start_matches('\u{feff}');
    // A CSV file may hold any word, but none begins with a tag or the header of OFX.
    let start = text.trim_start().get(..9).unwrap_or(text.trim_start()).to_ascii_uppercase();
    if start.starts_with('<') || start == "OFXHEADER" || text.contains("<OFX>") {
        ofx_file::read(text, software_id, now)
    } else {
        table::read(text, software_id)
    }
}

impl FormSignIn for StatementFile {
    /// The file.
    fn first(&self) -> SignInForm {
        form()
    }

    /// Reads the file. The answer is its text, at most [`FILE_BYTES_MAX`] bytes; see [`decode`].
    fn answer<'a>(
        &'a self,
        ctx: &'a CallContext,
        software_id: &'a str,
        _state: Option<&'a SignInState>,
        answers: Answers,
    ) -> BoxFuture<'a, Result<SignInStep, BankError>> {
        Box::pin(async move {
            let refused = |reason| Ok(SignInStep::Ask { form: form(), state: None, refused: Some(reason) });
            let Some(text) = answers.get("file") else {
                return refused(AnswerRefused::Missing);
            };
            match read(text, software_id, ctx.now) {
                Ok(snapshot) => Ok(SignInStep::Done(Grant::new(&snapshot, None)?)),
                Err(Unreadable { line }) => refused(AnswerRefused::FileUnreadable { line }),
            }
        })
    }
}

impl BankConnector for StatementFile {
    fn sign_in(&self) -> SignIn<'_> {
        SignIn::Form(self)
    }

    /// Balances and transactions.
    fn shares(&self, kind: DataKind) -> bool {
        matches!(kind, DataKind::Accounts | DataKind::Balances | DataKind::Transactions)
    }

    fn accounts<'a>(&'a self, _ctx: &'a CallContext, grant: &'a Grant) -> BoxFuture<'a, Result<Vec<BankAccount>, BankError>> {
        Box::pin(async move { Ok(grant.read::<Snapshot>()?.into_accounts()) })
    }

    fn account<'a>(
        &'a self,
        _ctx: &'a CallContext,
        grant: &'a Grant,
        bank_account_id: &'a str,
    ) -> BoxFuture<'a, Result<BankAccount, BankError>> {
        Box::pin(async move {
            let accounts = grant.read::<Snapshot>()?.into_accounts();
            accounts.into_iter().find(|account| account.bank_account_id == bank_account_id).ok_or(BankError::NotFound)
        })
    }

    /// The rows of the window, each time the same.
    fn transactions<'a>(
        &'a self,
        _ctx: &'a CallContext,
        grant: &'a Grant,
        bank_account_id: &'a str,
        _currency: &'a str,
        window: TransactionWindow,
    ) -> BoxFuture<'a, Result<TransactionPull, BankError>> {
        Box::pin(async move { grant.read::<Snapshot>()?.pull(bank_account_id, window).ok_or(BankError::NotFound) })
    }
}

#[cfg(test)]
mod tests {
    use super::{FILE_BYTES_MAX, Unreadable, decode, read};

    #[test]
    fn files_come_in_several_character_sets() {
        assert_eq!(decode("é,1".as_bytes()), "é,1");
        assert_eq!(decode(b"\xef\xbb\xbfa"), "a");
        assert_eq!(decode(b"\xff\xfea\0b\0"), "ab");
        assert_eq!(decode(b"\xe9,\x80"), "é,€");
    }

    #[test]
    fn what_is_no_text_has_no_line() {
        for text in ["a\0b".to_owned(), "x".repeat(FILE_BYTES_MAX + 1)] {
            assert_eq!(read(&text, "w", 7).unwrap_err(), Unreadable { line: None });
        }
        assert_eq!(read("<html>\n</html>", "w", 7).unwrap_err(), Unreadable::at(1));
        assert_eq!(read("hello", "w", 7).unwrap_err(), Unreadable::at(1));
    }
}
