use std::cell::RefCell;

/// Where random bytes come from, handed in so that a test can repeat them.
pub trait Entropy: Send + Sync {
    /// Fills the buffer with unpredictable bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator. Ids take few bytes and are made often, so each thread fetches some ahead; every byte is
/// given out once, and wiped.
#[derive(Debug, Default)]
pub struct SystemEntropy;

/// Bytes fetched with one call to the system.
const AHEAD: usize = 1024;

struct Stock {
    bytes: [u8; AHEAD],
    /// How many at the end are unused.
    left: usize,
}

thread_local! {
    static STOCK: RefCell<Stock> = const { RefCell::new(Stock { bytes: [0; AHEAD], left: 0 }) };
}

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        if buffer.len() > AHEAD / 8 {
            return fetch(buffer);
        }
        STOCK.with_borrow_mut(|stock| {
            if stock.left < buffer.len() {
                fetch(&mut stock.bytes);
                stock.left = AHEAD;
            }
            let start = AHEAD - stock.left;
            let taken = &mut stock.bytes[start..start + buffer.len()];
            buffer.copy_from_slice(taken);
            taken.fill(0);
            stock.left -= buffer.len();
        });
    }
}

fn fetch(buffer: &mut [u8]) {
    // Without random numbers no secret is safe: stopping is the only right answer.
    getrandom::fill(buffer).expect("the operating system gives random bytes");
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_bytes_are_given_out_twice() {
        let mut seen = HashSet::new();
        for length in [16, 31, 127, 128, 129, 2_000].into_iter().cycle().take(600) {
            let mut buffer = vec![0; length];
            SystemEntropy.fill(&mut buffer);
            // Sixteen bytes repeat by chance once in 2^128.
            for block in buffer.chunks_exact(16) {
                assert!(seen.insert(block.to_vec()));
            }
        }
    }
}
