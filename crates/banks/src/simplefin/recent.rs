//! Answers of the last minute. One answer holds all accounts of a person, and servers count calls.

use std::collections::VecDeque;
use std::sync::Arc;

/// How many answers are kept.
const ANSWERS_MAX: usize = 16;
/// Larger answers are not kept, in bytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

#[derive(Default)]
pub(super) struct Recent(VecDeque<Kept>);

struct Kept {
    /// A digest of whose answer it is, and to what.
    key: String,
    at: i64,
    body: Arc<Vec<u8>>,
}

impl Recent {
    /// The answer to the same question, if it is younger than so many seconds.
    pub(super) fn get(&self, key: &str, now: i64, seconds: i64) -> Option<Arc<Vec<u8>>> {
        let kept = self.0.iter().find(|kept| kept.key == key)?;
        let age = now.saturating_sub(kept.at);
        (0..seconds).contains(&age).then(|| Arc::clone(&kept.body))
    }

    pub(super) fn put(&mut self, key: String, now: i64, body: &Arc<Vec<u8>>) {
        self.0.retain(|kept| kept.key != key);
        if body.len() > ANSWER_BYTES_MAX {
            return;
        }
        if self.0.len() == ANSWERS_MAX {
            self.0.pop_front();
        }
        self.0.push_back(Kept { key, at: now, body: Arc::clone(body) });
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;
    use std::sync::Arc;

    #[test]
    fn answers_are_kept_for_a_while_and_in_bounds() {
        let mut recent = Recent::default();
        let body = Arc::new(vec![1]);
        recent.put("a".to_owned(), 100, &body);
        assert_eq!(recent.get("a", 159, 60), Some(Arc::clone(&body)));
        assert_eq!((recent.get("a", 160, 60), recent.get("a", 99, 60), recent.get("b", 100, 60)), (None, None, None));
        assert_eq!(recent.get("a", 100, 0), None, "zero asks anew");
        for number in 0..super::ANSWERS_MAX {
            recent.put(number.to_string(), 100, &body);
        }
        assert_eq!(recent.get("a", 100, 60), None);
        recent.put("0".to_owned(), 100, &Arc::new(vec![0; super::ANSWER_BYTES_MAX + 1]));
        assert_eq!(recent.get("0", 100, 60), None, "the old one is gone, the large one not kept");
    }
}
