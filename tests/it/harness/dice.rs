//! Repeatable chance: the seed is printed by whoever rolls, and the same seed gives the same run.

/// xorshift64* (Vigna 2016): enough for choosing moments and orders, nothing secret.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From 0 up to, but not including, `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// From 0 up to, but not including, 1.
    #[allow(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[test]
fn dice_repeat_with_the_seed_and_fill_their_range() {
    let roll = |seed| {
        let mut dice = Dice::new(seed);
        (0..1000).map(|_| dice.below(6)).collect::<Vec<_>>()
    };
    assert_eq!(roll(7), roll(7));
    assert_ne!(roll(7), roll(8));
    for face in 0..6 {
        assert!((100..250).contains(&roll(7).iter().filter(|f| **f == face).count()), "face {face}");
    }
}
