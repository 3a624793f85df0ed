//! What becomes of an entry.

use nacha::{AccountKind, Addenda, Change, Entry, Return, ReturnCode, Text};

use crate::values::{self, Fate};
use crate::world::{Payments, Standing, StatedAccount, StatedAnswer};

/// What becomes of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is posted, and nobody hears of it.
    Post,
    /// It comes back.
    Return(Reason),
    /// It is posted, and its sender is told what to write next time.
    Change {
        /// The change code.
        code: nacha::ChangeCode,
        /// As the code needs it.
        corrected_data: String,
    },
}

/// Why an entry comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The return code.
    pub code: ReturnCode,
    /// What is written beside it.
    pub information: String,
    /// It is posted, and comes back after it has settled.
    pub late: bool,
}

/// Whom an entry is for, as the bank knows it.
#[derive(Debug, Default)]
pub struct Receiver<'a> {
    /// What a test has said about the number.
    pub answers: Vec<&'a StatedAnswer>,
    /// The number stood in for another one and does so no longer.
    pub deactivated: bool,
    /// The account, if a test stated it.
    pub account: Option<&'a StatedAccount>,
    /// What can be taken from a stated account, in cents.
    pub available: i64,
}

/// Small entries that prove an account, whatever their direction, have this description.
const PROOF: &str = "ACCTVERIFY";

impl Receiver<'_> {
    /// What becomes of an entry for this receiver. What is posted lowers what can be taken afterwards.
    pub fn decide(&mut self, description: &str, entry: &Entry) -> Decision {
        let side = Side::of(entry);
        if let Some(answer) = self.answers.iter().find(|answer| answer.direction.is_none_or(|only| only == side)) {
            return answer.decision();
        }
        let proof = description == PROOF;
        let taken = side == Side::Debit && !proof;
        if let Some(row) = values::find(&entry.routing, &entry.account) {
            return published(row.fate, taken, side == Side::Credit);
        }
        if self.deactivated {
            return back(4, values::NUMBER_DEACTIVATED);
        }
        let Some(account) = self.account else { return Decision::Post };
        if let Some(code) = refusal(account, side) {
            return back(code, "");
        }
        if taken {
            let amount = i64::try_from(entry.amount).unwrap_or(i64::MAX);
            if amount > self.available {
                return back(1, "");
            }
            self.available -= amount;
        }
        Decision::Post
    }
}

pub use crate::world::Side;

impl Side {
    /// The direction of an entry, seen from the receiver's account.
    pub fn of(entry: &Entry) -> Side {
        if entry.transaction_code.is_debit() { Side::Debit } else { Side::Credit }
    }
}

impl StatedAnswer {
    /// What the test wants.
    fn decision(&self) -> Decision {
        match (self.code.parse::<ReturnCode>(), self.code.parse()) {
            (Ok(code), _) => Decision::Return(Reason { code, information: self.information.clone(), late: self.late }),
            (_, Ok(code)) => Decision::Change { code, corrected_data: self.information.clone() },
            // Checked when it was stated.
            (Err(_), Err(_)) => Decision::Post,
        }
    }
}

/// What a published number does. `taken` is a debit of somebody's money; a proof is none.
fn published(fate: Fate, taken: bool, credit: bool) -> Decision {
    match fate {
        Fate::DebitReturned(code) if taken => back(code, ""),
        Fate::DebitReturnedLate(code) if taken => match back(code, "") {
            Decision::Return(reason) => Decision::Return(Reason { late: true, ..reason }),
            other => other,
        },
        Fate::NumberDeactivated if taken => back(4, values::NUMBER_DEACTIVATED),
        Fate::CreditReturned(code) if credit => back(code, ""),
        _ => Decision::Post,
    }
}

/// Why nothing can be posted on an account, as a return code.
fn refusal(account: &StatedAccount, side: Side) -> Option<u8> {
    match (account.standing, account.payments) {
        (Standing::Closed, _) => Some(2),
        (Standing::Restricted, _) => Some(16),
        (Standing::Open, Payments::Nothing | Payments::InstantOnly) => Some(20),
        (Standing::Open, Payments::IncomingOnly) if side == Side::Debit => Some(20),
        (Standing::Open, _) if account.currency != "USD" => Some(83),
        (Standing::Open, _) => None,
    }
}

fn back(number: u8, information: &str) -> Decision {
    match ReturnCode::new(number) {
        Some(code) => Decision::Return(Reason { code, information: information.to_owned(), late: false }),
        None => Decision::Post,
    }
}

impl Reason {
    /// The addenda that says so. `day` is today, for the codes that need a day.
    pub fn addenda(&self, entry: &Entry, international: bool, day: &str) -> Addenda {
        let deceased = matches!(self.code.number(), 14 | 15);
        Addenda::Return(Return {
            code: self.code,
            original_trace: entry.trace.clone(),
            date_of_death: if deceased { Text::new(day) } else { Text::default() },
            original_rdfi: bank_digits(entry),
            information: nacha::printable(&self.information, if international { 34 } else { 44 }),
            original_amount: international.then_some(entry.amount),
        })
    }
}

/// The addenda of a notification of change.
pub fn change(entry: &Entry, code: nacha::ChangeCode, corrected_data: &str) -> Addenda {
    Addenda::Change(Change {
        code,
        original_trace: entry.trace.clone(),
        original_rdfi: bank_digits(entry),
        corrected_data: nacha::printable(corrected_data, 29),
    })
}

/// The first eight digits of the bank that an entry is for.
pub fn bank_digits(entry: &Entry) -> Text {
    Text::new(entry.routing.get(..8).unwrap_or_default())
}

/// Whether the bank answers entries of this kind at all: advices move nothing, and answers are not answered.
pub fn is_answerable(entry: &Entry) -> bool {
    let account = entry.transaction_code.account();
    entry.kind() == nacha::EntryKind::Payment && account.is_some_and(|kind| kind != AccountKind::GeneralLedger)
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
