//! What came over ACH, on the books of accounts that follow from a plan: all of them deposits.

use super::book::{EntryKind, Line, Stage, Totals};
use super::day::Day;
use super::stated::{Row, RowStatus};

/// The sums with what was received.
pub fn totals(own: Totals, rows: &[Row], as_of: i64) -> Totals {
    let sum = |status| rows.iter().filter(|row| row.status(as_of) == status).map(|row| row.amount).sum::<i64>();
    Totals { posted: own.posted + sum(RowStatus::Posted), pending: own.pending + sum(RowStatus::Pending) }
}

/// The lines of a window with what was received in it, newest first.
pub fn lines(own: Vec<Line>, rows: &[Row], (from, to): (Day, Day), as_of: i64) -> Vec<Line> {
    let mut lines = own;
    let received = rows.iter().filter_map(|row| line(row, as_of));
    lines.extend(received.filter(|line| line.day() >= from && line.day() <= to));
    lines.sort_by(|left, right| {
        let key = |line: &Line| line.posted_at.unwrap_or(line.transacted_at);
        key(right).cmp(&key(left)).then_with(|| right.id.cmp(&left.id))
    });
    lines
}

fn line(row: &Row, as_of: i64) -> Option<Line> {
    let stage = match row.status(as_of) {
        RowStatus::Pending => Stage::Pending,
        RowStatus::Posted => Stage::Posted,
        RowStatus::Upcoming | RowStatus::Void => return None,
    };
    Some(Line {
        id: row.id.clone(),
        reference: None,
        stage,
        kind: if row.amount < 0 { EntryKind::Bill } else { EntryKind::Payroll },
        description: row.description.clone(),
        payee: None,
        code: None,
        amount: row.amount,
        transacted_at: row.transacted_at,
        posted_at: row.posted_at.filter(|_| stage == Stage::Posted),
    })
}
