use aws_lc_rs::rand::{SecureRandom, SystemRandom};

/// Where random bytes come from, handed in so that a test can repeat them.
pub trait Entropy: Send + Sync {
    /// Fills the buffer with unpredictable bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug, Default)]
pub struct SystemEntropy(SystemRandom);

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        // Without random numbers no secret is safe: stopping is the only right answer.
        self.0.fill(buffer).expect("the operating system gives random bytes");
    }
}
