//! Which pairs are worth keeping: a bound on the weight of a pair, sharpened field by field until the pair is out or told.

use super::cells::Cell;
use super::compare::{LEVELS, SWAPPED, Seen};
use super::fields::{FIELDS, Field, index};
use super::model::{Pair, Weights};
use super::work::Work;

/// Weight in bits below which a pair is forgotten before fitting.
const FORGET: f64 = -10.0;
/// How far a bound may be off by rounding.
const ROUNDING: f32 = 0.01;

/// The latest rows after a row that a pair with it was kept of, 0 where there are fewer.
#[derive(Clone, Copy, Default)]
pub(super) struct Partners([u32; 4]);

impl Partners {
    /// Notes a row after this one.
    pub(super) fn add(&mut self, row: u32) {
        self.0.rotate_right(1);
        self.0[0] = row;
    }
}

/// Weights as a look at a pair needs them: small enough for the processor's first cache.
pub(super) struct Bounds<'w> {
    work: &'w Work,
    weights: &'w Weights,
    /// By field, level and rarity, in bits.
    told: Vec<[[f32; 256]; LEVELS]>,
    /// By field: the most it adds where the values are not one.
    most: [f32; FIELDS],
    /// By field: whether the value numbers tell nothing at once.
    wide: [bool; FIELDS],
    /// What names add that changed places, where there are a surname and a given name.
    swapped: f32,
}

fn float(bits: f64) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "a bound needs no more; ROUNDING makes up for it")]
    let short = bits as f32;
    short
}

impl<'w> Bounds<'w> {
    pub(super) fn new(work: &'w Work, weights: &'w Weights) -> Self {
        let one = |f: &Field| f.parts.len() == 1;
        let (mut most, mut wide) = ([0.0f32; FIELDS], [false; FIELDS]);
        for (f, field) in work.fields.iter().enumerate() {
            // Full agreement of a field of one part is seen at once.
            most[f] = float(weights.most(f, if one(field) { 2 } else { 1 }));
            wide[f] = !one(field);
        }
        let byte = |n: usize| u8::try_from(n).unwrap_or(0);
        let told =
            |f: usize| std::array::from_fn(|l| std::array::from_fn(|r| float(weights.of(f, Seen { level: byte(l), rare: byte(r) }))));
        let names = work.surname.and(work.given);
        Self {
            told: (0..work.fields.len()).map(told).collect(),
            most,
            wide,
            swapped: names.map_or(f32::NEG_INFINITY, |g| float(weights.of(g, Seen { level: SWAPPED, rare: 0 }))),
            work,
            weights,
        }
    }

    fn of(&self, field: usize, seen: Seen) -> f32 {
        self.told[field][usize::from(seen.level)][usize::from(seen.rare)]
    }

    /// The pair, if it is worth keeping and not known as a pair of the first row's `partners`: looks at it field by field and stops as soon as even full agreement of the
    /// rest could not make it so.
    pub(super) fn look(&self, partners: Partners, (a, line_x): (u32, &[Cell]), (b, line_y): (u32, &[Cell])) -> Option<Pair> {
        if partners.0.contains(&b) {
            return None;
        }
        let mut bits = [0.0f32; FIELDS];
        let mut open = 0u32;
        let mut bound = float(self.weights.prior) + ROUNDING;
        let least = float(FORGET);
        for (f, (p, q)) in line_x.iter().zip(line_y).enumerate() {
            if self.wide[f] || (p.id != q.id && p.id != 0 && q.id != 0) {
                bits[f] = self.most[f];
                open |= 1 << f;
            } else if p.id != 0 && q.id != 0 {
                bits[f] = self.told[f][1][usize::from(p.rare)];
            }
            bound += bits[f];
        }
        let mut seen = [Seen::default(); FIELDS];
        // Names that differ may have changed places.
        let (surname, given) = (self.work.surname.unwrap_or(0), self.work.given.unwrap_or(0));
        let turned = 1u32 << surname | 1u32 << given;
        let mut differ = open & turned;
        let mut texts = 0u32;
        for f in self.work.cheapest_first.iter().copied() {
            let gain = if differ == turned { (self.swapped - bits[surname] - bits[given]).max(0.0) } else { 0.0 };
            if bound + gain < least {
                return None;
            }
            let field = &self.work.fields[f];
            let (p, q) = (&line_x[f], &line_y[f]);
            let known = if open >> f & 1 == 0 { field.at_once(p, q) } else { field.by_cells(p, q) };
            let Some(s) = known else {
                texts |= 1 << f;
                continue;
            };
            seen[f] = s;
            if open >> f & 1 == 1 {
                let told = self.of(f, s);
                bound += told - bits[f];
                bits[f] = told;
                if s.level < 4 {
                    differ &= !(1 << f);
                }
            }
        }
        for f in self.work.cheapest_first.iter().copied().filter(|f| texts >> f & 1 == 1) {
            let gain = if differ == turned { (self.swapped - bits[surname] - bits[given]).max(0.0) } else { 0.0 };
            if bound + gain < least {
                return None;
            }
            let s = self.work.fields[f].by_texts(&line_x[f], &line_y[f], index(a), index(b));
            seen[f] = s;
            let told = self.of(f, s);
            bound += told - bits[f];
            bits[f] = told;
            if s.level < 4 {
                differ &= !(1 << f);
            }
        }
        if differ == turned {
            self.work.exchange(&mut seen, index(a), index(b));
        }
        let n = self.work.fields.len();
        let weight: f64 = self.weights.prior + (0..n).map(|f| self.weights.of(f, seen[f])).sum::<f64>();
        (weight >= FORGET).then(|| Pair::new(a, b, &seen))
    }
}
