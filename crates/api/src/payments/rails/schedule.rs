//! When files are cut, and when what is in them has settled. Pure: instants are handed in.

use calendar::{Speed, add_banking_days, eastern_date, instant, is_banking_day, next_banking_day, opening_of_business, plan};
use jiff::Timestamp;
use jiff::civil::{Date, Time, time};

use super::Direction;
use super::transport::Pace;

/// Eastern time at which the files of a banking day are cut.
const CUT_OFF: Time = time(21, 0, 0, 0);
/// The same for originators that send same-day files.
const SAME_DAY_CUT_OFF: Time = time(14, 0, 0, 0);
/// Banking days after its processing day at which a debit that did not come back is taken as settled: the two banking days
/// that banks have for a return, which count from the settlement, are over then.
const DEBIT_DAYS: i32 = 4;
/// The same for a debit that settles on its processing day.
const SAME_DAY_DEBIT_DAYS: i32 = 2;
/// Seconds from sending to settlement at the pace of sandboxes.
pub(super) const INSTANT_SETTLES: i64 = 2;
/// Seconds from settlement to looking for late returns at the pace of sandboxes.
pub(super) const INSTANT_LATE: i64 = 10;
/// How long returns are looked for, in seconds: a bank has sixty days, and the banking day after them.
pub(super) const RETURNS_END: i64 = 65 * DAY;
const DAY: i64 = 86_400;

/// What a file that is cut now says and means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Terms {
    /// The effective entry date.
    pub effective: Date,
    /// Unix seconds: when debits settle, and when credits do.
    pub debits_settle: i64,
    pub credits_settle: i64,
}

impl Terms {
    pub(super) const fn settle(&self, direction: Direction) -> i64 {
        match direction {
            Direction::Debit => self.debits_settle,
            Direction::Credit => self.credits_settle,
        }
    }
}

/// When entries that are written down at `now` go into a file: at the pace of sandboxes with the next second, else at the
/// next cut-off of a banking day. The earlier cut-off of a day is passed over by those that send no same-day files.
pub(crate) fn next_cut(pace: Pace, now: i64) -> i64 {
    match pace {
        Pace::Instant => now + 1,
        Pace::BankingDays => {
            let today = eastern_date(at(now));
            let days = [today, next_banking_day(today)].into_iter().filter(|day| is_banking_day(*day));
            let mut cut_offs = days.flat_map(|day| [SAME_DAY_CUT_OFF, CUT_OFF].map(|own| second(day, own)));
            cut_offs.find(|cut_off| *cut_off > now).unwrap_or(now + DAY)
        }
    }
}

/// The cut-off at which the job planned for `planned` is to run instead, if that one is for same-day files only.
pub(super) fn passed_over(planned: i64) -> Option<i64> {
    let day = eastern_date(at(planned));
    (planned == second(day, SAME_DAY_CUT_OFF)).then(|| second(day, CUT_OFF))
}

/// What a file says and means that is handed over at `now`; `same_day` if it was cut for that.
pub(super) fn terms(pace: Pace, same_day: bool, now: i64) -> Terms {
    let speed = if same_day && pace == Pace::BankingDays { Speed::SameDay } else { Speed::Standard };
    let plan = plan(at(now), speed);
    let effective = plan.effective;
    if pace == Pace::Instant {
        let settle = now + INSTANT_SETTLES;
        return Terms { effective, debits_settle: settle, credits_settle: settle };
    }
    let days = if plan.settlement == plan.processing_day { SAME_DAY_DEBIT_DAYS } else { DEBIT_DAYS };
    let debits = opening_of_business(add_banking_days(plan.processing_day, days));
    Terms { effective, debits_settle: debits.as_second(), credits_settle: plan.settles.as_second() }
}

/// The same for a file that was handed over at `now`, as `effective` its header says.
pub(super) fn terms_of_sent(pace: Pace, effective: Option<&str>, now: i64) -> Terms {
    let same_day = effective == Some(eastern_date(at(now)).to_string().as_str());
    terms(pace, same_day, now)
}

/// When the bank is asked next for what came back: the same time for a while.
pub(super) fn next_collection(pace: Pace, livemode: bool, now: i64) -> i64 {
    /// Directories are looked into this often, in seconds.
    const LIVE: i64 = 15 * 60;
    match pace {
        _ if livemode => (now.div_euclid(LIVE) + 1) * LIVE,
        Pace::Instant => (now.div_euclid(DAY) + 1) * DAY,
        Pace::BankingDays => {
            let today = eastern_date(at(now));
            let opening = opening_of_business(today).as_second();
            if is_banking_day(today) && opening > now {
                opening
            } else {
                opening_of_business(next_banking_day(today)).as_second()
            }
        }
    }
}

/// The first second of the Eastern day of an instant; limits of a day count from it.
pub(super) fn start_of_day(now: i64) -> i64 {
    second(eastern_date(at(now)), time(0, 0, 0, 0))
}

/// The first second of the Eastern day after that of an instant.
pub(super) fn next_day(now: i64) -> i64 {
    eastern_date(at(now)).tomorrow().map_or(now + DAY, |day| second(day, time(0, 0, 0, 0)))
}

/// The date and the time of the day in the east, as file headers have them: `YYMMDD` and `HHMM`.
pub(super) fn header_time(now: i64) -> (String, String) {
    let eastern = calendar::eastern(at(now));
    (short_date(eastern.date()), format!("{:02}{:02}", eastern.hour(), eastern.minute()))
}

/// `YYMMDD`
pub(super) fn short_date(day: Date) -> String {
    format!("{:02}{:02}{:02}", day.year().rem_euclid(100), day.month(), day.day())
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

fn second(day: Date, time: Time) -> i64 {
    instant(day.to_datetime(time)).as_second()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn eastern_second(day: i8, hour: i8, minute: i8) -> i64 {
        second(date(2026, 11, day), time(hour, minute, 0, 0))
    }

    /// November 2026: Monday 23, Thanksgiving Thursday 26.
    #[test]
    fn cut_offs_of_banking_days() {
        let table = [
            ((23, 9, 0), (23, 14, 0)),
            ((23, 14, 0), (23, 21, 0)),
            ((23, 20, 59), (23, 21, 0)),
            ((23, 21, 0), (24, 14, 0)),
            ((25, 23, 0), (27, 14, 0)),
            ((28, 12, 0), (30, 14, 0)),
        ];
        for (now, expected) in table {
            let (day, hour, minute) = now;
            let found = next_cut(Pace::BankingDays, eastern_second(day, hour, minute));
            let (day, hour, minute) = expected;
            assert_eq!(found, eastern_second(day, hour, minute), "{now:?}");
        }
        assert_eq!(passed_over(eastern_second(23, 14, 0)), Some(eastern_second(23, 21, 0)));
        assert_eq!(passed_over(eastern_second(23, 21, 0)), None);
        assert_eq!(next_cut(Pace::Instant, 100), 101);
    }

    /// Sent, same-day, effective, debits settle at 08:30 of, credits settle.
    #[test]
    fn terms_of_files() {
        let table = [
            ((23, 21, 0), false, 24, date(2026, 11, 30), (24, 8, 30)),
            ((23, 14, 0), true, 23, date(2026, 11, 25), (23, 17, 0)),
            ((24, 21, 0), false, 25, date(2026, 12, 1), (25, 8, 30)),
            ((25, 21, 0), false, 27, date(2026, 12, 2), (27, 8, 30)),
        ];
        for (sent, same_day, effective, debits, credits) in table {
            let found = terms(Pace::BankingDays, same_day, eastern_second(sent.0, sent.1, sent.2));
            assert_eq!(found.effective, date(2026, 11, effective), "{sent:?}");
            assert_eq!(found.debits_settle, opening_of_business(debits).as_second(), "{sent:?}");
            assert_eq!(found.credits_settle, eastern_second(credits.0, credits.1, credits.2), "{sent:?}");
        }
        let instant = terms(Pace::Instant, true, 1_795_000_000);
        assert_eq!((instant.debits_settle, instant.credits_settle), (1_795_000_002, 1_795_000_002));
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        for now in [0, i64::MAX / 2_000, -1] {
            let _ = (next_cut(Pace::BankingDays, now), terms(Pace::BankingDays, true, now), header_time(now));
            let _ = (next_collection(Pace::BankingDays, false, now), start_of_day(now), passed_over(now));
        }
    }
}
