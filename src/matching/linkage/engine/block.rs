//! Which pairs are compared: a union of keys chosen by what they are expected to cost and to reach.

use rayon::prelude::*;

use super::atoms::{self, Atom, Holds, float};
use super::fields::Field;
use super::hash::{Sequence, spread};

/// Imagined pairs of one person on which keys are chosen.
const IMAGINED: usize = 4_096;
/// Rows in one block beyond which a key tells nothing: its rows are then compared with their neighbours only.
const BLOCK: usize = 1_500;
/// How many neighbours.
const NEIGHBOURS: usize = 6;
/// What reaching an imagined pair is worth that so many keys reach already.
const WORTH: [f64; 3] = [1.0, 0.3, 0.1];
/// Gain below which no further key is taken, as a share of the imagined pairs.
const LEAST_GAIN: f64 = 0.00025;
/// Most keys of a large table; a small one, where a key costs little, may have [`KEYS_OF_A_SMALL_ONE`].
const KEYS: usize = 36;
const KEYS_OF_A_SMALL_ONE: usize = 72;
/// Rows of a large table.
const LARGE: usize = 50_000;

/// A chosen key.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The columns it is made of.
    pub label: String,
    /// Pairs it was expected to give.
    pub expected: f64,
    /// Pairs it gave, those of refused blocks aside.
    pub pairs: usize,
    /// Rows in blocks too large to compare.
    pub refused: usize,
}

/// How often a field's value is missing, the same, nearly the same or different in pairs of one person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habit {
    pub missing: f64,
    pub same: f64,
    pub near: f64,
}

/// The keys of a table and what they are expected to reach.
pub(super) struct Plan {
    atoms: Vec<Atom>,
    /// Numbers of one, two or three atoms.
    keys: Vec<Vec<usize>>,
    expected: Vec<f64>,
}

/// Atoms shared by imagined pairs, one bit a pair.
type Bits = Vec<u64>;

fn imagine(atoms: &[Atom], habits: &[Habit]) -> Vec<Bits> {
    let mut sequence = Sequence::new(20_260_101);
    let words = IMAGINED / 64;
    let mut bits: Vec<Bits> = vec![vec![0; words]; atoms.len()];
    for i in 0..IMAGINED {
        // A third of the pairs are as the habits say; slips come together in badly written rows, so a third has twice and a
        // third four times the trouble.
        let trouble = [1.0, 2.0, 4.0][i % 3];
        // For every field: the state and, where it nearly agrees, the place of the slip.
        let states: Vec<(f64, f64)> = habits
            .iter()
            .map(|h| {
                let (u, place) = (sequence.unit(), sequence.unit());
                let told = sequence.unit() >= h.missing;
                (if told { u } else { 2.0 }, place)
            })
            .collect();
        for (a, atom) in atoms.iter().enumerate() {
            let shared = atom.of.iter().all(|(f, holds)| {
                let (u, place) = states[*f];
                let far = (1.0 - habits[*f].same - habits[*f].near).max(0.0);
                let near = (habits[*f].near * trouble).min(0.4);
                let habit = Habit { missing: 0.0, same: (1.0 - near - (far * trouble).min(0.4)).max(0.0), near };
                if u > 1.0 {
                    return false;
                }
                match holds {
                    _ if u < habit.same => true,
                    Holds::Whole => false,
                    Holds::Sound => u < habit.same + 0.6 * habit.near,
                    Holds::Part(from, to) => u < habit.same + habit.near && (place < *from || place > *to),
                }
            });
            if shared {
                bits[a][i / 64] |= 1 << (i % 64);
            }
        }
    }
    bits
}

fn ones(bits: &Bits) -> usize {
    bits.iter().map(|w| w.count_ones()).map(|n| usize::try_from(n).unwrap_or(0)).sum()
}

fn common(a: &Bits, b: &Bits) -> usize {
    a.iter().zip(b).map(|(x, y)| (x & y).count_ones()).map(|n| usize::try_from(n).unwrap_or(0)).sum()
}

fn reached_by(key: &[usize], bits: &[Bits]) -> Bits {
    let mut out = vec![u64::MAX; IMAGINED / 64];
    for a in key {
        for (o, b) in out.iter_mut().zip(&bits[*a]) {
            *o &= b;
        }
    }
    out
}

impl Plan {
    /// Chooses keys for a table of `rows` rows, of which `pairs` pairs exist, within a number of comparisons.
    pub(super) fn choose(fields: &[Field], rows: usize, pairs: f64, habits: &[Habit], budget: f64) -> Self {
        let atoms = atoms::all(fields, rows);
        let bits = imagine(&atoms, habits);
        let mut candidates: Vec<(Vec<usize>, f64, Bits)> = Vec::new();
        let apart = |x: usize, y: usize| atoms[x].of.iter().all(|(f, _)| atoms[y].of.iter().all(|(g, _)| f != g));
        let mut consider = |key: Vec<usize>| {
            let cost = pairs * key.iter().map(|a| atoms[*a].chance).product::<f64>();
            if cost <= budget * 0.4 {
                let bits = reached_by(&key, &bits);
                candidates.push((key, cost, bits));
            }
        };
        let n = atoms.len();
        for x in 0..n {
            consider(vec![x]);
            for y in x + 1..n {
                if apart(x, y) {
                    consider(vec![x, y]);
                    for z in y + 1..n {
                        if apart(x, z) && apart(y, z) && pairs * atoms[x].chance * atoms[y].chance > budget * 0.1 {
                            consider(vec![x, y, z]);
                        }
                    }
                }
            }
        }
        // Every pair should be reached by three keys: what is imagined is kinder than what is. One set of pairs for those that
        // no, one, two keys reach.
        let mut times: [Bits; WORTH.len()] = std::array::from_fn(|n| vec![if n == 0 { u64::MAX } else { 0 }; IMAGINED / 64]);
        let (mut keys, mut expected, mut spent) = (Vec::new(), Vec::new(), 0.0);
        // A key costs a sorting of the rows besides its pairs.
        let sorting = float(rows) * 0.5;
        let most = if rows >= LARGE { KEYS } else { KEYS_OF_A_SMALL_ONE };
        let least_gain = if rows >= LARGE { LEAST_GAIN } else { LEAST_GAIN / 2.0 };
        while keys.len() < most {
            let best = candidates
                .par_iter()
                .enumerate()
                .filter(|(_, (_, cost, _))| spent + cost <= budget)
                .map(|(i, (_, cost, bits))| {
                    let gain: f64 = times.iter().zip(WORTH).map(|(set, worth)| worth * float(common(set, bits))).sum();
                    (gain / (cost + sorting), gain, i)
                })
                .max_by(|a, b| a.0.total_cmp(&b.0).then(b.2.cmp(&a.2)));
            let Some((_, gain, i)) = best else { break };
            if gain < least_gain * float(IMAGINED) {
                break;
            }
            let (key, cost, bits) = candidates.swap_remove(i);
            for (w, reached) in bits.iter().enumerate() {
                let mut moved = 0;
                for set in &mut times {
                    let leaving = set[w] & reached;
                    set[w] = (set[w] & !reached) | moved;
                    moved = leaving;
                }
            }
            spent += cost;
            keys.push(key);
            expected.push(cost);
        }
        Self { atoms, keys, expected }
    }

    /// The share of pairs of one person that no key reaches, if the fields behave like this.
    pub(super) fn unreached(&self, habits: &[Habit]) -> f64 {
        let bits = imagine(&self.atoms, habits);
        let mut left: Bits = vec![u64::MAX; IMAGINED / 64];
        for key in &self.keys {
            for (l, b) in left.iter_mut().zip(reached_by(key, &bits)) {
                *l &= !b;
            }
        }
        float(ones(&left)) / float(IMAGINED)
    }

    /// Whether some key brings two rows together, blocks too large to compare aside.
    pub(super) fn reaches(&self, a: usize, b: usize) -> bool {
        self.keys.iter().any(|key| {
            key.iter().all(|x| {
                let codes = &self.atoms[*x].codes;
                codes[a] != 0 && codes[a] == codes[b]
            })
        })
    }

    /// Calls `keep` for every pair of rows some key brings together, once a key, and collects what it keeps.
    /// `allowed` tells which pairs may be compared at all (rows of two files).
    pub(super) fn pairs<T: Send>(
        &self,
        rows: usize,
        allowed: impl Fn(u32, u32) -> bool + Sync,
        keep: impl Fn(u32, u32) -> Option<T> + Sync,
        progress: &(dyn Fn(f64) + Sync),
    ) -> (Vec<T>, Vec<Key>) {
        let mut out = Vec::new();
        let mut report = Vec::new();
        for (k, (key, expected)) in self.keys.iter().zip(&self.expected).enumerate() {
            let code = |row: usize| {
                let mut h = 0u64;
                for a in key {
                    match self.atoms[*a].codes[row] {
                        0 => return 0,
                        code => h = spread(h ^ u64::from(code)).wrapping_add(1),
                    }
                }
                u32::try_from(h >> 32).unwrap_or(0).max(1)
            };
            let mut sorted: Vec<u64> = (0..rows)
                .into_par_iter()
                .filter_map(|r| match code(r) {
                    0 => None,
                    c => Some(u64::from(c) << 32 | u64::try_from(r).unwrap_or(0)),
                })
                .collect();
            sorted.par_sort_unstable();
            let blocks: Vec<&[u64]> = sorted.chunk_by(|a, b| a >> 32 == b >> 32).filter(|b| b.len() > 1).collect();
            let row = |p: &u64| u32::try_from(p & 0xffff_ffff).unwrap_or(0);
            let found: Vec<(Vec<T>, usize)> = blocks
                .par_chunks(256)
                .map(|some| {
                    let mut kept = Vec::new();
                    let mut compared = 0usize;
                    let mut look = |a: u32, b: u32| {
                        if allowed(a, b) {
                            compared += 1;
                            kept.extend(keep(a, b));
                        }
                    };
                    for block in some {
                        if block.len() <= BLOCK {
                            for (i, a) in block.iter().enumerate() {
                                for b in block.iter().skip(i + 1) {
                                    look(row(a), row(b));
                                }
                            }
                        } else {
                            // Neighbours by all the atoms: identical and nearly identical rows stand together.
                            let mut order: Vec<u32> = block.iter().map(row).collect();
                            order.sort_unstable_by(|x, y| {
                                let codes = |r: &u32| {
                                    let at = usize::try_from(*r).unwrap_or(0);
                                    self.atoms.iter().map(move |a| a.codes[at])
                                };
                                codes(x).cmp(codes(y)).then(x.cmp(y))
                            });
                            for (i, a) in order.iter().enumerate() {
                                for b in order.iter().skip(i + 1).take(NEIGHBOURS) {
                                    look(*a.min(b), *a.max(b));
                                }
                            }
                        }
                    }
                    (kept, compared)
                })
                .collect();
            let refused: usize = blocks.iter().filter(|b| b.len() > BLOCK).map(|b| b.len()).sum();
            let mut pairs = 0;
            for (kept, compared) in found {
                out.extend(kept);
                pairs += compared;
            }
            let label = key.iter().map(|a| self.atoms[*a].label.as_str()).collect::<Vec<_>>().join(" & ");
            report.push(Key { label, expected: *expected, pairs, refused });
            progress(float(k + 1) / float(self.keys.len()));
        }
        (out, report)
    }
}
