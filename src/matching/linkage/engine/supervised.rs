//! What weights learned from the truth itself reach on the same comparisons and candidate pairs: a bound to hold the engine against.
//!
//! A logistic regression on every level of every field and on the rarity of what agrees (penalised maximum likelihood, by Newton's method).
//! It knows which pairs are one person, which the engine never does.

use rayon::prelude::*;

use super::compare::LEVELS;
use super::fields::Kind;
use super::model::{Pair, Weights};

/// Penalty on the square of a coefficient: where the truth parts the pairs without an error, coefficients would grow for ever.
const PENALTY: f64 = 0.05;
/// Rounds at most; a dozen are usual.
const ROUNDS: usize = 40;
/// Pairs of a sum: fixed, so that sums are the same with any number of threads.
const CHUNK: usize = 16_384;
/// Rarity in bits that counts as one in the regression.
const RARE: f64 = 8.0;

/// The weights that tell the pairs apart best, given which are one person.
pub(super) fn learn(pairs: &[Pair], same: &[bool], kinds: &[Kind]) -> Weights {
    let fields = kinds.len();
    let size = 1 + 2 * fields * LEVELS;
    let mut at = vec![0.0; size];
    let mut now = Sums::over(pairs, same, fields, &at);
    for _ in 0..ROUNDS {
        let Some(step) = now.solve() else { break };
        let mut share = 1.0;
        let better = loop {
            let next: Vec<f64> = at.iter().zip(&step).map(|(x, d)| x + share * d).collect();
            let sums = Sums::over(pairs, same, fields, &next);
            if sums.loss <= now.loss {
                break Some((next, sums));
            }
            share /= 2.0;
            if share < 1e-4 {
                break None;
            }
        };
        let Some((next, sums)) = better else { break };
        let gained = now.loss - sums.loss;
        (at, now) = (next, sums);
        if gained <= 1e-9 * now.loss.abs() {
            break;
        }
    }
    let bits = |x: f64| x / std::f64::consts::LN_2;
    Weights::linear(bits(at[0]), kinds, |f, level, rare| {
        let place = place(f, level);
        bits(at[place] + at[place + 1] * rarity(rare))
    })
}

/// The place of a level's coefficient; the one of its rarity follows.
const fn place(field: usize, level: usize) -> usize {
    1 + 2 * (field * LEVELS + level)
}

fn rarity(rare: u8) -> f64 {
    f64::from(rare) / 8.0 / RARE
}

/// What is not 0 of a pair: places and values.
fn terms(pair: &Pair, fields: usize, out: &mut Vec<(usize, f64)>) {
    out.clear();
    out.push((0, 1.0));
    for f in 0..fields {
        let level = pair.level(f);
        if level > 0 {
            out.push((place(f, level), 1.0));
            if pair.rare[f] > 0 {
                out.push((place(f, level) + 1, rarity(pair.rare[f])));
            }
        }
    }
}

/// The penalised loss at some coefficients, its gradient and its curvature (lower triangle, row by row).
struct Sums {
    loss: f64,
    gradient: Vec<f64>,
    curvature: Vec<f64>,
}

impl Sums {
    fn empty(size: usize) -> Self {
        Self { loss: 0.0, gradient: vec![0.0; size], curvature: vec![0.0; size * size] }
    }

    fn over(pairs: &[Pair], same: &[bool], fields: usize, at: &[f64]) -> Self {
        let size = at.len();
        let parts: Vec<Self> = pairs
            .par_chunks(CHUNK)
            .zip(same.par_chunks(CHUNK))
            .map(|(pairs, same)| {
                let mut sums = Self::empty(size);
                let mut some = Vec::new();
                for (pair, same) in pairs.iter().zip(same) {
                    terms(pair, fields, &mut some);
                    sums.add(&some, *same, at);
                }
                sums
            })
            .collect();
        let mut all = Self::empty(size);
        for part in parts {
            all.loss += part.loss;
            all.gradient.iter_mut().zip(&part.gradient).for_each(|(x, y)| *x += y);
            all.curvature.iter_mut().zip(&part.curvature).for_each(|(x, y)| *x += y);
        }
        for (i, x) in at.iter().enumerate() {
            // The start is free; a level that no pair shows stays at 0.
            let penalty = if i == 0 { 1e-9 } else { PENALTY };
            all.loss += penalty * x * x / 2.0;
            all.gradient[i] += penalty * x;
            all.curvature[i * size + i] += penalty;
        }
        all
    }

    fn add(&mut self, some: &[(usize, f64)], same: bool, at: &[f64]) {
        let size = at.len();
        let logit: f64 = some.iter().map(|(i, x)| at[*i] * x).sum();
        let p = 1.0 / (1.0 + (-logit).exp());
        // ln(1 + e^x) without overflow.
        let soft = logit.max(0.0) + (-logit.abs()).exp().ln_1p();
        self.loss += soft - if same { logit } else { 0.0 };
        let (miss, spread) = (p - f64::from(u8::from(same)), p * (1.0 - p));
        for (n, (i, x)) in some.iter().enumerate() {
            self.gradient[*i] += miss * x;
            for (j, y) in &some[..=n] {
                self.curvature[i * size + j] += spread * x * y;
            }
        }
    }

    /// The Newton step, by Cholesky's decomposition; nothing where the curvature is not positive.
    fn solve(&self) -> Option<Vec<f64>> {
        let size = self.gradient.len();
        let mut l = self.curvature.clone();
        for i in 0..size {
            for j in 0..=i {
                let sum: f64 = (0..j).map(|k| l[i * size + k] * l[j * size + k]).sum();
                let left = l[i * size + j] - sum;
                l[i * size + j] = if i == j {
                    if left <= 0.0 {
                        return None;
                    }
                    left.sqrt()
                } else {
                    left / l[j * size + j]
                };
            }
        }
        let mut x: Vec<f64> = self.gradient.iter().map(|g| -g).collect();
        for i in 0..size {
            let sum: f64 = (0..i).map(|k| l[i * size + k] * x[k]).sum();
            x[i] = (x[i] - sum) / l[i * size + i];
        }
        for i in (0..size).rev() {
            let sum: f64 = (i + 1..size).map(|k| l[k * size + i] * x[k]).sum();
            x[i] = (x[i] - sum) / l[i * size + i];
        }
        Some(x)
    }
}

#[cfg(test)]
mod tests {
    use super::super::compare::Seen;
    use super::super::fields::FIELDS;
    use super::super::hash::Sequence;
    use super::*;

    #[test]
    fn pairs_drawn_from_known_weights_give_those_weights_back() {
        let mut sequence = Sequence::new(11);
        let (mut pairs, mut same) = (Vec::new(), Vec::new());
        for n in 0..60_000u32 {
            let mut seen = [Seen::default(); FIELDS];
            let level = |n: usize| u8::try_from(1 + n).expect("small");
            seen[0] = Seen { level: level(sequence.below(2)), rare: 0 };
            seen[1] = Seen { level: level(sequence.below(3)), rare: 0 };
            // Field by field the true odds, as powers of e.
            let logit = [0.0, 1.5, -1.5][usize::from(seen[0].level)] + [0.0, 1.0, 0.0, -2.0][usize::from(seen[1].level)] - 0.5;
            same.push(sequence.unit() < 1.0 / (1.0 + f64::exp(-logit)));
            pairs.push(Pair::new(n, n + 1, &seen));
        }
        let weights = learn(&pairs, &same, &[Kind::Word; 2]);
        let bits = |f: usize, level: u8| weights.of(f, Seen { level, rare: 0 }) * std::f64::consts::LN_2;
        assert!((bits(0, 1) - bits(0, 2) - 3.0).abs() < 0.1, "{} {}", bits(0, 1), bits(0, 2));
        assert!((bits(1, 1) - bits(1, 3) - 3.0).abs() < 0.1, "{} {}", bits(1, 1), bits(1, 3));
    }

    #[test]
    fn pairs_that_one_field_tells_apart_without_an_error_have_finite_weights() {
        let pair = |n: u32, level: u8| {
            let mut seen = [Seen::default(); FIELDS];
            seen[0] = Seen { level, rare: 0 };
            Pair::new(n, n + 1, &seen)
        };
        let pairs: Vec<Pair> = (0..100).map(|n| pair(n, if n < 50 { 1 } else { 5 })).collect();
        let same: Vec<bool> = (0..100).map(|n| n < 50).collect();
        let weights = learn(&pairs, &same, &[Kind::Word]);
        assert!(pairs.iter().zip(&same).all(|(p, s)| weights.weight(p).is_finite() && (weights.weight(p) > 0.0) == *s));
    }
}
