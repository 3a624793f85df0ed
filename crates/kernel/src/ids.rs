use crate::Entropy;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Characters that hold the time; 62^9 microseconds last until the year 2398.
const TIME_CHARS: usize = 9;

/// Makes ids. The first nine characters after the prefix are the time in microseconds, so that ids sort by creation; the rest
/// is random. Secrets never come from here: see [`Ids::secret`].
pub struct Ids<'a>(pub &'a dyn Entropy);

impl Ids<'_> {
    /// An id of `length` characters after `prefix`, for something made at `at_us`.
    #[must_use]
    pub fn id(&self, prefix: &str, length: usize, at_us: i64) -> String {
        let mut id = String::with_capacity(prefix.len() + length);
        id.push_str(prefix);
        push_time(&mut id, at_us);
        self.push_random(&mut id, length.saturating_sub(TIME_CHARS));
        id
    }

    /// `prefix` and `length` random characters (5.95 bits each), for secrets and addresses that must not be guessed.
    #[must_use]
    pub fn secret(&self, prefix: &str, length: usize) -> String {
        let mut text = String::with_capacity(prefix.len() + length);
        text.push_str(prefix);
        self.push_random(&mut text, length);
        text
    }

    fn push_random(&self, text: &mut String, count: usize) {
        let end = text.len() + count;
        let mut buffer = [0_u8; 32];
        while text.len() < end {
            self.0.fill(&mut buffer);
            // 248 = 4 * 62: larger bytes are dropped, so that every character is equally likely.
            for byte in buffer.iter().filter(|byte| **byte < 248) {
                if text.len() < end {
                    text.push(char::from(ALPHABET[usize::from(byte % 62)]));
                }
            }
        }
    }
}

/// The smallest id text (after the prefix) of something made at `at_us`: a bound for `created` ranges.
#[must_use]
pub fn time_prefix(at_us: i64) -> String {
    let mut text = String::with_capacity(TIME_CHARS);
    push_time(&mut text, at_us);
    text
}

fn push_time(text: &mut String, at_us: i64) {
    let mut rest = u64::try_from(at_us).unwrap_or(0);
    let mut digits = [b'0'; TIME_CHARS];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[usize::try_from(rest % 62).unwrap_or(0)];
        rest /= 62;
    }
    text.extend(digits.iter().map(|digit| char::from(*digit)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn ids_sort_by_time_and_have_their_length() {
        let entropy = SystemEntropy;
        let ids = Ids(&entropy);
        let early = ids.id("cus_", 14, 1_700_000_000_000_000);
        let late = ids.id("cus_", 14, 1_700_000_000_000_001);
        assert!(early < late, "{early} {late}");
        assert_eq!(early.len(), 18);
        assert!(early.as_str() > format!("cus_{}", time_prefix(1_699_999_999_999_999)).as_str());
    }

    #[test]
    fn secrets_differ() {
        let entropy = SystemEntropy;
        assert_ne!(Ids(&entropy).secret("whsec_", 32), Ids(&entropy).secret("whsec_", 32));
    }
}
