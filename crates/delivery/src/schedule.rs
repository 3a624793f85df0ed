//! When a failed delivery is tried again.
//!
//! | attempt | live: waits after the one before | sandbox |
//! |---|---|---|
//! | 1 | at once | at once |
//! | 2 | 5 seconds | 10 minutes |
//! | 3 | 30 seconds | 2 hours |
//! | 4 | 2 minutes | |
//! | 5 | 5 minutes | |
//! | 6 | 15 minutes | |
//! | 7 | 30 minutes | |
//! | 8 | 1 hour | |
//! | 9 | 2 hours | |
//! | 10 | 3 hours | |
//! | 11 | 4 hours | |
//! | 12 | 6 hours | |
//! | 13 | 8 hours | |
//! | 14 | 10 hours | |
//! | 15 | 12 hours | |
//! | 16 | 24 hours | |
//!
//! Together 70 hours 52 minutes 35 seconds, so the last live attempt falls within three days.

/// Which of the two schedules applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Real money: up to three days.
    Live,
    /// A sandbox: three attempts over a few hours.
    Sandbox,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

const LIVE_SECONDS: [u64; 15] = [
    5,
    30,
    2 * MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    4 * HOUR,
    6 * HOUR,
    8 * HOUR,
    10 * HOUR,
    12 * HOUR,
    24 * HOUR,
];
const SANDBOX_SECONDS: [u64; 2] = [10 * MINUTE, 2 * HOUR];

/// Seconds to wait before the next attempt after `attempts_made` attempts, all failed. `None` when
/// the last one was made. Before the first attempt it is zero.
pub fn next_attempt(mode: Mode, attempts_made: u32) -> Option<u64> {
    let waits: &[u64] = match mode {
        Mode::Live => &LIVE_SECONDS,
        Mode::Sandbox => &SANDBOX_SECONDS,
    };
    let Some(waits_done) = attempts_made.checked_sub(1) else {
        return Some(0);
    };
    waits.get(usize::try_from(waits_done).ok()?).copied()
}

/// Shortens `delay_seconds` by up to a tenth, by the handed-in `random` number, so that endpoints
/// that failed together do not all come back in the same second. Never lengthens: the published
/// end of the schedule holds.
pub fn jittered(delay_seconds: u64, random: u32) -> u64 {
    let tenth = u128::from(delay_seconds / 10);
    let cut = tenth * u128::from(random) / u128::from(u32::MAX);
    delay_seconds - u64::try_from(cut).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Mode, jittered, next_attempt};

    fn waits(mode: Mode) -> Vec<u64> {
        (0..).map_while(|made| next_attempt(mode, made)).collect()
    }

    #[test]
    fn live_is_sixteen_attempts_within_three_days_and_never_hurries() {
        let waits = waits(Mode::Live);
        assert_eq!(waits.len(), 16);
        let total: u64 = waits.iter().sum();
        assert_eq!(total, 70 * 3_600 + 52 * 60 + 35);
        assert!(total <= 3 * 86_400);
        assert!(waits.is_sorted());
        assert_eq!(next_attempt(Mode::Live, u32::MAX), None);
    }

    #[test]
    fn sandbox_is_three_attempts() {
        assert_eq!(waits(Mode::Sandbox), [0, 600, 7_200]);
    }

    #[test]
    fn jitter_only_shortens_by_at_most_a_tenth() {
        assert_eq!(jittered(1_000, 0), 1_000);
        assert_eq!(jittered(1_000, u32::MAX), 900);
        assert_eq!(jittered(1_000, u32::MAX / 2), 951);
        assert_eq!(jittered(5, u32::MAX), 5);
        assert_eq!(jittered(u64::MAX, u32::MAX), u64::MAX - u64::MAX / 10);
    }
}
