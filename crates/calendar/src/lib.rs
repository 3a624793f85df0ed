//! The calendar that ACH payments follow: Federal Reserve holidays, banking days, windows, settlement and deadlines, in
//! Eastern time.
//!
//! Pure: no clock, and no time zone database of the machine. Instants are handed in and out.
//!
//! ```
//! use calendar::{Speed, add_banking_days, is_banking_day, plan};
//! use jiff::civil::date;
//!
//! // 26 November 2026 is Thanksgiving.
//! assert!(!is_banking_day(date(2026, 11, 26)));
//! assert_eq!(add_banking_days(date(2026, 11, 24), 2), date(2026, 11, 27));
//!
//! // Sent on Tuesday at 14:00 Eastern time: the window at 14:45 takes it, and it settles at 17:00.
//! let sent = calendar::instant(date(2026, 11, 24).at(14, 0, 0, 0));
//! let plan = plan(sent, Speed::SameDay);
//! assert_eq!(plan.effective, date(2026, 11, 24));
//! assert_eq!(calendar::eastern(plan.settles), date(2026, 11, 24).at(17, 0, 0, 0));
//! ```

mod deadlines;
mod eastern;
mod holidays;
mod settlement;
mod windows;

pub use deadlines::{Deadline, calendar_day_of_year, day_of_year, deadline, opening_of_business};
pub use eastern::{eastern, eastern_date, instant};
pub use holidays::{Holiday, add_banking_days, holidays, is_banking_day, next_banking_day, previous_banking_day};
pub use settlement::{Direction, Plan, Speed, plan, settlement_date};
pub use windows::{SAME_DAY_LIMIT, Window, WindowKind, processing_day, windows};
