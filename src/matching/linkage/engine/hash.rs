//! A fast hash for numbers and short texts (multiply-rotate); its collisions cost time, never a wrong result.

use std::hash::{BuildHasherDefault, Hasher};

/// For `HashMap`s inside the engine.
pub(super) type Build = BuildHasherDefault<Fast>;

/// The hasher.
#[derive(Default)]
pub(super) struct Fast(u64);

const K: u64 = 0x9e37_79b9_7f4a_7c15;

impl Fast {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(K);
    }
}

impl Hasher for Fast {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.mix(u64::from_le_bytes(chunk.try_into().unwrap_or_default()));
        }
        let mut last = [0u8; 8];
        for (to, from) in last.iter_mut().zip(chunks.remainder()) {
            *to = *from;
        }
        self.mix(u64::from_le_bytes(last) ^ (u64::try_from(bytes.len()).unwrap_or(0) << 56));
    }

    fn write_u8(&mut self, n: u8) {
        self.mix(u64::from(n));
    }

    fn write_u32(&mut self, n: u32) {
        self.mix(u64::from(n));
    }

    fn write_u64(&mut self, n: u64) {
        self.mix(n);
    }

    fn write_usize(&mut self, n: usize) {
        self.mix(u64::try_from(n).unwrap_or_default());
    }

    fn finish(&self) -> u64 {
        spread(self.0)
    }
}

/// Spreads a number over all bits (the finaliser of splitmix64).
pub(super) fn spread(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A sequence of well spread numbers, the same in every run (splitmix64).
pub(super) struct Sequence(u64);

impl Sequence {
    /// The sequence of a seed.
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(super) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(K);
        spread(self.0)
    }

    /// The next number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let wide = u128::from(self.draw()) * u128::try_from(end).unwrap_or(0);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// The next number in [0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        let bits = u32::try_from(self.draw() >> 32).unwrap_or(0);
        f64::from(bits) / 4_294_967_296.0
    }
}
