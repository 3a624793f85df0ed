//! Effective and settlement dates.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::{WindowKind, add_banking_days, is_banking_day, next_banking_day, processing_day, windows};

/// How fast a file is to settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speed {
    /// On the banking day after the processing day.
    Standard,
    /// In the next same-day window; after the last one in the next-day window, which then is the earliest.
    SameDay,
}

/// Debit or credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Settles one banking day after processing at the latest.
    Debit,
    /// Settles two banking days after processing at the latest.
    Credit,
}

/// When a file that is sent at some instant settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The operator's processing day.
    pub processing_day: Date,
    /// The window that takes the file.
    pub window: WindowKind,
    /// The effective entry date to write into the batch header.
    pub effective: Date,
    /// The day on which money moves between the banks.
    pub settlement: Date,
    /// The instant at which it moves.
    pub settles: Timestamp,
    /// The last instant at which the operator takes the file for this.
    pub deadline: Timestamp,
}

/// When a file that reaches the operator at `submitted` settles.
///
/// A bank that wants files earlier than the operator: hand in the instant at which the bank passes the file on.
pub fn plan(submitted: Timestamp, speed: Speed) -> Plan {
    let day = processing_day(submitted);
    let taken = windows(day).into_iter().find(|window| {
        let fits = speed == Speed::SameDay || window.kind == WindowKind::NextDay;
        fits && submitted <= window.deadline
    });
    match taken {
        Some(window) => Plan {
            processing_day: day,
            window: window.kind,
            effective: window.settlement_date(),
            settlement: window.settlement_date(),
            settles: window.settlement,
            deadline: window.deadline,
        },
        // Only at the end of the calendar, where no banking day follows.
        None => Plan {
            processing_day: day,
            window: WindowKind::NextDay,
            effective: day,
            settlement: day,
            settles: submitted,
            deadline: submitted,
        },
    }
}

/// The day on which an operator settles a batch that reaches it at `submitted` with this effective entry date.
///
/// Today's date, a past one, or none makes the batch same-day if a same-day window is still open and its entries are
/// `eligible` (no IAT, no more than [`SAME_DAY_LIMIT`](crate::SAME_DAY_LIMIT) each). Later dates are kept, moved to the next
/// banking day, and limited to one banking day after processing for debits, two for credits.
pub fn settlement_date(effective: Option<Date>, submitted: Timestamp, direction: Direction, eligible: bool) -> Date {
    let same_day = plan(submitted, Speed::SameDay);
    let next = next_banking_day(same_day.processing_day);
    let earliest = if eligible { same_day.settlement } else { next };
    let latest = match direction {
        Direction::Debit => next,
        Direction::Credit => add_banking_days(same_day.processing_day, 2),
    };
    let wanted = effective.unwrap_or(earliest);
    let wanted = if is_banking_day(wanted) { wanted } else { next_banking_day(wanted) };
    wanted.min(latest).max(earliest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{eastern, instant};
    use jiff::civil::{DateTime, date};

    #[test]
    fn files_settle_so() {
        use Speed::{SameDay, Standard};
        use WindowKind::{First, NextDay, Second, Third};
        let at = |day: i8, hour: i8, minute: i8| date(2026, 11, day).at(hour, minute, 0, 0);
        // November 2026: Tuesday 24, Thanksgiving Thursday 26. Sent, speed, window, settles; all in Eastern time.
        let table: [(DateTime, Speed, WindowKind, DateTime); 12] = [
            (at(24, 9, 0), SameDay, First, at(24, 13, 0)),
            (at(24, 10, 30), SameDay, First, at(24, 13, 0)),
            (at(24, 10, 31), SameDay, Second, at(24, 17, 0)),
            (at(24, 14, 46), SameDay, Third, at(24, 18, 0)),
            (at(24, 16, 46), SameDay, NextDay, at(25, 8, 30)),
            (at(24, 9, 0), Standard, NextDay, at(25, 8, 30)),
            (at(25, 1, 0), Standard, NextDay, at(25, 8, 30)),
            (at(25, 3, 0), Standard, NextDay, at(27, 8, 30)),
            (at(26, 12, 0), SameDay, First, at(27, 13, 0)),
            (at(27, 17, 0), Standard, NextDay, at(30, 8, 30)),
            (at(28, 12, 0), SameDay, First, at(30, 13, 0)),
            (at(28, 12, 0), Standard, NextDay, date(2026, 12, 1).at(8, 30, 0, 0)),
        ];
        for (sent, speed, window, settles) in table {
            let plan = plan(instant(sent), speed);
            assert_eq!((plan.window, eastern(plan.settles)), (window, settles), "{sent} {speed:?}");
            assert_eq!((plan.effective, plan.settlement), (settles.date(), settles.date()));
            assert!(instant(sent) <= plan.deadline && plan.deadline < plan.settles);
        }
    }

    #[test]
    fn operators_replace_effective_dates() {
        use Direction::{Credit, Debit};
        let morning = instant(date(2026, 11, 24).at(9, 0, 0, 0));
        let evening = instant(date(2026, 11, 24).at(18, 0, 0, 0));
        let day = |day| Some(date(2026, 11, day));
        // Effective date, sent, direction, same-day possible, settles on.
        let table = [
            (day(24), morning, Debit, true, day(24)),
            (day(20), morning, Debit, true, day(24)),
            (None, morning, Credit, true, day(24)),
            (day(24), morning, Debit, false, day(25)),
            (day(24), evening, Debit, true, day(25)),
            (day(25), morning, Debit, true, day(25)),
            (day(26), morning, Credit, true, day(27)),
            (day(30), morning, Debit, true, day(25)),
            (day(30), morning, Credit, true, day(27)),
        ];
        for (effective, sent, direction, eligible, expected) in table {
            let found = settlement_date(effective, sent, direction, eligible);
            assert_eq!(Some(found), expected, "{effective:?} {direction:?} {eligible}");
        }
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        for at in [Timestamp::MIN, Timestamp::MAX] {
            let _ = (plan(at, Speed::SameDay), plan(at, Speed::Standard));
            let _ = settlement_date(None, at, Direction::Credit, true);
        }
    }
}
