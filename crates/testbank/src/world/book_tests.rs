use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;

use super::super::catalogue;
use super::*;

const EPOCH: i64 = 1_795_000_000;
const DAY: i64 = 86_400;

fn customer(world: &str, slug: &'static str) -> Customer {
    Customer { world: world.to_owned(), slug: slug.into(), username: "jane".to_owned(), epoch: EPOCH }
}

fn all_plans() -> Vec<(&'static str, &'static [AccountPlan])> {
    vec![
        ("test-oauth", catalogue::TEST),
        ("bank-oauth", catalogue::BANK),
        ("ownership-accounts", catalogue::OWNERSHIP),
        ("invalid-payment-accounts", catalogue::INVALID_PAYMENT),
    ]
}

fn everything(book: &Book, as_of: i64) -> Vec<Line> {
    book.lines(Day(0), Day::of(as_of), as_of)
}

fn bank_book(world: &str, key: &str, as_of: i64) -> Book {
    let plan = catalogue::BANK.iter().find(|plan| plan.key == key).expect("a plan of the bank");
    customer(world, "bank-oauth").book(plan, catalogue::BANK, as_of)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn balances_are_the_sum_of_the_transactions(world in "[a-z0-9]{1,12}", offset in 0i64..500 * DAY) {
        let as_of = EPOCH + offset;
        for (slug, plans) in all_plans() {
            for plan in plans {
                let book = customer(&world, slug).book(plan, plans, as_of);
                let totals = book.totals(as_of);
                let sum = |stage| -> i64 {
                    everything(&book, as_of).iter().filter(|line| line.stage == stage).map(|line| line.amount).sum()
                };
                prop_assert_eq!(sum(Stage::Posted), totals.posted, "{} {}", slug, plan.key);
                prop_assert_eq!(sum(Stage::Pending), totals.pending, "{} {}", slug, plan.key);
// A household may overdraw its checking account for once, but not live on it.
                let lowest = if plan.kind == AccountKind::Checking { -1_500_00 } else { 0 };
                prop_assert!(totals.posted >= lowest, "{} {} has {}", slug, plan.key, totals.posted);
            }
        }
    }

    #[test]
    fn what_has_posted_never_changes(world in "[a-z0-9]{1,12}", offset in 0i64..90 * DAY, step in 0i64..400 * DAY) {
        let (earlier, later) = (EPOCH + offset, EPOCH + offset + step);
        for (slug, plans) in all_plans() {
            for plan in plans {
                let old = everything(&customer(&world, slug).book(plan, plans, earlier), earlier);
                let new = everything(&customer(&world, slug).book(plan, plans, later), later);
                let new: BTreeMap<&str, &Line> = new.iter().map(|line| (line.id.as_str(), line)).collect();
                for line in old.iter().filter(|line| line.stage == Stage::Posted) {
                    prop_assert_eq!(new.get(line.id.as_str()).copied(), Some(line));
                }
            }
        }
    }

    #[test]
    fn windows_are_independent(world in "[a-z0-9]{1,12}", from in 0i64..420, length in 0i64..60, cut in 0i64..60) {
        let as_of = EPOCH + 20 * DAY + 50_000;
        let start = Day::of(EPOCH).plus(-from);
        let (middle, end) = (start.plus(cut.min(length)), start.plus(length));
        for plan in catalogue::BANK {
            let book = customer(&world, "bank-oauth").book(plan, catalogue::BANK, as_of);
            let whole = book.lines(start, end, as_of);
            let mut parts = book.lines(middle.plus(1), end, as_of);
            parts.extend(book.lines(start, middle, as_of));
            prop_assert_eq!(&whole, &parts);
            let long = customer(&world, "bank-oauth").book(plan, catalogue::BANK, as_of + 900 * DAY);
            prop_assert_eq!(whole, long.lines(start, end, as_of));
        }
    }
}

#[test]
fn identifiers_are_unique_in_an_account() {
    let as_of = EPOCH + 700 * DAY;
    for plan in catalogue::BANK {
        let book = customer("w", "bank-oauth").book(plan, catalogue::BANK, as_of);
        let lines = everything(&book, as_of);
        let ids: HashSet<&str> = lines.iter().map(|line| line.id.as_str()).collect();
        assert_eq!(ids.len(), lines.len(), "{}", plan.key);
    }
}

#[test]
fn pending_entries_post_or_lapse_within_three_days_under_another_identifier() {
    let (mut posted, mut linked, mut lapsed) = (0, 0, 0);
    for day in 0..120 {
        let as_of = EPOCH + day * DAY + 20 * 3_600;
        let later = as_of + 3 * DAY;
        let book = bank_book("w", "checking", later);
        let after = everything(&book, later);
        for pending in everything(&book, as_of).iter().filter(|line| line.stage == Stage::Pending) {
            assert!(after.iter().all(|line| line.id != pending.id), "still there after three days");
            let successor = after.iter().find(|line| line.transacted_at == pending.transacted_at && line.payee == pending.payee);
            match successor {
                Some(line) => {
                    assert_eq!(line.stage, Stage::Posted);
                    posted += 1;
                    if let Some(reference) = &line.reference {
                        assert_eq!(reference, &pending.id);
                        linked += 1;
                    }
                }
                None => lapsed += 1,
            }
        }
    }
    assert!(posted > 100 && linked > 30 && linked < posted && lapsed > 3, "{posted} {linked} {lapsed}");
}

#[test]
fn both_sides_of_own_transfers_agree() {
    let as_of = EPOCH + 100 * DAY;
    let sum = |key: &str, descriptions: &[&str]| -> i64 {
        let book = bank_book("w", key, as_of);
        let lines = everything(&book, as_of);
        let wanted = lines.iter().filter(|line| descriptions.contains(&line.description.as_str()));
        wanted.map(|line| line.amount).sum()
    };
    let pairs: [(&str, &str, &str, i64); 6] = [
        ("Transfer to savings", "savings", "Transfer from checking", -1),
        ("Transfer from savings", "savings", "Transfer to checking", -1),
        ("Credit card payment", "card", "Payment received, thank you", 1),
        ("Line of credit payment", "credit_line", "Payment from checking", 1),
        ("Line of credit advance", "credit_line", "Advance to checking", 1),
        ("Mortgage payment", "mortgage", "Monthly payment", 1),
    ];
    for (checking, other, text, sign) in pairs {
        let own = sum("checking", &[checking]);
        assert_ne!(own, 0, "{checking}");
        assert_eq!(own, sign * sum(other, &[text]), "{checking}");
    }
}

#[test]
fn a_household_has_a_believable_year() {
    let book = bank_book("w", "checking", EPOCH);
    let lines = book.lines(Day::of(EPOCH).plus(-364), Day::of(EPOCH), EPOCH);
    let count = |kind| lines.iter().filter(|line| line.kind == kind).count();
    assert!((25..=27).contains(&count(EntryKind::Payroll)));
    assert!(count(EntryKind::Purchase) > 250);
    assert!(count(EntryKind::Cash) > 10 && count(EntryKind::Fee) > 2);
    assert_eq!(lines.iter().filter(|line| line.description == "Mortgage payment").count(), 12);
}

#[test]
fn the_closed_account_is_empty_and_stays_so() {
    let plan = catalogue::INVALID_PAYMENT.iter().find(|plan| plan.key == "closed").expect("a plan");
    let as_of = EPOCH + 200 * DAY;
    let book = customer("w", "invalid-payment-accounts").book(plan, catalogue::INVALID_PAYMENT, as_of);
    assert_eq!(book.totals(as_of), Totals::default());
    let closing = book.closing().expect("it is closed");
    assert!(everything(&book, as_of).iter().all(|line| line.day() <= closing));
    assert!(book.totals(closing.plus(-10).at(0)).posted > 0);
}

#[test]
fn worlds_and_people_differ() {
    let plan = &catalogue::BANK[0];
    let first = customer("a", "bank-oauth");
    let second = customer("b", "bank-oauth");
    let totals = |customer: &Customer| customer.book(plan, catalogue::BANK, EPOCH).totals(EPOCH);
    assert_ne!(totals(&first), totals(&second));
    assert_ne!(first.account_id(plan), second.account_id(plan));
    assert_eq!(totals(&first), totals(&customer("a", "bank-oauth")));
}
