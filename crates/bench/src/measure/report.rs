//! The page that a run writes.

use std::time::Duration;

use super::Sizes;
use crate::load::Figures;

/// A goal and what became of it.
#[derive(Debug, Clone)]
struct Goal {
    what: String,
    wanted: String,
    got: String,
    met: bool,
}

/// A growing page.
#[derive(Debug)]
pub(super) struct Report {
    machine: Vec<String>,
    method: String,
    goals: Vec<Goal>,
    sections: String,
}

impl Report {
    pub(super) fn new(machine: Vec<String>, sizes: &Sizes) -> Report {
        let method = format!(
            "Every figure is the median of {} measurements of {} s, made in turn with those it is compared with.",
            sizes.rounds,
            sizes.duration.as_secs_f64()
        );
        Report { machine, method, goals: Vec::new(), sections: String::new() }
    }

    /// Begins a part of the page.
    pub(super) fn section(&mut self, title: &str, text: &str) {
        self.sections.push_str(&format!("\n## {title}\n\n{text}\n"));
    }

    /// A table; the first row is its head.
    pub(super) fn table(&mut self, rows: &[Vec<String>]) {
        self.sections.push('\n');
        for (index, row) in rows.iter().enumerate() {
            let line = format!("| {} |\n", row.join(" | "));
            print!("{line}");
            self.sections.push_str(&line);
            if index == 0 {
                self.sections.push_str(&format!("|{}\n", "---|".repeat(row.len())));
            }
        }
    }

    /// A share of a limit that should be reached.
    pub(super) fn share(&mut self, what: &str, wanted: f64, got: f64) {
        self.goal(what, &format!("at least {}", percent(wanted)), &percent(got), got >= wanted);
    }

    /// Something that should stay below a limit.
    pub(super) fn goal(&mut self, what: &str, wanted: &str, got: &str, met: bool) {
        println!("{}: {what}: {got} ({wanted})", if met { "met" } else { "MISSED" });
        self.goals.push(Goal { what: what.to_owned(), wanted: wanted.to_owned(), got: got.to_owned(), met });
    }

    pub(super) fn into_text(self) -> String {
        let mut text = String::from(
            "# Performance\n\nWritten by `cargo xtask bench`; do not edit. One run, with the server (or what it is compared with) pinned to \
             one core and the\nclient to another, over loopback. ",
        );
        text.push_str(&self.method);
        text.push_str(
            " \"Client\"\nis how much of its core the measuring client used; close to 100 % it is the client that limits.\n\n",
        );
        for fact in &self.machine {
            text.push_str(&format!("- {fact}\n"));
        }
        text.push_str("\n## Goals\n\n| What | Goal | Measured | |\n|---|---|---|---|\n");
        for goal in &self.goals {
            text.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                goal.what,
                goal.wanted,
                goal.got,
                if goal.met { "met" } else { "missed" }
            ));
        }
        text.push_str(&self.sections);
        text
    }
}

/// The head of a table of [`figures`].
pub(super) fn head(first: &str) -> Vec<String> {
    [first, "Connections", "Requests/s", "p50", "p99", "Client"].map(str::to_owned).to_vec()
}

/// A row of a table.
pub(super) fn figures(name: &str, connections: usize, figures: &Figures) -> Vec<String> {
    vec![
        name.to_owned(),
        connections.to_string(),
        count(figures.rate),
        time(figures.p50),
        time(figures.p99),
        percent(figures.client_busy),
    ]
}

/// Rounded, with separators.
pub(super) fn count(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

pub(super) fn time(value: Duration) -> String {
    let micros = value.as_secs_f64() * 1e6;
    if micros < 1_000.0 { format!("{micros:.0} µs") } else { format!("{:.2} ms", micros / 1e3) }
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!([count(7.4), count(1_234.0), count(1_234_567.0)], ["7", "1 234", "1 234 567"]);
        assert_eq!([time(Duration::from_micros(87)), time(Duration::from_micros(12_340))], ["87 µs", "12.34 ms"]);
        assert_eq!(percent(0.604), "60 %");
    }
}
