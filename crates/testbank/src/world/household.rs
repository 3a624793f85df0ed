//! What a household earns and spends. Accounts show their own side of it.

use super::catalogue::{AccountKind, AccountPlan};
use super::day::Day;
use super::merchants::{CATEGORIES, Category, EMPLOYERS, LANDLORDS, SUBSCRIPTIONS};
use super::random::Random;

/// Days of history before the world began.
pub const HISTORY_DAYS: i64 = 400;
/// Biweekly net pay, in cents, for which the amounts of [`CATEGORIES`] are meant.
const AVERAGE_PAY: i64 = 2_600_00;
/// The longest time between an authorization and its posting, in days.
pub const LONGEST_PENDING: i64 = 3;

/// The figures of a household, the same at every moment.
pub struct Household {
    /// Seed of everything random in it.
    pub seed: u64,
    /// The day on which its accounts were opened.
    pub opening: Day,
    /// Biweekly net pay in cents.
    pub pay: i64,
    /// Who pays it.
    pub employer: &'static str,
    /// Which of two weeks has the pay day: 0 or 1.
    pub pay_week: i64,
    /// Monthly rent or mortgage payment in cents.
    pub housing: i64,
    /// Who gets the rent.
    pub landlord: &'static str,
    /// Moved to savings every month, in cents.
    pub monthly_saving: i64,
    /// Subscriptions: name, price in cents, day of month.
    pub subscriptions: Vec<(&'static str, i64, i8)>,
    /// First deposit on the checking account in cents.
    pub opening_checking: i64,
    /// First deposit on the savings account in cents.
    pub opening_savings: i64,
    /// Owed on the card from the beginning, in cents.
    pub opening_card: i64,
    /// Owed on the line of credit from the beginning, in cents.
    pub opening_credit_line: i64,
    /// Owed on the mortgage from the beginning, in cents.
    pub mortgage_principal: i64,
    /// Which other accounts it has at the same bank.
    pub has: Has,
}

/// The accounts that a household has at one bank.
#[derive(Debug, Clone, Copy, Default)]
pub struct Has {
    pub savings: bool,
    pub card: bool,
    pub credit_line: bool,
    pub mortgage: bool,
}

/// Something bought or given back on one day.
pub struct Purchase {
    /// What kind of thing.
    pub category: &'static Category,
    /// From whom.
    pub merchant: &'static str,
    /// Paid by credit card and not from the checking account.
    pub on_card: bool,
    /// Authorized amount in cents.
    pub pending: i64,
    /// Amount that posts, in cents.
    pub posted: i64,
    /// Money that comes back.
    pub refund: bool,
    /// Never posts: the merchant lets the authorization lapse.
    pub void: bool,
    /// Seconds after midnight of the authorization.
    pub second: i64,
    /// Days until it posts or lapses.
    pub settle_days: i64,
    /// Whether the posted entry names the pending one.
    pub linked: bool,
}

impl Household {
    /// The household of a seed, which has `siblings` at the same bank.
    pub fn new(seed: u64, epoch: i64, name: &str, siblings: &[AccountPlan]) -> Household {
        let mut random = Random::new(seed, 0);
        let pay = random.between(2_200_00, 3_600_00);
        let monthly = pay * 26 / 12;
        let housing = monthly * random.between(245, 280) / 1000 / 5_00 * 5_00;
        let subscriptions = subscriptions(&mut random);
        let kinds = |kind| siblings.iter().any(|plan| plan.household == name && plan.kind == kind);
        Household {
            seed,
            opening: Day::of(epoch).plus(-HISTORY_DAYS),
            pay,
            employer: random.pick(EMPLOYERS),
            pay_week: random.between(0, 1),
            housing,
            landlord: random.pick(LANDLORDS),
            monthly_saving: monthly * random.between(80, 110) / 1000 / 25_00 * 25_00,
            subscriptions,
            opening_checking: random.between(4_500_00, 7_500_00),
            opening_savings: random.between(4_000_00, 18_000_00),
            opening_card: random.between(150_00, 900_00),
            opening_credit_line: random.between(800_00, 2_400_00),
            mortgage_principal: housing * random.between(140, 155),
            has: Has {
                savings: kinds(AccountKind::Savings),
                card: kinds(AccountKind::CreditCard),
                credit_line: kinds(AccountKind::LineOfCredit),
                mortgage: kinds(AccountKind::Mortgage),
            },
        }
    }

    /// Whether the day is a pay day: every second Friday.
    pub fn is_pay_day(&self, day: Day) -> bool {
        day.is_friday() && day.0.div_euclid(7).rem_euclid(2) == self.pay_week
    }

    /// An amount for an average household, brought to this one's income. Both in cents.
    pub fn scaled(&self, amount: i64) -> i64 {
        amount * self.pay / AVERAGE_PAY
    }

    /// Everything bought on a day, whichever account pays it.
    pub fn purchases(&self, day: Day) -> Vec<Purchase> {
        let mut random = Random::new(self.seed, day.0 as u64);
        let mut purchases = Vec::new();
        for category in CATEGORIES {
            if random.chance(category.per_mille) {
                purchases.push(self.purchase(category, &mut random, false));
            }
        }
        if random.chance(14) {
            purchases.push(self.purchase(&CATEGORIES[4], &mut random, true));
        }
        purchases
    }

    fn purchase(&self, category: &'static Category, random: &mut Random, refund: bool) -> Purchase {
        let pending = self.scaled(random.between(category.low, category.high));
        let tip = if category.tipped { pending * random.between(15, 22) / 100 } else { 0 };
        Purchase {
            category,
            merchant: random.pick(category.merchants),
            on_card: self.has.card && random.chance(450),
            pending,
            posted: pending + tip,
            refund,
            void: !refund && random.chance(40),
            second: random.between(36_000, 82_000),
            settle_days: random.between(1, LONGEST_PENDING),
            linked: random.chance(500),
        }
    }
}

/// Four different subscriptions, each on a day that every month has.
fn subscriptions(random: &mut Random) -> Vec<(&'static str, i64, i8)> {
    let start = random.between(0, SUBSCRIPTIONS.len() as i64 - 1) as usize;
    (0..4)
        .map(|offset| {
            let (name, price) = SUBSCRIPTIONS[(start + offset) % SUBSCRIPTIONS.len()];
            (name, price, random.between(1, 28) as i8)
        })
        .collect()
}
