//! The ledger of one account: every entry of every day, and what of it stands at a given moment.
//!
//! The entries of a day depend on the account and the day alone. A moment only decides how far each of them has come:
//! not yet there, pending, posted or lapsed. So windows can be made on their own, and what has posted never changes.

use super::catalogue::{AccountKind, AccountPlan, Pace, Standing};
use super::day::{Day, MonthNumber};
use super::household::{Household, LONGEST_PENDING};
use super::months::{
    CARD_PAYMENT_DAY, CARD_RATE, CREDIT_LINE_LIMIT, CREDIT_LINE_PAYMENT_DAY, CREDIT_LINE_RATE, DRAW_DAY, MORTGAGE_DAY,
    MORTGAGE_RATE, Month, Months, SAVE_DAY, SAVINGS_RATE, UNSAVE_DAY,
};
use super::random::{Random, mix};
use super::{Customer, merchants};

/// Days before the world began on which a closed account was closed.
const CLOSED_BEFORE: i64 = 30;
/// Nothing happens in the days before the closing, so that everything pending has settled.
const QUIET_DAYS: i64 = 5;
/// Morning hour at which banks post, in seconds after midnight.
const POSTING_SECOND: i64 = 21_600;

/// What kind of movement an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    Opening,
    Closing,
    Payroll,
    Purchase,
    Refund,
    Cash,
    Bill,
    Check,
    Transfer,
    Payment,
    Draw,
    Fee,
    Interest,
}

/// One movement, from its authorization to its end. Amounts are in cents and positive when they raise the balance:
/// of a deposit what is owned, of a card or loan what is owed.
struct Entry {
    serial: u64,
    day: Day,
    kind: EntryKind,
    description: String,
    payee: Option<&'static str>,
    code: Option<&'static str>,
    authorised_at: i64,
    settles_at: i64,
    pending: i64,
    posted: i64,
    void: bool,
    linked: bool,
}

/// How far an entry has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Authorized, not yet on the books.
    Pending,
    /// On the books for ever.
    Posted,
}

/// An entry as it stands at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Identifier; the pending and the posted version of one entry have different ones.
    pub id: String,
    /// On some posted lines, the identifier of the pending one.
    pub reference: Option<String>,
    /// How far it has come.
    pub stage: Stage,
    /// What kind of movement.
    pub kind: EntryKind,
    /// Text for people.
    pub description: String,
    /// The other side, if it has a name.
    pub payee: Option<&'static str>,
    /// Merchant category code.
    pub code: Option<&'static str>,
    /// Cents; positive raises the balance.
    pub amount: i64,
    /// Unix seconds of the authorization.
    pub transacted_at: i64,
    /// Unix seconds of the posting.
    pub posted_at: Option<i64>,
}

impl Line {
    /// The day by which lists filter: of the posting, or of the authorization while pending.
    pub fn day(&self) -> Day {
        Day::of(self.posted_at.unwrap_or(self.transacted_at))
    }
}

/// Sums in cents at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Sum of everything posted.
    pub posted: i64,
    /// Sum of everything pending.
    pub pending: i64,
}

/// The ledger of one account.
pub struct Book {
    plan: &'static AccountPlan,
    seed: u64,
    household: Household,
    months: Months,
    closing: Option<Day>,
}

impl Book {
    /// Opens the ledger for moments up to `as_of`.
    pub(super) fn new(customer: &Customer, plan: &'static AccountPlan, siblings: &[AccountPlan], as_of: i64) -> Book {
        let seed = customer.seed("household", plan.household);
        let household = Household::new(seed, customer.epoch, plan.household, siblings);
        let closing = (plan.standing == Standing::Closed).then(|| Day::of(customer.epoch).plus(-CLOSED_BEFORE));
        Book {
            plan,
            seed: customer.seed("entries", plan.key),
            months: Months::new(&household, Day::of(as_of)),
            household,
            closing,
        }
    }

    /// The day on which the account was opened.
    pub fn opening(&self) -> Day {
        self.household.opening
    }

    /// The day on which it was closed.
    pub fn closing(&self) -> Option<Day> {
        self.closing
    }

    /// The most that may be owed, in cents; zero where nothing can be drawn.
    pub fn credit_limit(&self) -> i64 {
        match self.plan.kind {
            AccountKind::CreditCard => self.household.pay * 4 / 500_00 * 500_00,
            AccountKind::LineOfCredit => CREDIT_LINE_LIMIT,
            _ => 0,
        }
    }

    /// Yearly interest in hundredths of a percent.
    pub fn rate(&self) -> i64 {
        match self.plan.kind {
            AccountKind::Checking => 0,
            AccountKind::Savings => SAVINGS_RATE,
            AccountKind::CreditCard => CARD_RATE,
            AccountKind::LineOfCredit => CREDIT_LINE_RATE,
            AccountKind::Mortgage => MORTGAGE_RATE,
        }
    }

    /// The regular monthly payment on a mortgage, in cents.
    pub fn regular_payment(&self) -> i64 {
        self.household.housing
    }

    /// The sums at a moment.
    pub fn totals(&self, as_of: i64) -> Totals {
        let mut totals = Totals::default();
        for day in self.household.opening.0..=Day::of(as_of).0 {
            for entry in self.entries(Day(day)) {
                match entry.stage(as_of) {
                    Some(Stage::Posted) => totals.posted += entry.posted,
                    Some(Stage::Pending) => totals.pending += entry.pending,
                    None => {}
                }
            }
        }
        totals
    }

    /// Everything that stands at `as_of` and is dated from `from` to `to` (both included), newest first.
    pub fn lines(&self, from: Day, to: Day, as_of: i64) -> Vec<Line> {
        let first = from.plus(-LONGEST_PENDING).max(self.household.opening);
        let last = to.min(Day::of(as_of));
        let mut lines: Vec<Line> = (first.0..=last.0)
            .flat_map(|day| self.entries(Day(day)))
            .filter_map(|entry| self.line(entry, as_of))
            .filter(|line| line.day() >= from && line.day() <= to)
            .collect();
        lines.sort_by(|left, right| {
            let key = |line: &Line| line.posted_at.unwrap_or(line.transacted_at);
            key(right).cmp(&key(left)).then_with(|| right.id.cmp(&left.id))
        });
        lines
    }

    fn line(&self, entry: Entry, as_of: i64) -> Option<Line> {
        let stage = entry.stage(as_of)?;
        let was_pending = entry.settles_at > entry.authorised_at;
        let posted = stage == Stage::Posted;
        let pending_id = self.id(&entry, Stage::Pending);
        Some(Line {
            id: self.id(&entry, stage),
            reference: (posted && was_pending && entry.linked).then_some(pending_id),
            stage,
            kind: entry.kind,
            description: entry.description,
            payee: entry.payee,
            code: entry.code,
            amount: if posted { entry.posted } else { entry.pending },
            transacted_at: entry.authorised_at,
            posted_at: posted.then_some(entry.settles_at),
        })
    }

    fn id(&self, entry: &Entry, stage: Stage) -> String {
        let place = mix(self.seed ^ mix((entry.day.0 as u64) << 16 | entry.serial << 1 | stage as u64));
        format!("{place:016x}{:016x}", mix(place ^ self.seed.rotate_left(32)))
    }

    /// Every entry authorized on a day, whatever became of it.
    fn entries(&self, day: Day) -> Vec<Entry> {
        let mut page = DayPage { day, entries: Vec::new() };
        if day < self.household.opening {
            return page.entries;
        }
        if day == self.household.opening {
            self.open(&mut page);
            return page.entries;
        }
        match self.closing {
            Some(closing) if day == closing => self.close(&mut page),
            Some(closing) if day > closing.plus(-QUIET_DAYS) => {}
            _ => self.live(&mut page),
        }
        page.entries
    }

    fn open(&self, page: &mut DayPage) {
        let household = &self.household;
        let (amount, text) = match (self.plan.kind, self.plan.pace) {
            (AccountKind::Checking, Pace::Thin) => (4_37, "Opening deposit"),
            (AccountKind::Checking, Pace::Everyday) => (household.opening_checking, "Opening deposit"),
            (AccountKind::Savings, _) => (household.opening_savings, "Opening deposit"),
            (AccountKind::CreditCard, _) => (household.opening_card, "Balance brought forward"),
            (AccountKind::LineOfCredit, _) => (household.opening_credit_line, "Opening draw"),
            (AccountKind::Mortgage, _) => (household.mortgage_principal, "Principal brought forward"),
        };
        page.post(EntryKind::Opening, text.to_owned(), amount);
    }

    fn close(&self, page: &mut DayPage) {
        let left = self.totals(page.day.plus(-1).at(86_399)).posted;
        page.post(EntryKind::Closing, "Account closed, balance paid out".to_owned(), -left);
    }

    fn live(&self, page: &mut DayPage) {
        let date = page.day.civil();
        let number = MonthNumber::of(date);
        let month = self.months.get(number);
        match (self.plan.kind, self.plan.pace) {
            (AccountKind::Checking, Pace::Thin) => self.thin(page),
            (AccountKind::Checking, Pace::Everyday) => {
                self.income(page);
                self.bills(page, date.day());
                self.own_transfers(page, date.day(), month, number);
                self.purchases(page, false);
                self.cash(page);
            }
            (AccountKind::Savings, _) => savings(page, date.day(), month, number),
            (AccountKind::CreditCard, _) => self.card(page, date.day(), number),
            (AccountKind::LineOfCredit, _) => credit_line(page, date.day(), month, number),
            (AccountKind::Mortgage, _) => mortgage(page, date.day(), month),
        }
    }

    fn income(&self, page: &mut DayPage) {
        let household = &self.household;
        if household.is_pay_day(page.day) {
            let text = format!("{} payroll direct deposit", household.employer);
            page.post_with(EntryKind::Payroll, text, household.pay, Some(household.employer), None);
        }
        let mut random = Random::new(household.seed, 0x6368_6563_6b00 ^ page.day.0 as u64);
        if random.chance(12) {
            let amount = random.between(25_00, 180_00);
            page.post(EntryKind::Check, "Mobile check deposit".to_owned(), amount);
        }
    }

    fn bills(&self, page: &mut DayPage, day_of_month: i8) {
        let household = &self.household;
        let mut random = Random::new(household.seed, 0x6269_6c6c_0000 ^ page.day.0 as u64);
        let vary = |random: &mut Random, amount: i64| household.scaled(amount) * random.between(80, 125) / 100;
        let bill = match day_of_month {
            1 if !household.has.mortgage => Some((household.landlord, household.housing)),
            6 => Some(("Horizon Auto Finance", household.scaled(365_00))),
            9 => Some(("Lakeland Power & Light", vary(&mut random, 95_00))),
            15 => Some(("City Water Department", vary(&mut random, 48_00))),
            16 => Some(("Federal Student Aid Servicing", household.scaled(240_00))),
            17 => Some(("Fiberloop Internet", 65_00)),
            21 => Some(("Clearwave Mobile", 58_40)),
            24 => Some(("Sentry Mutual Insurance", household.scaled(128_00))),
            _ => None,
        };
        if let Some((payee, amount)) = bill {
            page.post_with(EntryKind::Bill, format!("{payee} bill payment"), -amount, Some(payee), None);
        }
        if !household.has.card {
            self.subscriptions(page, day_of_month);
        }
    }

    fn subscriptions(&self, page: &mut DayPage, day_of_month: i8) {
        for (name, price, _) in self.household.subscriptions.iter().filter(|plan| plan.2 == day_of_month) {
            let amount = if self.plan.kind.is_deposit() { -price } else { *price };
            let text = format!("{name} subscription");
            page.post_with(EntryKind::Purchase, text, amount, Some(name), Some("4899"));
        }
    }

    /// The checking side of what moves between the household's own accounts.
    fn own_transfers(&self, page: &mut DayPage, day_of_month: i8, month: Month, number: MonthNumber) {
        let has = self.household.has;
        match day_of_month {
            MORTGAGE_DAY if has.mortgage => page.transfer(EntryKind::Payment, "Mortgage payment", -month.mortgage_payment),
            SAVE_DAY if has.savings => page.transfer(EntryKind::Transfer, "Transfer to savings", -month.saved),
            SAVE_DAY => page.transfer(EntryKind::Bill, "Northline Brokerage contribution", -month.saved),
            CREDIT_LINE_PAYMENT_DAY if has.credit_line => {
                page.transfer(EntryKind::Payment, "Line of credit payment", -month.credit_line_payment);
            }
            CARD_PAYMENT_DAY if has.card => {
                let payment = self.card_payment(number);
                page.transfer(EntryKind::Payment, "Credit card payment", -payment);
            }
            DRAW_DAY if has.credit_line => page.transfer(EntryKind::Transfer, "Line of credit advance", month.drawn),
            UNSAVE_DAY if has.savings => page.transfer(EntryKind::Transfer, "Transfer from savings", month.unsaved),
            _ => {}
        }
    }

    fn purchases(&self, page: &mut DayPage, on_card: bool) {
        let day = page.day;
        for purchase in self.household.purchases(day).into_iter().filter(|each| each.on_card == on_card) {
            // A purchase lowers what is owned and raises what is owed; a refund does the opposite.
            let sign = if purchase.refund == on_card { -1 } else { 1 };
            let kind = if purchase.refund { EntryKind::Refund } else { EntryKind::Purchase };
            let text = if purchase.refund { format!("{} refund", purchase.merchant) } else { purchase.merchant.to_owned() };
            page.push(Entry {
                serial: 0,
                day,
                kind,
                description: text,
                payee: Some(purchase.merchant),
                code: Some(purchase.category.code),
                authorised_at: day.at(purchase.second),
                settles_at: day.plus(purchase.settle_days).at(POSTING_SECOND + purchase.second % 3_600),
                pending: sign * purchase.pending,
                posted: sign * purchase.posted,
                void: purchase.void,
                linked: purchase.linked,
            });
        }
    }

    fn cash(&self, page: &mut DayPage) {
        let mut random = Random::new(self.household.seed, 0x6361_7368_0000 ^ page.day.0 as u64);
        if !random.chance(70) {
            return;
        }
        let amount = random.between(2, 6) * 20_00;
        page.post(EntryKind::Cash, "ATM withdrawal".to_owned(), -amount);
        if random.chance(330) {
            page.post(EntryKind::Fee, "Out-of-network ATM fee".to_owned(), -3_00);
        }
    }

    /// A little comes in on Monday and is gone by Saturday.
    fn thin(&self, page: &mut DayPage) {
        let week = (page.day.0 + 3).div_euclid(7);
        let weekday = (page.day.0 + 3).rem_euclid(7);
        let monday = Day(week * 7 - 3);
        if monday <= self.household.opening {
            return;
        }
        let mut random = Random::new(self.household.seed, week as u64);
        let amount = random.between(12_00, 20_00);
        let groceries = amount * random.between(30, 60) / 100;
        let merchant = random.pick(merchants::CATEGORIES[0].merchants);
        let cafe = random.pick(merchants::CATEGORIES[2].merchants);
        match weekday {
            0 => page.post(EntryKind::Check, "Cash deposit".to_owned(), amount),
            2 => page.post_with(EntryKind::Purchase, merchant.to_owned(), -groceries, Some(merchant), Some("5411")),
            5 => page.post_with(EntryKind::Purchase, cafe.to_owned(), groceries - amount, Some(cafe), Some("5814")),
            _ => {}
        }
    }

    fn card(&self, page: &mut DayPage, day_of_month: i8, number: MonthNumber) {
        self.subscriptions(page, day_of_month);
        self.purchases(page, true);
        if day_of_month == CARD_PAYMENT_DAY {
            page.transfer(EntryKind::Payment, "Payment received, thank you", -self.card_payment(number));
        }
    }

    /// What is paid to the card in a month: everything that posted on it in the month before, in cents.
    fn card_payment(&self, number: MonthNumber) -> i64 {
        let before = MonthNumber(number.0 - 1);
        let (first, last) = (before.first_day(), before.last_day());
        let opening = self.household.opening;
        let mut sum = if opening >= first && opening <= last { self.household.opening_card } else { 0 };
        for day in first.plus(-LONGEST_PENDING).0.max(opening.0 + 1)..=last.0 {
            let day = Day(day);
            for purchase in self.household.purchases(day).iter().filter(|each| each.on_card && !each.void) {
                let posted = day.plus(purchase.settle_days);
                if posted >= first && posted <= last {
                    sum += if purchase.refund { -purchase.posted } else { purchase.posted };
                }
            }
            if day >= first {
                let day_of_month = day.civil().day();
                let due = self.household.subscriptions.iter().filter(|plan| plan.2 == day_of_month);
                sum += due.map(|plan| plan.1).sum::<i64>();
            }
        }
        sum.max(0)
    }
}

fn savings(page: &mut DayPage, day_of_month: i8, month: Month, number: MonthNumber) {
    match day_of_month {
        SAVE_DAY => page.transfer(EntryKind::Transfer, "Transfer from checking", month.saved),
        UNSAVE_DAY => page.transfer(EntryKind::Transfer, "Transfer to checking", -month.unsaved),
        _ => {}
    }
    if page.day == number.last_day() {
        page.transfer(EntryKind::Interest, "Interest paid", month.savings_interest);
    }
}

fn credit_line(page: &mut DayPage, day_of_month: i8, month: Month, number: MonthNumber) {
    match day_of_month {
        CREDIT_LINE_PAYMENT_DAY => {
            page.transfer(EntryKind::Payment, "Payment from checking", -month.credit_line_payment);
        }
        DRAW_DAY => page.transfer(EntryKind::Draw, "Advance to checking", month.drawn),
        _ => {}
    }
    if page.day == number.last_day() {
        page.transfer(EntryKind::Interest, "Interest charged", month.credit_line_interest);
    }
}

fn mortgage(page: &mut DayPage, day_of_month: i8, month: Month) {
    if day_of_month == MORTGAGE_DAY {
        page.transfer(EntryKind::Interest, "Interest charged", month.mortgage_interest);
        page.transfer(EntryKind::Payment, "Monthly payment", -month.mortgage_payment);
    }
}

impl Entry {
    fn stage(&self, as_of: i64) -> Option<Stage> {
        if as_of < self.authorised_at {
            None
        } else if as_of < self.settles_at {
            Some(Stage::Pending)
        } else if self.void {
            None
        } else {
            Some(Stage::Posted)
        }
    }
}

/// The entries of one day while they are being written.
struct DayPage {
    day: Day,
    entries: Vec<Entry>,
}

impl DayPage {
    fn push(&mut self, mut entry: Entry) {
        entry.serial = self.entries.len() as u64;
        self.entries.push(entry);
    }

    /// Something that posts at once.
    fn post(&mut self, kind: EntryKind, description: String, amount: i64) {
        self.post_with(kind, description, amount, None, None);
    }

    /// A movement between accounts, unless there is nothing to move.
    fn transfer(&mut self, kind: EntryKind, description: &str, amount: i64) {
        if amount != 0 {
            self.post(kind, description.to_owned(), amount);
        }
    }

    fn post_with(
        &mut self,
        kind: EntryKind,
        description: String,
        amount: i64,
        payee: Option<&'static str>,
        code: Option<&'static str>,
    ) {
        let second = POSTING_SECOND + 60 * self.entries.len() as i64;
        let at = self.day.at(second);
        self.push(Entry {
            serial: 0,
            day: self.day,
            kind,
            description,
            payee,
            code,
            authorised_at: at,
            settles_at: at,
            pending: amount,
            posted: amount,
            void: false,
            linked: false,
        });
    }
}

#[cfg(test)]
#[path = "book_tests.rs"]
mod tests;
