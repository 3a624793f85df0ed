//! What a sandbox decides about payments: by the test bank's tables of published values.

use api::payments::surroundings::{Answer, Assessment, Deposits, Digits, Judgement, Sample, Surroundings, Verdict, is_right};
use kernel::Entropy;
use testbank::values::{self, AnswerCount, Risk};

/// Sandboxes' surroundings.
#[derive(Debug, Default)]
pub struct TestValues;

impl Surroundings for TestValues {
    fn sample(&self, name: &str) -> Option<Sample> {
        let (row, verified) = values::named(name)?;
        Some(Sample { routing: values::ROUTING_NUMBER.to_owned(), account: row.number.to_owned(), verified })
    }

    fn assess(&self, digits: Digits<'_>, _amount: i64) -> Assessment {
        let risk = values::find(digits.routing, digits.account).map_or(Risk::Normal, |row| row.risk);
        let (level, score, verdict) = match risk {
            Risk::Normal => ("normal", 10, Verdict::Send),
            Risk::Held => ("normal", 10, Verdict::Hold),
            Risk::WeeklyLimit => ("normal", 10, Verdict::WeeklyLimit),
            Risk::Highest => ("highest", 95, Verdict::Block),
        };
        Assessment { level, score, verdict }
    }

    fn draw_deposits(&self, _entropy: &dyn Entropy) -> Deposits {
        let (amounts, code) = values::DEPOSITS;
        Deposits { descriptor_code: code.to_owned(), amounts }
    }

    /// What was really sent is right; else the table counts.
    fn judge(&self, sent: &Deposits, answer: &Answer) -> Judgement {
        if is_right(sent, answer) {
            return Judgement::Right;
        }
        let counted = match answer {
            Answer::Code(code) => values::count_code(code),
            Answer::Amounts([first, second]) => values::count_amounts(*first, *second),
        };
        match counted {
            Some(AnswerCount::Right) => Judgement::Right,
            Some(AnswerCount::Exceeded) => Judgement::Exceeded,
            Some(AnswerCount::TimedOut) => Judgement::TimedOut,
            None => Judgement::Wrong,
        }
    }

    fn bank_name(&self, routing: &str) -> Option<String> {
        values::bank_name(routing).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use kernel::SystemEntropy;

    use super::*;

    fn verdict(routing: &str, account: &str) -> (&'static str, Verdict) {
        let assessment = TestValues.assess(Digits { routing, account }, 100);
        (assessment.level, assessment.verdict)
    }

    #[test]
    fn numbers_are_judged_by_the_table() {
        let table = [
            ("110000000", "000123456789", ("normal", Verdict::Send)),
            ("110000000", "000000000009", ("normal", Verdict::Hold)),
            ("110000000", "000777777771", ("normal", Verdict::WeeklyLimit)),
            ("110000000", "000000004954", ("highest", Verdict::Block)),
            ("021000021", "000000004954", ("normal", Verdict::Send)),
        ];
        for (routing, account, expected) in table {
            assert_eq!(verdict(routing, account), expected, "{routing} {account}");
        }
    }

    #[test]
    fn names_stand_for_numbers() {
        let sample = |name: &str| TestValues.sample(name).map(|own| (own.routing, own.account, own.verified));
        let number = |account: &str, verified| Some(("110000000".to_owned(), account.to_owned(), verified));
        assert_eq!(sample("pm_usBankAccount_dispute"), number("000555555559", false));
        assert_eq!(sample("btok_us_verified"), number("000123456789", true));
        assert_eq!(sample("pm_card_visa"), None);
        assert_eq!(TestValues.bank_name("110000000").as_deref(), Some("STRIPE TEST BANK"));
        assert_eq!(TestValues.bank_name("021000021"), None);
    }

    #[test]
    fn answers_count_by_what_was_sent_and_by_the_table() {
        let sent = TestValues.draw_deposits(&SystemEntropy);
        let code = |text: &str| Answer::Code(text.to_owned());
        let table = [
            (code("SM11AA"), Judgement::Right),
            (code("sm11aa"), Judgement::Right),
            (code("SM33CC"), Judgement::Exceeded),
            (code("SM44DD"), Judgement::TimedOut),
            (code("SM00XX"), Judgement::Wrong),
            (Answer::Amounts([45, 32]), Judgement::Right),
            (Answer::Amounts([10, 11]), Judgement::Exceeded),
            (Answer::Amounts([40, 41]), Judgement::TimedOut),
            (Answer::Amounts([1, 2]), Judgement::Wrong),
        ];
        for (answer, expected) in table {
            assert_eq!(TestValues.judge(&sent, &answer), expected, "{answer:?}");
        }
        let own = Deposits { descriptor_code: "SM7QX2".to_owned(), amounts: [10, 11] };
        assert_eq!(TestValues.judge(&own, &Answer::Amounts([11, 10])), Judgement::Right);
    }
}
