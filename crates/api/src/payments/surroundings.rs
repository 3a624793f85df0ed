//! What a mode's surroundings decide about payments: live ones by what is true, those of a sandbox by tables of test values
//! that whoever runs the server hands in. Nothing else of the product knows a test value.

use std::fmt;
use std::sync::Arc;

use kernel::Entropy;

/// The digits of a bank account.
#[derive(Clone, Copy)]
pub struct Digits<'a> {
    /// ABA routing number, nine digits.
    pub routing: &'a str,
    /// Account number.
    pub account: &'a str,
}

/// Digits are never written to a log.
impl fmt::Debug for Digits<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digits(…)")
    }
}

/// A bank account that callers may name instead of sending its digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// ABA routing number.
    pub routing: String,
    /// Account number.
    pub account: String,
    /// Its holder counts as having shown that it is theirs.
    pub verified: bool,
}

/// What a payment is taken for, before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// `normal`, `elevated` or `highest`.
    pub level: &'static str,
    /// 0 to 100.
    pub score: i64,
    /// What is done with it.
    pub verdict: Verdict,
}

/// What is done with a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is sent.
    Send,
    /// It waits, and can be canceled meanwhile.
    Hold,
    /// It is refused.
    Block,
    /// It is refused, for the account has reached what may be taken from it in a week.
    WeeklyLimit,
}

/// Two small deposits, or one with a code.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Deposits {
    /// Six characters, `SM` first.
    pub descriptor_code: String,
    /// Minor units.
    pub amounts: [i64; 2],
}

/// What a person says arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The code of the one deposit.
    Code(String),
    /// The two amounts, in any order.
    Amounts([i64; 2]),
}

/// What an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It is right.
    Right,
    /// It is wrong, and counts as an attempt.
    Wrong,
    /// As if all attempts were used up.
    Exceeded,
    /// As if the time were over.
    TimedOut,
}

/// See the module.
pub trait Surroundings: Send + Sync {
    /// A bank account that has a name, such as `pm_usBankAccount_success`.
    fn sample(&self, _name: &str) -> Option<Sample> {
        None
    }

    /// What a debit of so many minor units is taken for.
    fn assess(&self, _digits: Digits<'_>, _amount: i64) -> Assessment {
        Assessment { level: "normal", score: 10, verdict: Verdict::Send }
    }

    /// Small deposits to prove an account with: one to 99 cents, and a code that is hard to guess.
    fn draw_deposits(&self, entropy: &dyn Entropy) -> Deposits {
        drawn(entropy)
    }

    /// What an answer is worth.
    fn judge(&self, sent: &Deposits, answer: &Answer) -> Judgement {
        if is_right(sent, answer) { Judgement::Right } else { Judgement::Wrong }
    }

    /// The name of the bank with this routing number, if it is known.
    fn bank_name(&self, _routing: &str) -> Option<String> {
        None
    }
}

/// What is decided by what is true.
#[derive(Debug, Default)]
pub struct Plain;

impl Surroundings for Plain {}

/// The surroundings of both modes.
#[derive(Clone)]
pub struct Modes {
    /// Live mode's.
    pub live: Arc<dyn Surroundings>,
    /// Sandboxes'.
    pub test: Arc<dyn Surroundings>,
}

impl Modes {
    /// Those of a mode.
    #[must_use]
    pub fn of(&self, livemode: bool) -> &dyn Surroundings {
        if livemode { self.live.as_ref() } else { self.test.as_ref() }
    }
}

impl Default for Modes {
    fn default() -> Self {
        Modes { live: Arc::new(Plain), test: Arc::new(Plain) }
    }
}

/// Whether an answer names what was sent; letters of a code in either case, amounts in either order.
#[must_use]
pub fn is_right(sent: &Deposits, answer: &Answer) -> bool {
    match answer {
        Answer::Code(code) => code.eq_ignore_ascii_case(&sent.descriptor_code),
        Answer::Amounts([a, b]) => sent.amounts == [*a, *b] || sent.amounts == [*b, *a],
    }
}

/// Letters and digits that are not taken for each other.
const CODE_LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

fn drawn(entropy: &dyn Entropy) -> Deposits {
    let mut bytes = [0_u8; 6];
    entropy.fill(&mut bytes);
    let code: String = bytes[..4].iter().map(|byte| char::from(CODE_LETTERS[usize::from(byte & 31)])).collect();
    let first = i64::from(bytes[4] % 99) + 1;
    // Never the same twice, so that two amounts tell more than one.
    let second = (first - 1 + 1 + i64::from(bytes[5] % 98)) % 99 + 1;
    Deposits { descriptor_code: format!("SM{code}"), amounts: [first, second] }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Deposits, drawn, is_right};
    use kernel::Entropy;

    struct Bytes(u8);

    impl Entropy for Bytes {
        fn fill(&self, buffer: &mut [u8]) {
            for (index, byte) in buffer.iter_mut().enumerate() {
                *byte = self.0.wrapping_mul(31).wrapping_add(u8::try_from(index).unwrap_or(0));
            }
        }
    }

    #[test]
    fn deposits_are_small_and_differ() {
        for seed in 0..=u8::MAX {
            let Deposits { descriptor_code, amounts: [a, b] } = drawn(&Bytes(seed));
            assert!(descriptor_code.len() == 6 && descriptor_code.starts_with("SM"), "{descriptor_code}");
            assert!((1..=99).contains(&a) && (1..=99).contains(&b) && a != b, "{a} {b}");
        }
    }

    #[test]
    fn answers_are_compared_as_people_give_them() {
        let sent = Deposits { descriptor_code: "SM7QX2".into(), amounts: [32, 45] };
        assert!(is_right(&sent, &Answer::Code("sm7qx2".into())));
        assert!(is_right(&sent, &Answer::Amounts([45, 32])));
        assert!(!is_right(&sent, &Answer::Amounts([32, 32])));
        assert!(!is_right(&sent, &Answer::Code("SM7QX3".into())));
    }
}
