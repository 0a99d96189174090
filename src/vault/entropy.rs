//! Where random bytes come from: the operating system, or a seeded stream in tests that pin exact bytes.

use super::error::VaultError;

/// A source of random bytes.
pub(super) enum Entropy {
    /// The operating system's generator, asked anew for every draw, so that a forked process never repeats.
    System,
    /// SHA-256 of a seed and a counter.
    #[cfg(test)]
    Seeded(std::sync::Mutex<Stream>),
}

impl Entropy {
    /// Fills an array.
    pub fn draw<const N: usize>(&self) -> Result<[u8; N], VaultError> {
        let mut out = [0; N];
        match self {
            Self::System => getrandom::fill(&mut out).map_err(|_| VaultError::Entropy)?,
            #[cfg(test)]
            Self::Seeded(stream) => stream.lock().map_err(|_| VaultError::Entropy)?.fill(&mut out),
        }
        Ok(out)
    }

    /// A reproducible source.
    #[cfg(test)]
    pub fn seeded(seed: &str) -> Self {
        Self::Seeded(std::sync::Mutex::new(Stream { seed: seed.to_owned(), block: 0, rest: Vec::new() }))
    }
}

/// The reproducible stream: `SHA-256(seed ‖ u64 block)` for block 0, 1, 2 ...
#[cfg(test)]
pub(super) struct Stream {
    seed: String,
    block: u64,
    rest: Vec<u8>,
}

#[cfg(test)]
impl Stream {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            if self.rest.is_empty() {
                let digest = super::primitive::sha256(&[self.seed.as_bytes(), &self.block.to_be_bytes()]);
                self.rest = digest.iter().rev().copied().collect();
                self.block += 1;
            }
            *byte = self.rest.pop().expect("a block was just drawn");
        }
    }
}
