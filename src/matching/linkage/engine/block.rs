//! Which pairs are compared: a union of keys chosen by what they are expected to cost and to reach.

use rayon::prelude::*;

use super::atoms::{self, Atom, Holds, float};
use super::bound::{Bounds, Partners};
use super::cells::Cell;
use super::fields::{Field, index};
use super::hash::{Sequence, spread};
use super::model::Pair;
use super::shelves::{Shelves, row};
use super::work::Work;

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

    /// Looks at every pair of rows some key brings together and gives those worth keeping, in the order of their rows.
    pub(super) fn pairs(&self, work: &Work, bounds: &Bounds<'_>, progress: &(dyn Fn(f64) + Sync)) -> (Vec<Pair>, Vec<Key>) {
        let mut out: Vec<Pair> = Vec::new();
        let mut single = 0;
        let width = work.fields.len();
        let mut partners = vec![Partners::default(); work.rows];
        let mut report = Vec::new();
        for (k, (key, expected)) in self.keys.iter().zip(&self.expected).enumerate() {
            let codes: Vec<&[u32]> = key.iter().map(|a| self.atoms[*a].codes.as_slice()).collect();
            let code = |row: usize| {
                let mut h = 0u64;
                for codes in &codes {
                    match codes[row] {
                        0 => return 0,
                        code => h = spread(h ^ u64::from(code)).wrapping_add(1),
                    }
                }
                u32::try_from(h >> 32).unwrap_or(0).max(1)
            };
            let found = Shelves::new(work.rows, code).each(|found: &mut Found, shelf| {
                let blocks = || shelf.chunk_by(|a, b| a >> 32 == b >> 32).filter(|b| b.len() > 1);
                // Fetched all at once: the processor then waits for many rows together, not for one after the other.
                found.rows.clear();
                found.cells.clear();
                for entry in blocks().filter(|b| b.len() <= BLOCK).flatten() {
                    let row = row(*entry);
                    found.rows.push((row, partners[index(row)]));
                    found.cells.extend_from_slice(work.line(index(row)));
                }
                let line = |i: usize| &found.cells[i * width..(i + 1) * width];
                let mut next = 0;
                for block in blocks() {
                    if block.len() > BLOCK {
                        found.refused += block.len();
                        for (a, b) in self.neighbours(block).filter(|(a, b)| work.allowed(*a, *b)) {
                            found.compared += 1;
                            let (x, y) = (index(a), index(b));
                            found.kept.extend(bounds.look(partners[x], (a, work.line(x)), (b, work.line(y))));
                        }
                        continue;
                    }
                    for i in next..next + block.len() {
                        let (a, known) = found.rows[i];
                        for j in i + 1..next + block.len() {
                            let (b, _) = found.rows[j];
                            if work.allowed(a, b) {
                                found.compared += 1;
                                found.kept.extend(bounds.look(known, (a, line(i)), (b, line(j))));
                            }
                        }
                    }
                    next += block.len();
                }
            });
            let (mut pairs, mut refused) = (0, 0);
            for some in found {
                for pair in &some.kept {
                    partners[index(pair.a)].add(pair.b);
                }
                out.extend(some.kept);
                pairs += some.compared;
                refused += some.refused;
            }
            // Of rows with more partners than are noted some pairs come again.
            if out.len() > 2 * single + AGAIN {
                in_order(&mut out);
                single = out.len();
            }
            let label = key.iter().map(|a| self.atoms[*a].label.as_str()).collect::<Vec<_>>().join(" & ");
            report.push(Key { label, expected: *expected, pairs, refused });
            progress(float(k + 1) / float(self.keys.len()));
        }
        in_order(&mut out);
        (out, report)
    }

    /// The rows of a block too large to compare, each with those next to it in the order of all the atoms: identical and nearly
    /// identical rows stand together.
    fn neighbours(&self, block: &[u64]) -> impl Iterator<Item = (u32, u32)> {
        let mut order: Vec<u32> = block.iter().map(|entry| row(*entry)).collect();
        order.sort_unstable_by(|x, y| {
            let codes = |row: &u32| {
                let at = index(*row);
                self.atoms.iter().map(move |a| a.codes[at])
            };
            codes(x).cmp(codes(y)).then(x.cmp(y))
        });
        let near = |i: usize| (i + 1..order.len().min(i + 1 + NEIGHBOURS)).map(move |j| (i, j));
        let pairs: Vec<(usize, usize)> = (0..order.len()).flat_map(near).collect();
        pairs.into_iter().map(move |(i, j)| (order[i].min(order[j]), order[i].max(order[j])))
    }
}

/// Pairs that may be there again before they are looked through.
const AGAIN: usize = 1_000_000;

fn in_order(pairs: &mut Vec<Pair>) {
    pairs.par_sort_unstable_by_key(|p| (p.a, p.b));
    pairs.dedup_by_key(|p| (p.a, p.b));
}

/// What some blocks of a key gave, and the rows at hand.
#[derive(Default)]
struct Found {
    kept: Vec<Pair>,
    compared: usize,
    refused: usize,
    rows: Vec<(u32, Partners)>,
    cells: Vec<Cell>,
}
