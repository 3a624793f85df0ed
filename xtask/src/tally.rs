//! Counting: every runner says in its own words how many tests passed; here they become one sum.

use std::fmt;
use std::ops::AddAssign;

/// How many tests ended which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// Tests that were not run.
    pub skipped: u64,
}

impl Tally {
    /// One check that is not counted by a runner.
    pub fn one(passed: bool) -> Tally {
        Tally { passed: u64::from(passed), failed: u64::from(!passed), skipped: 0 }
    }

    /// One thing that could not be run here.
    pub fn skipped() -> Tally {
        Tally { skipped: 1, ..Tally::default() }
    }

    /// A runner's own count together with its exit status: a runner that failed without a failing test, because it did
    /// not compile or found nothing to run, counts as one failure.
    pub fn checked(self, success: bool) -> Tally {
        let nothing_ran = self == Tally::default();
        if self.failed == 0 && (!success || nothing_ran) {
            return Tally { failed: 1, ..self };
        }
        self
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Sums the `test result:` lines of `cargo test`.
pub fn of_cargo(output: &str) -> Tally {
    let mut sum = Tally::default();
    for line in output.lines().filter(|line| line.starts_with("test result:")) {
        sum += Tally { passed: before(line, " passed"), failed: before(line, " failed"), skipped: before(line, " ignored") };
    }
    sum
}

/// Reads the closing counts of `node --test` with the spec reporter.
pub fn of_node(output: &str) -> Tally {
    let count = |name: &str| {
        output
            .lines()
            .filter_map(|line| line.trim_start_matches('ℹ').trim().strip_prefix(name))
            .filter_map(|rest| rest.trim().parse::<u64>().ok())
            .next_back()
            .unwrap_or(0)
    };
    Tally { passed: count("pass "), failed: count("fail ") + count("cancelled "), skipped: count("skipped ") + count("todo ") }
}

/// Reads the closing lines of Python's `unittest`: `Ran 7 tests in 1.2s` and `FAILED (failures=1, errors=1, skipped=2)`.
pub fn of_unittest(output: &str) -> Tally {
    let ran =
        output.lines().filter_map(|line| line.strip_prefix("Ran ")).map(|rest| before(rest, " test")).next_back().unwrap_or(0);
    let verdict = output.lines().rfind(|line| line.starts_with("OK") || line.starts_with("FAILED")).unwrap_or_default();
    let failed = after(verdict, "failures=") + after(verdict, "errors=");
    let skipped = after(verdict, "skipped=");
    Tally { passed: ran.saturating_sub(failed + skipped), failed, skipped }
}

/// The number that ends right before `words`, or zero.
fn before(line: &str, words: &str) -> u64 {
    let Some(end) = line.find(words) else {
        return 0;
    };
    let digits = line[..end]
        .rfind(|letter: char| !letter.is_ascii_digit())
        .map_or(0, |at| at + line[at..].chars().next().map_or(1, char::len_utf8));
    line[digits..end].parse().unwrap_or(0)
}

/// The number that starts right after `words`, or zero.
fn after(line: &str, words: &str) -> u64 {
    let Some(start) = line.find(words) else {
        return 0;
    };
    let rest = &line[start + words.len()..];
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_results_are_summed_over_binaries() {
        let output = "running 3 tests\n\
            test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 10 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1s\n";
        assert_eq!(of_cargo(output), Tally { passed: 13, failed: 2, skipped: 1 });
    }

    #[test]
    fn node_counts_are_read_from_the_end() {
        let output = "ℹ pass 1 of the words in a log line\nℹ tests 9\nℹ suites 0\nℹ pass 6\nℹ fail 1\nℹ cancelled 1\n\
            ℹ skipped 1\nℹ todo 0\nℹ duration_ms 5.2\n";
        assert_eq!(of_node(output), Tally { passed: 6, failed: 2, skipped: 1 });
    }

    #[test]
    fn unittest_counts_what_passed_by_what_did_not() {
        let output = "Ran 12 tests in 3.401s\n\nFAILED (failures=1, errors=2, skipped=3)\n";
        assert_eq!(of_unittest(output), Tally { passed: 6, failed: 3, skipped: 3 });
        assert_eq!(of_unittest("Ran 1 test in 0.1s\n\nOK\n"), Tally { passed: 1, failed: 0, skipped: 0 });
    }

    #[test]
    fn a_runner_that_ends_badly_or_runs_nothing_is_a_failure() {
        assert_eq!(Tally::default().checked(true), Tally::one(false));
        let passed = Tally { passed: 4, ..Tally::default() };
        assert_eq!(passed.checked(true), passed);
        assert_eq!(passed.checked(false), Tally { passed: 4, failed: 1, skipped: 0 });
        let failed = Tally { passed: 4, failed: 3, skipped: 0 };
        assert_eq!(failed.checked(false), failed);
    }

    #[test]
    fn the_summary_line_reads_as_promised() {
        let tally = Tally { passed: 10, failed: 0, skipped: 2 };
        assert_eq!(tally.to_string(), "10 passed, 0 failed, 2 skipped");
    }
}
