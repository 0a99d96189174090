//! Rows that share a code, found by sorting into shelves first: what is then sorted fits into the processor's caches.

use rayon::prelude::*;

/// Rows of a shelf, about.
const SHELF: usize = 256;
/// Most shelves.
const SHELVES: usize = 4_096;
/// Runs of rows that are put on shelves side by side.
const RUNS: usize = 8;

/// The rows that have a code, shelf by shelf in every run: the code above, the row below.
pub(super) struct Shelves {
    runs: Vec<Run>,
    shelves: usize,
}

struct Run {
    entries: Vec<u64>,
    /// Where each shelf ends.
    ends: Vec<usize>,
}

/// The row of an entry.
pub(super) fn row(entry: u64) -> u32 {
    u32::try_from(entry & 0xffff_ffff).unwrap_or(0)
}

fn place(n: u64) -> usize {
    usize::try_from(n).unwrap_or(0)
}

impl Shelves {
    /// Rows by their codes, which must be spread well over all 32 bits; 0 is no code.
    pub(super) fn new(rows: usize, code: impl Fn(usize) -> u32 + Sync) -> Self {
        let shelves = (rows / SHELF).next_power_of_two().min(SHELVES);
        let shift = 64 - shelves.trailing_zeros();
        let shelf = |entry: u64| if shelves == 1 { 0 } else { place(entry >> shift) };
        let long = rows.div_ceil(RUNS).max(1);
        let runs = (0..RUNS)
            .into_par_iter()
            .map(|run| {
                let rows = (run * long).min(rows)..((run + 1) * long).min(rows);
                let mut next = vec![0usize; shelves + 1];
                let mut loose: Vec<u64> = Vec::with_capacity(rows.len());
                for r in rows {
                    let code = code(r);
                    if code != 0 {
                        let entry = u64::from(code) << 32 | u64::try_from(r).unwrap_or(0);
                        next[shelf(entry) + 1] += 1;
                        loose.push(entry);
                    }
                }
                for s in 0..shelves {
                    next[s + 1] += next[s];
                }
                let mut entries = vec![0u64; loose.len()];
                for entry in loose {
                    let to = &mut next[shelf(entry)];
                    entries[*to] = entry;
                    *to += 1;
                }
                next.truncate(shelves);
                Run { entries, ends: next }
            })
            .collect();
        Self { runs, shelves }
    }

    /// Calls `each` for every shelf, its rows in the order of their codes, then of their numbers, with what a thread gathers.
    pub(super) fn each<T: Default + Send>(&self, each: impl Fn(&mut T, &[u64]) + Sync) -> Vec<T> {
        (0..self.shelves)
            .into_par_iter()
            .with_min_len(4)
            .fold(
                || (T::default(), Vec::new()),
                |(mut found, mut all): (T, Vec<u64>), shelf| {
                    all.clear();
                    for run in &self.runs {
                        let from = shelf.checked_sub(1).map_or(0, |s| run.ends[s]);
                        all.extend_from_slice(&run.entries[from..run.ends[shelf]]);
                    }
                    all.sort_unstable();
                    each(&mut found, &all);
                    (found, all)
                },
            )
            .map(|(found, _)| found)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::hash::{Sequence, spread};
    use super::*;

    #[test]
    fn rows_of_one_code_stand_in_one_block_in_their_order() {
        let mut sequence = Sequence::new(3);
        for rows in [0, 1, 2, 300, 5_000] {
            let codes: Vec<u32> = (0..rows)
                .map(|_| {
                    let one = sequence.below(rows / 3 + 1);
                    if one == 0 { 0 } else { u32::try_from(spread(u64::try_from(one).expect("small")) >> 32).expect("32 bits") }
                })
                .collect();
            let mut found: Vec<Vec<u32>> = Shelves::new(rows, |r| codes[r])
                .each(|all: &mut Vec<Vec<u32>>, shelf| {
                    let blocks = shelf.chunk_by(|a, b| a >> 32 == b >> 32).filter(|b| b.len() > 1);
                    all.extend(blocks.map(|b| b.iter().map(|e| row(*e)).collect()));
                })
                .concat();
            found.sort();
            let mut known = std::collections::BTreeMap::<u32, Vec<u32>>::new();
            for (r, code) in codes.iter().enumerate().filter(|(_, c)| **c != 0) {
                known.entry(*code).or_default().push(u32::try_from(r).expect("small"));
            }
            let mut known: Vec<Vec<u32>> = known.into_values().filter(|b| b.len() > 1).collect();
            known.sort();
            assert_eq!(found, known, "{rows} rows");
        }
    }
}
