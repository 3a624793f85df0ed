//! The windows of a processing day of FedACH.

use jiff::Timestamp;
use jiff::civil::{Date, Time, time};

use crate::holidays::add_days;
use crate::{eastern, instant, is_banking_day, next_banking_day, previous_banking_day};

/// Most that a same-day entry may move, in cents: $1,000,000, since 18 March 2022.
pub const SAME_DAY_LIMIT: u64 = 100_000_000;

/// Which window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WindowKind {
    /// Same-day, deadline 10:30, settles at 13:00.
    First,
    /// Same-day, deadline 14:45, settles at 17:00.
    Second,
    /// Same-day, deadline 16:45, settles at 18:00.
    Third,
    /// Deadline 02:15 in the night after the processing day, settles at 08:30 on the next banking day.
    NextDay,
}

/// A window: what is sent until the deadline settles at the settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Which window.
    pub kind: WindowKind,
    /// The processing day it belongs to.
    pub processing_day: Date,
    /// The last instant at which the operator takes a file. Banks stop earlier.
    pub deadline: Timestamp,
    /// When receiving banks have the entries, about.
    pub distribution: Timestamp,
    /// When money moves between the banks.
    pub settlement: Timestamp,
}

impl Window {
    /// The day on which money moves between the banks.
    pub fn settlement_date(&self) -> Date {
        eastern(self.settlement).date()
    }

    /// Whether entries settle on the processing day itself.
    pub fn is_same_day(&self) -> bool {
        self.kind != WindowKind::NextDay
    }
}

/// Kind, deadline, distribution, settlement: Eastern time of the processing day.
const SAME_DAY: [(WindowKind, Time, Time, Time); 3] = [
    (WindowKind::First, time(10, 30, 0, 0), time(12, 0, 0, 0), time(13, 0, 0, 0)),
    (WindowKind::Second, time(14, 45, 0, 0), time(16, 0, 0, 0), time(17, 0, 0, 0)),
    (WindowKind::Third, time(16, 45, 0, 0), time(17, 30, 0, 0), time(18, 0, 0, 0)),
];
const NEXT_DAY_DEADLINE: Time = time(2, 15, 0, 0);
const NEXT_DAY_DISTRIBUTION: Time = time(6, 0, 0, 0);
const NEXT_DAY_SETTLEMENT: Time = time(8, 30, 0, 0);

/// The windows of a processing day in the order of their deadlines; none if it is no banking day.
pub fn windows(processing_day: Date) -> Vec<Window> {
    if !is_banking_day(processing_day) {
        return Vec::new();
    }
    let at = |time: Time| instant(processing_day.to_datetime(time));
    let mut windows: Vec<Window> = SAME_DAY
        .into_iter()
        .map(|(kind, deadline, distribution, settlement)| Window {
            kind,
            processing_day,
            deadline: at(deadline),
            distribution: at(distribution),
            settlement: at(settlement),
        })
        .collect();
    let settles_on = next_banking_day(processing_day);
    windows.push(Window {
        kind: WindowKind::NextDay,
        processing_day,
        deadline: instant(add_days(processing_day, 1).to_datetime(NEXT_DAY_DEADLINE)),
        distribution: instant(settles_on.to_datetime(NEXT_DAY_DISTRIBUTION)),
        settlement: instant(settles_on.to_datetime(NEXT_DAY_SETTLEMENT)),
    });
    windows
}

/// The processing day that a file sent at this instant belongs to: the day itself, until 02:15 the banking day before, and
/// the next banking day on days that are none.
pub fn processing_day(submitted: Timestamp) -> Date {
    let today = eastern(submitted).date();
    let yesterday = previous_banking_day(today);
    let night = windows(yesterday).last().is_some_and(|window| submitted <= window.deadline);
    match (night, is_banking_day(today)) {
        (true, _) => yesterday,
        (false, true) => today,
        (false, false) => next_banking_day(today),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn windows_of_a_day() {
        // Wednesday before Thanksgiving: deadline and settlement in Eastern time.
        let day = date(2026, 11, 25);
        let expected = [
            (day.at(10, 30, 0, 0), day.at(13, 0, 0, 0)),
            (day.at(14, 45, 0, 0), day.at(17, 0, 0, 0)),
            (day.at(16, 45, 0, 0), day.at(18, 0, 0, 0)),
            (date(2026, 11, 26).at(2, 15, 0, 0), date(2026, 11, 27).at(8, 30, 0, 0)),
        ];
        let found: Vec<_> = windows(day).iter().map(|window| (eastern(window.deadline), eastern(window.settlement))).collect();
        assert_eq!(found, expected);
        assert!(windows(date(2026, 11, 26)).is_empty() && windows(date(2026, 11, 28)).is_empty());
    }

    #[test]
    fn windows_follow_daylight_time() {
        // Friday before and Monday after clocks go forward on 8 March 2026.
        let utc = |day| windows(day).first().map(|window| window.deadline.to_string());
        assert_eq!(utc(date(2026, 3, 6)).as_deref(), Some("2026-03-06T15:30:00Z"));
        assert_eq!(utc(date(2026, 3, 9)).as_deref(), Some("2026-03-09T14:30:00Z"));
    }

    #[test]
    fn processing_days() {
        let table = [
            // Tuesday
            (date(2026, 11, 24).at(0, 30, 0, 0), date(2026, 11, 23)),
            (date(2026, 11, 24).at(2, 15, 0, 0), date(2026, 11, 23)),
            (date(2026, 11, 24).at(2, 15, 1, 0), date(2026, 11, 24)),
            (date(2026, 11, 24).at(23, 59, 0, 0), date(2026, 11, 24)),
            // Thanksgiving: in the night still Wednesday, then Friday
            (date(2026, 11, 26).at(2, 0, 0, 0), date(2026, 11, 25)),
            (date(2026, 11, 26).at(12, 0, 0, 0), date(2026, 11, 27)),
            // Saturday and Sunday
            (date(2026, 11, 28).at(1, 0, 0, 0), date(2026, 11, 27)),
            (date(2026, 11, 28).at(12, 0, 0, 0), date(2026, 11, 30)),
            (date(2026, 11, 29).at(1, 0, 0, 0), date(2026, 11, 30)),
            (date(2026, 11, 30).at(1, 0, 0, 0), date(2026, 11, 30)),
        ];
        for (sent, expected) in table {
            assert_eq!(processing_day(instant(sent)), expected, "{sent}");
        }
    }
}
