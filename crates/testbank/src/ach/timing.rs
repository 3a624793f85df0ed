//! When entries are posted, and when what comes back is released.

use calendar::{Direction, add_banking_days, next_banking_day, opening_of_business, settlement_date};
use jiff::Timestamp;
use jiff::civil::Date;
use nacha::{Entry, EntryClass};
use serde::{Deserialize, Serialize};

/// Seconds after which an entry settles at the instant pace.
const INSTANT_SETTLEMENT: i64 = 2;
/// Seconds after settlement at which late returns are released at the instant pace.
const INSTANT_LATE: i64 = 5;
/// Banking days after settlement at whose opening late returns are released: well within the sixty days that the rules give.
const LATE_BANKING_DAYS: i32 = 10;

/// How fast the bank works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// In seconds.
    Instant,
    /// By the calendar of banks.
    BankingDays,
}

impl Pace {
    /// The pace of this name.
    pub fn parse(name: &str) -> Option<Pace> {
        match name {
            "instant" => Some(Pace::Instant),
            "banking_days" => Some(Pace::BankingDays),
            _ => None,
        }
    }

    /// What happens when to an entry that arrived at `received`.
    pub fn times(self, received: i64, class: EntryClass, effective: Option<nacha::Date>, entry: &Entry) -> Times {
        if self == Pace::Instant {
            return Times { posts_at: received, ordinary: received, late: received + INSTANT_SETTLEMENT + INSTANT_LATE };
        }
        let direction = if entry.transaction_code.is_debit() { Direction::Debit } else { Direction::Credit };
        let same_day = class != EntryClass::Iat && entry.amount <= calendar::SAME_DAY_LIMIT;
        let settled = settlement_date(effective.and_then(civil), moment(received), direction, same_day);
        Times {
            posts_at: opening(settled).max(received),
            ordinary: opening(next_banking_day(settled)).max(received),
            late: opening(add_banking_days(settled, LATE_BANKING_DAYS)).max(received),
        }
    }
}

/// Moments of one entry, in unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// It stands on the account.
    pub posts_at: i64,
    /// A return in the usual time is released.
    pub ordinary: i64,
    /// A return that comes when everybody thinks the money has arrived is released.
    pub late: i64,
}

/// Unix seconds as a moment; what is out of range reads as the start of 1970.
pub fn moment(instant: i64) -> Timestamp {
    Timestamp::from_second(instant).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A day as files write it, `YYMMDD`.
pub fn six_digits(day: Date) -> String {
    format!("{:02}{:02}{:02}", day.year().rem_euclid(100), day.month(), day.day())
}

fn opening(day: Date) -> i64 {
    opening_of_business(day).as_second()
}

fn civil(date: nacha::Date) -> Option<Date> {
    let (year, month, day) = (i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nacha::TransactionCode;

    fn entry(code: TransactionCode) -> Entry {
        Entry { transaction_code: code, amount: 5_000, ..Entry::default() }
    }

    #[test]
    fn entries_settle_and_come_back_on_banking_days() {
        let second = |text: &str| text.parse::<Timestamp>().map(Timestamp::as_second).unwrap_or_default();
        let (debit, credit) = (TransactionCode::CHECKING_DEBIT, TransactionCode::CHECKING_CREDIT);
        // Received (Eastern time is five hours behind), effective date; posted, ordinary return, late return. In 2026 the
        // 26th of November is Thanksgiving.
        let table = [
            ("2026-11-24T02:00:00Z", "261124", debit, "2026-11-24T13:30:00Z", "2026-11-25T13:30:00Z", "2026-12-09T13:30:00Z"),
            ("2026-11-25T02:00:00Z", "261125", debit, "2026-11-25T13:30:00Z", "2026-11-27T13:30:00Z", "2026-12-10T13:30:00Z"),
            ("2026-11-26T02:00:00Z", "261127", credit, "2026-11-27T13:30:00Z", "2026-11-30T13:30:00Z", "2026-12-11T13:30:00Z"),
            ("2026-11-28T17:00:00Z", "261201", credit, "2026-12-01T13:30:00Z", "2026-12-02T13:30:00Z", "2026-12-15T13:30:00Z"),
        ];
        for (received, effective, code, posted, ordinary, late) in table {
            let date = nacha::Date::parse(effective);
            let times = Pace::BankingDays.times(second(received), EntryClass::Web, date, &entry(code));
            let expected = Times { posts_at: second(posted), ordinary: second(ordinary), late: second(late) };
            assert_eq!(times, expected, "{received} {effective}");
        }
    }

    #[test]
    fn at_the_instant_pace_a_return_is_seconds_away() {
        let times = Pace::Instant.times(1_000, EntryClass::Ppd, None, &entry(TransactionCode::CHECKING_DEBIT));
        assert_eq!(times, Times { posts_at: 1_000, ordinary: 1_000, late: 1_007 });
    }
}
