//! What happens once a month and depends on the months before: interest, draws and loan payments.
//!
//! Every month follows from the one before, so a longer plan has the shorter one as its beginning.

use super::day::{Day, MonthNumber};
use super::household::Household;
use super::random::Random;

/// Interest that the savings pay, in hundredths of a percent a year.
pub const SAVINGS_RATE: i64 = 410;
/// Interest on the line of credit, in hundredths of a percent a year.
pub const CREDIT_LINE_RATE: i64 = 1_175;
/// Interest on the mortgage, in hundredths of a percent a year.
pub const MORTGAGE_RATE: i64 = 575;
/// Interest on the card, in hundredths of a percent a year; never charged, since it is paid in full.
pub const CARD_RATE: i64 = 2_199;
/// How much may be owed on the line of credit, in cents.
pub const CREDIT_LINE_LIMIT: i64 = 10_000_00;

/// Days of the month on which things happen.
pub const MORTGAGE_DAY: i8 = 1;
pub const SAVE_DAY: i8 = 3;
pub const CREDIT_LINE_PAYMENT_DAY: i8 = 5;
pub const CARD_PAYMENT_DAY: i8 = 12;
pub const DRAW_DAY: i8 = 18;
pub const UNSAVE_DAY: i8 = 20;

/// The figures of one month in cents; zero where nothing happens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Month {
    /// Moved from checking to savings.
    pub saved: i64,
    /// Moved back from savings to checking.
    pub unsaved: i64,
    /// Interest on the savings.
    pub savings_interest: i64,
    /// Drawn from the line of credit into checking.
    pub drawn: i64,
    /// Paid from checking to the line of credit.
    pub credit_line_payment: i64,
    /// Interest added to the line of credit.
    pub credit_line_interest: i64,
    /// Paid from checking to the mortgage.
    pub mortgage_payment: i64,
    /// The part of it that is interest.
    pub mortgage_interest: i64,
}

/// All months of a household, from the one in which its accounts were opened.
pub struct Months {
    first: MonthNumber,
    months: Vec<Month>,
}

impl Months {
    /// Every month until the one of `through`.
    pub fn new(household: &Household, through: Day) -> Months {
        let first = MonthNumber::of(household.opening.civil());
        let last = MonthNumber::of(through.civil());
        let mut savings = household.opening_savings;
        let mut owed = household.opening_credit_line;
        let mut principal = household.mortgage_principal;
        let mut months = Vec::new();
        for number in first.0..=last.0 {
            let calendar = Calendar { first_day: MonthNumber(number).first_day(), opening: household.opening };
            let mut random = Random::new(household.seed, 0x6d6f_6e74_6800 ^ number as u64);
            let mut month = Month::default();
            savings = save(&mut month, household, &calendar, &mut random, savings);
            owed = borrow(&mut month, &calendar, &mut random, owed);
            principal = amortise(&mut month, household, &calendar, principal);
            months.push(month);
        }
        Months { first, months }
    }

    /// The figures of the month; zeros outside the plan.
    pub fn get(&self, number: MonthNumber) -> Month {
        let index = usize::try_from(number.0 - self.first.0);
        index.ok().and_then(|index| self.months.get(index)).copied().unwrap_or_default()
    }
}

/// Which days of a month lie after the accounts were opened.
struct Calendar {
    first_day: Day,
    opening: Day,
}

impl Calendar {
    fn happens(&self, day_of_month: i8) -> bool {
        self.first_day.plus(i64::from(day_of_month) - 1) > self.opening
    }
}

fn save(month: &mut Month, household: &Household, calendar: &Calendar, random: &mut Random, mut balance: i64) -> i64 {
    let back = random.chance(250);
    if calendar.happens(SAVE_DAY) {
        month.saved = household.monthly_saving;
    }
    if back && calendar.happens(UNSAVE_DAY) {
        month.unsaved = household.monthly_saving / 2;
    }
    balance += month.saved - month.unsaved;
    month.savings_interest = monthly_interest(balance, SAVINGS_RATE);
    balance + month.savings_interest
}

fn borrow(month: &mut Month, calendar: &Calendar, random: &mut Random, mut owed: i64) -> i64 {
    let wanted = random.chance(330);
    let amount = random.between(8, 30) * 50_00;
    if calendar.happens(CREDIT_LINE_PAYMENT_DAY) {
        month.credit_line_payment = owed.min((owed / 12).max(100_00));
    }
    owed -= month.credit_line_payment;
    if wanted && owed + amount < CREDIT_LINE_LIMIT / 2 && calendar.happens(DRAW_DAY) {
        month.drawn = amount;
    }
    owed += month.drawn;
    month.credit_line_interest = monthly_interest(owed, CREDIT_LINE_RATE);
    owed + month.credit_line_interest
}

fn amortise(month: &mut Month, household: &Household, calendar: &Calendar, principal: i64) -> i64 {
    if !calendar.happens(MORTGAGE_DAY) || principal <= 0 {
        return principal;
    }
    month.mortgage_interest = monthly_interest(principal, MORTGAGE_RATE);
    month.mortgage_payment = household.housing.min(principal + month.mortgage_interest);
    principal + month.mortgage_interest - month.mortgage_payment
}

/// A twelfth of a year's interest, rounded half up to the cent.
fn monthly_interest(balance: i64, rate: i64) -> i64 {
    (balance.max(0) * rate + 60_000) / 120_000
}
