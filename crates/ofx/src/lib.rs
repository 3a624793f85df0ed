//! Reads and writes OFX (Open Financial Exchange): the files that banks offer for download (`.ofx`,
//! `.qfx`), and the requests and answers of OFX Direct Connect.
//!
//! OFX 1.x is SGML and 2.x is XML, and many files are neither: end tags are missing, headers lie
//! about the character set, amounts have commas, dates are empty. One reader takes them all. It
//! gives data with warnings about what it repaired, or an error with a line.
//!
//! The crate is pure: no files, no network, no clock, no `async`. It takes bytes and gives values.
//!
//! # A file of a bank
//!
//! ```
//! let file = b"OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX>\n\
//!     <BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS>\n\
//!     <STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>110000000<ACCTID>123<ACCTTYPE>CHECKING</BANKACCTFROM>\n\
//!     <BANKTRANLIST><DTSTART>20240101<DTEND>20240131\n\
//!     <STMTTRN><TRNTYPE>POS<DTPOSTED>20240105<TRNAMT>-4.50<FITID>a1<NAME>Coffee & Co</STMTTRN>\n\
//!     </BANKTRANLIST><LEDGERBAL><BALAMT>95.50<DTASOF>20240131</LEDGERBAL></STMTRS></STMTTRNRS>\n\
//!     </BANKMSGSRSV1></OFX>";
//! let reading = ofx::read(file)?;
//! for statement in reading.value.statements() {
//!     for (transaction, identity) in statement.transactions.iter().zip(statement.identities()) {
//!         println!("{identity} {} {:?}", transaction.amount, transaction.name);
//!     }
//! }
//! for warning in &reading.warnings {
//!     println!("{warning}"); // line 9: a bare '&' in a value
//! }
//! # let statement = reading.value.statements().next().expect("a statement");
//! # assert_eq!(statement.identities(), ["id:a1"]);
//! # assert_eq!(statement.ledger.as_ref().and_then(|balance| balance.amount.minor_units(2)), Some(9550));
//! # assert_eq!(reading.warnings[0].to_string(), "line 9: a bare '&' in a value");
//! # Ok::<(), ofx::Error>(())
//! ```
//!
//! # A client of OFX Direct Connect
//!
//! Build a [`Request`], send [`write_request`] of it with HTTP `POST` and the content type
//! `application/x-ofx`, and [`read`] the answer. [`Document::failure`] is what did not work, its
//! [`StatusCode`] says what to do: [`StatusCode::CHALLENGE_NEEDED`] means to ask for questions
//! with [`AskContent::Challenges`] and to sign on again with
//! [`SignOnRequest::challenge_answers`].
//!
//! # A server of OFX Direct Connect
//!
//! [`read_request`] the body, answer every [`Ask`] with an [`Answer`] of the same transaction id,
//! and send [`write()`] of the [`Document`] in the request's [`Format`].
//!
//! # What it promises
//!
//! - No input panics, and none takes more than linear time; nesting is bounded.
//! - Amounts are exact ([`Decimal`]). A row without a readable amount is left out, with a warning.
//! - What [`write()`] and [`write_request`] write is read back as the same value in both syntaxes,
//!   except that control characters and empty texts are dropped, and texts of nothing but white
//!   space count as absent. No value can become a tag.
//! - Passwords, keys and answers are [`Secret`]s, and no `Debug` form shows them.
//! - Securities, positions, transfers, payments and mail are not read; [`read_tree`] gives their
//!   tags.

mod account;
mod builder;
mod decimal;
mod decode;
mod document;
mod error;
mod header;
mod line;
mod moment;
mod moment_text;
mod profile;
mod read;
mod request;
mod secret;
mod statement;
mod status;
mod tags;
mod text;
mod tokens;
mod transaction;
mod tree;
mod write;

pub use account::{Account, AccountInfo, AccountKind, AccountList, BankAccountKind, ServiceStatus};
pub use decimal::Decimal;
pub use document::{Answer, Challenge, Content, Document, Institution, SignOn};
pub use error::{Error, ErrorKind, Reading, Warning, WarningKind};
pub use header::{Format, Syntax};
pub use line::Line;
pub use moment::Moment;
pub use profile::{MessageSet, MessageSetKind, Profile, SignOnInfo};
pub use read::answers::read;
pub use read::requests::read_request;
pub use request::{Ask, AskContent, ChallengeAnswer, Credentials, Period, Request, SignOnRequest};
pub use secret::Secret;
pub use statement::{Balance, Statement, StatementKind};
pub use status::{Severity, Status, StatusCode};
pub use transaction::{Address, Correction, CorrectionAction, OtherCurrency, Payee, Transaction, TransactionKind};
pub use tree::{Element, Tree, read_tree};
pub use write::answers::write;
pub use write::requests::write_request;
