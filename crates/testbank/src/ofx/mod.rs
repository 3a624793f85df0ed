//! OFX Direct Connect: the banks whose people sign on in a program of their own choice, not on the bank's pages.
//!
//! `POST {base_url}/{slug}/ofx` with the content type `application/x-ofx`, in OFX 1.0.2 to 1.6 (SGML) or 2.0 to 2.3
//! (XML); the answer is in the version of the request. Anything that cannot be read as a request is answered with 400.
//!
//! # What every request needs
//!
//! | Element | Value |
//! |---|---|
//! | `FI` | `ORG` is [`ORG`], `FID` is the institution's slug; others are refused with 13504 |
//! | `CLIENTUID` | the client's name for its closed world, 1 to 36 characters (elsewhere: an id of the installation). The same world as the `software_id` of OAuth. 15510 without it |
//! | `USERID`, `USERPASS` | the same `USERID` is always the same person; `USERKEY` is not supported. A request for the profile alone may be anonymous |
//! | `APPID`, `APPVER` | anything |
//!
//! # Signing on
//!
//! At "Test (Non-OAuth)" every name and password are right. At "Bank (Non-OAuth)" they are as well, but some words make
//! the bank ask more. A word counts as the password, and again as any later answer:
//!
//! | Word | What follows |
//! |---|---|
//! | `options` | a list to choose from (3000), then a one-time code |
//! | `mfa` | a one-time code (15512) |
//! | `confirm_mfa` | a code to be confirmed in the bank's app (3000) |
//! | `security_question` | a question (3000) |
//! | `error` | 2000, and the sign-on has ended: begin again. As the user name too |
//! | `incorrect` | 15500 as name or password; 3001 as an answer to a question, 15513 as a one-time code: ask again |
//! | `locked` | 15502, as the user name too |
//!
//! Everything else is right. While the bank asks, the `SONRS` and every other answer have the status that says so, its
//! `MESSAGE` is for the person, and `SESSCOOKIE` holds how far the sign-on has come: **send the newest one back** with
//! the next request, together with the same `USERID` and `USERPASS`. It lasts 15 minutes.
//!
//! **3000**: send `MFACHALLENGERQ` (alone or with others) to get one `MFACHALLENGE`, and then the real request again with
//! an `MFACHALLENGEA` of the same phrase id. The answer to `MFACHALLENGERQ` comes with a sign-on status of 0.
//!
//! | `MFAPHRASEID` | `MFAPHRASELABEL` | `MFAPHRASEA` |
//! |---|---|---|
//! | `MFA_CHOICE` | one line (`\n`) for each choice, numbered from 1: `(1) Text message to ••12`. What to choose is in the `MESSAGE` of the 3000 | the number |
//! | `MFA_CONFIRM` | shows the code: `Confirm 482913 in the app of your bank.` | anything but a word of the script, such as `CONFIRMED` |
//! | `MFA_QUESTION` | the question | the answer |
//!
//! **15512**: send the real request again with `AUTHTOKEN`, the code that the person got. The words to ask with are in the
//! `MESSAGE`; the profile has a short `AUTHTOKENLABEL`.
//!
//! After 3001 and 15513 the same is asked again, so the next request may hold the new answer at once.
//!
//! A sign-on that works answers with an `ACCESSKEY`: whoever sends it with the same `USERID` and `CLIENTUID` is asked
//! nothing more. It does not end.
//!
//! # Data
//!
//! The profile, the list of accounts (`ACCTINFORQ`), and statements with balances and posted transactions
//! (`STMTRQ`, `CCSTMTRQ`). Account numbers are whole; the routing number is
//! [`ROUTING_NUMBER`](crate::institutions::ROUTING_NUMBER). Cards have `CCACCTFROM`; a line of credit is a bank account of
//! the type `CREDITLINE`. OFX before 2.2 has no loans, so a mortgage is a bank account of the type `MORTGAGE`, which is
//! no code of the standard. What is owed is a negative `LEDGERBAL`; the `AVAILBAL` of cards and lines of credit is what
//! may still be spent. Pending transactions are not told. A `FITID` never changes.
//!
//! Statuses of a statement: 0, 2003 for an account that is not there, 2004 for a closed one, 2020 for a date that cannot
//! be read, 2027 when the end lies before the start. An institution that is down answers with HTTP status 503.

/// What every institution here calls itself in `FI/ORG`.
pub const ORG: &str = "TESTBANK";
