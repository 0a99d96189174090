//! What a run is worth where the truth is known: precision, recall, calibration, and what no key reached.
//!
//! The truth is looked at after the engine has decided, never before.

use std::collections::HashMap;

use serde::Serialize;

use super::decide::Decision;
use super::engine::{EngineError, Inspection, ScoredPair};

/// Who is who: for every row of the left and the right table, in the tables' order, the number of its person. Rows whose truth is not
/// told have numbers of their own.
#[derive(Debug, Clone, Default)]
pub struct Truth {
    left: Vec<u32>,
    /// Nothing where there is one file.
    right: Option<Vec<u32>>,
}

/// The texts of a truth column as numbers, the same in all files read with it.
#[derive(Debug, Default)]
pub struct TruthReader {
    numbers: HashMap<String, u32>,
    next: u32,
}

impl TruthReader {
    /// The numbers of a CSV file's rows in the file's order. Header names and cells are trimmed; an empty cell is a person of its own.
    ///
    /// # Errors
    /// The column is absent, or the CSV is broken.
    pub fn read(&mut self, csv: &[u8], column: &str) -> Result<Vec<u32>, EngineError> {
        let csv = csv.strip_prefix(b"\xef\xbb\xbf").unwrap_or(csv);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv);
        let header = reader.byte_headers().map_err(|_| EngineError::Csv { row: 1 })?;
        let Some(at) = header.iter().position(|h| String::from_utf8_lossy(h).trim() == column.trim()) else {
            return Err(EngineError::AbsentColumn { column: column.to_owned() });
        };
        let mut out = Vec::new();
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(|_| EngineError::Csv { row: out.len() + 2 })? {
            let text = String::from_utf8_lossy(record.get(at).unwrap_or_default()).trim().to_owned();
            let next = &mut self.next;
            let mut fresh = || {
                *next += 1;
                *next
            };
            out.push(if text.is_empty() { fresh() } else { *self.numbers.entry(text).or_insert_with(fresh) });
        }
        Ok(out)
    }
}

impl Truth {
    /// The truth of one file, or of two.
    pub const fn new(left: Vec<u32>, right: Option<Vec<u32>>) -> Self {
        Self { left, right }
    }

    fn same(&self, pair: (usize, usize)) -> bool {
        let right = self.right.as_ref().unwrap_or(&self.left);
        matches!((self.left.get(pair.0), right.get(pair.1)), (Some(a), Some(b)) if a == b)
    }

    fn groups(numbers: &[u32]) -> HashMap<u32, Vec<usize>> {
        let mut groups: HashMap<u32, Vec<usize>> = HashMap::new();
        for (row, number) in numbers.iter().enumerate() {
            groups.entry(*number).or_default().push(row);
        }
        groups
    }

    /// How many pairs are one person.
    fn count(&self) -> u64 {
        let left = Self::groups(&self.left);
        let n = |rows: &Vec<usize>| rows.len() as u64;
        match &self.right {
            None => left.values().map(|g| n(g) * (n(g) - 1) / 2).sum(),
            Some(right) => {
                let right = Self::groups(right);
                left.iter().filter_map(|(number, g)| right.get(number).map(|h| n(g) * n(h))).sum()
            }
        }
    }

    /// The pairs that are one person, `most` at most, in a fixed order.
    fn pairs(&self, most: usize) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        let right = self.right.as_ref().map(|r| Self::groups(r));
        let left = Self::groups(&self.left);
        let mut numbers: Vec<&u32> = left.keys().collect();
        numbers.sort_unstable();
        for number in numbers {
            let rows = &left[number];
            for (i, a) in rows.iter().enumerate() {
                let partners = match &right {
                    None => rows.get(i + 1..),
                    Some(right) => right.get(number).map(Vec::as_slice),
                };
                for b in partners.unwrap_or_default() {
                    if out.len() == most {
                        return out;
                    }
                    out.push((*a, *b));
                }
            }
        }
        out
    }
}

/// How well pairs called the same meet the truth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Score {
    /// Pairs called the same.
    pub called: u64,
    /// Of them, pairs that are one person.
    pub right: u64,
    /// Right of called; 1 where none is called.
    pub precision: f64,
    /// Right of all pairs that are one person; 1 where there is none.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
}

impl Score {
    fn of(called: u64, right: u64, all: u64) -> Self {
        let share = |n: u64, of: u64| if of == 0 { 1.0 } else { n as f64 / of as f64 };
        let (precision, recall) = (share(right, called), share(right, all));
        let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
        Self { called, right, precision, recall, f1 }
    }
}

/// A cut and its score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtCut {
    /// Weight in bits.
    pub weight: f64,
    /// The probability the weight stands for.
    pub probability: f64,
    /// The score.
    #[serde(flatten)]
    pub score: Score,
}

/// One line of the calibration: pairs of like probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// Lowest probability of the bin.
    pub from: f64,
    /// Where the next one begins.
    pub to: f64,
    /// How many pairs.
    pub pairs: u64,
    /// How many of them the engine expects to be one person: the sum of their probabilities.
    pub expected: f64,
    /// How many are.
    pub observed: u64,
}

/// An evaluation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Rows of all files.
    pub rows: usize,
    /// Pairs of one person there are.
    pub true_matches: u64,
    /// Pairs of one person the engine believes there are.
    pub expected_matches: f64,
    /// Pairs one by one at the engine's cut, each by its own weight: those a key brought together and those that were compared because
    /// their rows hang together by others.
    pub pairs: AtCut,
    /// The best cut for pairs one by one, known only with the truth.
    pub best_pairs: AtCut,
    /// The final decisions: after clustering, or one to one.
    pub decided: AtCut,
    /// The best cut for final decisions, of cuts a bit apart.
    pub best_decided: AtCut,
    /// The precision the engine expects of its final decisions.
    pub expected_precision: f64,
    /// The recall it expects.
    pub expected_recall: f64,
    /// Final decisions `review`, and how many of them are one person.
    pub review: (u64, u64),
    /// Pairs kept and weighed, by probability.
    pub calibration: Vec<Bin>,
    /// The share of true pairs the engine believes no key reaches.
    pub expected_unreached: f64,
    /// The share of true pairs that no key brings together.
    pub unreached: f64,
    /// The share of true pairs that a key brings together and that were not worth keeping, or lie in blocks too large to compare.
    pub given_up: f64,
}

/// Where the bins of the calibration begin.
const BINS: [f64; 14] = [0.0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.99, 0.999];
/// True pairs looked up one by one at most.
const LOOKED_UP: usize = 2_000_000;

fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}

/// Measures a finished run.
pub fn evaluate(run: &Inspection<'_>, truth: &Truth) -> Evaluation {
    let all = truth.count();
    let weighed = run.weighed();
    let cut = run.outcome.cut;
    let kept: Rows = weighed.iter().map(|p| (p.left, p.right)).collect();
    let compared = compared(run, &weighed, &kept);
    let is = |p: &ScoredPair| truth.same((p.left, p.right));
    let at = |weight: f64, score| AtCut { weight, probability: probability(weight), score };
    let above = compared.iter().filter(|p| p.weight >= cut);
    let (called, right) = above.fold((0, 0), |(n, r), p| (n + 1, r + u64::from(is(p))));
    let here = at(cut, decided(&run.outcome.pairs, truth, all));
    let review = run.outcome.pairs.iter().filter(|p| p.decision == Decision::Review);
    let (mut unreached, mut given_up) = (0u64, 0u64);
    let some = truth.pairs(LOOKED_UP);
    for pair in &some {
        if !kept.contains(pair) {
            let reached = run.reached(pair.0, pair.1);
            *if reached { &mut given_up } else { &mut unreached } += 1;
        }
    }
    let share = |n: u64| if some.is_empty() { 0.0 } else { n as f64 / some.len() as f64 };
    Evaluation {
        rows: truth.left.len() + truth.right.as_ref().map_or(0, Vec::len),
        true_matches: all,
        expected_matches: run.outcome.expected_matches,
        pairs: at(cut, Score::of(called, right, all)),
        best_pairs: best(&compared, &is, all, cut),
        decided: here,
        best_decided: best_decided(run, truth, all, here),
        expected_precision: run.outcome.expected_precision,
        expected_recall: run.outcome.expected_recall,
        review: review.fold((0, 0), |(n, r), p| (n + 1, r + u64::from(is(p)))),
        calibration: calibration(&weighed, &is),
        expected_unreached: run.outcome.unreached,
        unreached: share(unreached),
        given_up: share(given_up),
    }
}

/// What weights learned from the truth reach on the comparisons and candidate pairs of a run, at the best cuts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Supervised {
    /// Pairs one by one.
    pub pairs: AtCut,
    /// The final decisions: after clustering, or one to one.
    pub decided: AtCut,
}

/// The bound of a finished run: no engine that weighs the same comparisons on their own can be expected to do better.
pub fn supervised(run: Inspection<'_>, truth: &Truth) -> Supervised {
    let all = truth.count();
    let run = run.supervised(&|left, right| truth.same((left, right)));
    let cut = run.outcome.cut;
    let here = AtCut { weight: cut, probability: probability(cut), score: decided(&run.outcome.pairs, truth, all) };
    let weighed = run.weighed();
    let kept: Rows = weighed.iter().map(|p| (p.left, p.right)).collect();
    let compared = compared(&run, &weighed, &kept);
    Supervised { pairs: best(&compared, &|p| truth.same((p.left, p.right)), all, cut), decided: best_decided(&run, truth, all, here) }
}

type Rows = std::collections::HashSet<(usize, usize)>;

/// All pairs that have a weight: the kept ones, and those compared because their rows hang together by others.
fn compared(run: &Inspection<'_>, weighed: &[ScoredPair], kept: &Rows) -> Vec<ScoredPair> {
    let others = run.outcome.pairs.iter().filter(|p| !kept.contains(&(p.left, p.right)));
    weighed.iter().chain(others).copied().collect()
}

fn decided(pairs: &[ScoredPair], truth: &Truth, all: u64) -> Score {
    let same = pairs.iter().filter(|p| p.decision == Decision::Same);
    let (called, right) = same.fold((0, 0), |(n, r), p| (n + 1, r + u64::from(truth.same((p.left, p.right)))));
    Score::of(called, right, all)
}

/// The best of the final decisions at cuts a bit apart, and of those `here`.
fn best_decided(run: &Inspection<'_>, truth: &Truth, all: u64, here: AtCut) -> AtCut {
    (-5..=12)
        .map(|bits| f64::from(bits) + run.outcome.cut.clamp(-20.0, 20.0).fract())
        .map(|weight| {
            let probability = probability(weight);
            AtCut { weight, probability, score: decided(&run.decided_at(probability).pairs, truth, all) }
        })
        .fold(here, |best, new| if new.score.f1 > best.score.f1 { new } else { best })
}

/// The cut of the best F1 over pairs one by one; cuts lie between different weights only.
fn best(weighed: &[ScoredPair], is: &dyn Fn(&ScoredPair) -> bool, all: u64, cut: f64) -> AtCut {
    let mut sorted: Vec<(f64, bool)> = weighed.iter().map(|p| (p.weight, is(p))).collect();
    sorted.sort_unstable_by(|x, y| y.0.total_cmp(&x.0));
    let (mut called, mut right) = (0, 0);
    let mut best = AtCut { weight: cut, probability: probability(cut), score: Score::of(0, 0, all) };
    for (n, (weight, same)) in sorted.iter().enumerate() {
        called += 1;
        right += u64::from(*same);
        let last = sorted.get(n + 1).is_none_or(|next| next.0 < *weight);
        let score = Score::of(called, right, all);
        if last && score.f1 > best.score.f1 {
            best = AtCut { weight: *weight, probability: probability(*weight), score };
        }
    }
    best
}

fn calibration(weighed: &[ScoredPair], is: &dyn Fn(&ScoredPair) -> bool) -> Vec<Bin> {
    let ends = BINS.iter().skip(1).chain(&[1.0]);
    let mut bins: Vec<Bin> =
        BINS.iter().zip(ends).map(|(from, to)| Bin { from: *from, to: *to, pairs: 0, expected: 0.0, observed: 0 }).collect();
    for pair in weighed {
        let at = BINS.iter().rposition(|from| pair.probability >= *from).unwrap_or(0);
        if let Some(bin) = bins.get_mut(at) {
            bin.pairs += 1;
            bin.expected += pair.probability;
            bin.observed += u64::from(is(pair));
        }
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_truth_of_two_files_counts_pairs_between_them_and_rows_without_it_belong_to_nobody() {
        let mut reader = TruthReader::default();
        let left = reader.read("\u{feff}id, who \n1, a \n2,a\n3,\n4,b\n".as_bytes(), "who").expect("a column");
        let right = reader.read(b"who,id\nb,1\na,2\n,3\n", "who").expect("a column");
        assert!(matches!(reader.read(b"id\n1\n", "who"), Err(EngineError::AbsentColumn { column }) if column == "who"));
        let one = Truth::new(left.clone(), None);
        assert_eq!((one.count(), one.pairs(9)), (1, vec![(0, 1)]));
        let two = Truth::new(left, Some(right));
        assert_eq!((two.count(), two.pairs(9)), (3, vec![(0, 1), (1, 1), (3, 0)]));
        assert_eq!(two.pairs(2).len(), 2);
        assert!(two.same((1, 1)) && !two.same((2, 2)));
    }

    #[test]
    fn scores_and_the_best_cut_are_those_of_the_definition() {
        let score = Score::of(4, 3, 6);
        assert!((score.precision - 0.75).abs() < 1e-12 && (score.recall - 0.5).abs() < 1e-12 && (score.f1 - 0.6).abs() < 1e-12);
        let pair =
            |weight: f64, left: usize| ScoredPair { left, right: 0, probability: probability(weight), weight, decision: Decision::Same };
        // Right, right, wrong and right of one weight, wrong: the cut cannot part the third and fourth.
        let pairs = [pair(9.0, 1), pair(5.0, 1), pair(2.0, 0), pair(2.0, 1), pair(-3.0, 0)];
        let best = best(&pairs, &|p| p.left == 1, 3, 0.0);
        assert_eq!((best.score.called, best.score.right), (4, 3));
        assert!((best.weight - 2.0).abs() < 1e-12);
        let bins = calibration(&pairs, &|p| p.left == 1);
        assert_eq!(bins.iter().map(|b| b.pairs).sum::<u64>(), 5);
        let top = bins.iter().find(|b| b.from == 0.99).expect("a bin");
        assert_eq!((top.pairs, top.observed), (1, 1), "2^9 to 1 is 0.998");
        assert!((top.expected - probability(9.0)).abs() < 1e-12);
    }
}
