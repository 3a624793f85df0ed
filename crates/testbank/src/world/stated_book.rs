//! The ledger of a stated account.

use super::book::{EntryKind, Line, Stage, Totals};
use super::day::Day;
use super::stated::{Row, RowStatus, StatedAccount};

/// The ledger of a stated account.
#[derive(Debug)]
pub struct StatedBook {
    account: StatedAccount,
    rows: Vec<Row>,
}

impl StatedBook {
    /// The ledger of an account with all its transactions.
    pub fn new(account: StatedAccount, rows: Vec<Row>) -> StatedBook {
        StatedBook { account, rows }
    }

    /// The same transactions in an account that was changed.
    pub fn of(self, account: StatedAccount) -> StatedBook {
        StatedBook { account, ..self }
    }

    /// How many transactions were stated.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The day from which the account shows anything.
    pub fn opening(&self) -> Day {
        let first = self.rows.iter().map(|row| row.transacted_at).min();
        Day::of(first.map_or(self.account.created, |first| first.min(self.account.created)))
    }

    /// The day on which it was closed.
    pub fn closing(&self) -> Option<Day> {
        self.account.closed_at.map(Day::of)
    }

    /// The most that may be owed, in cents.
    pub fn credit_limit(&self) -> i64 {
        self.account.credit_limit
    }

    /// The posted balance at a moment: above zero is what the bank owes.
    pub fn balance(&self, as_of: i64) -> i64 {
        self.account.opening_balance + self.sum(RowStatus::Posted, as_of)
    }

    /// The sum of what is pending at a moment, with the same sign.
    pub fn pending(&self, as_of: i64) -> i64 {
        self.sum(RowStatus::Pending, as_of)
    }

    fn sum(&self, status: RowStatus, as_of: i64) -> i64 {
        self.rows.iter().filter(|row| row.status(as_of) == status).map(|row| row.amount).sum()
    }

    /// The sums at a moment, above zero where they raise what is owned or owed.
    pub fn totals(&self, as_of: i64) -> Totals {
        Totals { posted: self.turned(self.balance(as_of)), pending: self.turned(self.pending(as_of)) }
    }

    /// Everything that stands at `as_of` and is dated from `from` to `to` (both included), newest first.
    pub fn lines(&self, from: Day, to: Day, as_of: i64) -> Vec<Line> {
        let mut lines: Vec<Line> = self.rows.iter().filter_map(|row| self.line(row, as_of)).collect();
        lines.retain(|line| line.day() >= from && line.day() <= to);
        lines.sort_by(|left, right| {
            let key = |line: &Line| line.posted_at.unwrap_or(line.transacted_at);
            key(right).cmp(&key(left)).then_with(|| right.id.cmp(&left.id))
        });
        lines
    }

    fn line(&self, row: &Row, as_of: i64) -> Option<Line> {
        let stage = match row.status(as_of) {
            RowStatus::Pending => Stage::Pending,
            RowStatus::Posted => Stage::Posted,
            RowStatus::Upcoming | RowStatus::Void => return None,
        };
        let kind = match (row.amount < 0, self.account.kind.is_deposit()) {
            (true, _) => EntryKind::Purchase,
            (false, true) => EntryKind::Check,
            (false, false) => EntryKind::Payment,
        };
        Some(Line {
            id: row.id.clone(),
            reference: None,
            stage,
            kind,
            description: row.description.clone(),
            payee: None,
            code: None,
            amount: self.turned(row.amount),
            transacted_at: row.transacted_at,
            posted_at: row.posted_at.filter(|_| stage == Stage::Posted),
        })
    }

    /// From the holder's point of view to the account's own, and back.
    fn turned(&self, amount: i64) -> i64 {
        if self.account.kind.is_deposit() { amount } else { -amount }
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::{AccountKind, Payments, Standing};
    use super::super::stated::Anchor;
    use super::*;

    fn account(kind: AccountKind) -> StatedAccount {
        StatedAccount {
            id: "account_1".to_owned(),
            institution: "bank_1".to_owned(),
            owners: vec!["person_1".to_owned()],
            kind,
            name: "Everyday".to_owned(),
            number: "200000000001".to_owned(),
            routing_number: "110000000".to_owned(),
            currency: "USD".to_owned(),
            opening_balance: 10_000,
            anchor: Anchor::Opening,
            credit_limit: 0,
            payments: Payments::Full,
            standing: Standing::Open,
            closed_at: None,
            created: 1_000_000,
        }
    }

    fn row(id: &str, amount: i64, transacted_at: i64, posted_at: Option<i64>, void_at: Option<i64>) -> Row {
        Row { id: id.to_owned(), amount, description: id.to_owned(), transacted_at, posted_at, void_at }
    }

    #[test]
    fn a_row_goes_its_way_with_the_clock() {
        let posts = row("a", -500, 100, Some(200), None);
        let lapses = row("b", -500, 100, None, Some(150));
        let cases = [
            (99, RowStatus::Upcoming, RowStatus::Upcoming),
            (100, RowStatus::Pending, RowStatus::Pending),
            (150, RowStatus::Pending, RowStatus::Void),
            (200, RowStatus::Posted, RowStatus::Void),
        ];
        for (now, first, second) in cases {
            assert_eq!((posts.status(now), lapses.status(now)), (first, second), "at {now}");
        }
    }

    #[test]
    fn balances_are_the_opening_balance_and_the_rows() {
        let rows = vec![row("a", -500, 100, Some(200), None), row("b", 700, 150, Some(150), None)];
        let book = StatedBook::new(account(AccountKind::Checking), rows.clone());
        assert_eq!((book.totals(99).posted, book.totals(99).pending), (10_000, 0));
        assert_eq!((book.totals(160).posted, book.totals(160).pending), (10_700, -500));
        assert_eq!((book.totals(200).posted, book.totals(200).pending), (10_200, 0));
        assert_eq!(book.lines(Day(0), Day(0), 200).iter().map(|line| line.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert!(book.lines(Day(1), Day(2), 200).is_empty());
        // What is owed on a card is above zero on the card's own books.
        let card = StatedBook::new(account(AccountKind::CreditCard), rows);
        assert_eq!((card.totals(160).posted, card.totals(160).pending), (-10_700, 500));
    }
}
